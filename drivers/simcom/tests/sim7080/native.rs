//! What is this dialect's own of the login that the module makes (simcom-at 4).

use wanlink_conformance::native::DEVICE;
use wanlink_core::{AliyunAt, Device, DeviceLimits, HasAliyun, MqttAt, Qos};
use wanlink_simcom::Sim7080;

use crate::bench::{Bench, Error, LOGIN, UP, attach, broker, connect, published, running};

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

/// "20 / 32 / 40 bytes": with the longest of each only the platform has something to say.
#[test]
fn the_longest_of_each_text() {
    assert_eq!(Sim7080::DEVICE, DeviceLimits::new(20, 32, 40));
    Bench::<Sim7080>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let long = "s".repeat(40);
        let device = Device { product_key: &long[..20], device_name: &long[..32], device_secret: &long, ..DEVICE };
        assert_eq!(modem.sign_in(&broker(), &device).await, Err(Error::LoginFailed(0)));
    });
}
