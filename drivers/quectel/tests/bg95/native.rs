//! The login that the module makes itself (quectel-at, 2.1).

use wanlink_core::{AliyunAt, Argument, Device, Error as _, ErrorKind, MqttAt, Plain, Qos, Refusal, Server, Tls};
use wanlink_emulator::{NativeOptions, NativeSign, Options, polled};

use crate::bench::{Bench, Error, HOST, KEY, LOGIN, NAME, UP, attach, broker, published, root, running};

const DEVICE: Device<'static> =
    Device { product_key: KEY, device_name: NAME, device_secret: "secret", keep_alive_s: 300, clean_session: true };

fn with(native: NativeOptions) -> Options {
    Options { native, ..running() }
}

#[test]
fn the_module_signs_and_the_platform_believes_it() {
    for sign in [NativeSign::HmacMd5, NativeSign::HmacSha1, NativeSign::HmacSha256] {
        Bench::new(with(NativeOptions { sign, ..NativeOptions::default() })).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.sign_in(&broker(), &DEVICE).await.unwrap();
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            assert_eq!(published(scene), [b"x"]);
            // And again, over the session that is there.
            modem.sign_in(&broker(), &DEVICE).await.unwrap();
            modem.publish(UP, b"y", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

#[test]
fn inside_verified_tls() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let broker = Server::new(HOST, 8883, Tls::verified(root()));
        modem.sign_in(&broker, &DEVICE).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
        let other = Server::new(HOST, 8883, Tls::verified(crate::bench::other_root()));
        assert_eq!(modem.sign_in(&other, &DEVICE).await, Err(Error::Certificate));
    });
}

#[test]
fn firmware_without_it_says_so_and_a_login_of_ours_is_the_way_out() {
    Bench::new(with(NativeOptions { known: false, ..NativeOptions::default() })).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.sign_in(&broker(), &DEVICE).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoNativeLogin, ErrorKind::Unsupported));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 1, "nothing was opened for the other");
    });
}

#[test]
fn a_refusal_of_the_platform_keeps_its_code() {
    Bench::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let wrong = Device { device_secret: "another", ..DEVICE };
        let error = modem.sign_in(&broker(), &wrong).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Connack(4), ErrorKind::Refused(Refusal::Connack(4))));
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
    });
}

#[test]
fn what_the_module_cannot_take_is_refused_before_a_byte() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.commands().len();
        let long = "s".repeat(65);
        for (device, what) in [
            (Device { product_key: &long, ..DEVICE }, Argument::ProductKey),
            (Device { device_name: &long, ..DEVICE }, Argument::DeviceName),
            (Device { device_secret: &long, ..DEVICE }, Argument::DeviceSecret),
        ] {
            let Err(Error::TooLong(error)) = modem.sign_in(&broker(), &device).await else { panic!("{what} of 65") };
            assert_eq!((error.what, error.limit()), (what, 64));
        }
        let quoted = Device { device_secret: "a\"b", ..DEVICE };
        assert_eq!(modem.sign_in(&broker(), &quoted).await, Err(Error::Malformed(Argument::DeviceSecret)));
        assert_eq!(scene.borrow().module.commands().len(), before);
    });
}

#[test]
fn dropped_at_every_poll_and_called_again() {
    for polls in 0.. {
        let ended = Bench::new(running()).run(async |modem, _| {
            attach(modem).await.unwrap();
            let ended = polled(modem.sign_in(&Server::new(HOST, 1883, Plain), &DEVICE), polls).await;
            modem.sign_in(&broker(), &DEVICE).await.unwrap();
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
            ended
        });
        if let Some(result) = ended {
            result.unwrap();
            assert!(polls > 5);
            return;
        }
    }
}

#[cfg(feature = "trace")]
#[test]
fn no_trace_shows_the_secret() {
    let mut recorder = crate::bench::Recorder::default();
    Bench::new(running()).run_traced(&mut recorder, async |modem, _| {
        attach(modem).await.unwrap();
        modem.sign_in(&broker(), &Device { device_secret: "s3cr3t-of-mine", ..DEVICE }).await.unwrap_err();
    });
    let trace = recorder.text();
    assert!(trace.contains("AT+QMTCFG=\"aliauth\",0,\"pk\",\"device\",\"***\"") && !trace.contains("s3cr3t-of-mine"));
}
