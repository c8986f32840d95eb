//! What is this dialect's own of the login that the module makes (simcom-at 4).

use wanlink_core::{AliyunAt, Argument, Device, MqttAt, Qos};
use wanlink_simcom::Sim7080;

use crate::bench::{Bench, Error, KEY, LOGIN, NAME, UP, attach, broker, connect, published, running};

pub(crate) const DEVICE: Device<'static> =
    Device { product_key: KEY, device_name: NAME, device_secret: "secret", keep_alive_s: 300, clean_session: true };

/// The last of the settings counts, which are in RAM: whoever logs in sets his own last.
#[test]
fn a_login_of_ours_goes_before_and_after_it() {
    let mut bench = Bench::<Sim7080>::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
        modem.publish(UP, b"theirs", Qos::AtLeastOnce).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"ours", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [&b"theirs"[..], b"ours"]);
    });
    let sent = bench.sent();
    let at = sent.iter().position(|line| line.starts_with("AT+SMALIAUTH=")).unwrap();
    assert_eq!(sent[at + 1], "AT+SMCONN");
    // "Reads the secret back in clear!"
    assert!(!sent.iter().any(|line| line.starts_with("AT+SMALIAUTH?")));
}

/// "20 / 32 / 40 bytes".
#[test]
fn each_text_has_a_limit_of_its_own() {
    Bench::<Sim7080>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let long = "s".repeat(41);
        for (device, what, limit) in [
            (Device { product_key: &long[..21], ..DEVICE }, Argument::ProductKey, 20),
            (Device { device_name: &long[..33], ..DEVICE }, Argument::DeviceName, 32),
            (Device { device_secret: &long, ..DEVICE }, Argument::DeviceSecret, 40),
        ] {
            let Err(Error::TooLong(error)) = modem.sign_in(&broker(), &device).await else { panic!("{what}") };
            assert_eq!((error.what, error.limit(), error.length()), (what, limit, limit + 1));
        }
        // With the longest of each only the platform has something to say.
        let longest =
            Device { product_key: &long[..20], device_name: &long[..32], device_secret: &long[..40], ..DEVICE };
        assert_eq!(modem.sign_in(&broker(), &longest).await, Err(Error::LoginFailed(0)));
    });
}
