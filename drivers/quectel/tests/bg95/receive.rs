//! Receive: what is lost is visible, and so is the end of a session.

use embassy_time::Instant;
use wanlink_core::{Error as _, ErrorKind, Inbound, Login, Message, Module, MqttAt, Qos};
use wanlink_emulator::{Options, polled};
use wanlink_quectel::Buffers;

use crate::bench::{
    APN, Bench, DOWN, Driver, Error, KEY, LOGIN, NAME, UP, attach, broker, connect, module, pass_ms, push, running,
    within_ms,
};

fn message(payload: &[u8]) -> Result<Inbound<'_>, Error> {
    Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload)))
}

async fn listening(modem: &mut Driver<'_>) {
    connect(modem).await.unwrap();
    modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
}

#[test]
fn messages_that_come_during_other_calls_are_kept_in_their_order() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        push(scene, b"one");
        modem.signal().await.unwrap();
        pass_ms(50).await;
        push(scene, b"two");
        modem.publish(UP, b"up", Qos::AtLeastOnce).await.unwrap();
        pass_ms(50).await;
        push(scene, b"three");
        modem.describe().await.unwrap();
        for payload in [&b"one"[..], b"two", b"three"] {
            assert_eq!(modem.receive().await, message(payload));
        }
        assert_eq!(within_ms(1000, modem.ready()).await, None);
        assert_eq!(modem.front(), None);
    });
}

/// What a broker kept for the device comes with its answer to the login, in one read.
#[test]
fn a_message_behind_the_last_line_of_a_call_is_there_at_once() {
    Bench::new(running()).run(async |modem, scene| {
        let kept = Login { clean_session: false, ..LOGIN };
        attach(modem).await.unwrap();
        modem.connect(&broker(), &kept).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.disconnect().await.unwrap();
        let now_us = Instant::now().as_micros();
        let pushed =
            scene.borrow_mut().platform.push(now_us, KEY, NAME, DOWN, b"kept", wanlink_platform::Qos::AtLeastOnce);
        assert_eq!(pushed, wanlink_platform::Pushed::Queued);
        modem.connect(&broker(), &kept).await.unwrap();
        assert_eq!(within_ms(1000, modem.receive()).await, Some(message(b"kept")));
        assert_eq!(within_ms(1000, modem.receive()).await, None);
    });
}

#[test]
fn what_does_not_fit_the_inbox_is_counted_with_the_room_that_it_needs() {
    Bench::new(running()).run_with(&mut Buffers::<256, 512, 64>::new(), async |modem, scene| {
        listening(modem).await;
        push(scene, &[b'x'; 300]);
        push(scene, b"fits");
        // 4 bytes, the topic, the payload.
        let longest = 4 + DOWN.len() + 300;
        assert_eq!(modem.receive().await, Ok(Inbound::Lost { count: 1, longest }));
        assert_eq!(modem.front(), Some(Inbound::Lost { count: 1, longest }), "the same until the next call");
        assert_eq!(modem.receive().await, message(b"fits"));
        for payload in [b"first", b"2nd..", b"third"] {
            push(scene, payload);
        }
        pass_ms(100).await;
        modem.signal().await.unwrap();
        assert!(matches!(modem.receive().await, Ok(Inbound::Lost { count: 1, .. })), "there is room for two of them");
        assert_eq!(modem.receive().await, message(b"first"));
        assert_eq!(modem.receive().await, message(b"2nd.."));
    });
}

#[test]
fn a_message_that_breaks_off_on_the_line_is_lost_and_the_next_one_is_not() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        module(scene).starve_block();
        push(scene, &[b'x'; 200]);
        assert!(matches!(modem.receive().await, Ok(Inbound::Lost { count: 1, .. })));
        assert!(modem.garbled() > 0);
        // What comes sooner may be the late rest of it.
        pass_ms(5000).await;
        push(scene, b"next");
        assert_eq!(modem.receive().await, message(b"next"));
    });
}

#[test]
fn messages_come_before_the_news_that_their_session_ended() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        push(scene, b"one");
        push(scene, b"two");
        pass_ms(100).await;
        module(scene).kill_tcp();
        assert_eq!(modem.signal().await.map(drop), Ok(()), "the session is no business of this one");
        assert_eq!(modem.receive().await, message(b"one"));
        assert_eq!(modem.receive().await, message(b"two"));
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(1), ErrorKind::Reconnect));
        assert_eq!(modem.receive().await, Err(Error::SessionLost(1)), "and it stays so");
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(within_ms(1000, modem.receive()).await, None);
    });
}

#[test]
fn messages_outlive_a_restart_of_the_module() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        push(scene, b"one");
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(5000).await;
        assert_eq!(modem.receive().await, message(b"one"));
        assert_eq!(modem.receive().await, Err(Error::Restarted));
    });
}

#[test]
fn the_end_of_the_context_is_told_with_or_without_the_end_of_the_session() {
    for stat_after_context_loss in [false, true] {
        Bench::new(Options { stat_after_context_loss, ..running() }).run(async |modem, scene| {
            listening(modem).await;
            module(scene).lose_context(1);
            let error = modem.receive().await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
            assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Reattach);
            // The module wants to be told to deactivate it before it can be up again.
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            modem.connect(&broker(), &LOGIN).await.unwrap();
        });
    }
}

#[test]
fn a_lost_line_about_the_end_is_found_by_asking_after_one_keep_alive() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        assert_eq!(within_ms(1_000_000, modem.receive()).await, None);
        assert_eq!(scene.borrow().module.command_count("AT+QMTCONN"), 1 + 3, "the login, and once in 300 s");
        module(scene).drop_line("+QMTSTAT");
        module(scene).kill_tcp();
        let begun = embassy_time::Instant::now();
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(0), ErrorKind::Reconnect));
        assert!(begun.elapsed().as_secs() <= 300);
    });
}

/// The answer of a question that was dropped must not count as a sign of life.
#[test]
fn a_dropped_question_is_asked_again() {
    Bench::new(running()).run(async |modem, scene| {
        listening(modem).await;
        module(scene).drop_line("+QMTSTAT");
        module(scene).kill_tcp();
        pass_ms(300_000).await;
        // The line is lost here, one poll gets the question out.
        assert_eq!(polled(modem.receive(), 1).await, None);
        assert_eq!(within_ms(1000, modem.receive()).await, Some(Err(Error::SessionLost(0))));
    });
}

#[test]
fn without_a_keep_alive_the_module_is_never_asked() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().keep_alive = wanlink_platform::KeepAlive::Unchecked;
        modem.connect(&broker(), &Login { keep_alive_s: 0, ..LOGIN }).await.unwrap();
        let asked = scene.borrow().module.command_count("AT+QMTCONN");
        assert_eq!(within_ms(10_000_000, modem.receive()).await, None);
        assert_eq!(scene.borrow().module.command_count("AT+QMTCONN"), asked);
    });
}

#[test]
fn a_module_that_went_mute_is_found_by_asking() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).silence(1_000_000_000);
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Restart);
    });
}
