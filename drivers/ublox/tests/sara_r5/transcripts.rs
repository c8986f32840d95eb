//! The exact bytes of each operation: transcripts replayed whole, byte by byte, in random pieces, and with a foreign line
//! between every two lines of the module.
//!
//! The transcripts are the sessions of `ublox-at` section 10 as a SARA-R5 says them, one line of the module an entry.

use std::pin::Pin;

use wanlink_conformance::replay::every_form;
use wanlink_core::{
    Body, ContentType, Delivery, Error as _, ErrorKind, HttpsAt, Inbound, Message, Module, MqttAt, Post, Progress, Qos,
    Root, Rung, Server, SocketState, TcpSocket, Tls, TlsSocket, Trust, Validity,
};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_ublox::{Buffers, Code, Command, Error, NoPins, SaraR5, SimFault, Ublox};

use crate::bench::{APN, DOWN, HOST, LOGIN, UP, broker};

type Driver<'b> = Ublox<'b, SaraR5, PortReader, PortWriter, NoPins>;
type Story = for<'a> fn(&'a mut Driver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A transcript and the calls that it answers.
macro_rules! stories {
    ($($file:literal, |$modem:ident| $calls:block)*) => {
        &[$((
            $file,
            include_str!(concat!("../transcripts/", $file)),
            (|$modem| Box::pin(async move $calls)) as Story,
        )),*]
    };
}

const STORIES: &[(&str, &str, Story)] = stories! {
    "adopt.at", |modem| { modem.start().await.unwrap() }
    "adopt-again.at", |modem| { modem.start().await.unwrap() }
    "describe.at", |modem| {
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), ("SARA-R510S", "03.15,A00.01"));
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "8986032004551000001"));
    }
    "attach.at", |modem| {
        let mut seen = Vec::new();
        modem.attach(&APN.auth("me", "s3cret").pin("1234"), &mut |progress| seen.push(progress)).await.unwrap();
        let registered = Progress::Registered { roaming: false };
        assert_eq!(seen, [Progress::SimReady, Progress::Searching, registered, Progress::ContextUp]);
    }
    "attach-again.at", |modem| { modem.attach(&APN, &mut |_| ()).await.unwrap() }
    "failures.at", |modem| {
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::Sim(SimFault::Absent)));
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::NoContext));
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::NoContext));
    }
    "status.at", |modem| {
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        assert_eq!(modem.clock().await.unwrap().map(|time| time.as_secs()), Some(1_767_225_607));
        assert_eq!(modem.clock().await.unwrap(), None);
    }
    "session.at", |modem| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtMostOnce).await, Ok(Delivery::Sent));
        assert_eq!(modem.publish(UP, b"{\"t\":25.4}", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        for payload in [&b"{\"led\":1}"[..], b"\r\nOK\r\n", b"\r\n+UUMQTTC: 0,101\r\n\"", b"last"] {
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
        modem.unsubscribe(DOWN).await.unwrap();
        modem.disconnect().await.unwrap();
    }
    "refusals.at", |modem| {
        for (error, kind) in [
            (Error::NoContext, ErrorKind::Reattach),
            (Error::Open(4), ErrorKind::Reconnect),
            (Error::Open(5), ErrorKind::Reconnect),
            (Error::NoConnack, ErrorKind::Reconnect),
            (Error::LoginFailed(15), ErrorKind::Refused(wanlink_core::Refusal::Unexplained)),
            (Error::LoginFailed(0), ErrorKind::Refused(wanlink_core::Refusal::Unexplained)),
        ] {
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
            assert_eq!(error.kind(), kind);
        }
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.subscribe(DOWN, Qos::AtLeastOnce).await, Err(Error::SubscriptionRefused));
        let refused = Error::Module { command: Command::new("+UMQTTC"), code: Code::new(3) };
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(refused));
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(Error::SessionLost(101)));
    }
    "tls.at", |modem| {
        let broker = Server::new(HOST, 8883, Tls::verified(Root::new("wl-1.pem", b"pem\n")));
        modem.connect(&broker, &LOGIN).await.unwrap();
        assert_eq!(modem.connect(&broker, &LOGIN).await, Err(Error::Certificate));
    }
    "context-lost.at", |modem| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.receive().await, Err(Error::NoContext));
        modem.attach(&APN, &mut |_| ()).await.unwrap();
    }
    "recover.at", |modem| {
        modem.recover(Rung::Context).await.unwrap();
        modem.recover(Rung::Radio).await.unwrap();
        modem.recover(Rung::Restart).await.unwrap();
    }
    "socket.at", |modem| {
        let mut buf = [0; 20];
        let socket = modem.open("203.0.113.5", 1883).await.unwrap();
        modem.write(socket, b"\x10\x02ab").await.unwrap();
        assert_eq!(modem.read(socket, &mut buf).await, Ok(20));
        assert_eq!(&buf, b"\r\nOK\r\n+UUSOCL: 0\r\n\r\n");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(10));
        assert_eq!(&buf[..10], b"0123456789");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
        modem.close(socket).await.unwrap();
    }
    "socket-refusals.at", |modem| {
        assert_eq!(modem.resolve("a.example").await.unwrap().to_string(), "192.0.2.1");
        assert_eq!(modem.resolve("b.example").await.unwrap().to_string(), "192.0.2.3");
        let error = modem.resolve("c.example").await.unwrap_err();
        assert_eq!(error.to_string(), "the host's name cannot be resolved");
        assert_eq!(modem.open("a.example", 1).await, Err(Error::Unreachable(111)));
        assert_eq!(modem.open("a.example", 9).await, Err(Error::NoContext));
        let socket = modem.open("a.example", 9).await.unwrap();
        modem.write(socket, b"data").await.unwrap();
        assert_eq!(modem.write(socket, b"gone").await, Err(Error::Disconnected));
        assert_eq!(modem.state(socket), SocketState::Readable, "its end is still to be read");
    }
    "tls-socket.at", |modem| {
        let tls = Tls::verified(Root::new("wl-1.pem", b"pem\n"));
        let socket = modem.open_tls("a.example", 8883, &tls).await.unwrap();
        modem.write(socket, b"hello").await.unwrap();
        modem.close(socket).await.unwrap();
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        assert_eq!(modem.open_tls("a.example", 8883, &anyone).await, Err(Error::Certificate));
    }
    "https.at", |modem| {
        let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        let server = Server::new("iot-auth.cn-shanghai.aliyuncs.com", 443, tls);
        let headers = [("Accept", "application/json")];
        let post = Post { path: "/auth/register/device", content: ContentType::Form, headers: &headers };
        let mut reply = [0; 100];
        for (status, body) in [(200, &b"{\"code\":200}"[..]), (404, b"\r\nOK\r\n\"\r")] {
            let had = modem.post(&server, &post, Body::Bytes(b"a=1&b=2"), &mut reply).await.unwrap();
            assert_eq!((had.status, had.body, had.cut), (status, body, 0));
        }
        for kind in [ErrorKind::Reattach, ErrorKind::Reconnect, ErrorKind::Retry] {
            let error = modem.post(&server, &post, Body::Bytes(b"a=1&b=2"), &mut reply).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        }
        let error = modem.post(&server, &post, Body::Bytes(b"a=1&b=2"), &mut reply).await.unwrap_err();
        assert_eq!(error, Error::Certificate);
    }
    "stop.at", |modem| { modem.stop().await.unwrap() }
};

#[test]
fn every_transcript_in_every_form() {
    let mut replays = 0;
    for (file, text, story) in STORIES {
        println!("{file}");
        replays += every_form(text, "+CSCON: 1", async |reader, writer| {
            let mut buffers: Buffers = Buffers::new();
            story(&mut Ublox::new(reader, writer, NoPins, &mut buffers)).await;
        });
    }
    println!("{} transcripts, {replays} replays", STORIES.len());
}
