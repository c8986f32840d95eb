//! Receive: what is lost is visible, and so is the end of a session.

use embassy_time::Instant;
use wanlink_at::driver::{Buffers, DriverModel, Error};
use wanlink_core::{Error as _, ErrorKind, HasMqtt, Inbound, Login, Module, MqttAt, Qos};
use wanlink_emulator::polled;
use wanlink_platform::KeepAlive;
use wanlink_scene::bench::{count, module, pass_ms, running, within_ms};

use super::{listening, message};
use crate::bench::MqttBench;
use crate::rig::{APN, DOWN, KEY, LOGIN, NAME, Rig, UP, attach, broker, connect, push};

/// Whatever the driver does meanwhile.
pub fn messages_that_come_during_other_calls_are_kept_in_their_order<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
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
pub fn a_message_behind_the_last_line_of_a_call_is_there_at_once<B: MqttBench>() {
    if !B::Model::MQTT.persistent_session {
        // Then a broker keeps nothing, which `a_session_that_cannot_be_kept_is_refused_before_a_byte` holds.
        return;
    }
    Rig::<B>::new(running()).run(async |modem, scene| {
        let kept = Login { clean_session: false, ..LOGIN };
        attach(modem).await.unwrap();
        modem.connect(&broker(), &kept).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.disconnect().await.unwrap();
        let now_us = Instant::now().as_micros();
        let qos = wanlink_platform::Qos::AtLeastOnce;
        let pushed = scene.borrow_mut().platform.push(now_us, KEY, NAME, DOWN, b"kept", qos);
        assert_eq!(pushed, wanlink_platform::Pushed::Queued);
        modem.connect(&broker(), &kept).await.unwrap();
        assert_eq!(within_ms(1000, modem.receive()).await, Some(message(b"kept")));
        assert_eq!(within_ms(1000, modem.receive()).await, None);
    });
}

/// What is lost is visible.
pub fn what_does_not_fit_the_inbox_is_counted_with_the_room_that_it_needs<B: MqttBench>() {
    Rig::<B>::new(running()).run_with(&mut Buffers::<256, 512, 64>::new(), async |modem, scene| {
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
        if B::PUSHES {
            let lost = modem.receive().await;
            assert!(matches!(lost, Ok(Inbound::Lost { count: 1, .. })), "there is room for two of them");
        }
        assert_eq!(modem.receive().await, message(b"first"));
        assert_eq!(modem.receive().await, message(b"2nd.."));
        if !B::PUSHES {
            assert_eq!(modem.receive().await, message(b"third"), "the module keeps what was not asked for");
        }
    });
}

/// Bytes that were announced and do not come.
pub fn a_message_that_breaks_off_on_the_line_is_lost_and_the_next_one_is_not<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        module(scene).starve_block();
        push(scene, &[b'x'; 200]);
        loop {
            match modem.receive().await {
                Ok(Inbound::Lost { count: 1, .. }) => break,
                // A module that is asked for it may be found mute first.
                Err(error) if !B::PUSHES => assert_eq!(error.kind(), ErrorKind::Restart),
                other => panic!("{other:?}"),
            }
        }
        // What comes sooner may be the late rest of it.
        pass_ms(5000).await;
        push(scene, b"next");
        assert_eq!(modem.receive().await, message(b"next"));
    });
}

/// In the order of their happening; and the end stays one.
pub fn messages_come_before_the_news_that_their_session_ended<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        push(scene, b"one");
        push(scene, b"two");
        pass_ms(100).await;
        module(scene).kill_tcp();
        assert_eq!(modem.signal().await.map(drop), Ok(()), "the session is no business of this one");
        assert_eq!(modem.receive().await, message(b"one"));
        assert_eq!(modem.receive().await, message(b"two"));
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(B::LOST), ErrorKind::Reconnect));
        assert_eq!(modem.receive().await, Err(Error::SessionLost(B::LOST)), "and it stays so");
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(within_ms(1000, modem.receive()).await, None);
    });
}

/// What the driver has, it has.
pub fn messages_outlive_a_restart_of_the_module<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        push(scene, b"one");
        if !B::PUSHES {
            // What the module keeps is gone with it.
            modem.ready().await.unwrap();
        }
        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(100 * u64::from(B::Model::BOOT_DS)).await;
        assert_eq!(modem.receive().await, message(b"one"));
        assert_eq!(modem.receive().await, Err(Error::Restarted));
    });
}

/// The next step is to attach, not to connect.
pub fn the_end_of_the_context_is_told_with_or_without_the_end_of_the_session<B: MqttBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
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

/// No polling, but no trust in a silent line for ever.
pub fn a_lost_line_about_the_end_is_found_by_asking_after_one_keep_alive<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        let asked = count(scene, B::STATE);
        assert_eq!(within_ms(1_000_000, modem.receive()).await, None);
        assert_eq!(count(scene, B::STATE), asked + 3, "once in 300 s");
        module(scene).drop_line(B::SESSION_LINE);
        module(scene).kill_tcp();
        let begun = Instant::now();
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(0), ErrorKind::Reconnect));
        assert!(begun.elapsed().as_secs() <= 300);
    });
}

/// The answer of a question that was dropped must not count as a sign of life.
pub fn a_dropped_question_is_asked_again<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        module(scene).drop_line(B::SESSION_LINE);
        module(scene).kill_tcp();
        pass_ms(300_000).await;
        // The line is lost here, one poll gets the question out.
        assert_eq!(polled(modem.receive(), 1).await, None);
        assert_eq!(within_ms(1000, modem.receive()).await, Some(Err(Error::SessionLost(0))));
    });
}

/// Nobody said how long silence may be.
pub fn without_a_keep_alive_the_module_is_never_asked<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().keep_alive = KeepAlive::Unchecked;
        modem.connect(&broker(), &Login { keep_alive_s: 0, ..LOGIN }).await.unwrap();
        let asked = count(scene, B::STATE);
        assert_eq!(within_ms(10_000_000, modem.receive()).await, None);
        assert_eq!(count(scene, B::STATE), asked);
    });
}

/// Nothing tells of it.
pub fn a_module_that_went_mute_is_found_by_asking<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).silence(1_000_000_000);
        assert_eq!(modem.receive().await.unwrap_err().kind(), ErrorKind::Restart);
    });
}
