//! Modules drawn from a seed: each weak fact, and the port.

use wanlink_emulator::{Options, PortOptions, Split, SplitMix64, Start};

/// Names how many modules are drawn, for a long run.
const SEEDS_VARIABLE: &str = "WANLINK_SEEDS";

/// So many as `WANLINK_SEEDS` says, or this.
pub(crate) fn seeds(usual: u64) -> u64 {
    std::env::var(SEEDS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A module that is off or on.
pub(crate) fn any_module(seed: u64) -> (Options, PortOptions) {
    let mut random = SplitMix64::new(seed);
    let mut options = Options::drawn(&mut random);
    if random.one_in(2) {
        options.start = Start::Running;
    }
    let mut port = any_port(&mut random);
    port.baud = random.one_in(2).then_some(115_200);
    (options, port)
}

/// A module that runs.
pub(crate) fn any_running(seed: u64) -> (Options, PortOptions) {
    let mut random = SplitMix64::new(seed);
    let options = Options { start: Start::Running, ..Options::drawn(&mut random) };
    (options, any_port(&mut random))
}

fn any_port(random: &mut SplitMix64) -> PortOptions {
    let split = [Split::Whole, Split::At(1), Split::Random][random.below(3) as usize];
    let gap_us = if random.one_in(2) { random.below(300) } else { 0 };
    let transmit_buffer = random.one_in(2).then(|| 1 + random.below(64) as usize);
    PortOptions { split, gap_us, transmit_buffer, ..PortOptions::default() }
}
