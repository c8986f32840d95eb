//! Connect, disconnect, and what is found behind an ERROR without a reason.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Qos, Server};
use wanlink_emulator::{OpenFailure, Options, SimcomOptions};
use wanlink_simcom::{Error, Sim7080};

use crate::bench::{Bench, LOGIN, UP, attach, broker, connect, count, module, published, running, within_ms};

fn bench() -> Bench {
    Bench::<Sim7080>::new(running())
}

#[test]
fn what_is_behind_a_connection_that_failed() {
    for (failure, error) in [
        (OpenFailure::Dns, Error::Open(4)),
        (OpenFailure::Refused, Error::Open(5)),
        (OpenFailure::Timeout, Error::Open(5)),
    ] {
        bench().run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, None);
            let begun = embassy_time::Instant::now();
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            assert!(begun.elapsed().as_secs() < 10);
            assert_eq!(module(scene).socket(12), None, "closed again");
            module(scene).fail_opens(failure, Some(0));
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn without_a_context_the_next_step_is_attach() {
    bench().run(async |modem, _| {
        modem.start().await.unwrap();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        connect(modem).await.unwrap();
    });
}

#[test]
fn an_address_is_no_name() {
    bench().run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).fail_opens(OpenFailure::Refused, None);
        let server = Server { host: "192.0.2.1", ..broker() };
        assert_eq!(modem.connect(&server, &LOGIN).await, Err(Error::Open(5)));
        assert_eq!(count(scene, "AT+CDNSGIP"), 0);
    });
}

/// `AT+SMCONN` blocks the port for minutes: a call that is dropped meanwhile leaves a deaf port, and the next one waits.
#[test]
fn a_connect_that_blocks_for_long() {
    let simcom = SimcomOptions { connect_blocks_us: 55_000_000, ..SimcomOptions::default() };
    Bench::<Sim7080>::new(Options { simcom, ..running() }).run(async |modem, scene| {
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 100_000_000;
        attach(modem).await.unwrap();
        assert!(within_ms(5_000, modem.connect(&broker(), &LOGIN)).await.is_none());
        let begun = embassy_time::Instant::now();
        modem.signal().await.unwrap();
        assert!((45..60).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"own"]);
    });
}
