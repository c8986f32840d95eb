//! PSM and eDRX: what is asked for, and the sleep that follows.

use core::time::Duration;

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Notice, PowerSaving, Psm, Qos, Saving};
use wanlink_emulator::{ContextState, Options, SimcomOptions};
use wanlink_simcom::{Error, Sim7000, Sim7080};

use crate::bench::{APN, Bench, Tested, UP, attach, both, connect, module, pass_ms, published, running, within_ms};

const SAVING: Saving = Saving {
    psm: Some(Psm { update: Duration::from_secs(3_600), active: Duration::from_secs(10) }),
    edrx: Some(Duration::from_secs(90)),
};

both! {
    fn what_is_asked_for_byte_for_byte<M>() {
        let mut bench = Bench::<M>::new(running());
        bench.run(async |modem, _| {
            attach(modem).await.unwrap();
            modem.save_power(&SAVING).await.unwrap();
            assert_eq!(modem.sleep(), None);
            modem.save_power(&Saving::NONE).await.unwrap();
        });
        let sent = bench.sent();
        let begin = sent.iter().position(|line| line == "AT+CPSMSTATUS=1").unwrap();
        assert_eq!(sent[begin..], [
            "AT+CPSMSTATUS=1",
            "AT+CPSMS=0",
            "AT+CPSMS=1,,,\"00000110\",\"00000101\"",
            "AT+CEDRXS=0",
            "AT+CEDRXS=1,4,\"0101\"",
            "AT+CPSMSTATUS=1",
            "AT+CPSMS=0",
            "AT+CEDRXS=0",
        ]);
    }
}

both! {
    /// "CNACT after PSM": `AT+CGATT?` says 1 while the application network is down.
    fn a_sleep_that_was_asked_for_is_told_and_ends_with_a_start<M>() {
        for (exit_psm_line, bearer_down_after_psm) in [(false, true), (true, false)] {
            let simcom = SimcomOptions { exit_psm_line, bearer_down_after_psm, ..SimcomOptions::default() };
            let mut bench = Bench::<M>::new(Options { simcom, ..running() });
            bench.run(async |modem, scene| {
                attach(modem).await.unwrap();
                modem.save_power(&SAVING).await.unwrap();
                while modem.idle().await.unwrap() != Notice::Asleep {}
                let sleep = modem.sleep().unwrap();
                assert!((3_500..=3_600).contains(&sleep.wakes_in.as_secs()), "{sleep:?}");
                pass_ms(100_000).await;
                assert!(!scene.borrow().module.is_on());
                assert_eq!(modem.signal().await, Err(Error::Restarted));
                assert!((3_390..=3_500).contains(&modem.sleep().unwrap().wakes_in.as_secs()));
                modem.start().await.unwrap();
                assert_eq!(modem.sleep(), None);
                modem.attach(&APN, &mut |_| ()).await.unwrap();
                assert_eq!(scene.borrow().module.context(1), ContextState::Active);
            });
        }
    }
}

/// Neither session nor sockets outlive it: that is known, and nothing is sent to them.
#[test]
fn the_session_is_known_to_be_lost() {
    Bench::<Sim7080>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.save_power(&SAVING).await.unwrap();
        module(scene).enter_psm();
        assert_eq!(within_ms(10_000, modem.idle()).await, Some(Ok(Notice::Asleep)));
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Restarted, ErrorKind::Restart));
        pass_ms(2_000).await;
        modem.start().await.unwrap();
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::NotConnected));
        connect(modem).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"x"]);
    });
}
