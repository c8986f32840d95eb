//! Opening: numbers, what an earlier life left, why it fails; and names.

use wanlink_core::{Error as _, ErrorKind, Model as _, SocketState, TcpSocket};
use wanlink_emulator::{OpenFailure, PortOptions};
use wanlink_ublox::{Buffers, Error, SaraR410m};

use super::{ECHO, HOST, SINK, bench, bench_of, noise, open, read_all};
use crate::bench::{Played, attach, count, module, on_each_model, pass_ms, running};
use wanlink_scene::ADDRESS;

#[test]
fn seven_at_once_and_no_more() {
    bench(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let mut sockets = Vec::new();
        for _ in 0..7 {
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
        assert_eq!(scene.borrow().servers.open_conns(), 7);
    });
}

fn left_over<M: Played>() {
    let mut bench = bench_of::<M>(running(), PortOptions::default(), 1);
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

/// There is no question for what is open: each of the seven is closed once (ublox-at 11.8).
#[test]
fn what_an_earlier_life_left_is_closed() {
    on_each_model!(left_over);
}

fn fails<M: Played>() {
    let refused = if M::NAME == SaraR410m::NAME { 11 } else { 111 };
    for (failure, code) in [(OpenFailure::Dns, 113), (OpenFailure::Refused, refused), (OpenFailure::Timeout, 110)] {
        bench_of::<M>(running(), PortOptions::default(), 1).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, Some(1));
            let error = modem.open(HOST, ECHO).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect), "{}", M::NAME);
            modem.open(HOST, ECHO).await.unwrap();
        });
    }
}

#[test]
fn why_it_fails() {
    on_each_model!(fails);
}

/// The module assigns the lowest number that is free there, whoever had it before: an owner that has not closed its socket
/// is not taken for that of the new one.
#[test]
fn a_number_that_the_module_gives_to_another() {
    bench(running()).run(async |modem, scene| {
        let first = open(modem, SINK).await;
        let second = modem.open(HOST, ECHO).await.unwrap();
        scene.borrow_mut().send(0, b"last words");
        assert_eq!(read_all(modem, first, 4).await.unwrap(), b"last");
        scene.borrow_mut().close(0);
        pass_ms(100).await;
        let third = modem.open(HOST, ECHO).await.unwrap();
        modem.write(third, b"third").await.unwrap();
        modem.write(second, b"second").await.unwrap();
        assert_eq!(read_all(modem, first, 10).await.unwrap(), b" words");
        assert_eq!(modem.read(first, &mut [0; 5]).await, Ok(0));
        assert_eq!(read_all(modem, second, 6).await.unwrap(), b"second");
        modem.close(first).await.unwrap();
        assert_eq!(read_all(modem, third, 5).await.unwrap(), b"third");
    });
}

/// Somebody else's socket is beside ours.
#[test]
fn a_number_in_use() {
    bench(running()).run(async |modem, _| {
        let socket = open(modem, ECHO).await;
        modem.send(&Raw("AT+USOCR=6\r")).await.unwrap();
        let other = modem.open(HOST, ECHO).await.unwrap();
        for socket in [socket, other] {
            modem.write(socket, b"echo").await.unwrap();
            assert_eq!(read_all(modem, socket, 4).await.unwrap(), b"echo");
        }
    });
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
        let long = "h".repeat(129);
        assert!(matches!(modem.open(&long, 1).await, Err(Error::TooLong(_))));
        assert!(matches!(modem.resolve(&long).await, Err(Error::TooLong(_))));
        for host in ["", "a\"b", "a\r\nb"] {
            assert!(matches!(modem.open(host, 1).await, Err(Error::Malformed(_))));
            assert!(matches!(modem.resolve(host).await, Err(Error::Malformed(_))));
        }
        for command in ["AT+USOCR", "AT+USOCL", "AT+UDNSRN"] {
            assert_eq!(count(scene, command), 0);
        }
    });
}

fn names<M: Played>() {
    for (names_as_urc, busy_names) in [(false, 0), (true, 1)] {
        let mut options = running();
        (options.ublox.names_as_urc, options.ublox.busy_names) = (names_as_urc, busy_names);
        bench_of::<M>(options, PortOptions::default(), 1).run(async |modem, scene| {
            assert_eq!(modem.resolve("10.0.0.1").await.unwrap().to_string(), "10.0.0.1", "it need not be attached");
            attach(modem).await.unwrap();
            let second = "192.0.2.2".parse().unwrap();
            scene.borrow_mut().addresses = Box::new(move |_| vec![ADDRESS, second]);
            assert_eq!(modem.resolve(HOST).await, Ok(ADDRESS));
            scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
            assert_eq!(modem.resolve(HOST).await, Ok(second));
            scene.borrow_mut().addresses = Box::new(move |_| vec![]);
            let error = modem.resolve(HOST).await.unwrap_err();
            assert_eq!(
                (error.to_string().as_str(), error.kind()),
                ("the host's name cannot be resolved", ErrorKind::Reconnect)
            );
            scene.borrow_mut().addresses = Box::new(move |_| vec![second]);
            assert_eq!(modem.resolve(HOST).await, Ok(second));
        });
    }
}

#[test]
fn names_and_addresses() {
    on_each_model!(names);
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
        while modem.state(first) != SocketState::Readable || count(scene, "AT+USORD") == 0 {
            polls += 1;
            let _ = wanlink_emulator::polled(modem.read(first, &mut [0; 100]), polls).await;
        }
        let error = modem.read(second, &mut [0; 100]).await;
        assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Retry));
        assert_eq!(modem.read(first, &mut [0; 100]).await, Ok(16));
        assert_eq!(modem.read(second, &mut [0; 100]).await, Ok(16));
    });
}
