//! Opening: numbers, what an earlier life left, why it fails; and names.

use wanlink_core::{Error as _, ErrorKind, SocketState, TcpSocket};
use wanlink_emulator::{OpenFailure, Options};
use wanlink_quectel::Buffers;

use super::{ECHO, HOST, SINK, bench, noise, open, read_all};
use crate::bench::{Error, attach, count, module, running};
use wanlink_scene::ADDRESS;

#[test]
fn twelve_at_once_and_no_more() {
    bench(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let mut sockets = Vec::new();
        for _ in 0..12 {
            sockets.push(modem.open(HOST, ECHO).await.unwrap());
        }
        let error = modem.open(HOST, ECHO).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoSocket, ErrorKind::Misuse));
        for (index, &socket) in sockets.iter().enumerate() {
            modem.write(socket, &noise(700, index as u8)).await.unwrap();
        }
        for (index, &socket) in sockets.iter().enumerate().rev() {
            assert_eq!(read_all(modem, socket, 700).await.unwrap(), noise(700, index as u8));
        }
        modem.close(sockets[5]).await.unwrap();
        let again = modem.open(HOST, ECHO).await.unwrap();
        assert_eq!(again.index(), sockets[5].index());
        assert_eq!(modem.read(sockets[5], &mut [0; 5]).await, Err(Error::NotOpen), "another's now");
        assert_eq!((modem.state(sockets[5]), modem.state(again)), (SocketState::Closed, SocketState::Idle));
        modem.close(sockets[5]).await.unwrap();
        modem.write(again, b"still there").await.unwrap();
        assert_eq!(scene.borrow().servers.open_conns(), 12);
    });
}

#[test]
fn what_an_earlier_life_left_is_closed() {
    for idle_close_is_error in [false, true] {
        let mut bench = bench(Options { idle_close_is_error, ..running() });
        bench.run(async |modem, _| {
            open(modem, SINK).await;
            for _ in 0..3 {
                modem.open(HOST, ECHO).await.unwrap();
            }
        });
        bench.run(async |modem, scene| {
            assert_eq!(scene.borrow().servers.open_conns(), 4);
            let socket = open(modem, ECHO).await;
            assert_eq!(scene.borrow().servers.open_conns(), 1);
            modem.write(socket, b"new").await.unwrap();
            assert_eq!(read_all(modem, socket, 3).await.unwrap(), b"new");
        });
    }
}

#[test]
fn why_it_fails() {
    for socket_refused_at_once in [false, true] {
        for (failure, code) in [(OpenFailure::Dns, 565), (OpenFailure::Refused, 566)] {
            bench(Options { socket_refused_at_once, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                module(scene).fail_opens(failure, Some(1));
                let error = modem.open(HOST, ECHO).await.unwrap_err();
                assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
                modem.open(HOST, ECHO).await.unwrap();
            });
        }
    }
}

/// A number in use that the driver does not know of is freed, once.
#[test]
fn a_number_in_use() {
    for socket_refused_at_once in [false, true] {
        bench(Options { socket_refused_at_once, ..running() }).run(async |modem, scene| {
            let socket = open(modem, ECHO).await;
            modem.close(socket).await.unwrap();
            // Somebody opens the next number behind the driver's back.
            modem.send(&Raw("AT+QIOPEN=1,1,\"TCP\",\"server.example\",9,0,0\r")).await.unwrap();
            modem.open(HOST, ECHO).await.unwrap();
            assert_eq!(count(scene, "AT+QICLOSE"), 2);
        });
    }
}

/// A command of the caller's own.
struct Raw(&'static str);

struct Nothing;

impl atat::AtatResp for Nothing {}

impl atat::AtatCmd for Raw {
    type Response = Nothing;

    fn write(&self, buf: &mut [u8]) -> usize {
        buf[..self.0.len()].copy_from_slice(self.0.as_bytes());
        self.0.len()
    }

    fn parse(&self, response: Result<&[u8], atat::InternalError<'_>>) -> Result<Nothing, atat::Error> {
        response.map(|_| Nothing).map_err(atat::Error::from)
    }
}

#[test]
fn arguments_are_checked_before_anything_is_sent() {
    bench(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let long = "h".repeat(101);
        assert!(matches!(modem.open(&long, 1).await, Err(Error::TooLong(_))));
        assert!(matches!(modem.resolve(&long).await, Err(Error::TooLong(_))));
        for host in ["", "a\"b", "a\r\nb"] {
            assert!(matches!(modem.open(host, 1).await, Err(Error::Malformed(_))));
            assert!(matches!(modem.resolve(host).await, Err(Error::Malformed(_))));
        }
        for command in ["AT+QIOPEN", "AT+QISTATE", "AT+QIDNSGIP"] {
            assert_eq!(count(scene, command), 0);
        }
    });
}

#[test]
fn names_and_addresses() {
    for failed_name_short in [false, true] {
        bench(Options { failed_name_short, ..running() }).run(async |modem, scene| {
            assert_eq!(modem.resolve("10.0.0.1").await.unwrap().to_string(), "10.0.0.1", "it need not be attached");
            attach(modem).await.unwrap();
            let second = "192.0.2.2".parse().unwrap();
            scene.borrow_mut().addresses = Box::new(move |_| vec![ADDRESS, second]);
            assert_eq!(modem.resolve(HOST).await, Ok(ADDRESS));
            scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
            assert_eq!(modem.resolve(HOST).await, Ok(second));
            module(scene).dns_failure();
            let error = modem.resolve(HOST).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(565), ErrorKind::Reconnect));
            assert_eq!(modem.resolve(HOST).await, Ok(second));
            module(scene).lose_context(1);
            assert_eq!(modem.resolve(HOST).await.unwrap_err().kind(), ErrorKind::Reattach);
        });
    }
}

/// The inbox is full of what another socket's dropped read brought: an error that says so, and no wait.
#[test]
fn an_inbox_that_nobody_empties() {
    bench(running()).run_with(&mut Buffers::<256, 1600, 20>::new(), async |modem, scene| {
        let first = open(modem, SINK).await;
        let second = modem.open(HOST, SINK).await.unwrap();
        scene.borrow_mut().send(0, &[b'a'; 100]);
        scene.borrow_mut().send(1, &[b'b'; 100]);
        let mut polls = 0;
        // Drop reads of the first until one has left its bytes.
        while modem.state(first) != SocketState::Readable || count(scene, "AT+QIRD") == 0 {
            polls += 1;
            let _ = wanlink_emulator::polled(modem.read(first, &mut [0; 100]), polls).await;
        }
        let error = modem.read(second, &mut [0; 100]).await;
        assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Retry));
        assert_eq!(modem.read(first, &mut [0; 100]).await, Ok(16));
        assert_eq!(modem.read(second, &mut [0; 100]).await, Ok(16));
    });
}
