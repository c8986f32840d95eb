//! Seven sockets, both MQTT paths and names over one BG95, in every order that a seed draws.

use std::cell::{Cell, RefCell};

use wanlink_core::{Module as _, Network};
use wanlink_emulator::{PortOptions, Split, SplitMix64, seed_or};
use wanlink_transports::shared::Shared;
use wanlink_transports::{Endpoint, Identity, Region, Session, mqtt, tcp};

use crate::internet::{self, DEVICES, KEY, SECRET};
use crate::scheduler::Scheduler;
use crate::tasks::{self, Kit, Module};

const APN: Network<'static> = Network::apn("cmiot");

/// How many seeds are run; 10,000 before a release.
const SEEDS: &str = "WANLINK_INTERLEAVINGS";

/// What a run had: commands of the module, and the most of them during one call.
struct Outcome {
    commands: u64,
    worst: u64,
}

fn run(seed: u64) -> Outcome {
    let mut random = SplitMix64::new(seed);
    let drops = if seed.is_multiple_of(2) { 0 } else { 5 };
    let port = match seed % 3 {
        0 => PortOptions { split: Split::At(7), gap_us: 100, transmit_buffer: Some(16), ..PortOptions::default() },
        _ => PortOptions::default(),
    };
    internet::run(seed, port, async |modem, internet| {
        let identities = DEVICES.map(|name| Identity::new(KEY, name, SECRET).unwrap());
        let [at, own] = &identities;
        let (mut buffer, mut buffers) = ([0; 256], tcp::Buffers::<512, 512>::new());
        let worst = Cell::new(0);
        let mut shared: Module<'_> = Shared::new(modem);
        let (shared, mut runner) = shared.split();
        // Before the others, so that what the sessions start is started.
        let mut handle = shared.handle().unwrap();
        handle.start().await.unwrap();
        handle.attach(&APN, &mut |_| ()).await.unwrap();
        drop(handle);
        let mut kit = || Kit { shared, internet, random: RefCell::new(random.fork()), drops, worst: &worst };
        let endpoint = || Endpoint::plain_public(Region::Shanghai);
        let at_link = mqtt::Link::new(shared.mqtt(&mut buffer).unwrap(), at, endpoint());
        let own_link = tcp::Link::new(shared.handle().unwrap(), own, endpoint(), &mut buffers);
        let mut tasks = Scheduler::new(SplitMix64::new(seed).fork());
        tasks.spawn(async move { runner.run().await });
        (1..=4).for_each(|id| tasks.spawn(tasks::stream(kit(), id)));
        (5..=6).for_each(|id| tasks.spawn(tasks::exact(kit(), id)));
        tasks.spawn(tasks::messages(kit(), Session::new(at_link, APN, seed), DEVICES[0]));
        tasks.spawn(tasks::messages(kit(), Session::new(own_link, APN, seed), DEVICES[1]));
        tasks.spawn(tasks::names(kit()));
        tasks.await;
        let internet = internet.borrow();
        for name in DEVICES {
            let published: Vec<_> = internet.platform.record().published(KEY, name).map(|e| e.payload()).collect();
            for number in 0..5u32 {
                assert!(published.contains(&number.to_string().as_bytes()), "{name} lost {number}");
            }
        }
        Outcome { commands: internet.commands, worst: worst.get() }
    })
}

/// A call has one turn of each of the others at most: nine tasks, and four connections that may have been dropped. A
/// turn is at most three commands, an opening behind a close behind an opening that was dropped.
const COMMANDS: u64 = 3 * (9 + 4);

#[test]
fn every_order_comes_to_its_end_over_a_bg95() {
    let seeds = std::env::var(SEEDS).map_or(30, |text| text.parse().expect("a number of seeds"));
    let first = seed_or(1);
    let (mut commands, mut worst) = (0, 0);
    for seed in first..first + seeds {
        let outcome = std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|_| panic!("seed {seed} is broken"));
        assert!(outcome.worst <= COMMANDS, "seed {seed}: {} commands during one call", outcome.worst);
        (commands, worst) = (commands + outcome.commands, worst.max(outcome.worst));
    }
    println!("{seeds} interleavings, {commands} commands, at most {worst} during one call");
}
