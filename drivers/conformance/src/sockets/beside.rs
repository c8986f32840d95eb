//! Sockets beside a session of the module's own MQTT client.

use wanlink_core::{Inbound, Message, MqttAt, Qos, TcpSocket};
use wanlink_emulator::polled;
use wanlink_scene::bench::{crumbs, running};

use super::{HOST, SINK, noise, rig_with};
use crate::bench::{MqttBench, SocketBench};
use crate::rig::{DOWN, LOGIN, attach, broker, push};

/// Reads of three sockets, each dropped so often that its bytes come when nobody waits, and a session's messages between.
pub fn reads_of_several_sockets_beside_a_session<B: SocketBench + MqttBench>() {
    let mut drops = 0;
    for step in 1..30 {
        rig_with::<B>(running(), crumbs(), step as u64).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            let mut sockets = Vec::new();
            for _ in 0..3 {
                sockets.push((modem.open(HOST, SINK).await.unwrap(), Vec::<u8>::new()));
            }
            for index in 0..3 {
                scene.borrow_mut().send(index, &noise::<B>(400, index as u8));
            }
            let mut polls = step;
            let mut messages = 0;
            while sockets.iter().any(|(_, all)| all.len() < 400) {
                for (socket, all) in sockets.iter_mut().filter(|(_, all)| all.len() < 400) {
                    let mut buf = [0; 90];
                    match polled(modem.read(*socket, &mut buf), polls).await {
                        Some(count) => all.extend(&buf[..count.unwrap()]),
                        None => drops += 1,
                    }
                    polls = polls % 97 + step;
                }
                if messages < 5 {
                    messages += 1;
                    push(scene, &noise::<B>(50, messages));
                }
            }
            for (index, (_, all)) in sockets.iter().enumerate() {
                assert_eq!(*all, noise::<B>(400, index as u8));
            }
            for message in 1..=messages {
                let payload = noise::<B>(50, message);
                let expected = Inbound::Message(Message::new(DOWN.as_bytes(), &payload));
                assert_eq!(modem.receive().await, Ok(expected));
            }
        });
    }
    println!("{drops} drops");
    assert!(drops > 200);
}
