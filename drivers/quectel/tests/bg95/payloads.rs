//! Payloads, byte for byte, both ways.

use wanlink_core::{Argument, Error as _, ErrorKind, Inbound, Message, MqttAt, Qos};
use wanlink_emulator::PortOptions;
use wanlink_quectel::Buffers;

use crate::bench::{Bench, DOWN, Error, LONGEST, UP, connect, crumbs, published, push, running};

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
        b"\r\n+QMTSTAT: 0,1\r\n",
        b"\r\nRDY\r\n\r\nAPP RDY\r\n",
        b"\r\n+QMTRECV: 0,0,\"a\",1,\"b\"\r\n",
        b"\"\r\n",
        b"AT+QPOWD\r",
        b"\x1a\x1b\x08",
        "\u{6e29}\u{5ea6} 25,4 \u{b0}C \u{1f321}".as_bytes(),
        b" leading and trailing ",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    payloads.push((0..=255).collect());
    payloads.push((0..=255).rev().cycle().take(LONGEST).collect());
    payloads
}

#[test]
fn both_ways() {
    let payloads = payloads();
    for port in [PortOptions::default(), crumbs()] {
        // Once with a copy in the transmit buffer, once from where the caller has it.
        Bench::with_port(running(), port.clone(), 1).run_with(&mut Buffers::<256, 4300, 4200>::new(), both(&payloads));
        Bench::with_port(running(), port, 1).run_with(&mut Buffers::<256, 384, 4200>::new(), both(&payloads));
    }
    println!("{} payloads of 1 to {LONGEST} bytes, both ways", payloads.len());
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
        for (length, what, limit) in [
            (LONGEST + 1, Argument::Payload, LONGEST),
            (70_000, Argument::Payload, LONGEST),
            (0, Argument::EmptyPayload, 0),
        ] {
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
    // The command line has 280 bytes.
    Bench::new(running()).run_with(&mut Buffers::<256, 280, 200>::new(), async |modem, _| {
        connect(modem).await.unwrap();
        modem.publish(&"t".repeat(255), b"x", Qos::AtMostOnce).await.unwrap();
    });
    Bench::new(running()).run_with(&mut Buffers::<256, 274, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        let error = modem.publish(&"t".repeat(255), b"x", Qos::AtMostOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(274), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
    });
}
