//! The client's calls dropped at every poll, and called again. Whole reads, and a port of crumbs that stops inside lines.

use wanlink_at::driver::Buffers;
use wanlink_core::{Inbound, Module, MqttAt, Qos, Rung};
use wanlink_emulator::{MqttPhase, PortOptions, polled};
use wanlink_scene::bench::{SharedScene, crumbs, pass_ms, running, within_ms};

use super::message;
use crate::bench::{DriverOf, MqttBench};
use crate::dropped::everywhere;
use crate::rig::{DOWN, LOGIN, Rig, UP, attach, broker, connect, published, push};

/// A dropped start of a module that an earlier life left a session in.
pub fn start_of_a_module_with_a_session<B: MqttBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| modem.start().await;
    everywhere::<B>("adopt", &B::late_options(), before, call, async |modem, _| connect(modem).await.unwrap());
}

/// From no session, and from one; what the dropped one is owed is nobody else's.
pub fn connect_from_every_state<B: MqttBench>() {
    let options = B::late_options();
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| attach(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| modem.connect(&broker(), &LOGIN).await;
    let after = async |modem: &mut DriverOf<'_, B>, scene: &SharedScene| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        // The end of a session that is no more may be told now.
        assert_eq!(within_ms(2000, modem.receive()).await, None);
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        pass_ms(1000).await;
        assert_eq!(published(scene), [b"own"]);
    };
    everywhere::<B>("connect", &options, before, call, after);
    let again = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
    everywhere::<B>("connect again", &options, again, call, after);
}

/// What ends a session on its way, dropped: `start` and `attach` find out, and the next session is a whole one.
pub fn recovery_and_stop_beside_a_session<B: MqttBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
    for rung in [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset] {
        let call = async |modem: &mut DriverOf<'_, B>| modem.recover(rung).await;
        everywhere::<B>(&format!("{rung:?}"), &running(), before, call, async |modem, scene| {
            modem.recover(rung).await.unwrap();
            connect(modem).await.unwrap();
            assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
        });
    }
    let call = async |modem: &mut DriverOf<'_, B>| modem.stop().await;
    everywhere::<B>("stop", &running(), before, call, async |modem, _| connect(modem).await.unwrap());
}

/// The next subscription is a whole one.
pub fn subscribe_and_unsubscribe<B: MqttBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| {
        modem.subscribe(DOWN, Qos::AtLeastOnce).await?;
        modem.unsubscribe(DOWN).await
    };
    everywhere::<B>("subscribe, unsubscribe", &running(), before, call, async |modem, scene| {
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, b"one");
        assert_eq!(modem.receive().await, message(b"one"));
    });
}

/// A dropped end is an end.
pub fn disconnect<B: MqttBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| modem.disconnect().await;
    everywhere::<B>("disconnect", &running(), before, call, async |modem, scene| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        pass_ms(1000).await;
        assert_eq!(published(scene), [b"own"]);
    });
}

/// The payload fits the transmit buffer: a dropped publish is completed with its true bytes or was never begun, and the
/// next one gets its own answer.
pub fn publish_that_fits<B: MqttBench>() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let payload: Vec<u8> = (0..=255).collect();
        let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| connect(modem).await.unwrap();
        let call = async |modem: &mut DriverOf<'_, B>| modem.publish(UP, &payload, qos).await.map(drop);
        everywhere::<B>(&format!("publish {qos:?}"), &running(), before, call, async |modem, scene| {
            modem.publish(UP, b"own", qos).await.unwrap();
            pass_ms(1000).await;
            let seen = published(scene);
            assert_eq!(seen.last().unwrap(), b"own");
            assert!(seen.len() == 1 || (seen.len() == 2 && seen[0] == payload), "{seen:?}");
            assert_eq!(modem.front(), None, "nothing was lost");
        });
    }
}

/// It does not fit: it is complete, never begun, or filled up and reported as lost.
pub fn publish_that_does_not_fit<B: MqttBench>() {
    let payload: Vec<u8> = (0..=255).cycle().take(700).collect();
    let (mut dropped, mut filled) = (0, 0);
    for port in [PortOptions::default(), crumbs()] {
        for polls in 0.. {
            let mut rig = Rig::<B>::with_port(running(), port.clone(), 1);
            let ended = rig.run_with(&mut Buffers::<256, 384, 600>::new(), async |modem, scene| {
                connect(modem).await.unwrap();
                let ended = polled(modem.publish(UP, &payload, Qos::AtLeastOnce), polls).await;
                modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
                pass_ms(1000).await;
                let (lost, seen) = (modem.front(), published(scene));
                assert_eq!(seen.last().unwrap(), b"own");
                assert!(seen.len() <= 2);
                let whole = seen.len() == 1 || seen[0] == payload;
                assert!(whole || B::FILLED_IS_SEEN, "{polls}: {} bytes", seen[0].len());
                if let Some(lost) = lost {
                    assert_eq!(lost, Inbound::Lost { count: 1, longest: 0 });
                    filled += 1;
                    assert_eq!(seen.len() == 2, B::FILLED_IS_SEEN);
                } else {
                    assert!(whole, "{polls}: nobody told");
                }
                if !whole {
                    assert_eq!(seen[0].len(), payload.len());
                    let kept = seen[0].iter().zip(&payload).take_while(|(one, two)| one == two).count();
                    assert!(seen[0][kept..].iter().all(|&byte| byte == b' '), "blanks and nothing else");
                }
                ended
            });
            if ended.is_some() {
                break;
            }
            dropped += 1;
        }
    }
    println!("publish that does not fit: dropped at {dropped} polls, filled up {filled} times");
    assert!(filled > 5);
}

/// Messages come while `receive` is dropped at each of its polls: every one is had, once and in order.
pub fn receive<B: MqttBench>() {
    let payloads = [&b"one"[..], b"two\r\nOK\r\n", &[b'>'; 300], b"\0\x1a\"four\""];
    for port in [PortOptions::default(), crumbs()] {
        for polls in 1..60 {
            Rig::<B>::with_port(running(), port.clone(), 1).run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
                let mut had = Vec::new();
                for payload in payloads {
                    push(scene, payload);
                    pass_ms(50).await;
                    if let Some(message) = polled(modem.receive(), polls).await {
                        had.push(payload_of(message.unwrap()));
                    }
                }
                while had.len() < payloads.len() {
                    had.push(payload_of(modem.receive().await.unwrap()));
                }
                assert_eq!(had, payloads);
                assert_eq!(modem.front().map(payload_of).as_deref(), payloads.last().copied());
            });
        }
    }
}

fn payload_of(inbound: Inbound<'_>) -> Vec<u8> {
    let Inbound::Message(message) = inbound else { panic!("{inbound:?}") };
    message.payload.to_vec()
}
