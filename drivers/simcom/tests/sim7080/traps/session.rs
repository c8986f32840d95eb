//! Traps of the MQTT client, which only the SIM7080 has here.

use embassy_time::Instant;
use wanlink_conformance::trap::{Trap, trap};
use wanlink_core::{Delivery, Error as _, ErrorKind, Inbound, Login, Message, Module, MqttAt, Qos, Server};
use wanlink_emulator::MqttPhase;
use wanlink_simcom::{Error, Sim7080};

use super::special;
use crate::bench::{
    Bench, DOWN, Foreign, KEY, LOGIN, NAME, SECURE_LOGIN, UP, attach, broker, connect, module, pass_ms, published,
    push, running, secure_broker, within_ms,
};

pub(super) const TRAPS: &[Trap] = &[
    trap("1", "a command line of 559 characters and no more", longest_line),
    trap("4", "the push of a registration without quotes", || crate::registration::registers(true)),
    trap("5, 11.1", "a session outlives a restart of the microcontroller, ERROR also when connected", old_session),
    trap("5", "SMCONN blocks, nothing else is answered meanwhile", blocking_connect),
    trap("5", "SMCONN says no reason", no_reason),
    trap("5", "a message is printed unescaped: as hex it cannot forge an answer", unescaped_message),
    trap("5", "OK voided by +SMSTATE: 0", || {
        void_ok(true);
        void_ok(false);
    }),
    trap("5, 14", "OK of a publish before its PUBACK", early_ok),
    trap("5", "a message above 1024 bytes stops the later ones", message_too_long),
    trap("5", "SMSSL counts contexts from 1, and not every firmware knows upper case (8)", contexts),
    trap("11.6", "connection silently dead after hours", silently_dead),
    trap("11.9", "minutes until a connect is answered", || {
        Bench::<Sim7080>::new(special(|it| it.connect_blocks_us = 60_000_000)).run(async |modem, scene| {
            scene.borrow_mut().platform.config_mut().connect_deadline_us = 100_000_000;
            connect(modem).await.unwrap();
        });
    }),
];

/// The longest login goes out whole; the module takes no line that is longer by one.
fn longest_line() {
    Bench::<Sim7080>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let texts = ["h", "c", "u", "p"].map(|text| text.repeat(512));
        let login = Login { client_id: &texts[1][..128], user: &texts[2][..256], password: &texts[3], ..LOGIN };
        let server = Server { host: &texts[0][..246], ..broker() };
        // Nobody is there, and all settings were taken.
        assert_eq!(modem.connect(&server, &login).await, Err(Error::Open(5)));
        let line = |length: usize| Foreign::of(&format!("AT+SMCONF=\"MESSAGE\",\"{}\"", "m".repeat(length - 20)));
        modem.send(&line(559)).await.unwrap();
        assert!(modem.send(&line(560)).await.is_err());
    });
}

/// The microcontroller restarted: its driver knows of no session, and the module has one.
fn old_session() {
    let mut bench = Bench::<Sim7080>::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(async |modem, scene| {
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
        assert!(modem.send(&Foreign::of("AT+SMCONN")).await.is_err(), "ERROR, since it is connected");
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
    });
}

/// A call that is dropped meanwhile leaves a deaf port; the next one waits for it, and takes no answer for its own.
fn blocking_connect() {
    Bench::<Sim7080>::new(special(|it| it.connect_blocks_us = 55_000_000)).run(async |modem, scene| {
        scene.borrow_mut().platform.config_mut().connect_deadline_us = 100_000_000;
        attach(modem).await.unwrap();
        assert!(within_ms(5_000, modem.connect(&broker(), &LOGIN)).await.is_none());
        let begun = Instant::now();
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        assert!((45..60).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
}

fn no_reason() {
    Bench::<Sim7080>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let error = modem.connect(&broker(), &Login { user: "nobody&pk", ..LOGIN }).await.unwrap_err();
        assert_eq!(
            (error, error.kind()),
            (Error::LoginFailed(0), ErrorKind::Refused(wanlink_core::Refusal::Unexplained))
        );
    });
}

fn unescaped_message() {
    Bench::<Sim7080>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        for payload in
            [&b"{\"id\":\"1\"}"[..], b"\r\nOK\r\n", b"\r\n+SMSTATE: 0\r\n", b"\r\n> ", b"\r\nRDY\r\n", b"\"\r\n"]
        {
            push(scene, payload);
            // It comes before the answer of what is asked meanwhile.
            assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
    });
}

fn void_ok(ok_after_loss: bool) {
    Bench::<Sim7080>::new(special(|it| it.ok_after_loss = ok_after_loss)).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).kill_before_puback();
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::SessionLost(0), ErrorKind::Reconnect));
    });
}

/// What the manual does not tie to the PUBACK is no acknowledgement.
fn early_ok() {
    for publish_waits in [false, true] {
        Bench::<Sim7080>::new(special(|it| it.publish_waits = publish_waits)).run(async |modem, scene| {
            connect(modem).await.unwrap();
            assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Ok(Delivery::Accepted));
            pass_ms(1_000).await;
            assert_eq!(published(scene), [b"x"]);
        });
    }
}

/// Nothing comes any more, and nothing tells of it: a session over again is what helps.
fn message_too_long() {
    Bench::<Sim7080>::new(special(|it| it.big_message_stops = true)).run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, &[b'x'; 1025]);
        push(scene, b"small");
        assert_eq!(within_ms(60_000, modem.receive()).await, None);
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, b"again");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"again"))));
    });
}

fn contexts() {
    let mut bench = Bench::<Sim7080>::new(special(|it| it.lower_case_only = true));
    bench.run(async |modem, _| {
        attach(modem).await.unwrap();
        modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
    });
    let sent = bench.sent();
    for context in [0, 1] {
        for item in ["sslversion", "sni", "ignorertctime"] {
            let begin = format!("AT+CSSLCFG=\"{item}\",{context},");
            assert!(sent.iter().any(|line| line.starts_with(&begin)), "{begin}");
        }
    }
    assert!(sent.iter().any(|line| line.starts_with("AT+SMSSL=1,\"wl-0a1b2c3d")));
}

fn silently_dead() {
    Bench::<Sim7080>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).drop_line("+SMSTATE: 0");
        module(scene).kill_tcp();
        let begun = Instant::now();
        assert_eq!(modem.receive().await, Err(Error::SessionLost(0)));
        assert!(begun.elapsed().as_secs() <= 300);
    });
}
