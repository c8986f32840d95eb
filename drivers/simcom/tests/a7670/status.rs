//! Describe, signal, clock, idle.

use wanlink_core::{Inbound, Message, Module, MqttAt, Notice, Qos};
use wanlink_emulator::Emulator;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, DOWN, Driver, connect, module, pass_ms, push, running, within_ms};

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
        modem.signal().await.unwrap();
        module(scene).urc_between(0, "");
        push(scene, b"one");
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

        for change in [Emulator::lose_network as fn(&mut Emulator), Emulator::restore_network] {
            change(&mut module(scene));
            // Of LTE, and of the packet service.
            let mut told = 0;
            while next_notice(modem).await == Some(Notice::Registration) {
                told += 1;
            }
            assert!(told > 0);
        }

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
        modem.signal().await.unwrap();
        module(scene).urc_between(0, "");
        push(scene, b"one");
        let message = Inbound::Message(Message::new(DOWN.as_bytes(), b"one"));
        assert_eq!(modem.receive().await, Ok(message));
        assert_eq!(modem.front(), Some(message), "lent until the next call");
    });
}
