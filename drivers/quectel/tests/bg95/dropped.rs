//! Every call dropped at every poll, and called again. Whole reads, and a port of crumbs that stops inside lines.

use wanlink_core::{Inbound, Message, Module, MqttAt, Network, Qos, Rung};
use wanlink_emulator::{ContextState, MqttPhase, Options, PortOptions, polled};
use wanlink_quectel::Buffers;

use crate::bench::{
    APN, Bench, DOWN, Driver, Error, LOGIN, Shared, UP, attach, broker, connect, crumbs, pass_ms, published, push,
    running, within_ms,
};
use crate::model::profile;

/// Drops `call` after its n-th poll, for every n until it comes to its end, each time in a new world; then `after` has
/// to find what the documentation promises. Returns the number of drops.
fn at_every_poll(
    options: &Options,
    port: &PortOptions,
    before: impl AsyncFn(&mut Driver<'_>, &Shared),
    call: impl AsyncFn(&mut Driver<'_>) -> Result<(), Error>,
    after: impl AsyncFn(&mut Driver<'_>, &Shared),
) -> usize {
    for polls in 0.. {
        let ended = Bench::with_port(options.clone(), port.clone(), polls as u64).run(async |modem, scene| {
            before(modem, scene).await;
            let ended = polled(call(modem), polls).await;
            after(modem, scene).await;
            ended
        });
        if let Some(result) = ended {
            result.unwrap();
            return polls;
        }
    }
    unreachable!("a call ends")
}

/// Both ports; prints how many drops there were.
fn everywhere(
    name: &str,
    options: &Options,
    before: impl AsyncFn(&mut Driver<'_>, &Shared),
    call: impl AsyncFn(&mut Driver<'_>) -> Result<(), Error>,
    after: impl AsyncFn(&mut Driver<'_>, &Shared),
) {
    let ports = [PortOptions::default(), crumbs()];
    let [whole, crumbs] = ports.map(|port| at_every_poll(options, &port, &before, &call, &after));
    println!("{name}: dropped at {whole} polls of whole reads, {crumbs} of crumbs");
    assert!(crumbs >= whole && whole > 0);
}

async fn nothing(_: &mut Driver<'_>, _: &Shared) {}

#[test]
fn start_from_cold() {
    let call = async |modem: &mut Driver<'_>| modem.start().await;
    everywhere("start", &Options::default(), nothing, call, async |modem, scene| {
        modem.start().await.unwrap();
        assert_eq!((scene.borrow().module.boots(), scene.borrow().module.echo()), (1, false));
        assert!(modem.describe().await.is_ok());
    });
}

#[test]
fn start_of_a_module_with_a_session() {
    let mut options = running();
    options.late_stat_us = Some(1_000_000);
    let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| modem.start().await;
    everywhere("adopt", &options, before, call, async |modem, scene| {
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 1);
    });
}

#[test]
fn describe_signal_and_clock() {
    let before = async |modem: &mut Driver<'_>, _: &Shared| attach(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| {
        modem.describe().await?;
        modem.signal().await?;
        modem.clock().await.map(drop)
    };
    everywhere("describe, signal, clock", &running(), before, call, async |modem, _| {
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        let info = modem.describe().await.unwrap();
        assert_eq!((info.model(), info.firmware()), (profile().model, profile().firmware));
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        let now = 1_767_225_600 + embassy_time::Instant::now().as_secs();
        let told = modem.clock().await.unwrap().unwrap().as_secs();
        assert!(told == now || told == now + 1, "{told}, not {now}");
    });
}

#[test]
fn attach_with_a_new_apn() {
    let before = async |modem: &mut Driver<'_>, _: &Shared| modem.start().await.unwrap();
    let call = async |modem: &mut Driver<'_>| modem.attach(&Network::apn("dropped"), &mut |_| ()).await;
    everywhere("attach", &running(), before, call, async |modem, scene| {
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!((scene.borrow().module.context(1), scene.borrow().module.apn(1)), (ContextState::Active, "cmiot"));
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn each_rung_of_recovery() {
    for rung in [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset] {
        let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
        let call = async |modem: &mut Driver<'_>| modem.recover(rung).await;
        everywhere(&format!("{rung:?}"), &running(), before, call, async |modem, scene| {
            modem.recover(rung).await.unwrap();
            connect(modem).await.unwrap();
            assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
        });
    }
}

#[test]
fn stop() {
    let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| modem.stop().await;
    everywhere("stop", &running(), before, call, async |modem, _| connect(modem).await.unwrap());
}

#[test]
fn connect_from_every_state() {
    let mut options = running();
    options.late_stat_us = Some(500_000);
    let before = async |modem: &mut Driver<'_>, _: &Shared| attach(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| modem.connect(&broker(), &LOGIN).await;
    let after = async |modem: &mut Driver<'_>, scene: &Shared| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        // The end of a session that is no more may be told now.
        assert_eq!(within_ms(2000, modem.receive()).await, None);
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"own"]);
    };
    everywhere("connect", &options, before, call, after);
    let again = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
    everywhere("connect again", &options, again, call, after);
}

#[test]
fn subscribe_and_unsubscribe() {
    let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| {
        modem.subscribe(DOWN, Qos::AtLeastOnce).await?;
        modem.unsubscribe(DOWN).await
    };
    everywhere("subscribe, unsubscribe", &running(), before, call, async |modem, scene| {
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        push(scene, b"one");
        let message = Message::new(DOWN.as_bytes(), b"one");
        assert_eq!(modem.receive().await, Ok(Inbound::Message(message)));
    });
}

#[test]
fn disconnect() {
    let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
    let call = async |modem: &mut Driver<'_>| modem.disconnect().await;
    everywhere("disconnect", &running(), before, call, async |modem, scene| {
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(published(scene), [b"own"]);
    });
}

/// The payload fits the transmit buffer: a dropped publish is completed with its true bytes or was never begun, and the
/// next one gets its own answer.
#[test]
fn publish_that_fits() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let payload: Vec<u8> = (0..=255).collect();
        let before = async |modem: &mut Driver<'_>, _: &Shared| connect(modem).await.unwrap();
        let call = async |modem: &mut Driver<'_>| modem.publish(UP, &payload, qos).await.map(drop);
        everywhere(&format!("publish {qos:?}"), &running(), before, call, async |modem, scene| {
            modem.publish(UP, b"own", qos).await.unwrap();
            let seen = published(scene);
            assert_eq!(seen.last().unwrap(), b"own");
            assert!(seen.len() == 1 || (seen.len() == 2 && seen[0] == payload), "{seen:?}");
            assert_eq!(modem.front(), None, "nothing was lost");
        });
    }
}

/// It does not fit: it is complete, never begun, or filled up and reported as lost.
#[test]
fn publish_that_does_not_fit() {
    let payload: Vec<u8> = (0..=255).cycle().take(700).collect();
    let (mut dropped, mut filled) = (0, 0);
    for port in [PortOptions::default(), crumbs()] {
        for polls in 0.. {
            let mut bench = Bench::with_port(running(), port.clone(), 1);
            let ended = bench.run_with(&mut Buffers::<256, 384, 600>::new(), async |modem, scene| {
                connect(modem).await.unwrap();
                let ended = polled(modem.publish(UP, &payload, Qos::AtLeastOnce), polls).await;
                modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
                let (lost, seen) = (modem.front(), published(scene));
                assert_eq!(seen.last().unwrap(), b"own");
                let whole = seen.len() == 1 || seen[0] == payload;
                assert_eq!(lost.is_none(), whole, "{polls}: {} bytes", seen[0].len());
                if let Some(lost) = lost {
                    assert_eq!(lost, Inbound::Lost { count: 1, longest: 0 });
                    filled += 1;
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
#[test]
fn receive() {
    let payloads = [&b"one"[..], b"two\r\nOK\r\n", &[b'>'; 300], b"\0\x1a\"four\""];
    for port in [PortOptions::default(), crumbs()] {
        for polls in 1..60 {
            Bench::with_port(running(), port.clone(), 1).run(async |modem, scene| {
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
