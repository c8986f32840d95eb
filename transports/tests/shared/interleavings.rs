//! Seven sockets, the module's own MQTT client and names, as tasks in every order that a seed draws.

use std::cell::{Cell, RefCell};

use wanlink_emulator::{SplitMix64, VirtualTime, seed_or};

use crate::executor::Executor;
use crate::modem::Modem;
use crate::net::Net;
use crate::tasks::{self, Kit, Shared};

/// How many seeds are run; 10,000 before a release.
const SEEDS: &str = "WANLINK_INTERLEAVINGS";

/// What a run is like.
#[derive(Clone, Copy, Default)]
struct Plan {
    /// One future in so many is dropped.
    drops: u64,
    /// A send buffer holds one frame, and the network is slow.
    is_narrow: bool,
    restarts: u32,
}

#[derive(Default)]
struct Total {
    /// The most turns that a call took which waits for nothing but the module.
    worst: u64,
    turns: u64,
    restarts: u32,
    /// Writes that the module had no room for.
    fulls: u32,
    ms: u64,
}

fn run(seed: u64, plan: Plan) -> Total {
    let time = VirtualTime::enter();
    let mut random = SplitMix64::new(seed);
    let net = Net::new(random.next_u64());
    net.with(|net| {
        net.restarts = plan.restarts;
        if plan.is_narrow {
            (net.room, net.pace) = (920, 8);
        }
    });
    let mut shared = Shared::new(Modem::new(&net));
    let (shared, mut runner) = shared.split();
    let worst = Cell::new(0);
    let mut kit = || Kit { shared, net: &net, random: RefCell::new(random.fork()), drops: plan.drops, worst: &worst };
    let mut executor = Executor::default();
    executor.spawn("runner", async move { runner.run().await });
    (1..=4).for_each(|id| executor.spawn(format!("stream {id}"), tasks::streams(kit(), id, 2)));
    (5..=7).for_each(|id| executor.spawn(format!("link {id}"), tasks::link(kit(), id, 12)));
    executor.spawn("messages", tasks::messages(kit(), 6));
    executor.spawn("names", tasks::names(kit(), 6));
    let ms = executor.run(&net, &time, &mut random);
    net.with(|net| {
        assert!(net.slots.iter().all(|slot| !slot.is_open), "a connection stays open");
        assert_eq!(net.guesses, 0, "a socket of which nothing was known was asked");
        assert!(ms < 100_000, "a wake-up was lost, and healed after {ms} ms");
        // All nine want it started, and one does it.
        let restarts = plan.restarts - net.restarts;
        assert!((1..=1 + restarts).contains(&net.starts), "{} starts, {restarts} restarts", net.starts);
        Total { worst: worst.get(), turns: net.turns, restarts, fulls: net.fulls, ms }
    })
}

/// A call takes at most one turn of each of the others, and its own: nine tasks, and the connections that were dropped
/// and are being closed.
const TURNS: u64 = 9 + 4;
/// The commands of a turn: it may have to settle what a dropped call left.
const COMMANDS: u64 = 2;

#[test]
fn every_order_comes_to_its_end() {
    let seeds = std::env::var(SEEDS).map_or(300, |text| text.parse().expect("a number of seeds"));
    let first = seed_or(1);
    let mut total = Total::default();
    for seed in first..first + seeds {
        let plan = match seed % 4 {
            0 => Plan::default(),
            1 => Plan { drops: 4, ..Plan::default() },
            2 => Plan { drops: 6, is_narrow: true, restarts: 0 },
            _ => Plan { drops: 8, is_narrow: false, restarts: 2 },
        };
        let run = std::panic::catch_unwind(|| run(seed, plan));
        let Total { worst, turns, restarts, fulls, ms } = run.unwrap_or_else(|_| panic!("seed {seed} is broken"));
        // A write to a full module has a turn for each try.
        let bound = match seed % 4 {
            0 => TURNS,
            2 => u64::MAX,
            _ => TURNS * COMMANDS,
        };
        assert!(worst <= bound, "seed {seed}: a call took {worst} turns");
        total.worst = total.worst.max(if bound == TURNS { worst } else { 0 });
        (total.turns, total.ms) = (total.turns + turns, total.ms + ms);
        (total.restarts, total.fulls) = (total.restarts + restarts, total.fulls + fulls);
    }
    let Total { worst, turns, restarts, fulls, ms } = total;
    println!("{seeds} interleavings: {turns} turns, {restarts} restarts, {fulls} writes to a full module, {ms} ms");
    println!("no call took more than {worst} turns");
}
