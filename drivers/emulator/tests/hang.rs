//! A module that hangs, of each model: what does not help, and what does.

mod bench;

use bench::{Bench, MS, SECOND, running};
use embedded_hal::digital::{InputPin, OutputPin};
use wanlink_emulator::{HostOutput, Profile};

fn pulse(bench: &mut Bench, mut pin: HostOutput, us: u64) {
    pin.set_low().unwrap();
    bench.wait(us);
    pin.set_high().unwrap();
    bench.wait(0);
}

fn hung(profile: &'static Profile) -> Bench {
    let mut bench = Bench::of(profile, running());
    bench.emulator.hang();
    bench
}

#[test]
fn neither_time_nor_the_key_helps() {
    for profile in Profile::all() {
        let mut bench = hung(profile);
        assert_eq!(bench.send("AT"), "", "{}", profile.name);
        assert_eq!(bench.wait(3_600 * SECOND), "", "{}", profile.name);
        let key = bench.emulator.pins().pwrkey();
        for us in [profile.power.on_pulse.0, profile.power.off_pulse.0] {
            pulse(&mut bench, key.clone(), us + MS);
            assert_eq!(bench.wait(60 * SECOND), "", "{}", profile.name);
        }
        assert_eq!(bench.send("AT"), "", "{}", profile.name);
        assert!(bench.emulator.pins().status().is_high().unwrap(), "{}", profile.name);
        assert_eq!(bench.emulator.boots(), 1, "{}", profile.name);
    }
}

#[test]
fn its_reset_does() {
    for profile in Profile::all() {
        let mut bench = hung(profile);
        let (pins, (least, most)) = (bench.emulator.pins(), profile.power.reset_pulse);
        match profile.power.key_reset {
            Some(us) => pulse(&mut bench, pins.pwrkey(), us),
            None => pulse(&mut bench, pins.reset_n(), least.midpoint(most)),
        }
        bench.wait(60 * SECOND);
        assert!(bench.emulator.is_on() && bench.emulator.boots() == 2, "{}", profile.name);
        assert!(bench.send("AT").ends_with("OK\r\n"), "{}", profile.name);
    }
}

#[test]
fn so_does_its_supply() {
    for profile in Profile::all() {
        let mut bench = hung(profile);
        bench.emulator.brown_out(2 * SECOND);
        bench.wait(60 * SECOND);
        assert!(bench.send("AT").ends_with("OK\r\n"), "{}", profile.name);
    }
}

#[test]
fn one_that_is_off_does_not_hang() {
    for profile in Profile::all() {
        let mut bench = Bench::of(profile, wanlink_emulator::Options::default());
        bench.emulator.hang();
        let key = bench.emulator.pins().pwrkey();
        pulse(&mut bench, key, profile.power.on_pulse.0 + MS);
        bench.wait(60 * SECOND);
        assert!(bench.emulator.is_on(), "{}", profile.name);
    }
}
