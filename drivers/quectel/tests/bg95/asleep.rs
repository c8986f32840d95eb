//! PSM and eDRX: what is asked for, and the sleep that follows.

use core::time::Duration;

use wanlink_core::{Module, MqttAt, Notice, PowerSaving, Psm, Qos, Saving};
use wanlink_quectel::Error;

use crate::bench::{APN, Bench, LOGIN, UP, broker, connect, module, pass_ms, published, running, within_ms};

const SAVING: Saving = Saving {
    psm: Some(Psm { update: Duration::from_secs(3_600), active: Duration::from_secs(10) }),
    edrx: Some(Duration::from_secs(90)),
};

#[test]
fn a_sleep_that_was_asked_for_is_told_and_ends_with_a_start() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.save_power(&SAVING).await.unwrap();
        assert_eq!(modem.sleep(), None);
        module(scene).enter_psm();
        assert_eq!(within_ms(10_000, modem.idle()).await, Some(Ok(Notice::Asleep)));
        assert!((3_590..=3_600).contains(&modem.sleep().unwrap().wakes_in.as_secs()));
        pass_ms(100_000).await;
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::Restarted));
        modem.start().await.unwrap();
        assert_eq!((modem.sleep(), scene.borrow().module.boots()), (None, 2));
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::NotConnected));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
        modem.save_power(&Saving::NONE).await.unwrap();
    });
    let sent = bench.sent();
    for line in ["AT+CPSMS=1,,,\"00000110\",\"00000101\"", "AT+CEDRXS=1,4,\"0101\""] {
        assert!(sent.iter().any(|sent| sent == line), "{line}");
    }
}
