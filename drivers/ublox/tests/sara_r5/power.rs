//! Start, stop, recovery, restarts.

use wanlink_core::{Module, Rung};
use wanlink_emulator::Options;
use wanlink_ublox::{Error, LaraR6, SaraR5};

use crate::bench::{Bench, attach, module, pass_ms, running};

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
