//! `+QMTOPEN: 0,-1` hides its reason: what is found behind it, in which time, and what is left.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Server};
use wanlink_emulator::{Emulator, OpenFailure, Options};

use crate::bench::{Bench, Error, LOGIN, attach, broker, module, running, within_ms};

fn hidden() -> Options {
    Options { open_failure_hidden: true, ..running() }
}

#[test]
fn what_is_behind_an_open_that_failed_without_a_reason() {
    type Fault = fn(&mut Emulator);
    for (order, error, kind) in [
        ((|module| module.fail_opens(OpenFailure::Dns, None)) as Fault, Error::Open(4), ErrorKind::Reconnect),
        (|module| module.fail_opens(OpenFailure::Refused, None), Error::Open(5), ErrorKind::Reconnect),
        (|module| module.fail_opens(OpenFailure::Timeout, None), Error::Open(5), ErrorKind::Reconnect),
        (|module| module.fail_opens(OpenFailure::Tls, None), Error::Open(-1), ErrorKind::Reconnect),
        (|module| module.fail_opens(OpenFailure::Refused, Some(1)), Error::Open(-1), ErrorKind::Reconnect),
    ] {
        for (idle_close_is_error, failed_name_short) in [(false, false), (true, true)] {
            let options = Options { idle_close_is_error, failed_name_short, ..hidden() };
            Bench::new(options).run(async |modem, scene| {
                attach(modem).await.unwrap();
                order(&mut module(scene));
                let begun = embassy_time::Instant::now();
                assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
                assert_eq!(error.kind(), kind);
                assert!(begun.elapsed().as_secs() < 10);
                assert_eq!(module(scene).socket(11), None, "closed again");
                module(scene).fail_opens(OpenFailure::Dns, Some(0));
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn an_address_is_no_name() {
    Bench::new(hidden()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).fail_opens(OpenFailure::Refused, None);
        let server = Server { host: "192.0.2.1", ..broker() };
        assert_eq!(modem.connect(&server, &LOGIN).await, Err(Error::Open(5)));
        assert_eq!(module(scene).command_count("AT+QIDNSGIP"), 0);
    });
}

#[test]
fn a_reason_that_is_told_is_believed() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).dns_failure();
        assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::Open(4)));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        for command in ["AT+QIDNSGIP", "AT+QIOPEN"] {
            assert_eq!(module(scene).command_count(command), 0, "{command}");
        }
    });
}

/// Two minutes are the bound of all its steps together.
#[test]
fn it_ends_though_nobody_answers() {
    Bench::new(hidden()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).refuse();
        module(scene).slow(90_000_000);
        let begun = embassy_time::Instant::now();
        let error = within_ms(300_000, modem.connect(&broker(), &LOGIN)).await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Open(_)), "{error}");
        assert!(begun.elapsed().as_secs() < 125 + 120, "{}", begun.elapsed().as_secs());
    });
}
