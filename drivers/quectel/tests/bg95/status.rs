//! Describe, signal, clock, idle.

use wanlink_core::{Inbound, Message, Module, MqttAt, Notice, Qos};

use crate::bench::{Bench, DOWN, Driver, Error, connect, module, pass_ms, push, running, within_ms};

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
