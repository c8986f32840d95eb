//! What BG95 and its like have of their own, each with its section of the facts (`quectel-at`).

use wanlink_conformance::opening::{ByPost, BySession, BySocket};
use wanlink_conformance::tls::doubled::nobody_is_trusted;
use wanlink_core::{Module, MqttAt};
use wanlink_emulator::Options;
use wanlink_platform::TlsFault;
use wanlink_quectel::Bg95;

use crate::bench::{Bench, Error, attach, connect, module, pass_ms, running};
use crate::on::On;
use crate::traps::whole_way;

/// 1.6: without NITZ the clock was never set, and nobody else is asked.
#[test]
fn clock_never_set() {
    Bench::new(Options { nitz: false, ..Options::default() }).run(async |modem, _| {
        attach(modem).await.unwrap();
        assert_eq!(modem.clock().await, Ok(None));
    });
}

/// 1.7
#[test]
fn deep_sleep() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).enter_psm();
        assert_eq!(modem.receive().await, Err(Error::Restarted));
        // A pulse within a second of the line is ignored; so is the first one here.
        pass_ms(400).await;
        whole_way(modem, scene).await;
        assert_eq!(scene.borrow().module.boots(), 2);
    });
}

/// 2.2, 10.8: `QMTPUBEX` would publish the digits of the length.
#[test]
fn never_qmtpubex() {
    Bench::new(running()).run(async |modem, scene| {
        whole_way(modem, scene).await;
        let count = |name| scene.borrow().module.command_count(name);
        assert_eq!((count("AT+QMTPUB"), count("AT+QMTPUBEX")), (2, 0));
    });
}

/// 5: `checkhost` may be unknown, and whatever is doubled: nothing is opened then.
#[test]
fn firmware_that_cannot_check_the_name_opens_nothing() {
    let options = Options { checkhost_known: false, ..running() };
    nobody_is_trusted::<BySocket, On<Bg95>>(&options, TlsFault::WrongName);
    nobody_is_trusted::<BySession, On<Bg95>>(&options, TlsFault::WrongName);
    nobody_is_trusted::<ByPost, On<Bg95>>(&options, TlsFault::WrongName);
}
