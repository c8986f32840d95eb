//! Receive: what is lost is visible, and so is the end of a session.

use wanlink_core::{Inbound, Message, MqttAt, Qos};
use wanlink_emulator::SimcomOptions;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, DOWN, Driver, connect, push, special};

fn message(payload: &[u8]) -> Result<Inbound<'_>, Error> {
    Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload)))
}

async fn listening(modem: &mut Driver<'_>) {
    connect(modem).await.unwrap();
    modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
}

/// A message comes in pieces, in sizes that no two firmwares share, with or without blank lines between.
#[test]
fn pieces_of_every_size() {
    let payload: Vec<u8> = (0..=255).cycle().take(1200).collect();
    for blank_lines in [false, true] {
        for (topic_piece, payload_piece) in [(1, 1), (7, 100), (1024, 1500)] {
            let set = |it: &mut SimcomOptions| {
                (it.blank_lines, it.topic_piece, it.payload_piece) = (blank_lines, topic_piece, payload_piece);
            };
            Bench::new(special(set)).run(async |modem, scene| {
                listening(modem).await;
                push(scene, &payload);
                assert_eq!(modem.receive().await, message(&payload));
                push(scene, b"next");
                assert_eq!(modem.receive().await, message(b"next"));
            });
        }
    }
}
