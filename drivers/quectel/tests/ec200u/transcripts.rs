//! The exact bytes of what EC200U does otherwise than BG95: the sessions of `quectel-at` section 9, one line of the module an
//! entry.

use wanlink_core::{
    Body, ContentType, Delivery, HttpsAt, Inbound, Message, Module, MqttAt, Post, Progress, Qos, Server, TcpSocket,
    Tls, Trust, Validity,
};

use crate::bench::{APN, DOWN, Error, LOGIN, UP, broker};
use crate::replay::{Story, every_form, stories};

const STORIES: &[(&str, &str, Story)] = stories! {
    "ec200u/boot.at", |modem| { modem.start().await.unwrap() }
    "ec200u/describe.at", |modem| {
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), ("EC200U", "EC200UCNAAR03A14M08"));
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
    }
    "ec200u/attach.at", |modem| {
        let mut seen = Vec::new();
        modem.attach(&APN, &mut |progress| seen.push(progress)).await.unwrap();
        let registered = Progress::Registered { roaming: false };
        assert_eq!(seen, [Progress::SimReady, Progress::Searching, registered, Progress::ContextUp]);
    }
    "ec200u/clock.at", |modem| {
        assert_eq!(modem.clock().await.unwrap().map(|time| time.as_secs()), Some(1_767_225_606));
        assert_eq!(modem.clock().await, Ok(None));
        assert_eq!(modem.clock().await.unwrap().map(|time| time.as_secs()), Some(1_767_225_607));
    }
    "ec200u/session.at", |modem| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtMostOnce).await, Ok(Delivery::Sent));
        assert_eq!(modem.publish(UP, b"{\"t\":25.4}", Qos::AtLeastOnce).await, Ok(Delivery::Acknowledged));
        for payload in [&b"{\"led\":1}"[..], b"\r\nOK\r\n"] {
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
        assert_eq!(modem.receive().await, Err(Error::SessionLost(1)));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(Error::NotAcknowledged));
    }
    "ec200u/https.at", |modem| {
        let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, tls);
        let path = "/topic/a1B2c3D4e5F/dev1/user/update";
        let mut reply = [0; 100];
        for (headers, status, body) in [
            (
                &[("password", "6944e5bf")][..],
                200,
                &b"{\"code\":0,\"message\":\"success\",\"info\":{\"messageId\":892687627916247040}}"[..],
            ),
            (&[], 404, b"no such topic"),
        ] {
            let post = Post { path, content: ContentType::Octets, headers };
            let had = modem.post(&server, &post, Body::Bytes(b"Message=HelloQuectel"), &mut reply).await.unwrap();
            assert_eq!((had.status, had.body, had.cut), (status, body, 0));
        }
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
};

#[test]
fn every_transcript_in_every_form() {
    every_form(STORIES);
}
