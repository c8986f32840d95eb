//! Describe, signal, clock.

use core::time::Duration;

use wanlink_core::{Inbound, Message, Module, MqttAt, Notice, Qos};
use wanlink_emulator::Options;
use wanlink_ublox::{Error, LaraR6, SaraR5, SaraR422};

use crate::bench::{
    Bench, DOWN, Driver, Played, attach, connect, module, on_each_model, pass_ms, push, running, within_ms,
};

fn describes<M: Played>() {
    Bench::<M>::new(Options::default()).run(async |modem, _| {
        modem.start().await.unwrap();
        let info = modem.describe().await.unwrap();
        assert!(info.model().starts_with(M::NAME), "{}", info.model());
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        assert!(info.firmware().contains(",A"), "{}", info.firmware());
    });
}

#[test]
fn who_the_module_is() {
    on_each_model!(describes);
}

fn signals<M: Played>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).lose_network();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, None, "no network");
        module(scene).restore_network();
        attach(modem).await.unwrap();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
    });
}

#[test]
fn the_signal_is_in_dbm_or_unknown() {
    on_each_model!(signals);
}

#[test]
fn the_clock_is_utc_and_none_before_the_network_told_it() {
    for time_zone in [32, 0, -20] {
        let options = Options { time_zone, utc_at_start: 1_767_225_600, ..Options::default() };
        Bench::<LaraR6>::new(options).run(async |modem, _| {
            modem.start().await.unwrap();
            assert_eq!(modem.clock().await.unwrap(), None);
            attach(modem).await.unwrap();
            let now = Duration::from_secs(1_767_225_600 + embassy_time::Instant::now().as_secs());
            assert_eq!(modem.clock().await.unwrap(), Some(now), "{time_zone}");
        });
    }
    Bench::<SaraR5>::new(Options { nitz: false, ..running() }).run(async |modem, _| {
        attach(modem).await.unwrap();
        assert_eq!(modem.clock().await.unwrap(), None);
    });
}

/// Answers without a prefix can only be told from other lines by their form (ublox-at 1).
#[test]
fn bare_answers_are_told_from_lines_that_nobody_knows() {
    Bench::<SaraR422>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        for line in ["+FOO: 1", "+CEREG: 2", "+CIEV: 3,1"] {
            module(scene).urc_between(1, line);
            let info = modem.describe().await.unwrap();
            assert_eq!((info.model(), info.imei()), ("SARA-R422", "866349040000017"), "{line}");
        }
        module(scene).urc_between(1, "NO CARD");
        assert_eq!(modem.describe().await.unwrap().imei(), "866349040000017", "an IMEI has 15 digits");
    });
}

async fn next_notice(modem: &mut Driver<'_>) -> Option<Notice> {
    within_ms(10_000, modem.idle()).await.map(Result::unwrap)
}

#[test]
fn idle_tells_each_change_once_and_loses_nothing_when_dropped() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
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
        assert_eq!(last, Some(Notice::Message), "it was told of, and not read yet");
        let message = Inbound::Message(Message::new(DOWN.as_bytes(), b"one"));
        assert_eq!(modem.receive().await, Ok(message));
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
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
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
