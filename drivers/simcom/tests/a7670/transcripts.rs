//! The exact bytes of each operation: transcripts replayed whole, byte by byte, in random pieces, and with a foreign line
//! between every two lines of the module.
//!
//! The transcripts are the sessions of `simcom-at` section 10 as each model says them, one line of the module an entry.

use std::pin::Pin;

use wanlink_conformance::native::DEVICE;
use wanlink_conformance::replay::every_form;
use wanlink_core::{
    AliyunAt, Body, ContentType, Delivery, HttpsAt, Inbound, Message, Module, MqttAt, Post, Qos, Root, Rung, Server,
    TcpSocket, Tls, TlsSocket, Trust, Validity,
};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_simcom::cmqtt::Error;
use wanlink_simcom::{Buffers, NoPins, Simcom};

use crate::bench::{APN, DOWN, HOST, LOGIN, UP, broker};
use crate::{Model, profile};

type Driver<'b> = Simcom<'b, Model, PortReader, PortWriter, NoPins>;
type Story = for<'a> fn(&'a mut Driver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A transcript of each model, and the calls that it answers.
macro_rules! stories {
    ($($file:literal, |$modem:ident| $calls:block)*) => {
        &[$((
            $file,
            [
                include_str!(concat!("../transcripts/a7670/", $file)),
                include_str!(concat!("../transcripts/sim7600/", $file)),
            ],
            (|$modem| Box::pin(async move $calls)) as Story,
        )),*]
    };
}

const ANYONE: Tls<'static> = Tls { trust: Trust::Anyone, validity: Validity::Ignored };

const STORIES: &[(&str, [&str; 2], Story)] = stories! {
    "adopt.at", |modem| { modem.start().await.unwrap() }
    "attach.at", |modem| { modem.attach(&APN, &mut |_| ()).await.unwrap() }
    "session.at", |modem| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtMostOnce).await, Ok(Delivery::Sent));
        assert_eq!(modem.publish(UP, b"{\"t\":25.4}", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        for payload in [&b"{\"led\":1}"[..], b"\r\nOK\r\n"] {
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
        modem.unsubscribe(DOWN).await.unwrap();
        modem.disconnect().await.unwrap();
    }
    "refusals.at", |modem| {
        for error in [Error::Open(4), Error::Connack(4), Error::NoConnack, Error::Open(5)] {
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
        }
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.subscribe(DOWN, Qos::AtLeastOnce).await, Err(Error::SubscriptionRefused));
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(Error::NotAcknowledged));
    }
    "native.at", |modem| {
        for _ in 0..2 {
            assert_eq!(modem.sign_in(&broker(), &DEVICE).await, Err(Error::NoNativeLogin));
        }
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
    }
    "status.at", |modem| {
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        assert!(modem.clock().await.unwrap().is_some());
        let info = modem.describe().await.unwrap();
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
    }
    "tls.at", |modem| {
        let login = wanlink_core::Login { client_id: "12345|securemode=2,signmethod=hmacsha256|", ..LOGIN };
        let broker = Server::new(HOST, 8883, Tls::verified(Root::new("wl-1.pem", b"pem\n")));
        assert_eq!(modem.connect(&broker, &login).await, Err(Error::Certificate));
    }
    "recover.at", |modem| {
        modem.recover(Rung::Context).await.unwrap();
        modem.recover(Rung::Radio).await.unwrap();
    }
    "socket.at", |modem| {
        let mut buf = [0; 100];
        let socket = modem.open("1.2.3.4", 9).await.unwrap();
        modem.write(socket, b"12345").await.unwrap();
        assert_eq!(modem.read(socket, &mut buf).await, Ok(6));
        assert_eq!(&buf[..6], b"123456");
        // Told between `No data` and its `ERROR`.
        assert_eq!(modem.read(socket, &mut buf).await, Ok(2));
        assert_eq!(&buf[..2], b"78");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
        modem.close(socket).await.unwrap();
    }
    "tls-socket.at", |modem| {
        let socket = modem.open_tls(HOST, 8883, &ANYONE).await.unwrap();
        modem.write(socket, b"\x10\x10\0\x04MQTT\x04\x02\x01\x2c\0\x04aaaa").await.unwrap();
        assert_eq!(modem.read(socket, &mut [0; 20]).await, Ok(0));
        modem.close(socket).await.unwrap();
    }
    "https.at", |modem| {
        let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, ANYONE);
        let headers = [("password", "6944e5bf")];
        let post = Post { path: "/auth", content: ContentType::Octets, headers: &headers };
        let mut reply = [0; 100];
        let had = modem.post(&server, &post, Body::Bytes(b"Message=Hello"), &mut reply).await.unwrap();
        assert_eq!((had.status, had.body, had.cut), (200, &b"{\"code\":10001,\"message\":\"param error\"}"[..], 0));
    }
    "stop.at", |modem| { modem.stop().await.unwrap() }
};

#[test]
fn every_transcript_in_every_form() {
    let mut replays = 0;
    let model = usize::from(profile().name == "sim7600");
    for (file, texts, story) in STORIES {
        println!("{file}");
        replays += every_form(texts[model], "+CGEV: EPS PDN ACT 1", async |reader, writer| {
            let mut buffers: Buffers = Buffers::new();
            story(&mut Simcom::new(reader, writer, NoPins, &mut buffers)).await;
        });
    }
    println!("{} transcripts, {replays} replays", STORIES.len());
}
