//! What the documentation promises, one by one.

use std::cell::RefCell;

use std::pin::pin;
use std::task::Poll;

use embassy_futures::select::select;
use embassy_futures::{join::join, poll_once, yield_now};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_time::{Duration, Instant, Timer};
use embedded_io_async::{Read, ReadReady, Write};
use embedded_nal_async::{AddrType, Dns};
use wanlink_core::{Error as _, ErrorKind, Module, Network, SocketState, TcpSocket, Tls, Trust, Validity};
use wanlink_emulator::{SplitMix64, VirtualTime};
use wanlink_transports::shared::{self, SLICE};

use crate::executor::Executor;
use crate::modem::{DOUBTED, Failed, Modem, address};
use crate::net::Net;
use crate::tasks::{SEATS, Shared};

type Error = shared::Error<Failed>;

/// Runs a scene beside the runner, with a module that is attached.
pub(crate) fn scene(act: impl AsyncFnOnce(&Shared, &Net)) {
    let time = VirtualTime::enter();
    let net = Net::new(1);
    let mut shared = Shared::new(Modem::new(&net));
    let (shared, mut runner) = shared.split();
    let mut executor = Executor::default();
    executor.spawn("runner", async move { runner.run().await });
    executor.spawn("scene", async {
        let mut handle = shared.handle().unwrap();
        handle.start().await.unwrap();
        handle.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
        drop(handle);
        act(shared, &net).await;
    });
    executor.run(&net, &time, &mut SplitMix64::new(2));
}

/// Lets everything happen that can happen without time.
pub(crate) async fn settled() {
    Timer::after_micros(1).await;
}

async fn signal(shared: &Shared) {
    shared.with(async |modem| modem.signal().await).await.unwrap().unwrap();
}

#[test]
fn first_come_first_served() {
    scene(async |shared, _| {
        let order = RefCell::new(Vec::new());
        let mut waiting: Vec<_> = (0..10)
            .map(|n| {
                let order = &order;
                Box::pin(async move {
                    shared.with(async |modem| modem.signal().await.map(|_| order.borrow_mut().push(n))).await.unwrap()
                })
            })
            .collect();
        for future in &mut waiting {
            assert!(poll_once(future.as_mut()).is_pending());
        }
        // Their places are given up, and the others move up.
        drop((waiting.remove(7), waiting.remove(3)));
        // Polled from the back.
        while !waiting.is_empty() {
            yield_now().await;
            waiting.reverse();
            waiting.retain_mut(|future| poll_once(future.as_mut()).is_pending());
            waiting.reverse();
            if !waiting.is_empty() {
                settled().await;
            }
        }
        assert_eq!(*order.borrow(), [0, 1, 2, 4, 5, 6, 8, 9]);
    });
}

#[test]
fn a_reader_keeps_nobody_waiting() {
    scene(async |shared, net| {
        let mut connection = shared.connect("server", 7).await.unwrap();
        let mut buf = [0; 8];
        let mut reading = pin!(connection.read(&mut buf));
        assert!(poll_once(reading.as_mut()).is_pending());
        settled().await;
        assert!(poll_once(reading.as_mut()).is_pending());
        let before = net.with(|net| net.turns);
        signal(shared).await;
        assert_eq!(net.with(|net| net.turns), before + 1);
        assert_eq!(Instant::now().as_millis(), 0);
    });
}

#[test]
fn a_connection_reads_what_the_server_sends_and_its_end() {
    scene(async |shared, _| {
        let mut connection = shared.connect("server", 7).await.unwrap();
        assert_eq!(connection.read_ready(), Ok(false));
        connection.write_all(b"hello\0").await.unwrap();
        connection.flush().await.unwrap();
        let mut buf = [0; 6];
        connection.read_exact(&mut buf).await.unwrap();
        assert_eq!(&buf, b"hello\0");
        assert_eq!((connection.read(&mut buf).await, connection.read(&mut buf).await), (Ok(0), Ok(0)));
        assert_eq!(connection.read_ready(), Ok(true));
        assert_eq!(connection.write(b"x").await, Err(Error::Closed));
        assert_eq!((connection.write(b"").await, connection.read(&mut []).await), (Ok(0), Ok(0)));
        connection.close().await.unwrap();
    });
}

#[test]
fn every_reader_gets_an_error_when_the_module_restarts_or_its_context_is_lost() {
    for restarts in [true, false] {
        scene(async |shared, net| {
            let mut connections = Vec::new();
            for _ in 0..7 {
                connections.push(shared.connect("server", 7).await.unwrap());
            }
            let mut bufs = [[0; 8]; 7];
            let mut reading: Vec<_> =
                connections.iter_mut().zip(&mut bufs).map(|(c, buf)| Box::pin(c.read(buf))).collect();
            reading.iter_mut().for_each(|read| assert!(poll_once(read.as_mut()).is_pending()));
            net.with(|net| if restarts { net.restart() } else { net.lose_context() });
            settled().await;
            for read in &mut reading {
                assert_eq!(poll_once(read.as_mut()), Poll::Ready(Err(Error::Closed)));
            }
            drop(reading);
            // Nothing is asked for a connection that is over.
            let before = net.with(|net| net.turns);
            for connection in &mut connections {
                assert_eq!(connection.write(b"x").await, Err(Error::Closed));
                assert_eq!(connection.read(&mut [0; 4]).await, Err(Error::Closed));
            }
            assert_eq!(net.with(|net| net.turns), before);
            // The next connection is not one of the old ones.
            let mut handle = shared.handle().unwrap();
            handle.start().await.unwrap();
            handle.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
            let mut fresh = shared.connect("server", 7).await.unwrap();
            drop(connections);
            settled().await;
            fresh.write_all(b"hi").await.unwrap();
            fresh.read_exact(&mut [0; 2]).await.unwrap();
            assert_eq!(Instant::now().as_millis(), 0);
        });
    }
}

#[test]
fn what_is_dropped_is_closed_by_the_runner_and_its_seat_is_free() {
    scene(async |shared, net| {
        for _ in 0..100 {
            drop(shared.connect("server", 7).await.unwrap());
            settled().await;
            assert!(net.with(|net| net.slots.iter().all(|slot| !slot.is_open)));
        }
        let connection = shared.connect("server", 7).await.unwrap();
        // A close that is dropped at once is the runner's, too.
        assert!(poll_once(connection.close()).is_pending());
        settled().await;
        assert!(net.with(|net| net.slots.iter().all(|slot| !slot.is_open)));
        let mut handle = shared.handle().unwrap();
        let (one, two) = (handle.open("server", 7).await.unwrap(), handle.open("server", 7).await.unwrap());
        assert_eq!((handle.state(one), handle.state(two)), (SocketState::Idle, SocketState::Idle));
        handle.close(one).await.unwrap();
        assert_eq!((handle.state(one), handle.close(one).await), (SocketState::Closed, Ok(())));
        assert_eq!(handle.write(one, b"x").await, Err(Error::Closed));
        assert_eq!(handle.fetch(one, &mut [0]).await.unwrap_err().kind(), ErrorKind::Misuse);
        drop(handle);
        settled().await;
        assert!(net.with(|net| net.slots.iter().all(|slot| !slot.is_open)), "a handle closes its sockets");
    });
}

#[test]
fn seats_are_counted() {
    let _time = VirtualTime::enter();
    let net = Net::new(1);
    let shared: shared::Shared<NoopRawMutex, _, 2> = shared::Shared::new(Modem::new(&net));
    let (one, two) = (shared.handle(), shared.handle());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(shared.handle().err(), Some(Error::NoSeat));
    assert_eq!(poll_once(shared.connect("server", 7)).map(|result| result.err()), Poll::Ready(Some(Error::NoSeat)));
    drop(one);
    assert!(shared.handle().is_ok());
}

#[test]
fn without_a_runner_nobody_waits_for_what_it_would_close() {
    let time = VirtualTime::enter();
    let net = Net::new(1);
    let mut shared = Shared::new(Modem::new(&net));
    let (shared, mut runner) = shared.split();
    let mut executor = Executor::default();
    executor.spawn("nobody", async {});
    executor.spawn("scene", async {
        let mut handle = shared.handle().unwrap();
        handle.start().await.unwrap();
        handle.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
        drop(shared.connect("server", 7).await.unwrap());
        signal(shared).await;
        assert_eq!(net.with(|net| net.slots.iter().filter(|slot| slot.is_open).count()), 1);
        // One that ends in the middle leaves its work to the next.
        for _ in 0..2 {
            let run = select(runner.run(), yield_now());
            run.await;
            signal(shared).await;
        }
        select(runner.run(), settled()).await;
        assert_eq!(net.with(|net| net.slots.iter().filter(|slot| slot.is_open).count()), 0);
        let handles: Vec<_> = (1..SEATS).map(|_| shared.handle()).collect();
        assert!(handles.iter().all(Result::is_ok), "a seat is not free again");
    });
    executor.run(&net, &time, &mut SplitMix64::new(2));
}

#[test]
fn a_server_that_does_not_read_keeps_nobody_waiting() {
    scene(async |shared, net| {
        let mut slow = shared.connect("slow", 7).await.unwrap();
        let began = Instant::now();
        net.with(|net| net.room = 4);
        let others = async {
            for _ in 0..60 {
                let asked = Instant::now();
                signal(shared).await;
                assert!(asked.elapsed() <= SLICE + Duration::from_millis(300), "{}", asked.elapsed());
                Timer::after_secs(1).await;
            }
        };
        let write = async { (slow.write(b"hello").await, began.elapsed().as_secs()) };
        let ((written, seconds), ()) = join(write, others).await;
        assert_eq!(written, Err(Error::Full));
        assert!((40..=42).contains(&seconds), "{seconds}");
        assert!(net.with(|net| net.slots[0].received.is_empty()));
        // It goes on where it was.
        net.with(|net| net.room = 5);
        assert_eq!(slow.write(b"hello").await, Ok(5));
    });
}

#[test]
fn a_line_that_was_lost_is_made_up_for() {
    scene(async |shared, net| {
        let mut connection = shared.connect("server", 7).await.unwrap();
        net.with(|net| net.loses_lines = true);
        connection.write_all(b"hi").await.unwrap();
        settled().await;
        let mut buf = [0; 2];
        connection.read_exact(&mut buf).await.unwrap();
        assert_eq!(&buf, b"hi");
        assert_eq!(Instant::now().as_secs(), DOUBTED.as_secs());
    });
}

#[test]
fn bytes_wait_for_one_turn_of_each_other_reader() {
    let time = VirtualTime::enter();
    for seed in 1..=20 {
        let net = Net::new(seed);
        let mut shared = Shared::new(Modem::new(&net));
        let (shared, mut runner) = shared.split();
        let mut executor = Executor::default();
        executor.spawn("runner", async move { runner.run().await });
        for id in 0..7 {
            executor.spawn(format!("reader {id}"), async move {
                let mut handle = shared.handle().unwrap();
                handle.start().await.unwrap();
                handle.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
                let mut connection = shared.connect("server", 7).await.unwrap();
                for _ in 0..20 {
                    connection.write_all(&[b'x'; 100]).await.unwrap();
                    connection.read_exact(&mut [0; 100]).await.unwrap();
                }
            });
        }
        executor.run(&net, &time, &mut SplitMix64::new(seed));
        // The turn that was under way, six others, its own; and a write of its own before it reads.
        let lag = net.with(|net| net.lag);
        assert!((2..=9).contains(&lag), "seed {seed}: bytes waited for {lag} turns");
    }
}

#[test]
fn names_have_addresses_of_the_wanted_version() {
    scene(async |shared, _| {
        let found = shared.get_host_by_name("host", AddrType::Either).await;
        assert_eq!(found, Ok(address("host")));
        assert_eq!(shared.get_host_by_name("host", AddrType::IPv6).await, Err(Error::NoAddress));
        let name = shared.get_host_by_address(address("host"), &mut [0; 255]).await;
        assert_eq!(name, Err(Error::NoReverseLookup));
    });
}

#[test]
fn a_connection_inside_tls_is_one_like_others() {
    scene(async |shared, _| {
        let tls = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        let mut connection = shared.connect_tls("server", 8883, &tls).await.unwrap();
        connection.write_all(b"hi").await.unwrap();
        connection.read_exact(&mut [0; 2]).await.unwrap();
    });
}
