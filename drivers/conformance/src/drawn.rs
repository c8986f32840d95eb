//! How often a check that draws its module is run.

/// Names how many modules are drawn, for a long run.
const SEEDS_VARIABLE: &str = "WANLINK_SEEDS";

/// So many as `WANLINK_SEEDS` says, or this.
pub(crate) fn seeds(usual: u64) -> u64 {
    std::env::var(SEEDS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
