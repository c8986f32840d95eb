//! The module's MQTT client.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Qos, Refusal};
use wanlink_emulator::{ConnackTimeout, Options};
use wanlink_platform::{ConnId, Peer};

use super::whole_way;
use crate::bench::{
    APN, Bench, DOWN, Error, LOGIN, UP, attach, broker, connect, module, pass_ms, published, running, within_ms,
};

pub(super) fn settings_while_open() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(async |modem, scene| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(published(scene), [b""; 0]);
    });
}

pub(super) fn old_session() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(whole_way);
}

pub(super) fn hidden_reason() {
    Bench::new(Options { open_failure_hidden: true, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).dns_failure();
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Open(-1), ErrorKind::Reconnect));
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

pub(super) fn silence_before_connect() {
    Bench::new(running()).run(async |modem, scene| {
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 100_000;
        connect(modem).await.unwrap();
    });
}

pub(super) fn retransmissions() {
    Bench::new(Options { retransmission_lines: true, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 60_000_000;
        module(scene).slow(11_000_000);
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

pub(super) fn no_connack(connack_timeout: ConnackTimeout) {
    Bench::new(Options { connack_timeout, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let now = embassy_time::Instant::now().as_micros();
        scene.borrow_mut().platform.away(now, now + 41_000_000, wanlink_platform::Away::Silent);
        assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::NoConnack));
        pass_ms(5000).await;
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

pub(super) fn refused() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        scene.borrow_mut().platform.refuse_connects(wanlink_platform::ReturnCode::BadUserNameOrPassword, 1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Connack(4), ErrorKind::Refused(Refusal::Connack(4))));
    });
}

/// It meets the next open, the next login, or the next session.
pub(super) fn late_stat() {
    for late_us in [10_000, 60_000, 100_000, 150_000, 1_000_000, 3_000_000] {
        let mut bench = Bench::new(Options { late_stat_us: Some(late_us), ..running() });
        bench.run(async |modem, _| connect(modem).await.unwrap());
        bench.run(async |modem, _| {
            connect(modem).await.unwrap();
            modem.disconnect().await.unwrap();
            modem.connect(&broker(), &LOGIN).await.unwrap();
            assert_eq!(within_ms(5000, modem.receive()).await, None, "{late_us}");
            modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

pub(super) fn granted_128() {
    Bench::new(Options { subscriptions_refused: true, ..running() }).run(async |modem, _| {
        connect(modem).await.unwrap();
        assert_eq!(modem.subscribe(DOWN, Qos::AtLeastOnce).await, Err(Error::SubscriptionRefused));
    });
}

pub(super) fn ping_lines() {
    Bench::new(Options { ping_lines: true, ..running() }).run(async |modem, _| {
        connect(modem).await.unwrap();
        assert_eq!(within_ms(2_000_000, modem.receive()).await, None);
    });
}

pub(super) fn bounded_publish() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).lose_network();
        let begun = embassy_time::Instant::now();
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::NotAcknowledged));
        assert!(begun.elapsed().as_secs() < 42);
    });
}

pub(super) fn failed_publish() {
    Bench::new(Options { failed_publish_closes: true, ..running() }).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).lose_network();
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::NotAcknowledged));
        module(scene).restore_network();
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

pub(super) fn kicked() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let now = embassy_time::Instant::now().as_micros();
        let mut packet = vec![0x10, 0, 0, 4, b'M', b'Q', b'T', b'T', 4, 0xc2, 0, 60];
        for text in [LOGIN.client_id, LOGIN.user, LOGIN.password] {
            packet.extend([0, text.len() as u8]);
            packet.extend(text.bytes());
        }
        let length = packet.len() - 2;
        packet.splice(1..2, [length as u8 | 0x80, (length >> 7) as u8]);
        scene.borrow_mut().platform.open(now, ConnId(7777), Peer::plain());
        scene.borrow_mut().platform.input(now, ConnId(7777), &packet);
        let error = modem.receive().await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(1), ErrorKind::Reconnect));
    });
}

pub(super) fn unknown_lines() {
    for line in ["+FOO: 1,\"a\",2", "+QMTDROP: 0,1", "SOMETHING ELSE", "+QSIMSTAT: 1,1", "*BAR", "CONNECT"] {
        Bench::new(running()).run(async |modem, scene| {
            modem.start().await.unwrap();
            module(scene).urc_between(1, line);
            whole_way(modem, scene).await;
        });
    }
}
