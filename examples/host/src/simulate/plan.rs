//! What a seed stands for: the module, the wire, the network, and when what goes wrong.

use wanlink_emulator::{Options, PortOptions, Split, SplitMix64};

use super::fault;

const SECOND: u64 = 1_000_000;

/// Something that goes wrong, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) at_us: u64,
    /// Index into the list of verbs.
    pub(super) verb: usize,
}

/// A command to the device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Downlink {
    pub(super) at_us: u64,
    pub(super) is_acknowledged: bool,
}

/// A run.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) module: Options,
    pub(super) port: PortOptions,
    pub(super) latency_us: u64,
    pub(super) faults: Vec<Fault>,
    pub(super) downlinks: Vec<Downlink>,
    /// When the microcontroller restarts: its memory is lost, its store is kept.
    pub(super) restarts: Vec<u64>,
    /// When faults end and are taken back.
    pub(super) calm_us: u64,
    /// Between two publishes.
    pub(super) period_us: u64,
    /// One call in so many is dropped before its end; 0 for none.
    pub(super) drop_one_in: u64,
}

impl Plan {
    pub(super) fn drawn(seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let random = &mut random;
        let period_us = (1 + random.below(20)) * SECOND;
        let calm_us = (30 + random.below(570)) * SECOND;
        // In one run of eight nothing goes wrong at all: then nothing may be repeated or lost either.
        let faults = if random.one_in(8) { 0 } else { 1 + random.below(12) };
        let restarts = if faults > 0 && random.one_in(4) { 1 + random.below(3) } else { 0 };
        let mut plan = Self {
            module: module(random),
            port: port(random),
            latency_us: 5_000 + random.below(400_000),
            faults: (0..faults)
                .map(|_| Fault { at_us: moment(random, calm_us, period_us), verb: fault::draw(random) })
                .collect(),
            downlinks: (0..random.below(20))
                .map(|_| Downlink { at_us: random.below(calm_us), is_acknowledged: random.one_in(2) })
                .collect(),
            restarts: (0..restarts).map(|_| moment(random, calm_us, period_us)).collect(),
            calm_us,
            period_us,
            drop_one_in: if faults > 0 && random.one_in(2) { 2 + random.below(10) } else { 0 },
        };
        plan.faults.sort_by_key(|fault| fault.at_us);
        plan.downlinks.sort_by_key(|downlink| downlink.at_us);
        plan.restarts.sort_unstable();
        plan
    }

    /// The plan of this seed with these faults and no other.
    pub(super) fn told(seed: u64, faults: &[(&str, u64)]) -> Self {
        let mut plan = Self::drawn(seed);
        let verb = |name: &str| fault::VERBS.iter().position(|verb| verb.name == name).expect("there is such a fault");
        plan.faults = faults.iter().map(|(name, ms)| Fault { at_us: ms * 1000, verb: verb(name) }).collect();
        plan.faults.sort_by_key(|fault| fault.at_us);
        plan.calm_us = plan.calm_us.max(plan.faults.last().map_or(0, |fault| fault.at_us + 60 * SECOND));
        plan.module.sim.pin = Some(super::PIN.to_owned());
        (plan.restarts, plan.drop_one_in) = (Vec::new(), 0);
        plan
    }

    /// Whether nothing goes wrong in it.
    pub(super) fn is_calm(&self) -> bool {
        self.faults.is_empty() && self.restarts.is_empty() && self.drop_one_in == 0
    }
}

/// A moment of the time before `end`. Half of them fall into the exchange of a publish, which takes a hundredth of the
/// time and has most of what can go wrong.
fn moment(random: &mut SplitMix64, end: u64, period: u64) -> u64 {
    let at = random.below(end);
    if random.one_in(2) { at } else { at - at % period + random.below(100_000) }
}

fn module(random: &mut SplitMix64) -> Options {
    let mut options = Options { sim: Default::default(), ..Options::drawn(random) };
    options.sim.pin = random.one_in(4).then(|| super::PIN.to_owned());
    options.sim.busy_us = random.below(2 * SECOND);
    // Every open that failed is -1 there: what helps cannot be told from what does not (quectel-at, 2.2).
    options.receive_length_ignored = false;
    // Firmware that cannot check the server's name is refused by the driver, which is a test of its own.
    options.checkhost_known = true;
    options
}

fn port(random: &mut SplitMix64) -> PortOptions {
    let split = match random.below(3) {
        0 => Split::Whole,
        1 => Split::At(1),
        _ => Split::Random,
    };
    let baud = random.one_in(2).then_some(115_200);
    PortOptions { split, baud, ..PortOptions::default() }
}
