//! Connect, disconnect.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt};
use wanlink_emulator::{Emulator, Options, ResultOrder};

use crate::bench::{Bench, Error, LOGIN, attach, broker, connect, module, running};

#[test]
fn each_failure_to_open_has_its_kind_and_the_next_call_connects() {
    type Fault = fn(&mut Emulator);
    for (fail, result, kind) in [
        (Emulator::dns_failure as Fault, 4, ErrorKind::Reconnect),
        (Emulator::refuse, 5, ErrorKind::Reconnect),
        (Emulator::wrong_certificate, -1, ErrorKind::Reconnect),
    ] {
        for result_order in [ResultOrder::OkFirst, ResultOrder::Burst, ResultOrder::ResultFirst] {
            Bench::new(Options { result_order, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                fail(&mut module(scene));
                let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Open(result), kind), "{result_order:?}");
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn without_a_context_the_next_step_is_attach() {
    Bench::new(running()).run(async |modem, _| {
        modem.start().await.unwrap();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Open(3), ErrorKind::Reattach));
        connect(modem).await.unwrap();
    });
}

/// `+QMTCONN: 0,1` says only that the module sends again (MQTT 3.3.4).
#[test]
fn a_slow_broker_is_waited_for_through_retransmissions() {
    Bench::new(Options { retransmission_lines: true, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 60_000_000;
        // The open answers after 12 s, the login after 12 more.
        module(scene).slow(12_000_000);
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}
