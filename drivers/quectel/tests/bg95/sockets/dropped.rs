//! Every call dropped at every poll: then the stream is still whole to the byte, or the socket is closed.

use std::cell::Cell;

use wanlink_core::{Login, Message, MqttAt, Plain, Qos, Server, Socket, SocketState, TcpSocket};
use wanlink_emulator::{Options, PortOptions, polled};
use wanlink_quectel::Buffers;

use super::{ECHO, HOST, MQTT, SINK, bench_with, noise, open, read_all};
use crate::bench::{Driver, Error, Shared, attach, crumbs, pass_ms, running, within_ms};
use wanlink_scene::ADDRESS;

/// Drops what `story` gives its number of polls to, for each number until it says that the call came to its end. Both
/// ports; prints how many drops there were.
fn everywhere(name: &str, options: &Options, story: impl AsyncFn(&mut Driver<'_>, &Shared, usize) -> bool) {
    let ports = [PortOptions::default(), crumbs()];
    let [whole, crumbs] = ports.map(|port| {
        let ended = |polls: &usize| {
            bench_with(options.clone(), port.clone(), *polls as u64)
                .run(async |modem, scene| story(modem, scene, *polls).await)
        };
        (0..).find(ended).unwrap()
    });
    println!("{name}: dropped at {whole} polls of whole reads, {crumbs} of crumbs");
    assert!(crumbs >= whole && whole > 0);
}

/// What is written to it comes back.
async fn echoes(modem: &mut Driver<'_>, socket: Socket) {
    modem.write(socket, b"echo").await.unwrap();
    assert_eq!(read_all(modem, socket, 4).await.unwrap(), b"echo");
}

#[test]
fn open_and_open_again() {
    everywhere("open", &running(), async |modem, scene, polls| {
        attach(modem).await.unwrap();
        let ended = polled(modem.open(HOST, ECHO), polls).await;
        let begun = embassy_time::Instant::now();
        let socket = modem.open(HOST, ECHO).await.unwrap();
        assert!(begun.elapsed().as_secs() < 5, "no wait for a result that does not come: {:?}", begun.elapsed());
        echoes(modem, socket).await;
        let left = usize::from(ended.is_some());
        assert_eq!(scene.borrow().servers.open_conns(), 1 + left);
        ended.map(Result::unwrap).is_some()
    });
}

#[test]
fn open_beside_another_connection() {
    everywhere("second open", &running(), async |modem, _, polls| {
        let first = open(modem, ECHO).await;
        let ended = polled(modem.open(HOST, SINK), polls).await;
        echoes(modem, first).await;
        let second = modem.open(HOST, ECHO).await.unwrap();
        echoes(modem, second).await;
        echoes(modem, first).await;
        ended.is_some()
    });
}

#[test]
fn close_and_open_again() {
    everywhere("close", &running(), async |modem, scene, polls| {
        let socket = open(modem, ECHO).await;
        modem.write(socket, b"never read").await.unwrap();
        let ended = polled(modem.close(socket), polls).await;
        if polls > 0 {
            assert_eq!(modem.state(socket), SocketState::Closed);
        }
        modem.close(socket).await.unwrap();
        let other = modem.open(HOST, ECHO).await.unwrap();
        assert_eq!(scene.borrow().servers.open_conns(), 1);
        echoes(modem, other).await;
        ended.is_some()
    });
}

#[test]
fn resolve() {
    everywhere("resolve", &running(), async |modem, scene, polls| {
        attach(modem).await.unwrap();
        let ended = polled(modem.resolve("first.example"), polls).await;
        let second = "192.0.2.2".parse().unwrap();
        scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
        // The name that was asked for first may have its old address still on the way.
        assert_eq!(modem.resolve(HOST).await, Ok(second));
        let socket = modem.open(HOST, ECHO).await.unwrap();
        echoes(modem, socket).await;
        if let Some(result) = ended {
            assert_eq!(result, Ok(ADDRESS));
        }
        ended.is_some()
    });
}

/// One that has its room behind the command: it goes out whole or not at all, and `has_taken` tells.
async fn written(modem: &mut Driver<'_>, scene: &Shared, polls: usize, data: &[u8], at_once: bool) -> bool {
    let socket = open(modem, SINK).await;
    modem.write(socket, b"before ").await.unwrap();
    let ended = polled(modem.write(socket, data), polls).await;
    if !at_once {
        wanlink_core::Module::signal(modem).await.unwrap();
    }
    let taken = modem.has_taken(socket);
    if !taken {
        modem.write(socket, data).await.unwrap();
    }
    modem.write(socket, b" after").await.unwrap();
    pass_ms(1000).await;
    assert_eq!(scene.borrow().servers.received(0), [b"before ", data, b" after"].concat(), "taken: {taken}");
    ended.map(Result::unwrap).is_some()
}

#[test]
fn a_write_that_fits() {
    let data = noise(300, 1);
    everywhere("write", &running(), async |modem, scene, polls| written(modem, scene, polls, &data, true).await);
    everywhere("write, asked later", &running(), async |modem, scene, polls| {
        written(modem, scene, polls, &data, false).await
    });
}

/// Dropped again and again: each time the caller goes on as `has_taken` says.
#[test]
fn a_write_that_is_dropped_many_times() {
    let (mut drops, mut taken) = (0, 0);
    for step in 1..40 {
        bench_with(running(), crumbs(), step as u64).run(async |modem, scene| {
            let socket = open(modem, SINK).await;
            let mut expected = Vec::new();
            let mut polls = step;
            for index in 0..20 {
                let data = noise(40, index);
                while polled(modem.write(socket, &data), polls).await.map(Result::unwrap).is_none() {
                    drops += 1;
                    polls = (polls * 5 + step) % 31 + 1;
                    if modem.has_taken(socket) {
                        taken += 1;
                        break;
                    }
                }
                polls = (polls * 5 + step) % 31 + 1;
                expected.extend(data);
            }
            pass_ms(1000).await;
            modem.write(socket, b"end").await.unwrap();
            pass_ms(1000).await;
            expected.extend(b"end");
            assert_eq!(scene.borrow().servers.received(0), expected);
        });
    }
    println!("{drops} drops, {taken} of them taken");
    assert!(taken > 100 && drops - taken > 100, "both must have been met");
}

/// One that is longer than a block, or than the transmit buffer: nothing of it is out, or the socket is closed, and what
/// the other end got is its beginning.
#[test]
fn a_write_that_does_not_fit() {
    for length in [1400, 4000] {
        let data = noise(length, 2);
        let mut cuts = 0;
        for polls in 0.. {
            let mut bench = bench_with(running(), crumbs(), polls);
            let ended = bench.run_with(&mut Buffers::<256, 512, 512>::new(), async |modem, scene| {
                let socket = open(modem, SINK).await;
                let ended = polled(modem.write(socket, &data), polls as usize * 11).await;
                let (taken, state) = (modem.has_taken(socket), modem.state(socket));
                let after = modem.write(socket, b"after").await;
                pass_ms(3000).await;
                let received = scene.borrow().servers.received(0).to_vec();
                match (ended, state) {
                    (None, SocketState::Closed) => {
                        cuts += 1;
                        assert_eq!((after, taken), (Err(Error::Disconnected), false));
                        assert!(data.starts_with(&received));
                    }
                    (None, _) if taken => assert_eq!(received, [&data[..], b"after"].concat()),
                    (None, _) => assert_eq!(received, b"after"),
                    (Some(result), _) => {
                        result.unwrap();
                        assert_eq!(received, [&data[..], b"after"].concat());
                    }
                }
                ended.is_some()
            });
            if ended {
                break;
            }
        }
        println!("{length} bytes: cut {cuts} times");
        assert!(cuts > 10);
    }
}

/// The module refuses what the driver said it takes: the connection must not go on without it.
#[test]
fn a_write_that_is_refused_after_it_was_dropped() {
    let options = Options { send_buffer: 1460, ..running() };
    let cuts = Cell::new(0);
    everywhere("write to a full buffer", &options, async |modem, scene, polls| {
        let socket = open(modem, SINK).await;
        let (first, second) = (noise(1460, 1), noise(100, 2));
        modem.write(socket, &first).await.unwrap();
        let ended = polled(modem.write(socket, &second), polls).await;
        let taken = modem.has_taken(socket);
        let after = modem.write(socket, b"after").await;
        pass_ms(3000).await;
        let received = scene.borrow().servers.received(0).to_vec();
        match after {
            Err(error) => {
                cuts.set(cuts.get() + 1);
                assert_eq!((error, modem.state(socket), received), (Error::Disconnected, SocketState::Closed, first));
            }
            Ok(()) if taken => assert_eq!(received, [&first[..], &second, b"after"].concat()),
            Ok(()) => assert_eq!(received, [&first[..], b"after"].concat()),
        }
        ended.map(Result::unwrap).is_some()
    });
    println!("cut {} times", cuts.get());
    assert!(cuts.get() > 0);
}

#[test]
fn a_read_loses_nothing() {
    let data = noise(700, 3);
    everywhere("read", &running(), async |modem, scene, polls| {
        let socket = open(modem, SINK).await;
        let other = modem.open(HOST, ECHO).await.unwrap();
        scene.borrow_mut().send(0, &data);
        let mut buf = [0; 400];
        let ended = polled(modem.read(socket, &mut buf), polls).await;
        // Somebody else reads meanwhile.
        echoes(modem, other).await;
        let mut got = ended.map_or(0, Result::unwrap);
        let mut all = buf[..got].to_vec();
        while got < data.len() {
            assert_eq!(modem.state(socket), SocketState::Readable);
            let count = modem.read(socket, &mut buf[..150]).await.unwrap();
            all.extend(&buf[..count]);
            got += count;
        }
        assert_eq!(all, data);
        assert_eq!(within_ms(1000, modem.read(socket, &mut buf)).await, None);
        echoes(modem, other).await;
        ended.is_some()
    });
}

/// Reads of three sockets, each dropped so often that its bytes come when nobody waits, and a session's messages between.
#[test]
fn reads_of_several_sockets_beside_a_session() {
    const DOWN: &str = "/pk/device/user/get";
    let login = Login {
        client_id: "12345|securemode=3,signmethod=hmacsha256|",
        user: "device&pk",
        password: "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090",
        keep_alive_s: 300,
        clean_session: true,
    };
    let mut drops = 0;
    for step in 1..30 {
        bench_with(running(), crumbs(), step as u64).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&Server::new("pk.iot-as-mqtt.cn-shanghai.aliyuncs.com", MQTT, Plain), &login).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            let mut sockets = Vec::new();
            for _ in 0..3 {
                sockets.push((modem.open(HOST, SINK).await.unwrap(), Vec::<u8>::new()));
            }
            for index in 0..3 {
                scene.borrow_mut().send(index, &noise(400, index as u8));
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
                    let mut scene = scene.borrow_mut();
                    let now = embassy_time::Instant::now().as_micros();
                    let payload = noise(50, messages);
                    let pushed =
                        scene.platform.push(now, "pk", "device", DOWN, &payload, wanlink_platform::Qos::AtLeastOnce);
                    assert_eq!(pushed, wanlink_platform::Pushed::Sent);
                }
            }
            for (index, (_, all)) in sockets.iter().enumerate() {
                assert_eq!(*all, noise(400, index as u8));
            }
            for message in 1..=messages {
                let payload = noise(50, message);
                let expected = wanlink_core::Inbound::Message(Message::new(DOWN.as_bytes(), &payload));
                assert_eq!(modem.receive().await, Ok(expected));
            }
        });
    }
    println!("{drops} drops");
    assert!(drops > 200);
}
