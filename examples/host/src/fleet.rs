//! Many devices and one outage of the platform: how often they try to log in, second by second, with the jitter of their
//! sessions and without it.
//!
//! Each device is a world of its own, so that they run on all processors: what they have in common is the time of the
//! outage. How many logins the platform takes at once is not played; the figures stand beside its limit.

pub(crate) mod command;
mod figures;
mod member;
mod svg;

/// Seconds within which the devices are switched on.
const RAMP_S: u64 = 300;

/// When the outage begins, in seconds. All devices are on line by then.
const OUTAGE_AT_S: u64 = 900;

/// What is waited for at most behind an outage, in seconds.
const PATIENCE_S: u64 = 2 * 3600;

/// Connection requests that the platform takes per second and account (aliyun-iot, 2).
const PER_SECOND: u32 = 500;

/// Connection requests that the platform takes per minute and device (aliyun-iot, 2).
const PER_MINUTE: usize = 5;

/// The outage, in seconds.
#[derive(Debug, Clone, Copy)]
struct Outage {
    from_s: u64,
    to_s: u64,
}

impl Outage {
    fn of(length_s: u64) -> Self {
        Self { from_s: OUTAGE_AT_S, to_s: OUTAGE_AT_S + length_s }
    }
}
