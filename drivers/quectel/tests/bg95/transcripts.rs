//! The exact bytes of each operation.
//!
//! The transcripts are the sessions of `quectel-at` section 9 as a BG95 says them, one line of the module an entry.

use wanlink_conformance::BROKER;
use wanlink_core::{
    AliyunAt, Argument, Body, ContentType, Delivery, Error as _, ErrorKind, HttpsAt, Inbound, Message, Module, MqttAt,
    Post, Progress, Qos, Root, Rung, Server, SocketState, TcpSocket, Tls, TlsSocket, Trust, Validity,
};
use wanlink_quectel::{Code, Command, Error};

use crate::bench::{APN, DOWN, LOGIN, UP, broker};
use crate::replay::{Story, every_form, stories};

const STORIES: &[(&str, &str, Story)] = stories! {
    "adopt.at", |modem| { modem.start().await.unwrap() }
    "boot.at", |modem| { modem.start().await.unwrap() }
    "describe.at", |modem| {
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), ("BG95-M3", "BG95M3LAR02A03"));
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "8986032004551000001"));
    }
    "attach.at", |modem| {
        let mut seen = Vec::new();
        modem.attach(&APN.auth("me", "s3cret").pin("1234"), &mut |progress| seen.push(progress)).await.unwrap();
        let registered = Progress::Registered { roaming: false };
        assert_eq!(seen, [Progress::SimReady, Progress::Searching, registered, Progress::ContextUp]);
    }
    "attach-again.at", |modem| { modem.attach(&APN, &mut |_| ()).await.unwrap() }
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
        for payload in [&b"{\"led\":1}"[..], b"\r\nOK\r\n", b"line of its own"] {
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
        modem.unsubscribe(DOWN).await.unwrap();
        modem.disconnect().await.unwrap();
    }
    "native.at", |modem| {
        let device = wanlink_conformance::native::DEVICE;
        assert_eq!(modem.sign_in(&broker(), &device).await, Err(Error::NoNativeLogin));
        modem.sign_in(&broker(), &device).await.unwrap();
    }
    "refusals.at", |modem| {
        for (error, kind) in [
            (Error::Open(4), ErrorKind::Reconnect),
            (Error::Connack(4), ErrorKind::Refused(wanlink_core::Refusal::Connack(4))),
            (Error::NoConnack, ErrorKind::Reconnect),
        ] {
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
            assert_eq!(error.kind(), kind);
        }
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.subscribe(DOWN, Qos::AtLeastOnce).await, Err(Error::SubscriptionRefused));
        let refused = Error::Module { command: Command::new("+QMTPUB"), code: Code::new(3) };
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(refused));
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(Error::NotAcknowledged));
    }
    "diagnosis.at", |modem| {
        for error in [Error::NoContext, Error::Open(4), Error::Open(4), Error::Open(5), Error::Open(-1)] {
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(error));
        }
    }
    "tls.at", |modem| {
        let broker = Server::new(BROKER, 8883, Tls::verified(Root::new("wl-1.pem", b"pem\n")));
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
        let mut buf = [0; 2000];
        let socket = modem.open("1.2.3.4", 4242).await.unwrap();
        modem.write(socket, b"Hello\n").await.unwrap();
        assert_eq!(modem.read(socket, &mut buf).await, Ok(6));
        assert_eq!(&buf[..6], b"Hello\n");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
        modem.close(socket).await.unwrap();
    }
    "socket-refusals.at", |modem| {
        assert_eq!(modem.resolve("a.example").await.unwrap().to_string(), "192.0.2.1");
        assert_eq!(modem.resolve("b.example").await, Err(Error::Unreachable(565)));
        assert_eq!(modem.resolve("c.example").await, Err(Error::Busy(564)));
        assert_eq!(modem.open("a.example", 4242).await, Err(Error::Unreachable(565)));
        assert_eq!(modem.open("a.example", 4242).await, Err(Error::NoContext));
        let socket = modem.open("a.example", 4242).await.unwrap();
        modem.write(socket, b"data").await.unwrap();
        assert_eq!(modem.write(socket, b"gone").await, Err(Error::Disconnected));
        let mut buf = [0; 10];
        assert_eq!(modem.read(socket, &mut buf).await, Ok(4));
        assert_eq!(&buf[..4], b"last");
        assert_eq!(modem.read(socket, &mut buf).await, Err(Error::Disconnected));
        assert_eq!(modem.state(socket), SocketState::Closed);
    }
    "tls-socket.at", |modem| {
        let mut buf = [0; 20];
        let tls = Tls::verified(Root::new("wl-1.pem", b"pem\n"));
        let socket = modem.open_tls("a.example", 8883, &tls).await.unwrap();
        modem.write(socket, b"hello").await.unwrap();
        assert_eq!(modem.read(socket, &mut buf).await, Ok(9));
        assert_eq!(&buf[..9], b"\r\nOK\r\nabc");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
        modem.close(socket).await.unwrap();
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        assert_eq!(modem.open_tls("a.example", 8883, &anyone).await, Err(Error::Certificate));
        assert_eq!(modem.open_tls("a.example", 8883, &anyone).await, Err(Error::Unreachable(566)));
    }
    "https.at", |modem| {
        let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, tls);
        let headers = [("password", "6944e5bf")];
        let path = "/topic/a1B2c3D4e5F/dev1/user/update";
        let post = Post { path, content: ContentType::Octets, headers: &headers };
        let mut reply = [0; 100];
        for (status, body, cut) in [
            (200, &b"{\"code\":0,\"message\":\"success\",\"info\":{\"messageId\":892687627916247040}}"[..], 0),
            (200, b"\r\nOK\r\n\r\nRDY\r\n\r\nOK\r\n\r\n+QHTTP", 0),
            (404, b"\r\nOK\r\n\r\n+QHTTP", 20),
            (204, b"", 0),
        ] {
            let room = if cut == 0 { 100 } else { body.len() };
            let sent = Body::Bytes(b"Message=HelloQuectel");
            let had = modem.post(&server, &post, sent, &mut reply[..room]).await.unwrap();
            assert_eq!((had.status, had.body, had.cut), (status, body, cut));
        }
        for error in [
            Error::Unreachable(714),
            Error::Unreachable(714),
            Error::Http(728),
            Error::Http(703),
            Error::NoContext,
            Error::Http(719),
            Error::Malformed(Argument::Url),
            Error::Http(719),
            Error::Http(722),
            Error::Http(705),
        ] {
            let mut fill = |room: &mut [u8]| {
                room[..20].copy_from_slice(b"Message=HelloQuectel");
                20
            };
            let body = Body::Stream { length: 20, fill: &mut fill };
            assert_eq!(modem.post(&server, &post, body, &mut reply).await, Err(error));
        }
    }
    "stop.at", |modem| { modem.stop().await.unwrap() }
};

#[test]
fn every_transcript_in_every_form() {
    every_form(STORIES);
}
