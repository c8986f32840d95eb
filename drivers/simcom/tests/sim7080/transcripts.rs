//! The exact bytes of a session and of a socket: transcripts of `simcom-at` section 10, replayed whole, byte by byte, in
//! random pieces, and with a foreign line before each line of the module.

use std::pin::Pin;

use wanlink_conformance::native::DEVICE;
use wanlink_conformance::replay::every_form;
use wanlink_core::{AliyunAt, Delivery, Inbound, Message, MqttAt, Qos, TcpSocket};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_simcom::{Buffers, NoPins, Sim7080, Simcom};

use crate::bench::{DOWN, Error, LOGIN, UP, broker};

type Driver<'b> = Simcom<'b, Sim7080, PortReader, PortWriter, NoPins>;
type Story = for<'a> fn(&'a mut Driver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

const SESSION: Story = |modem| {
    Box::pin(async move {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Ok(Delivery::Accepted));
        for (topic, payload) in [(DOWN, &b"{\"led\":1}"[..]), (DOWN, b"\r\nOK\r\n"), ("/ext/regnwl", b"{}")] {
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(topic.as_bytes(), payload))));
        }
        assert_eq!(modem.publish(UP, b"hello", Qos::AtLeastOnce).await, Err(Error::SessionLost(0)));
    })
};

const SOCKET: Story = |modem| {
    Box::pin(async move {
        let socket = modem.open("117.131.85.139", 6004).await.unwrap();
        modem.write(socket, b"12345").await.unwrap();
        let mut buf = [0; 100];
        assert_eq!(modem.read(socket, &mut buf).await, Ok(10));
        assert_eq!(&buf[..10], b"\r\nOK\r\nT / ");
        assert_eq!(modem.read(socket, &mut buf).await, Ok(0));
        modem.close(socket).await.unwrap();
    })
};

const NATIVE: Story = |modem| {
    Box::pin(async move {
        assert_eq!(modem.sign_in(&broker(), &DEVICE).await, Err(Error::NoNativeLogin));
        modem.sign_in(&broker(), &DEVICE).await.unwrap();
    })
};

const STORIES: [(&str, Story); 3] = [
    (include_str!("../transcripts/sim7080/session.at"), SESSION),
    (include_str!("../transcripts/sim7080/native.at"), NATIVE),
    (include_str!("../transcripts/sim7080/socket.at"), SOCKET),
];

#[test]
fn every_transcript_in_every_form() {
    for (text, story) in STORIES {
        every_form(text, "*PSUTTZ: 19/06/26,06:04:03\",\"+32\",0", async |reader, writer| {
            let mut buffers: Buffers = Buffers::new();
            story(&mut Simcom::new(reader, writer, NoPins, &mut buffers)).await;
        });
    }
}
