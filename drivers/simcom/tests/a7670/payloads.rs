//! Payloads, byte for byte, both ways.

use wanlink_core::{Argument, Error as _, ErrorKind, Inbound, Login, Message, MqttAt, Qos};
use wanlink_emulator::PortOptions;
use wanlink_simcom::Buffers;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, DOWN, LOGIN, UP, broker, connect, crumbs, published, push, running};

fn payloads() -> Vec<Vec<u8>> {
    let mut payloads: Vec<Vec<u8>> = [
        &b"x"[..],
        b"\"",
        b"\"\"",
        b",",
        b"\r",
        b"\n",
        b"\0",
        b">",
        b"> ",
        b"{\"id\":\"1\",\"params\":{\"t\":25.4,\"h\":[1,2,3]}}",
        b"\r\nOK\r\n",
        b"OK\r\n\r\nERROR\r\n+CME ERROR: 10\r\n",
        b"line\r\n> \r\nline\r\n",
        b"\r\n+CMQTTCONNLOST: 0,1\r\n",
        b"\r\nRDY\r\n\r\n*ATREADY: 1\r\n",
        b"\r\n+CMQTTRXEND: 0\r\n\r\n+CMQTTRXSTART: 0,1,1\r\n",
        b"\"\r\n",
        b"AT+CPOF\r",
        b"\x1a\x1b\x08",
        "\u{6e29}\u{5ea6} 25,4 \u{b0}C \u{1f321}".as_bytes(),
        b" leading and trailing ",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    payloads.push((0..=255).collect());
    payloads.push((0..=255).rev().cycle().take(10_240).collect());
    payloads
}

#[test]
fn both_ways() {
    let payloads = payloads();
    for port in [PortOptions::default(), crumbs()] {
        // Once with a copy in the transmit buffer, once from where the caller has it.
        Bench::with_port(running(), port.clone(), 1)
            .run_with(&mut Buffers::<256, 10_300, 10_300>::new(), both(&payloads));
        Bench::with_port(running(), port, 1).run_with(&mut Buffers::<256, 384, 10_300>::new(), both(&payloads));
    }
    println!("{} payloads of 1 to 10240 bytes, both ways", payloads.len());
}

fn both(payloads: &[Vec<u8>]) -> impl AsyncFnOnce(&mut crate::bench::Driver<'_>, &crate::bench::Shared) + use<'_> {
    async move |modem, scene| {
        connect(modem).await.unwrap();
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        for (index, payload) in payloads.iter().enumerate() {
            let qos = if index % 2 == 0 { Qos::AtLeastOnce } else { Qos::AtMostOnce };
            modem.publish(UP, payload, qos).await.unwrap();
            push(scene, payload);
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload))));
        }
        assert_eq!(published(scene), payloads);
    }
}

#[test]
fn a_length_that_the_module_does_not_take_is_refused_before_a_byte() {
    Bench::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        for (length, what, limit) in
            [(10_241, Argument::Payload, 10_240), (70_000, Argument::Payload, 10_240), (0, Argument::EmptyPayload, 0)]
        {
            let error = modem.publish(UP, &vec![b'x'; length], Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misuse);
            let Error::TooLong(too_long) = error else { panic!("{error}") };
            assert_eq!((too_long.what, too_long.limit(), too_long.length()), (what, limit, length.min(65_535)));
        }
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
        assert_eq!(published(scene), [b""; 0]);
    });
}

#[test]
fn a_command_longer_than_the_transmit_buffer_is_refused_before_a_byte() {
    Bench::new(running()).run_with(&mut Buffers::<256, 260, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let login = Login { user: &"u".repeat(128), ..LOGIN };
        let error = modem.connect(&broker(), &login).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(260), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.command_count("AT+CMQTTCONNECT"), 1);
    });
}
