//! Deterministic simulation: the real driver, link and session against an emulated module and the platform, in one
//! thread, on a virtual clock, under faults of every kind. One seed decides everything; equal seeds give equal runs.
//!
//! [`run`] is one run. It is over when all that every [`Invariant`] asks for was seen, or could not be seen in time.
//! docs/simulation.md tells what is drawn, what is checked and what it found.

mod account;
mod asks;
mod checks;
pub(crate) mod command;
mod condition;
mod device;
mod director;
mod enrol;
mod fault;
pub(crate) mod life;
mod log;
mod outbox;
mod plan;
pub(crate) mod pool;
pub(crate) mod recovery;
mod rig;
mod seat;
mod supply;
mod tokens;
mod watch;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embassy_futures::select::select;
use wanlink_emulator::{Emulator, Limits, SplitMix64, World};
use wanlink_platform::{Config, Platform, Product, Registration};
use wanlink_scene::Scene;

pub use self::checks::Invariant;
pub use self::condition::Condition;
pub use self::outbox::Kept;
pub use self::rig::{Keeps, RIGS, Rig};

use self::account::Account;
use self::plan::Plan;
use self::supply::Supply;
use crate::cli::RegisterArg;

pub(crate) const PRODUCT_KEY: &str = "a1wanlinkSm";
pub(crate) const DEVICE_NAME: &str = "meter-0042";
pub(crate) const DEVICE_SECRET: &str = "c41d8b3f06e2497ab5d08f13e7a96c25";
pub(crate) const PRODUCT_SECRET: &str = "8LQwOYSZMwp3DFBd";
/// Long, so that no other number in a trace is it by chance.
pub(crate) const PIN: &str = "73519468";

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// What was seen in its place.
    pub what: String,
}

/// One run.
#[derive(Debug)]
pub struct Outcome {
    /// What it was drawn from.
    pub seed: u64,
    /// A number over every byte of the wire and its time: equal for equal seeds.
    pub hash: u64,
    /// How long it took in the simulated world, in seconds.
    pub virtual_s: u64,
    /// How often each fault was ordered.
    pub faults: BTreeMap<&'static str, u64>,
    /// In the middle of what the microcontroller lost its power, and how often.
    pub cuts: BTreeMap<&'static str, u64>,
    /// Messages delivered, as far as each module can tell, and commands received.
    pub messages: (usize, usize),
    /// What went through an outbox, if there was one.
    pub outbox: Kept,
    /// From the end of the last fault to the next message that was acknowledged; none when none was.
    pub recovery: Option<embassy_time::Duration>,
    /// The longest call of each method, in microseconds.
    pub longest_us: BTreeMap<&'static str, u64>,
    /// What did not hold; empty in a good run.
    pub broken: Vec<Broken>,
    /// All that went over the wire and each fault, secrets redacted: the text of an `.at` file.
    pub trace: String,
    /// What the crates logged.
    pub log: String,
}

/// The names of all faults that a storm on this rig may have.
pub fn faults(rig: &Rig) -> impl Iterator<Item = &'static str> {
    fault::storm(rig).into_iter().map(|verb| verb.name)
}

/// Runs one seed on this rig.
///
/// # Panics
/// The calling thread is in a simulated world already.
#[must_use]
pub fn run(rig: &Rig, seed: u64) -> Outcome {
    run_under(rig, seed, Condition::Storm)
}

/// Runs one seed on this rig, under this condition alone.
///
/// # Panics
/// As [`run`].
#[must_use]
pub fn run_under(rig: &Rig, seed: u64, condition: Condition) -> Outcome {
    play(rig, seed, Plan::under(seed, rig, condition))
}

/// Runs this seed with these faults, each at its time in milliseconds, in place of those that it stands for. A SIM that
/// wants its PIN is in the module, and nothing else goes wrong.
///
/// # Panics
/// As [`run`]; and a fault of this name is not there.
#[must_use]
pub fn run_with(rig: &Rig, seed: u64, faults: &[(&str, u64)]) -> Outcome {
    play(rig, seed, Plan::told(seed, rig, faults))
}

fn play(rig: &Rig, seed: u64, plan: Plan) -> Outcome {
    let account = Rc::new(RefCell::new(Account { posts: rig.posts(), ..Account::default() }));
    let supply = Supply::new(&mut SplitMix64::new(seed ^ 0xf1a5));
    let mut world = World::with_port(seed, plan.port.clone());
    world.limit(Limits { rounds: 20_000_000, time_us: 20 * 24 * 3600 * 1_000_000 });
    let scene = Rc::new(RefCell::new(Scene::new(module(rig, &plan, seed), platform(rig, &plan))));
    let wire = world.wire();
    let awaited = rig.awaited();
    let stage = director::Stage {
        rig,
        scene: &scene,
        supply: &supply,
        wire: &wire,
        plan: &plan,
        account: &account,
        awaited: &awaited,
    };
    let story = async {
        let random = SplitMix64::new(seed).fork();
        select(director::direct(&stage, random), device::lives(&stage, seed)).await;
    };
    let mut peer = scene.clone();
    log::begin();
    let ended = catch_unwind(AssertUnwindSafe(|| world.run(&mut peer, story)));
    let mut account = account.borrow_mut();
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(stuck)) => account.break_now(Invariant::Progress, format!("stuck: {:?}", stuck.reason)),
        Err(panic) => account.break_now(Invariant::NoPanic, text_of(&*panic)),
    }
    let trace = world.trace().to_string();
    let log = log::end();
    checks::check(&mut account, &scene.borrow(), &plan, &[("the wire", &trace), ("the log", &log)]);
    Outcome {
        seed,
        hash: world.hash(),
        virtual_s: world.now_us() / 1_000_000,
        faults: std::mem::take(&mut account.faults),
        cuts: std::mem::take(&mut account.cuts),
        messages: (account.delivered.len(), account.received.len()),
        outbox: account.outbox.worn(supply.wear()),
        recovery: account.recovery(),
        longest_us: std::mem::take(&mut account.longest_us),
        broken: std::mem::take(&mut account.broken),
        trace,
        log,
    }
}

fn module(rig: &Rig, plan: &Plan, seed: u64) -> Emulator {
    let mut module = Emulator::new(rig.profile(), plan.module.clone(), seed);
    module.slow(plan.latency_us);
    module
}

fn platform(rig: &Rig, plan: &Plan) -> Platform {
    // Limits of rate are off but the one that a session promises to keep.
    let limits = wanlink_platform::Limits { connects_per_minute: Some(5), ..wanlink_platform::Limits::none() };
    let mut platform = Platform::new(Config { limits, ..plan.platform.clone() });
    let product = Product::new(PRODUCT_KEY, PRODUCT_SECRET);
    platform.add_product(match rig.way() {
        None => product.device(DEVICE_NAME, DEVICE_SECRET),
        Some(RegisterArg::MqttNwl) => product.registration(Registration::Open),
        Some(RegisterArg::Https | RegisterArg::Mqtt) => product.preregistered(DEVICE_NAME),
    });
    platform
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a text".to_owned())
}
