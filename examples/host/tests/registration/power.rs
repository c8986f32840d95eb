//! The power goes: in each step of the flash's work during a registration, and at each point where the program waits.
//!
//! Whatever a life that was cut left, the next one either finds nothing and registers, which the platform still grants, or
//! finds the whole of what it was given. Either way it logs in, and the one after it asks for nothing.

use embassy_futures::block_on;
use wanlink_emulator::{Torn, polled};
use wanlink_transports::Identity;
use wanlink_transports::store::{Flash, HttpsToken, Store};

use crate::bench::{Bench, KEY, NAME, Wish, obtain, post};
use crate::board::Chip;

fn with<T>(chip: &mut Chip, work: impl AsyncFnOnce(&mut Flash<'_, &mut Chip>) -> T) -> T {
    let mut room = [0; Flash::ROOM];
    let end = chip.bytes.len() as u32;
    block_on(work(&mut Flash::new(chip, 0..end, &mut room).unwrap()))
}

/// Flash in which so many tokens of the path `https` were kept.
fn used(tokens: u64) -> Chip {
    let mut chip = Chip::new(2);
    with(&mut chip, async |store| {
        for number in 0..tokens {
            store.save(&HttpsToken::new(&format!("{number:032}"), number).unwrap()).await.unwrap();
        }
    });
    chip
}

/// New flash; and such in which the next record, of whatever kind, makes the pages turn.
fn flashes() -> [Chip; 2] {
    let turns = |chip: &Chip| {
        let mut next = chip.clone();
        with(&mut next, async |store| {
            store.save(&Identity::new(KEY, NAME, &"s".repeat(32)).unwrap()).await.unwrap();
        });
        next.erased > chip.erased
    };
    let full = (1..40).map(used).find(turns).expect("some have no room left");
    [Chip::new(2), full]
}

/// The lives behind one that was cut.
fn live_on(bench: &mut Bench, wish: Wish, before: u64, what: &str) {
    bench.chip.power_on();
    if before.is_multiple_of(2) {
        // The module, too, has lost its power.
        bench.base.scene.borrow_mut().module.brown_out(100_000);
    }
    let scene = bench.base.scene.clone();
    assert!(!scene.borrow().platform.is_active(KEY, NAME), "{what}");
    let (asked, bits) = (bench.registrations(), bench.draw());
    bench.live(async |device, modem, _| {
        let proof = obtain(device, modem, wish, bits).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        post(modem, wish.way, &proof, what).await;
    });
    let registrations = bench.registrations();
    assert!(registrations <= asked + 1 && registrations > before, "{what}");
    bench.live(async |device, modem, _| {
        let proof = obtain(device, modem, wish, bits + 1).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        post(modem, wish.way, &proof, what).await;
    });
    assert_eq!(bench.registrations(), registrations, "{what}: what is kept is not asked for");
    assert!(scene.borrow().platform.is_active(KEY, NAME));
}

/// Lets the device be new.
fn renew(bench: &mut Bench, chip: &Chip) {
    bench.chip = chip.clone();
    bench.base.scene.borrow_mut().platform.reset_device(0, KEY, NAME);
}

/// Cuts in each step, each time by three of the seven ways to be torn: all of them in all steps are a matter of the
/// store, which has tests of its own.
fn every_step(wish: Wish) {
    let mut cuts = 0;
    for chip in flashes() {
        let mut bench = Bench::new();
        renew(&mut bench, &chip);
        bench.register(wish).map(drop).unwrap();
        let steps = bench.chip.steps - chip.steps;
        for step in 0..steps {
            for torn in [0, 2, 4].map(|way| Torn::ALL[(step as usize + way) % Torn::ALL.len()]) {
                let what = format!("{wish:?}, {torn:?} in step {step} of {steps}");
                renew(&mut bench, &chip);
                bench.chip.cut(step, torn, u64::from(step));
                let (before, bits) = (bench.registrations(), bench.draw());
                let cut = bench.live_in_danger(async |device, modem, _| obtain(device, modem, wish, bits).await);
                assert!(cut.is_none(), "{what}");
                live_on(&mut bench, wish, before, &what);
                cuts += 1;
            }
        }
    }
    println!("{wish:?}: {cuts} cuts in the flash's work during a registration");
    assert!(cuts > 100);
}

/// Cuts wherever the program waits, for the module or for the flash.
fn every_wait(wish: Wish) {
    let (mut bench, mut chip) = (Bench::new(), Chip::new(2));
    chip.waits = true;
    for polls in 0.. {
        let what = format!("{wish:?}, cut after {polls} polls");
        renew(&mut bench, &chip);
        let (before, bits) = (bench.registrations(), bench.draw());
        let ended =
            bench.live(async |device, modem, _| polled(obtain(device, modem, wish, bits), polls).await.is_some());
        live_on(&mut bench, wish, before, &what);
        if ended {
            println!("{wish:?}: {polls} cuts where the program waits");
            assert!(polls > 80);
            return;
        }
    }
}

macro_rules! each {
    ($($name:ident $wish:expr;)*) => {
        $(mod $name {
            #[test]
            fn in_each_step_of_the_flash() {
                super::every_step($wish);
            }

            #[test]
            fn wherever_the_program_waits() {
                super::every_wait($wish);
            }
        })*
    };
}

each! {
    secret_over_https crate::bench::Wish::SECRETS[0];
    secret_over_mqtt crate::bench::Wish::SECRETS[1];
    secret_over_tcp crate::bench::Wish::SECRETS[2];
    token_over_mqtt crate::bench::Wish::TOKENS[0];
    token_over_tcp crate::bench::Wish::TOKENS[1];
}
