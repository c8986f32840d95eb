//! Start, stop, recovery, restarts.

use wanlink_core::{Error as _, ErrorKind, Module, Rung};
use wanlink_emulator::{Options, Start};
use wanlink_ublox::{Error, LaraR6, SaraR5, SaraR422};

use crate::bench::{Bench, Played, attach, module, on_each_model, pass_ms, running};

fn whole_way<M: Played>() {
    let mut bench = Bench::<M>::new(Options::default());
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!((scene.borrow().module.boots(), scene.borrow().module.echo()), (1, false), "{}", M::NAME);
        attach(modem).await.unwrap();
        modem.stop().await.unwrap();
        assert!(!scene.borrow().module.is_on(), "{}", M::NAME);
        attach(modem).await.unwrap();
    });
    assert_eq!(bench.presses(), 2);
}

#[test]
fn from_cold_to_attached_and_off_and_once_more() {
    on_each_model!(whole_way);
}

fn adopts<M: Played>() {
    let mut bench = Bench::<M>::new(running());
    for _ in 0..2 {
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            assert_eq!(scene.borrow().module.boots(), 1);
        });
    }
    assert_eq!(bench.presses(), 0);
}

#[test]
fn a_module_that_is_on_is_adopted() {
    on_each_model!(adopts);
}

fn recovers<M: Played>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.recover(Rung::Context).await.unwrap();
        modem.recover(Rung::Radio).await.unwrap();
        attach(modem).await.unwrap();
        for rung in [Rung::Restart, Rung::Reset] {
            let before = scene.borrow().module.boots();
            modem.recover(rung).await.unwrap();
            assert_eq!(modem.signal().await, Err(Error::Restarted));
            attach(modem).await.unwrap();
            assert_eq!(scene.borrow().module.boots(), before + 1, "{} {rung:?}", M::NAME);
        }
    });
}

#[test]
fn each_rung_of_recovery() {
    on_each_model!(recovers);
}

fn tells_of_a_restart<M: Played>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).reset();
        let begun = embassy_time::Instant::now();
        assert_eq!(modem.idle().await, Err(Error::Restarted), "{}", M::NAME);
        assert!(begun.elapsed().as_secs() < 15);
        attach(modem).await.unwrap();
    });
}

/// There is no boot line unless one is asked for (`AT+CSGT`), and a SARA-R5 that finds its rate by itself says it only
/// with a rate that is fixed (ublox-at 1).
#[test]
fn a_restart_is_told_by_the_greeting_that_every_start_orders() {
    on_each_model!(tells_of_a_restart);
}

#[test]
fn the_rate_is_fixed_once_and_the_echo_stays_on_for_the_next_boot() {
    let mut bench = Bench::<SaraR5>::new(Options::default());
    bench.run(async |modem, _| {
        modem.start().await.unwrap();
        modem.recover(Rung::Restart).await.unwrap();
        modem.start().await.unwrap();
    });
    let sent = bench.sent();
    drop(bench);
    for once in ["AT+IPR=115200", "ATE1&W"] {
        assert_eq!(sent.iter().filter(|line| *line == once).count(), 1, "{once}");
    }
    let mut bench = Bench::<LaraR6>::new(Options::default());
    bench.run(async |modem, _| modem.start().await.unwrap());
    assert!(!bench.sent().iter().any(|line| line.starts_with("AT+IPR")), "it has a fixed one");
}

#[test]
fn a_restart_without_its_greeting_is_told_by_the_echo() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).drop_line("RDY");
        module(scene).reset();
        pass_ms(10_000).await;
        assert_eq!(modem.signal().await, Err(Error::Restarted));
        attach(modem).await.unwrap();
    });
}

#[test]
fn a_mute_module_is_of_kind_restart() {
    Bench::<SaraR422>::new(Options { start: Start::Running, ..Options::default() }).run(async |modem, scene| {
        module(scene).silence(1_000_000_000);
        assert_eq!(modem.start().await.unwrap_err().kind(), ErrorKind::Restart);
    });
}
