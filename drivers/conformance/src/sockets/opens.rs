//! Opening: numbers, what an earlier life left, why it fails; and names.

use wanlink_at::driver::{Buffers, Error};
use wanlink_core::{Error as _, ErrorKind, HasTcpSocket, SocketState, TcpSocket};
use wanlink_emulator::polled;
use wanlink_scene::ADDRESS;
use wanlink_scene::bench::{count, module, pass_ms, running};

use super::{ECHO, HOST, SINK, noise, number_of_sockets, open, read_all, read_to_end, reads, rig, sent};
use crate::bench::SocketBench;
use crate::rig::attach;
use crate::subject::Subject;

/// As many as the model has at once, each with its own bytes, and no more; one that was closed is not another's.
pub fn all_at_once_and_no_more<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let mut sockets = Vec::new();
        for _ in 0..number_of_sockets::<B>() {
            sockets.push(modem.open(HOST, ECHO).await.unwrap());
        }
        let error = modem.open(HOST, ECHO).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoSocket, ErrorKind::Misuse));
        for (index, &socket) in sockets.iter().enumerate() {
            modem.write(socket, &noise::<B>(700, index as u8)).await.unwrap();
        }
        for (index, &socket) in sockets.iter().enumerate().rev() {
            assert_eq!(read_all(modem, socket, 700).await.unwrap(), noise::<B>(700, index as u8));
        }
        let last = sockets[sockets.len() - 1];
        modem.close(last).await.unwrap();
        let again = modem.open(HOST, ECHO).await.unwrap();
        assert_eq!(again.index(), last.index());
        assert_eq!(modem.read(last, &mut [0; 5]).await, Err(Error::NotOpen), "another's now");
        assert_eq!((modem.state(last), modem.state(again)), (SocketState::Closed, SocketState::Idle));
        modem.close(last).await.unwrap();
        modem.write(again, b"still there").await.unwrap();
        assert_eq!(scene.borrow().servers.open_conns(), sockets.len());
    });
}

/// A driver that is new to a module finds nothing open, and nobody's bytes.
pub fn what_an_earlier_life_left_is_closed<B: SocketBench>() {
    for options in B::socket_options() {
        let mut rig = rig::<B>(options);
        rig.run(async |modem, _| {
            open(modem, SINK).await;
            for _ in 0..3 {
                modem.open(HOST, ECHO).await.unwrap();
            }
        });
        rig.run(async |modem, scene| {
            assert_eq!(scene.borrow().servers.open_conns(), 4);
            let socket = open(modem, ECHO).await;
            assert_eq!(scene.borrow().servers.open_conns(), 1);
            modem.write(socket, b"new").await.unwrap();
            assert_eq!(read_all(modem, socket, 3).await.unwrap(), b"new");
        });
    }
}

/// Each failure has the module's code and the right kind, and the next opening is free of it.
pub fn why_it_fails<B: SocketBench>() {
    for options in B::socket_options() {
        for (failure, code) in B::failures() {
            rig::<B>(options.clone()).run(async |modem, scene| {
                attach(modem).await.unwrap();
                module(scene).fail_opens(failure, Some(1));
                let error = modem.open(HOST, ECHO).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
                modem.open(HOST, ECHO).await.unwrap();
            });
        }
    }
}

/// A number in use that the driver does not know of is freed, once, or left alone.
pub fn a_number_in_use<B: SocketBench>() {
    for options in B::socket_options() {
        rig::<B>(options).run(async |modem, scene| {
            let socket = open(modem, ECHO).await;
            modem.close(socket).await.unwrap();
            // Somebody opens the next number behind the driver's back.
            modem.send(B::open_by_hand()).await.unwrap();
            let closed = count(scene, B::CLOSE);
            let socket = modem.open(HOST, ECHO).await.unwrap();
            assert!(count(scene, B::CLOSE) <= closed + 1);
            assert_eq!(scene.borrow().servers.open_conns(), 1);
            modem.write(socket, b"echo").await.unwrap();
            assert_eq!(read_all(modem, socket, 4).await.unwrap(), b"echo");
        });
    }
}

/// An owner that has not closed its socket is not taken for that of a later one, whatever number the module gives that.
pub fn a_number_that_the_module_gives_to_another<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let first = open(modem, SINK).await;
        let second = modem.open(HOST, ECHO).await.unwrap();
        scene.borrow_mut().send(0, b"last words");
        assert_eq!(read_all(modem, first, 4).await.unwrap(), b"last");
        scene.borrow_mut().close(0);
        pass_ms(100).await;
        let third = modem.open(HOST, ECHO).await.unwrap();
        modem.write(third, b"third").await.unwrap();
        modem.write(second, b"second").await.unwrap();
        let (left, end) = read_to_end(modem, first).await;
        if B::KEEPS_UNREAD {
            assert_eq!((left.as_slice(), end), (&b" words"[..], Ok(())));
        } else {
            assert_eq!((left.as_slice(), end), (&b""[..], Err(Error::Disconnected)));
        }
        assert_eq!(read_all(modem, second, 6).await.unwrap(), b"second");
        modem.close(first).await.unwrap();
        assert_eq!(read_all(modem, third, 5).await.unwrap(), b"third");
    });
}

/// A host name that is too long or would end its quotes.
pub fn arguments_are_checked_before_anything_is_sent<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = sent(scene);
        let long = "h".repeat(usize::from(<B::Model as HasTcpSocket>::SOCKETS.host) + 1);
        assert!(matches!(modem.open(&long, 1).await, Err(Error::TooLong(_))));
        assert!(matches!(modem.resolve(&long).await, Err(Error::TooLong(_))));
        for host in ["", "a\"b", "a\r\nb"] {
            assert!(matches!(modem.open(host, 1).await, Err(Error::Malformed(_))));
            assert!(matches!(modem.resolve(host).await, Err(Error::Malformed(_))));
        }
        assert_eq!(sent(scene), before);
    });
}

/// An address is its own answer; a name has its first address; and a name that nobody knows has the right kind.
pub fn names_and_addresses<B: SocketBench>() {
    for options in B::socket_options() {
        rig::<B>(options).run(async |modem, scene| {
            assert_eq!(modem.resolve("10.0.0.1").await.unwrap().to_string(), "10.0.0.1", "it need not be attached");
            attach(modem).await.unwrap();
            let second = "192.0.2.2".parse().unwrap();
            scene.borrow_mut().addresses = Box::new(move |_| vec![ADDRESS, second]);
            assert_eq!(modem.resolve(HOST).await, Ok(ADDRESS));
            scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
            assert_eq!(modem.resolve(HOST).await, Ok(second));
            scene.borrow_mut().addresses = Box::new(move |_| vec![]);
            let error = modem.resolve(HOST).await.unwrap_err();
            assert_eq!(error.to_string(), "the host's name cannot be resolved");
            assert_eq!(error.kind(), ErrorKind::Reconnect);
            scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
            assert_eq!(modem.resolve(HOST).await, Ok(second));
            if B::MISSES_CONTEXT {
                module(scene).lose_context(1);
                assert_eq!(modem.resolve(HOST).await.unwrap_err().kind(), ErrorKind::Reattach);
            }
        });
    }
}

/// The inbox is full of what another socket's dropped read brought: an error that says so, and no wait.
pub fn an_inbox_that_nobody_empties<B: SocketBench>() {
    rig::<B>(running()).run_with(&mut Buffers::<256, 1600, 20>::new(), async |modem, scene| {
        let first = open(modem, SINK).await;
        let second = modem.open(HOST, SINK).await.unwrap();
        scene.borrow_mut().send(0, &[b'a'; 100]);
        scene.borrow_mut().send(1, &[b'b'; 100]);
        let (mut polls, before) = (0, reads::<B>(scene));
        // Drop reads of the first until one has left its bytes.
        while modem.state(first) != SocketState::Readable || reads::<B>(scene) == before {
            polls += 1;
            let _ = polled(modem.read(first, &mut [0; 100]), polls).await;
        }
        let error = modem.read(second, &mut [0; 100]).await;
        assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Retry));
        assert_eq!(modem.read(first, &mut [0; 100]).await, Ok(16));
        assert_eq!(modem.read(second, &mut [0; 100]).await, Ok(16));
    });
}
