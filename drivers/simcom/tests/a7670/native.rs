//! What is this dialect's own of the login that the module makes (simcom-at 4).

use wanlink_conformance::native::DEVICE;
use wanlink_core::{AliyunAt, Device, Inbound, Message, MqttAt, Qos};
use wanlink_emulator::{NativeOptions, Options};
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, DOWN, LOGIN, UP, broker, connect, count, published, push, running};

fn with(native: NativeOptions) -> Bench {
    Bench::new(Options { native, ..running() })
}

/// The setting is "between ACCQ and CONNECT"; its absence is seen before that, and a session that there is goes on.
#[test]
fn a_firmware_without_it_loses_nothing() {
    with(NativeOptions { known: false, ..NativeOptions::default() }).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.sign_in(&broker(), &DEVICE).await, Err(Error::NoNativeLogin));
        assert_eq!((count(scene, "AT+CMQTTACCQ"), count(scene, "AT+CMQTTSTART")), (1, 1));
        push(scene, b"x");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"x"))));
    });
}

/// "Cleared by REL": a login of ours needs no restart. A password beside the setting is what some firmware refuses.
#[test]
fn a_login_of_ours_goes_before_and_after_it() {
    for login_beside_is_error in [true, false] {
        with(NativeOptions { login_beside_is_error, ..NativeOptions::default() }).run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.sign_in(&broker(), &DEVICE).await.unwrap();
            modem.publish(UP, b"theirs", Qos::AtLeastOnce).await.unwrap();
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"ours", Qos::AtLeastOnce).await.unwrap();
            assert_eq!(published(scene), [&b"theirs"[..], b"ours"]);
        });
    }
}

/// A keep-alive of none is not possible (3): the longest stands for it, in this login, too. The platform has another limit.
#[test]
fn without_a_keep_alive() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| {
        crate::bench::attach(modem).await.unwrap();
        let device = Device { keep_alive_s: 0, ..DEVICE };
        assert_eq!(modem.sign_in(&broker(), &device).await, Err(Error::Connack(3)));
    });
    assert!(bench.sent().iter().any(|line| line.ends_with(":1883\",64800,1")), "{:#?}", bench.sent());
}
