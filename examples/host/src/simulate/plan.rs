//! What a seed stands for: the module, the wire, the network, and when what goes wrong.

use embassy_time::{Duration, Instant};
use wanlink_emulator::{Options, PortOptions, Split, SplitMix64};
use wanlink_platform::{BodyEnd, Config, Qos};
use wanlink_transports::outbox::WhenFull;

use super::condition::Condition;
use super::fault::{self, Verb};
use super::rig::Rig;

const SECOND: u64 = 1_000_000;

/// So much seldomer such a device posts, and so much longer it is looked at: ten days instead of ten minutes.
const SELDOM: (u64, u64) = (1800, 1440);

/// Something that goes wrong, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) at_us: u64,
    pub(super) verb: &'static Verb,
}

/// Something that goes wrong so long after the device asked to be registered for the n-th time, from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) nth: u32,
    pub(super) after_us: u64,
    pub(super) verb: &'static Verb,
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
    pub(super) platform: Config,
    pub(super) faults: Vec<Fault>,
    pub(super) asked: Vec<Asked>,
    pub(super) downlinks: Vec<Downlink>,
    /// When the microcontroller restarts: its memory is lost, its store is kept.
    pub(super) restarts: Vec<u64>,
    /// When faults end and are taken back.
    pub(super) calm_us: u64,
    /// The longest payload that the model takes, as far as the plan asks for it.
    pub(super) most_payload: usize,
    /// What an outbox does then.
    pub(super) when_full: WhenFull,
    /// Between two publishes, until then.
    period_us: u64,
    /// One call in so many is dropped before its end; 0 for none.
    pub(super) drop_one_in: u64,
}

impl Plan {
    pub(super) fn drawn(seed: u64, rig: &Rig) -> Self {
        let mut random = SplitMix64::new(seed);
        // What only some rigs have is drawn apart, so that it changes nothing for others.
        let mut apart = random.clone().fork();
        let random = &mut random;
        // A token lives for days: some devices post every few hours.
        let (slower, longer) = if rig.posts() && apart.one_in(8) { SELDOM } else { (1, 1) };
        let period_us = (1 + random.below(20)) * slower * SECOND;
        let calm_us = (30 + random.below(570)) * longer * SECOND;
        let verbs = fault::storm(rig);
        // In one run of eight nothing goes wrong at all: then nothing may be repeated or lost either.
        let faults = if random.one_in(8) { 0 } else { 1 + random.below(12) };
        let restarts = if faults > 0 && random.one_in(4) { 1 + random.below(3) } else { 0 };
        let mut plan = Self {
            module: module(random),
            port: port(random),
            platform: Config::default(),
            latency_us: 5_000 + random.below(400_000),
            faults: (0..faults)
                .map(|_| Fault { at_us: moment(random, calm_us, period_us), verb: one_of(random, &verbs) })
                .collect(),
            asked: Vec::new(),
            downlinks: (0..random.below(20))
                .map(|_| Downlink { at_us: random.below(calm_us), is_acknowledged: random.one_in(2) })
                .collect(),
            restarts: (0..restarts).map(|_| moment(random, calm_us, period_us)).collect(),
            calm_us,
            most_payload: rig.longest_payload(),
            when_full: WhenFull::default(),
            period_us,
            drop_one_in: if faults > 0 && random.one_in(2) { 2 + random.below(10) } else { 0 },
        };
        plan.faults.sort_by_key(|fault| fault.at_us);
        plan.downlinks.sort_by_key(|downlink| downlink.at_us);
        plan.restarts.sort_unstable();
        if rig.is_short() {
            plan.platform = platform(&mut apart);
        }
        if rig.outbox.is_some() && apart.one_in(2) {
            plan.when_full = WhenFull::Refuse;
        }
        if rig.registers() && faults > 0 {
            plan.asked = (0..apart.below(6)).map(|_| asked_for(&mut apart, &verbs)).collect();
        }
        plan
    }

    /// The plan of this seed with faults of this kind only.
    pub(super) fn under(seed: u64, rig: &Rig, condition: Condition) -> Self {
        let mut plan = Self::drawn(seed, rig);
        if condition == Condition::Storm {
            return plan;
        }
        let random = &mut SplitMix64::new(seed).fork();
        let verbs: Vec<_> = fault::meeting(rig).filter(|verb| verb.kind == condition).collect();
        let faults = if verbs.is_empty() { 0 } else { 1 + random.below(6) };
        let (calm_us, period_us) = (plan.calm_us, plan.period_us);
        plan.faults = (0..faults)
            .map(|_| Fault { at_us: moment(random, calm_us, period_us), verb: one_of(random, &verbs) })
            .collect();
        plan.faults.sort_by_key(|fault| fault.at_us);
        let asked = if rig.registers() && faults > 0 { random.below(3) } else { 0 };
        plan.asked = (0..asked).map(|_| asked_for(random, &verbs)).collect();
        let restarts = if condition == Condition::Restart { random.below(3) } else { 0 };
        plan.restarts = (0..restarts).map(|_| moment(random, calm_us, period_us)).collect();
        plan.restarts.sort_unstable();
        plan.drop_one_in = 0;
        if condition == Condition::Happy {
            (plan.module, plan.port, plan.platform) =
                (fit(Options::default()), PortOptions::default(), Config::default());
        }
        plan
    }

    /// The plan of this seed with these faults and no other.
    pub(super) fn told(seed: u64, rig: &Rig, faults: &[(&str, u64)]) -> Self {
        let mut plan = Self::drawn(seed, rig);
        let verb = |name: &str| fault::named(name).expect("there is such a fault");
        plan.asked = Vec::new();
        plan.faults = faults.iter().map(|(name, ms)| Fault { at_us: ms * 1000, verb: verb(name) }).collect();
        plan.faults.sort_by_key(|fault| fault.at_us);
        plan.calm_us = plan.calm_us.max(plan.faults.last().map_or(0, |fault| fault.at_us + 60 * SECOND));
        plan.module.sim.pin = Some(super::PIN.to_owned());
        (plan.restarts, plan.drop_one_in) = (Vec::new(), 0);
        plan
    }

    /// When the next publish is due. When all is over, nobody waits for hours.
    pub(super) fn due_after(&self, now: Instant) -> Instant {
        let over = now.max(Instant::from_micros(self.calm_us)) + Duration::from_secs(20);
        over.min(now + Duration::from_micros(self.period_us))
    }

    /// Whether nothing goes wrong in it.
    pub(super) fn is_calm(&self) -> bool {
        self.faults.is_empty() && self.restarts.is_empty() && self.drop_one_in == 0
    }
}

fn one_of(random: &mut SplitMix64, verbs: &[&'static Verb]) -> &'static Verb {
    verbs[random.below(verbs.len() as u64) as usize]
}

/// A registration takes a few seconds of a run.
fn asked_for(random: &mut SplitMix64, verbs: &[&'static Verb]) -> Asked {
    let longest_us = if random.one_in(2) { SECOND / 2 } else { 8 * SECOND };
    Asked { nth: random.below(3) as u32, after_us: random.below(longest_us), verb: one_of(random, verbs) }
}

/// What the facts leave open about the platform's short answers.
fn platform(random: &mut SplitMix64) -> Config {
    let mut config = Config::default();
    let http = &mut config.http;
    http.keep_alive = random.one_in(2);
    http.one_token = random.one_in(2);
    http.body_end = [BodyEnd::Length, BodyEnd::Chunked, BodyEnd::Close][random.below(3) as usize];
    http.refusal_status = [200, 400, 401, 500][random.below(4) as usize];
    http.json.trailing_comma = random.one_in(4);
    http.json.data_member = random.one_in(4);
    http.json.capitals = random.one_in(4);
    let registration = &mut config.registration;
    registration.data_first = random.one_in(2);
    if random.one_in(2) {
        registration.qos = Qos::AtLeastOnce;
    }
    if random.one_in(2) {
        registration.regnwl_topic = "/ext/register".to_owned();
    }
    config
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
    fit(options)
}

/// What is not drawn.
fn fit(mut options: Options) -> Options {
    // Every open that failed is -1 there: what helps cannot be told from what does not (quectel-at, 2.2).
    options.receive_length_ignored = false;
    // Firmware that cannot check the server's name is refused by the driver, which is a test of its own.
    options.checkhost_known = true;
    options.simcom.checks_name = true;
    // So is firmware that does not log in by itself.
    options.native.known = true;
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
