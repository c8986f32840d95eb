//! PSM and eDRX: what is asked for, and the sleep that follows.

use core::time::Duration;

use wanlink_core::{Module, MqttAt, Notice, PowerSaving, Psm, Qos, Saving};
use wanlink_emulator::Options;
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

/// The network decides; the sleep ends by what it granted.
#[test]
fn a_wake_is_expected_as_the_network_granted_it() {
    let timers = |update: u8, active: u8| Some((format!("{update:08b}"), format!("{active:08b}")));
    let asked = Psm { update: Duration::from_secs(3_600), active: Duration::from_secs(10) };
    let seconds = |update, active| Psm { update: Duration::from_secs(update), active: Duration::from_secs(active) };
    // Twelve times ten minutes and ten times two seconds; what was asked for; PSM is switched off.
    for (granted_timers, granted, wakes_in) in [
        (timers(0b0000_1100, 0b0000_1010), Some(seconds(7_200, 20)), 7_200),
        (None, Some(asked), 3_600),
        (timers(0b1110_0000, 0b1110_0000), None, 3_600),
    ] {
        let mut bench = Bench::new(Options { granted_timers, ..running() });
        bench.run(async |modem, scene| {
            modem.start().await.unwrap();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            modem.save_power(&Saving { psm: Some(asked), edrx: None }).await.unwrap();
            assert_eq!(modem.granted().await.unwrap().psm, granted);
            module(scene).enter_psm();
            assert_eq!(within_ms(10_000, modem.idle()).await, Some(Ok(Notice::Asleep)));
            let left = modem.sleep().unwrap().wakes_in.as_secs();
            assert!((wakes_in - 10..=wakes_in).contains(&left), "{left} of {wakes_in}");
        });
        assert!(bench.sent().ends_with(&["AT+CEREG=4", "AT+CEREG?", "AT+CEREG=2"].map(String::from)));
    }
}
