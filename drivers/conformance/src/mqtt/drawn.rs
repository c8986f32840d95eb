//! The whole way on any module that the facts allow: each weak fact is drawn from a seed.

use super::whole_way;
use crate::bench::MqttBench;
use crate::drawn::{any_module, seeds};
use crate::rig::{Rig, connect};

/// How many modules are drawn.
const SEEDS: u64 = 60;

/// Twice on each: a first life of the microcontroller ends without a word.
pub fn the_whole_way_on_any_module<B: MqttBench>() {
    for seed in 0..seeds(SEEDS) {
        let (options, port) = any_module(seed);
        println!("seed {seed}: {options:?} {port:?}");
        let mut rig = Rig::<B>::with_port(options, port, seed);
        rig.run(async |modem, _| connect(modem).await.unwrap());
        rig.run(async |modem, scene| whole_way::<B>(modem, scene).await);
    }
}
