//! Payloads, byte for byte, both ways.

use wanlink_at::driver::{Buffers, Error};
use wanlink_core::{Argument, Error as _, ErrorKind, HasMqtt, Inbound, Message, MqttAt, Qos};
use wanlink_emulator::PortOptions;
use wanlink_scene::bench::{SharedScene, crumbs, pass_ms, running};

use super::listening;
use crate::bench::MqttBench;
use crate::rig::{DOWN, Rig, UP, connect, published, push};

/// The longest payload of a publish, or as long as one has to be.
fn longest<B: MqttBench>() -> usize {
    B::Model::MQTT.payload.into()
}

fn payloads<B: MqttBench>() -> Vec<Vec<u8>> {
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
        b"\"\r\n",
        b"\x1a\x1b\x08",
        "\u{6e29}\u{5ea6} 25,4 \u{b0}C \u{1f321}".as_bytes(),
        b" leading and trailing ",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    payloads.extend(B::FORGED_LINES.map(|line| format!("\r\n{line}\r\n").into_bytes()));
    payloads.push((0..=255).collect());
    payloads.push((0..=255).rev().cycle().take(longest::<B>()).collect());
    payloads
}

/// Everything that a line of the module could be.
pub fn both_ways<B: MqttBench>() {
    let payloads = payloads::<B>();
    for port in [PortOptions::default(), crumbs()] {
        // Once with a copy in the transmit buffer, once from where the caller has it.
        Rig::<B>::with_port(running(), port.clone(), 1).run_with(
            &mut Buffers::<256, 10_400, 10_400>::new(),
            async |modem, scene| {
                each_way(modem, scene, &payloads).await;
            },
        );
        Rig::<B>::with_port(running(), port, 1).run_with(
            &mut Buffers::<256, 384, 10_400>::new(),
            async |modem, scene| {
                each_way(modem, scene, &payloads).await;
            },
        );
    }
    println!("{} payloads of 1 to {} bytes, both ways", payloads.len(), longest::<B>());
}

async fn each_way(modem: &mut impl MqttAt, scene: &SharedScene, payloads: &[Vec<u8>]) {
    listening(modem).await;
    for (index, payload) in payloads.iter().enumerate() {
        let qos = if index % 2 == 0 { Qos::AtLeastOnce } else { Qos::AtMostOnce };
        modem.publish(UP, payload, qos).await.unwrap();
        push(scene, payload);
        assert_eq!(modem.receive().await.unwrap(), Inbound::Message(Message::new(DOWN.as_bytes(), payload)));
    }
    pass_ms(1000).await;
    assert_eq!(published(scene), payloads);
}

/// The error names limit and length.
pub fn a_length_that_the_module_does_not_take_is_refused_before_a_byte<B: MqttBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        let longest = longest::<B>();
        let mut lengths = vec![(longest + 1, Argument::Payload, longest), (70_000, Argument::Payload, longest)];
        if !B::Model::MQTT.empty_payload {
            lengths.push((0, Argument::EmptyPayload, 0));
        }
        for (length, what, limit) in lengths {
            let error = modem.publish(UP, &vec![b'x'; length], Qos::AtLeastOnce).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misuse);
            let Error::TooLong(too_long) = error else { panic!("{error}") };
            assert_eq!((too_long.what, too_long.limit(), too_long.length()), (what, limit, length.min(65_535)));
        }
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
        assert_eq!(published(scene), [b""; 0]);
    });
}
