//! Describe, signal, clock, idle.

use core::time::Duration;

use wanlink_core::{Error as _, ErrorKind, Inbound, Message, Module, MqttAt, Notice, Qos};
use wanlink_emulator::{Options, SimCard};

use crate::bench::{Bench, DOWN, Driver, Error, attach, connect, module, pass_ms, push, running, within_ms};
use crate::model::{HAS_TIME_SERVER, profile};

#[test]
fn the_filler_of_a_short_card_number_is_taken_off() {
    let sim = SimCard { iccid: "8986032004551000001F".to_owned(), ..SimCard::default() };
    Bench::new(Options { sim, ..running() }).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.describe().await.unwrap().iccid(), "8986032004551000001");
    });
}

#[test]
fn bare_answers_are_told_from_lines_that_nobody_knows() {
    Bench::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for line in ["+FOO: 1", "+CEREG: 2", "+QIND: SMS DONE"] {
            module(scene).urc_between(1, line);
            let info = modem.describe().await.unwrap();
            assert_eq!((info.model(), info.imei()), (profile().model, "866349040000017"), "{line}");
        }
        module(scene).urc_between(1, "NO CARD");
        assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017", "an IMEI has 15 digits");
    });
}

#[test]
fn the_signal_is_in_dbm_or_unknown() {
    Bench::new(Options::default()).run(async |modem, _| {
        modem.start().await.unwrap();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, None, "not registered yet");
        attach(modem).await.unwrap();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
    });
}

#[test]
fn the_clock_is_utc_and_none_before_the_network_told_it() {
    for time_zone in [32, 0, -20] {
        Bench::new(Options { time_zone, utc_at_start: 1_767_225_600, ..Options::default() }).run(async |modem, _| {
            modem.start().await.unwrap();
            assert_eq!(modem.clock().await.unwrap(), None);
            attach(modem).await.unwrap();
            let now = Duration::from_secs(1_767_225_600 + embassy_time::Instant::now().as_secs());
            assert_eq!(modem.clock().await.unwrap(), Some(now), "{time_zone}");
        });
    }
    Bench::new(Options { nitz: false, ..running() }).run(async |modem, _| {
        attach(modem).await.unwrap();
        assert_eq!(modem.clock().await.unwrap().is_some(), HAS_TIME_SERVER);
    });
}

#[test]
fn refusals_and_silence_have_their_kinds() {
    Bench::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for _ in 0..3 {
            module(scene).drop_line("+CSQ:");
        }
        // An answer without its information is nobody's.
        assert_eq!(modem.signal().await.unwrap_err().kind(), ErrorKind::Restart);
        assert!(modem.signal().await.is_ok());
        module(scene).silence(60_000_000);
        for error in [modem.describe().await.map(drop), modem.clock().await.map(drop), modem.signal().await.map(drop)] {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Restart);
        }
    });
}

async fn next_notice(modem: &mut Driver<'_>) -> Option<Notice> {
    within_ms(10_000, modem.idle()).await.map(Result::unwrap)
}

#[test]
fn idle_tells_each_change_once_and_loses_nothing_when_dropped() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(next_notice(modem).await, None, "nothing changed");

        modem.keep_lines(true);
        module(scene).urc_between(1, "+FOO: 1,2");
        push(scene, b"one");
        pass_ms(100).await;
        module(scene).urc_between(0, "");
        let mut lines = 0;
        let last = loop {
            match next_notice(modem).await {
                Some(Notice::Line) => assert_eq!(modem.line(), Some(&b"+FOO: 1,2"[..])),
                other => break other,
            }
            lines += 1;
        };
        assert!(lines > 0);
        assert_eq!(last, Some(Notice::Message));
        assert_eq!(modem.line(), None, "a message is no line, and is not lost for asking");
        let message = Inbound::Message(Message::new(DOWN.as_bytes(), b"one"));
        assert_eq!(modem.front(), Some(message));
        assert_eq!(next_notice(modem).await, None);

        module(scene).lose_network();
        assert_eq!(next_notice(modem).await, Some(Notice::Registration));
        module(scene).restore_network();
        assert_eq!(next_notice(modem).await, Some(Notice::Registration));

        module(scene).kill_tcp();
        assert_eq!(next_notice(modem).await, Some(Notice::SessionLost));
        module(scene).lose_context(1);
        assert_eq!(next_notice(modem).await, Some(Notice::ContextLost));
        assert_eq!(next_notice(modem).await, None);

        module(scene).reset();
        assert_eq!(within_ms(2000, modem.idle()).await, None);
        pass_ms(20_000).await;
        assert_eq!(modem.idle().await, Err(Error::Restarted));
        assert_eq!(modem.idle().await, Err(Error::Restarted), "and not for ever nothing");
    });
}

#[test]
fn lines_that_nobody_reads_make_way_for_messages() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.keep_lines(true);
        module(scene).urc_between(1, "+FOO: 1");
        push(scene, b"one");
        let message = Inbound::Message(Message::new(DOWN.as_bytes(), b"one"));
        assert_eq!(modem.receive().await, Ok(message));
        assert_eq!(modem.front(), Some(message), "lent until the next call");
    });
}
