//! The whole way on any module that the facts allow: each weak fact is drawn from a seed.

use wanlink_core::Module;
use wanlink_emulator::{Options, PortOptions, Split, SplitMix64, Start};

use wanlink_simcom::{Sim7000, Sim7080};

use crate::bench::{Bench, attach, connect, whole_way};

/// How many modules are drawn; more for a long run.
const SEEDS_VARIABLE: &str = "WANLINK_SEEDS";

fn seeds() -> u64 {
    std::env::var(SEEDS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

fn drawn(seed: u64) -> (Options, PortOptions) {
    let mut random = SplitMix64::new(seed);
    let mut options = Options::drawn(&mut random);
    if random.one_in(2) {
        options.start = Start::Running;
    }
    let split = [Split::Whole, Split::At(1), Split::Random][random.below(3) as usize];
    let gap_us = if random.one_in(2) { random.below(300) } else { 0 };
    let baud = random.one_in(2).then_some(115_200);
    let transmit_buffer = random.one_in(2).then(|| 1 + random.below(64) as usize);
    (options, PortOptions { split, gap_us, baud, transmit_buffer, ..PortOptions::default() })
}

#[test]
fn the_whole_way_on_any_module() {
    let seeds = seeds();
    for seed in 0..seeds {
        let (options, port) = drawn(seed);
        println!("seed {seed}: {options:?} {port:?}");
        let mut bench = Bench::<Sim7080>::with_port(options, port, seed);
        // A first life of the microcontroller ends without a word.
        bench.run(async |modem, _| connect(modem).await.unwrap());
        bench.run(whole_way);
    }
    println!("{seeds} modules drawn");
}

#[test]
fn a_sim7000_of_any_kind() {
    for seed in 0..seeds() {
        let (options, port) = drawn(seed);
        println!("seed {seed}: {options:?} {port:?}");
        let mut bench = Bench::<Sim7000>::with_port(options, port, seed);
        bench.run(async |modem, _| attach(modem).await.unwrap());
        bench.run(async |modem, _| {
            attach(modem).await.unwrap();
            modem.describe().await.unwrap();
            modem.stop().await.unwrap();
        });
    }
}
