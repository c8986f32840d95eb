//! Every call dropped at every poll: then the stream is still whole to the byte, or the socket is closed.

use std::cell::Cell;

use embassy_time::Instant;
use wanlink_at::driver::{Buffers, Error};
use wanlink_core::{Socket, SocketState, TcpSocket};
use wanlink_emulator::{Options, PortOptions, polled};
use wanlink_scene::ADDRESS;
use wanlink_scene::bench::{SharedScene, crumbs, module, pass_ms, running, within_ms};

use super::{ECHO, HOST, SINK, most, noise, open, read_all, rig_with};
use crate::bench::{DriverOf, SocketBench};
use crate::rig::attach;

/// Drops what `story` gives its number of polls to, for each number until it says that the call came to its end. Both
/// ports; prints how many drops there were.
fn everywhere<B: SocketBench>(
    name: &str,
    options: &Options,
    story: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene, usize) -> bool,
) {
    let ports = [PortOptions::default(), crumbs()];
    let [whole, crumbs] = ports.map(|port| {
        let ended = |polls: &usize| {
            rig_with::<B>(options.clone(), port.clone(), *polls as u64)
                .run(async |modem, scene| story(modem, scene, *polls).await)
        };
        (0..).find(ended).unwrap()
    });
    println!("{name}: dropped at {whole} polls of whole reads, {crumbs} of crumbs");
    assert!(crumbs >= whole && whole > 0);
}

/// What is written to it comes back.
async fn echoes(modem: &mut impl TcpSocket, socket: Socket) {
    modem.write(socket, b"echo").await.unwrap();
    assert_eq!(read_all(modem, socket, 4).await.unwrap(), b"echo");
}

/// What a dropped opening left is closed, and the next one does not wait for its result.
pub fn open_and_open_again<B: SocketBench>() {
    everywhere::<B>("open", &running(), async |modem, scene, polls| {
        attach(modem).await.unwrap();
        let ended = polled(modem.open(HOST, ECHO), polls).await;
        let begun = Instant::now();
        let socket = modem.open(HOST, ECHO).await.unwrap();
        assert!(
            begun.elapsed().as_secs() < B::REOPEN_S,
            "no wait for a result that does not come: {:?}",
            begun.elapsed()
        );
        echoes(modem, socket).await;
        let left = usize::from(ended.is_some());
        assert_eq!(scene.borrow().servers.open_conns(), 1 + left);
        ended.map(Result::unwrap).is_some()
    });
}

/// The other connection goes on.
pub fn open_beside_another_connection<B: SocketBench>() {
    everywhere::<B>("second open", &running(), async |modem, _, polls| {
        let first = open(modem, ECHO).await;
        let ended = polled(modem.open(HOST, SINK), polls).await;
        echoes(modem, first).await;
        let second = modem.open(HOST, ECHO).await.unwrap();
        echoes(modem, second).await;
        echoes(modem, first).await;
        ended.is_some()
    });
}

/// A dropped close is a close.
pub fn close_and_open_again<B: SocketBench>() {
    everywhere::<B>("close", &running(), async |modem, scene, polls| {
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

/// A late address is not taken for that of another name.
pub fn resolve<B: SocketBench>() {
    everywhere::<B>("resolve", &running(), async |modem, scene, polls| {
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
async fn written(modem: &mut impl TcpSocket, scene: &SharedScene, polls: usize, data: &[u8], at_once: bool) -> bool {
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

/// It goes out whole or not at all, and `has_taken` says which.
pub fn a_write_that_fits<B: SocketBench>() {
    let data = noise::<B>(300, 1);
    everywhere::<B>("write", &running(), async |modem, scene, polls| written(modem, scene, polls, &data, true).await);
    everywhere::<B>("write, asked later", &running(), async |modem, scene, polls| {
        written(modem, scene, polls, &data, false).await
    });
}

/// Dropped again and again: each time the caller goes on as `has_taken` says.
pub fn a_write_that_is_dropped_many_times<B: SocketBench>() {
    let (mut drops, mut taken) = (0, 0);
    for step in 1..40 {
        rig_with::<B>(running(), crumbs(), step as u64).run(async |modem, scene| {
            let socket = open(modem, SINK).await;
            let mut expected = Vec::new();
            let mut polls = step;
            for index in 0..20 {
                let data = noise::<B>(40, index);
                while polled(modem.write(socket, &data), polls).await.map(Result::unwrap).is_none() {
                    drops += 1;
                    polls = (polls * 5 + step) % 61 + 1;
                    if modem.has_taken(socket) {
                        taken += 1;
                        break;
                    }
                }
                polls = (polls * 5 + step) % 61 + 1;
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
    assert!(taken > 50 && drops - taken > 50, "both must have been met");
}

/// One that is longer than a block, or than the transmit buffer: nothing of it is out, or the socket is closed, and what
/// the other end got is its beginning.
pub fn a_write_that_does_not_fit<B: SocketBench>() {
    for length in [1400, 4000] {
        let data = noise::<B>(length, 2);
        let mut cuts = 0;
        for polls in 0.. {
            let mut rig = rig_with::<B>(running(), crumbs(), polls);
            let ended = rig.run_with(&mut Buffers::<256, 512, 512>::new(), async |modem, scene| {
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
pub fn a_write_that_is_refused_after_it_was_dropped<B: SocketBench>() {
    let most = most::<B>();
    let options = Options { send_buffer: most, ..running() };
    let cuts = Cell::new(0);
    everywhere::<B>("write to a full buffer", &options, async |modem, scene, polls| {
        let socket = open(modem, SINK).await;
        // What is out is acknowledged late, so that the module is full for a while.
        module(scene).slow(800_000);
        let (first, second) = (noise::<B>(most, 1), noise::<B>(100, 2));
        modem.write(socket, &first).await.unwrap();
        let ended = polled(modem.write(socket, &second), polls).await;
        let taken = modem.has_taken(socket);
        let after = modem.write(socket, b"after").await;
        pass_ms(5000).await;
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
    // A module that is asked for its room first never refuses what the driver said it takes.
    assert_eq!(cuts.get() > 0, B::ROOM_QUESTIONS == 0);
}

/// What was asked for is kept for the next read.
pub fn a_read_loses_nothing<B: SocketBench>() {
    let data = noise::<B>(700, 3);
    everywhere::<B>("read", &running(), async |modem, scene, polls| {
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

/// The module may refuse it, which does not say that the connection is over.
pub fn a_read_of_nothing_leaves_the_stream_whole<B: SocketBench>() {
    everywhere::<B>("read of nothing", &running(), async |modem, _, polls| {
        let socket = open(modem, ECHO).await;
        echoes(modem, socket).await;
        // What came was read; whether there is more the module has to say.
        let ended = polled(modem.fetch(socket, &mut [0; 9]), polls).await;
        echoes(modem, socket).await;
        echoes(modem, socket).await;
        ended.map(Result::unwrap).is_some()
    });
}
