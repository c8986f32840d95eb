//! Data both ways, and the end of a connection.

use wanlink_core::{Error as _, ErrorKind, Module, Notice, SocketState, TcpSocket};
use wanlink_emulator::Options;
use wanlink_quectel::Buffers;

use super::{ECHO, HOST, SINK, bench, noise, open, read_all};
use crate::bench::{Error, attach, count, module, pass_ms, running, within_ms};
use crate::model::{BOOT_MS, FULL_WRITES};

#[test]
fn what_is_written_comes_back_byte_for_byte() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, ECHO).await;
        for length in [1, 2, 500, 1460, 1461, 4000] {
            let data = noise(length, length as u8);
            modem.write(socket, &data).await.unwrap();
            assert!(modem.has_taken(socket));
            assert_eq!(read_all(modem, socket, length).await.unwrap(), data, "{length}");
        }
        assert_eq!(within_ms(5000, modem.read(socket, &mut [0; 10])).await, None, "that was all");
        modem.write(socket, &[]).await.unwrap();
        assert_eq!(modem.read(socket, &mut []).await, Ok(0));
        assert_eq!(count(scene, "AT+QISEND"), 1 + 1 + 1 + 1 + 2 + 3);
        modem.close(socket).await.unwrap();
        modem.close(socket).await.unwrap();
        assert_eq!((count(scene, "AT+QICLOSE"), scene.borrow().servers.open_conns()), (1, 0));
    });
}

#[test]
fn a_small_inbox_takes_small_pieces() {
    bench(running()).run_with(&mut Buffers::<256, 1600, 64>::new(), async |modem, scene| {
        let socket = open(modem, SINK).await;
        let data = noise(1000, 3);
        scene.borrow_mut().send(0, &data);
        assert_eq!(read_all(modem, socket, 1000).await.unwrap(), data);
    });
}

#[test]
fn a_waiting_read_asks_nothing_until_something_is_told() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        assert_eq!(modem.state(socket), SocketState::Idle);
        assert_eq!(within_ms(110_000, modem.read(socket, &mut [0; 10])).await, None);
        assert_eq!((count(scene, "AT+QIRD"), count(scene, "AT+QISTATE")), (0, 1));
        scene.borrow_mut().send(0, b"hello");
        assert_eq!(read_all(modem, socket, 5).await.unwrap(), b"hello");
        assert_eq!(count(scene, "AT+QIRD"), 2, "in doubt at first");
    });
}

#[test]
fn fetch_never_listens() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let mut buf = [0; 10];
        assert_eq!(modem.fetch(socket, &mut buf).await, Ok(None));
        scene.borrow_mut().send(0, b"hello");
        assert_eq!(within_ms(1000, modem.idle()).await, Some(Ok(Notice::Socket)));
        assert_eq!(modem.state(socket), SocketState::Readable);
        assert_eq!(modem.fetch(socket, &mut buf[..2]).await, Ok(Some(2)));
        assert_eq!(modem.fetch(socket, &mut buf[2..]).await, Ok(Some(3)));
        assert_eq!(&buf[..5], b"hello");
        assert_eq!(modem.fetch(socket, &mut buf).await, Ok(None));
        assert_eq!(modem.state(socket), SocketState::Idle);
        scene.borrow_mut().close(0);
        assert_eq!(within_ms(1000, modem.idle()).await, Some(Ok(Notice::Socket)));
        assert_eq!(modem.fetch(socket, &mut buf).await, Ok(Some(0)));
        assert_eq!(modem.state(socket), SocketState::Closed);
        assert_eq!(within_ms(1000, modem.idle()).await, None);
    });
}

#[test]
fn data_before_the_end_is_read_and_then_the_end() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let data = noise(3000, 1);
        scene.borrow_mut().send(0, &data);
        scene.borrow_mut().close(0);
        assert_eq!(read_all(modem, socket, 5000).await.unwrap(), data);
        assert_eq!(modem.read(socket, &mut [0; 5]).await, Ok(0));
        assert_eq!(modem.state(socket), SocketState::Closed);
        let error = modem.write(socket, b"x").await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::Disconnected, ErrorKind::Reconnect));
        modem.close(socket).await.unwrap();
        assert_eq!(modem.read(socket, &mut [0; 5]).await, Err(Error::NotOpen));
        assert_eq!(modem.write(socket, b"x").await.map_err(|error| error.kind()), Err(ErrorKind::Misuse));
        assert_eq!(modem.state(socket), SocketState::Closed);
        assert!(!modem.has_taken(socket));
    });
}

#[test]
fn a_full_send_buffer_is_waited_for() {
    let options = Options { send_buffer: 3000, ..running() };
    bench(options).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let data = noise(20_000, 5);
        modem.write(socket, &data).await.unwrap();
        assert!(count(scene, "AT+QISEND") >= FULL_WRITES, "it was full");
        pass_ms(1000).await;
        assert_eq!(scene.borrow().servers.received(0), data);
    });
}

/// Nothing is acknowledged any more: the write gives up after its bound, and the stream is whole up to there.
#[test]
fn a_peer_that_takes_nothing() {
    let options = Options { send_buffer: 1460, ..running() };
    bench(options).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).lose_network();
        let begun = embassy_time::Instant::now();
        modem.write(socket, &noise(1460, 1)).await.unwrap();
        let error = modem.write(socket, b"more").await.unwrap_err();
        assert_eq!((error, error.kind(), modem.has_taken(socket)), (Error::SendBufferFull, ErrorKind::Retry, false));
        assert!((38..41).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        assert_eq!(count(scene, "AT+QISEND"), 1 + 10);
        // In the middle of longer data there is no way back.
        assert_eq!(modem.state(socket), SocketState::Idle);
        module(scene).restore_network();
        pass_ms(5000).await;
        modem.write(socket, b"more").await.unwrap();
        pass_ms(1000).await;
        assert_eq!(scene.borrow().servers.received(0), [noise(1460, 1), b"more".to_vec()].concat());
        module(scene).lose_network();
        assert_eq!(modem.write(socket, &noise(4000, 1)).await, Err(Error::Disconnected));
        assert_eq!(modem.state(socket), SocketState::Closed);
    });
}

#[test]
fn lost_lines_about_data_and_about_the_end_are_found_by_asking() {
    for with_data in [true, false] {
        bench(running()).run(async |modem, scene| {
            let socket = open(modem, SINK).await;
            module(scene).drop_line("+QIURC: \"recv\"");
            scene.borrow_mut().send(0, b"hello");
            let begun = embassy_time::Instant::now();
            assert_eq!(read_all(modem, socket, 5).await.unwrap(), b"hello");
            assert!((100..125).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
            assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(None));
            module(scene).drop_line("+QIURC: \"closed\"");
            if with_data {
                module(scene).drop_line("+QIURC: \"recv\"");
                scene.borrow_mut().send(0, b"bye");
            }
            scene.borrow_mut().close(0);
            let begun = embassy_time::Instant::now();
            let left = read_all(modem, socket, 5).await.unwrap();
            assert_eq!(left, if with_data { &b"bye"[..] } else { b"" });
            assert!(begun.elapsed().as_secs() < 250, "{:?}", begun.elapsed());
        });
    }
}

/// `idle` is what several users of one module listen with: it must not sleep over a lost line.
#[test]
fn idle_tells_of_a_socket_that_was_not_heard_of_for_long() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).drop_line("+QIURC: \"recv\"");
        scene.borrow_mut().send(0, b"hello");
        assert_eq!(within_ms(60_000, modem.idle()).await, None);
        assert_eq!(within_ms(65_000, modem.idle()).await, Some(Ok(Notice::Socket)));
        assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(Some(5)));
        assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(None));
        assert_eq!(within_ms(110_000, modem.idle()).await, None);
    });
}

#[test]
fn a_write_to_a_connection_whose_end_was_not_told() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).drop_line("+QIURC: \"recv\"");
        module(scene).drop_line("+QIURC: \"closed\"");
        scene.borrow_mut().send(0, b"bye");
        scene.borrow_mut().close(0);
        pass_ms(1000).await;
        assert_eq!(modem.write(socket, b"x").await, Err(Error::Disconnected));
        assert_eq!(read_all(modem, socket, 5).await.unwrap(), b"bye");
    });
}

#[test]
fn a_lost_context_and_a_restart_end_every_socket() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let other = modem.open(HOST, ECHO).await.unwrap();
        module(scene).lose_context(1);
        assert_eq!(modem.read(socket, &mut [0; 5]).await, Err(Error::NoContext));
        for socket in [socket, other] {
            assert_eq!(modem.state(socket), SocketState::Closed);
            assert_eq!(modem.read(socket, &mut [0; 5]).await, Err(Error::Disconnected));
            assert_eq!(modem.write(socket, b"x").await, Err(Error::Disconnected));
        }
        assert_eq!(modem.open(HOST, SINK).await.unwrap_err().kind(), ErrorKind::Reattach);
        attach(modem).await.unwrap();
        let third = modem.open(HOST, ECHO).await.unwrap();
        modem.write(third, b"again").await.unwrap();
        assert_eq!(read_all(modem, third, 5).await.unwrap(), b"again");
        assert_eq!(modem.state(socket), SocketState::Closed);

        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(BOOT_MS).await;
        assert_eq!(modem.read(third, &mut [0; 5]).await, Err(Error::Restarted));
        assert_eq!(modem.write(third, b"x").await, Err(Error::Restarted));
        assert_eq!(modem.open(HOST, SINK).await, Err(Error::Restarted));
        attach(modem).await.unwrap();
        assert_eq!(modem.state(third), SocketState::Closed);
        // Nobody closed them, and all numbers can be had again.
        for _ in 0..12 {
            modem.open(HOST, ECHO).await.unwrap();
        }
    });
}

#[test]
fn a_block_that_comes_twice_is_read_once() {
    bench(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).duplicate_line("+QIRD: 5");
        for data in [b"hello", b"world"] {
            scene.borrow_mut().send(0, data);
            assert_eq!(read_all(modem, socket, 5).await.unwrap(), data);
        }
    });
}
