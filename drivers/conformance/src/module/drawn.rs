//! Up and down on any module that the facts allow: each weak fact is drawn from a seed.

use wanlink_core::Module;
use wanlink_scene::bench::pass_ms;

use crate::bench::ModuleBench;
use crate::drawn::{any_module, seeds};
use crate::rig::{Rig, attach};

/// How many modules are drawn.
const SEEDS: u64 = 40;

/// Twice on each: a first life of the microcontroller ends without a word.
pub fn up_and_down_on_any_module<B: ModuleBench>() {
    for seed in 0..seeds(SEEDS) {
        let (options, port) = any_module(seed);
        println!("seed {seed}: {options:?} {port:?}");
        let mut rig = Rig::<B>::with_port(options, port, seed);
        rig.run(async |modem, _| attach(modem).await.unwrap());
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017");
            modem.signal().await.unwrap();
            modem.stop().await.unwrap();
            pass_ms(B::OFF_MS).await;
            assert!(!scene.borrow().module.is_on());
        });
    }
}
