//! Handles of several users: one heals, all are told, and messages wait for whoever takes them.

use embassy_futures::select::{Either, select};
use embassy_futures::{join::join, poll_once};
use embassy_time::Instant;
use embedded_io_async::{Read, Write};
use wanlink_core::{
    Body, ContentType, Error as _, ErrorKind, HttpsAt, Inbound, Login, Module, MqttAt, Notice, Plain, Post, Qos,
    Server, Tls, Trust, Validity,
};
use wanlink_transports::shared::Error;

use crate::contract::{scene, settled};
use crate::modem::Failed;

#[test]
fn what_one_handle_started_is_started_for_all() {
    scene(async |shared, net| {
        let mut handles: Vec<_> = (0..4).map(|_| shared.handle().unwrap()).collect();
        for restart in 1..=3 {
            for handle in &mut handles {
                assert_eq!(handle.start().await, Ok(()));
            }
            assert_eq!(net.with(|net| net.starts), restart);
            net.with(|net| net.restart());
            settled().await;
            for handle in &mut handles {
                assert_eq!(handle.signal().await.unwrap_err().kind(), ErrorKind::Restart);
            }
        }
        // One that was started does nothing for the others' recovery either.
        handles[0].start().await.unwrap();
        let connection = shared.connect("server", 7).await;
        assert_eq!(connection.err(), Some(Error::Module(Failed(ErrorKind::Reattach))));
        handles[1].recover(wanlink_core::Rung::Restart).await.unwrap();
        assert_eq!(net.with(|net| net.starts), 4);
    });
}

#[test]
fn whoever_idles_is_told() {
    scene(async |shared, net| {
        let (mut one, mut two) = (shared.handle().unwrap(), shared.handle().unwrap());
        one.start().await.unwrap();
        two.start().await.unwrap();
        let both = join(one.idle(), two.idle());
        let happens = async {
            settled().await;
            net.with(|net| net.lose_context());
            core::future::pending::<()>().await;
        };
        let Either::First(told) = select(both, happens).await else { unreachable!() };
        assert_eq!(told, (Ok(Notice::ContextLost), Ok(Notice::ContextLost)));
        net.with(|net| net.restart());
        for _ in 0..3 {
            assert_eq!(one.idle().await, Err(Error::Module(Failed(ErrorKind::Restart))), "again and again");
        }
        assert_eq!(Instant::now().as_millis(), 0);
    });
}

const LOGIN: Login<'_> = Login { client_id: "c", user: "u", password: "p", keep_alive_s: 300, clean_session: true };

#[test]
fn a_message_that_nobody_takes_does_not_keep_sockets_from_being_heard() {
    scene(async |shared, _| {
        let mut buffer = [0; 8];
        let mut mqtt = shared.mqtt(&mut buffer).unwrap();
        mqtt.connect(&Server::new("broker", 1883, Plain), &LOGIN).await.unwrap();
        mqtt.publish("t", b"one", Qos::AtLeastOnce).await.unwrap();
        mqtt.publish("t", b"four", Qos::AtLeastOnce).await.unwrap();
        mqtt.publish("t", b"eight :)", Qos::AtLeastOnce).await.unwrap();
        settled().await;
        let mut connection = shared.connect("server", 7).await.unwrap();
        for _ in 0..10 {
            connection.write_all(b"hi").await.unwrap();
            connection.read_exact(&mut [0; 2]).await.unwrap();
        }
        for payload in [&b"one"[..], b"four"] {
            mqtt.ready().await.unwrap();
            for _ in 0..2 {
                let Some(Inbound::Message(message)) = mqtt.front() else { panic!("the same again") };
                assert_eq!((message.topic(), message.payload), ("t", payload));
            }
        }
        mqtt.ready().await.unwrap();
        assert_eq!(mqtt.front(), Some(Inbound::Lost { count: 1, longest: 9 }), "the buffer has room for 8");
        assert!(poll_once(mqtt.ready()).is_pending());
        assert_eq!(mqtt.front(), None);
        assert_eq!(Instant::now().as_millis(), 0);
    });
}

#[test]
fn a_session_that_ended_is_told_to_whoever_waits_for_messages() {
    for restarts in [true, false] {
        scene(async |shared, net| {
            let mut buffer = [0; 8];
            let mut mqtt = shared.mqtt(&mut buffer).unwrap();
            assert_eq!(mqtt.ready().await.unwrap_err().kind(), ErrorKind::Reconnect);
            mqtt.connect(&Server::new("broker", 1883, Plain), &LOGIN).await.unwrap();
            let kind = if restarts { ErrorKind::Restart } else { ErrorKind::Reattach };
            let ends = async {
                settled().await;
                net.with(|net| if restarts { net.restart() } else { net.lose_context() });
            };
            let (ready, ()) = join(mqtt.ready(), ends).await;
            assert_eq!(ready.unwrap_err().kind(), kind);
            assert_eq!(mqtt.ready().await.unwrap_err().kind(), kind, "again and again");
            assert_eq!(Instant::now().as_millis(), 0);
        });
    }
}

#[test]
fn a_request_over_https_is_a_turn() {
    scene(async |shared, net| {
        let mut handle = shared.handle().unwrap();
        let server = Server::new("server", 443, Tls { trust: Trust::Anyone, validity: Validity::Ignored });
        let post = Post { path: "/auth", content: ContentType::Json, headers: &[] };
        let (before, mut reply) = (net.with(|net| net.turns), [0; 16]);
        let answer = handle.post(&server, &post, Body::Bytes(b"{}"), &mut reply).await.unwrap();
        assert_eq!((answer.status, answer.body), (200, &b"/auth"[..]));
        assert_eq!(net.with(|net| net.turns), before + 1);
    });
}
