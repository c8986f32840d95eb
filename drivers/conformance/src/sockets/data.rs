//! Data both ways, and the end of a connection.

use embassy_time::Instant;
use wanlink_at::driver::{Buffers, DriverModel, Error};
use wanlink_core::{Error as _, ErrorKind, Module, Notice, SocketState, TcpSocket};
use wanlink_emulator::Options;
use wanlink_scene::bench::{module, pass_ms, running, within_ms};

use super::{ECHO, HOST, SINK, most, noise, open, read_all, read_to_end, reads, rig, sent, writes};
use crate::bench::SocketBench;
use crate::rig::attach;

/// Any length, in as few commands as the model allows; no bytes, no command; and closing twice is closing once.
pub fn what_is_written_comes_back_byte_for_byte<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, ECHO).await;
        let lengths = [1, 2, 500, most::<B>(), most::<B>() + 1, 4000];
        for length in lengths {
            let data = noise::<B>(length, length as u8);
            modem.write(socket, &data).await.unwrap();
            assert!(modem.has_taken(socket));
            assert_eq!(read_all(modem, socket, length).await.unwrap(), data, "{length}");
        }
        assert_eq!(within_ms(5000, modem.read(socket, &mut [0; 10])).await, None, "that was all");
        modem.write(socket, &[]).await.unwrap();
        assert_eq!(modem.read(socket, &mut []).await, Ok(0));
        let blocks: usize = lengths.iter().map(|length| length.div_ceil(most::<B>())).sum();
        assert_eq!(writes::<B>(scene), B::ROOM_QUESTIONS + blocks as u64);
        modem.close(socket).await.unwrap();
        assert_eq!(scene.borrow().servers.open_conns(), 0);
        let before = sent(scene);
        modem.close(socket).await.unwrap();
        assert_eq!(sent(scene), before, "it is closed already");
    });
}

/// Data that are longer than the driver's inbox come in pieces.
pub fn a_small_inbox_takes_small_pieces<B: SocketBench>() {
    rig::<B>(running()).run_with(&mut Buffers::<256, 1600, 64>::new(), async |modem, scene| {
        let socket = open(modem, SINK).await;
        let data = noise::<B>(1000, 3);
        scene.borrow_mut().send(0, &data);
        assert_eq!(read_all(modem, socket, 1000).await.unwrap(), data);
    });
}

/// No polling where a line tells.
pub fn a_waiting_read_asks_nothing_until_something_is_told<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        assert_eq!(modem.state(socket), SocketState::Idle);
        let (bytes, asked) = (sent(scene), reads::<B>(scene));
        assert_eq!(within_ms(110_000, modem.read(socket, &mut [0; 10])).await, None);
        assert_eq!(sent(scene), bytes);
        scene.borrow_mut().send(0, b"hello");
        assert_eq!(read_all(modem, socket, 5).await.unwrap(), b"hello");
        assert_eq!(reads::<B>(scene), asked + 2, "in doubt at first");
    });
}

/// `fetch` answers at once, and what `idle` and `state` tell fits what it finds.
pub fn fetch_never_listens<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
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

/// The other end sent and closed: all of it is read, then the end, and then the socket is no longer one.
pub fn data_before_the_end_is_read_and_then_the_end<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let data = noise::<B>(3000, 1);
        scene.borrow_mut().send(0, &data);
        scene.borrow_mut().close(0);
        let (read, end) = read_to_end(modem, socket).await;
        if B::KEEPS_UNREAD {
            assert_eq!((read, end), (data, Ok(())));
            assert_eq!(modem.read(socket, &mut [0; 5]).await, Ok(0));
        } else {
            assert!(data.starts_with(&read), "what is missing is missing at the end");
            assert_eq!(end, Err(Error::Disconnected), "and is told");
        }
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

/// More than the module has room for: it is asked again until all is out.
pub fn a_full_send_buffer_is_waited_for<B: SocketBench>() {
    let options = Options { send_buffer: 3000, ..running() };
    rig::<B>(options).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        // What is out is acknowledged late, so that the module is full for a while.
        module(scene).slow(800_000);
        let data = noise::<B>(20_000, 5);
        modem.write(socket, &data).await.unwrap();
        assert!(writes::<B>(scene) > data.len().div_ceil(most::<B>()) as u64, "it was full");
        pass_ms(5000).await;
        assert_eq!(scene.borrow().servers.received(0), data);
    });
}

/// Nothing is acknowledged any more: the write gives up after its bound, and the stream is whole up to there.
pub fn a_peer_that_takes_nothing<B: SocketBench>() {
    let most = most::<B>();
    let options = Options { send_buffer: most, ..running() };
    rig::<B>(options).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).lose_network();
        let begun = Instant::now();
        modem.write(socket, &noise::<B>(most, 1)).await.unwrap();
        let error = modem.write(socket, b"more").await.unwrap_err();
        assert_eq!((error, error.kind(), modem.has_taken(socket)), (Error::SendBufferFull, ErrorKind::Retry, false));
        assert!((38..41).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        assert_eq!(writes::<B>(scene), B::ROOM_QUESTIONS + 1 + 10);
        // In the middle of longer data there is no way back.
        assert_eq!(modem.state(socket), SocketState::Idle);
        module(scene).restore_network();
        pass_ms(5000).await;
        modem.write(socket, b"more").await.unwrap();
        pass_ms(1000).await;
        assert_eq!(scene.borrow().servers.received(0), [noise::<B>(most, 1), b"more".to_vec()].concat());
        module(scene).lose_network();
        assert_eq!(modem.write(socket, &noise::<B>(4000, 1)).await, Err(Error::Disconnected));
        assert_eq!(modem.state(socket), SocketState::Closed);
    });
}

/// The line that tells of data or of the end is lost: the module is asked in the end.
pub fn lost_lines_about_data_and_about_the_end_are_found_by_asking<B: SocketBench>() {
    for with_data in [true, false] {
        rig::<B>(running()).run(async |modem, scene| {
            let socket = open(modem, SINK).await;
            module(scene).drop_line(B::DATA_LINE);
            scene.borrow_mut().send(0, b"hello");
            let begun = Instant::now();
            assert_eq!(read_all(modem, socket, 5).await.unwrap(), b"hello");
            assert!((100..125).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
            assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(None));
            module(scene).drop_line(B::END_LINE);
            if with_data {
                module(scene).drop_line(B::DATA_LINE);
                scene.borrow_mut().send(0, b"bye");
            }
            scene.borrow_mut().close(0);
            let begun = Instant::now();
            let left = if with_data && B::KEEPS_UNREAD { b"bye".to_vec() } else { Vec::new() };
            let end = if B::TELLS_END { Ok(()) } else { Err(Error::Disconnected) };
            assert_eq!(read_to_end(modem, socket).await, (left, end));
            assert!(begun.elapsed().as_secs() < 250, "{:?}", begun.elapsed());
        });
    }
}

/// `idle` is what several users of one module listen with: it must not sleep over a lost line.
pub fn idle_tells_of_a_socket_that_was_not_heard_of_for_long<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).drop_line(B::DATA_LINE);
        scene.borrow_mut().send(0, b"hello");
        assert_eq!(within_ms(60_000, modem.idle()).await, None);
        assert_eq!(within_ms(65_000, modem.idle()).await, Some(Ok(Notice::Socket)));
        assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(Some(5)));
        assert_eq!(modem.fetch(socket, &mut [0; 5]).await, Ok(None));
        assert_eq!(within_ms(110_000, modem.idle()).await, None);
    });
}

/// What waits there is read all the same, where the module keeps it; an end that nobody told of is no orderly one.
pub fn a_write_to_a_connection_whose_end_was_not_told<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).drop_line(B::DATA_LINE);
        module(scene).drop_line(B::END_LINE);
        scene.borrow_mut().send(0, b"bye");
        scene.borrow_mut().close(0);
        pass_ms(1000).await;
        assert_eq!(modem.write(socket, b"x").await, Err(Error::Disconnected));
        let left = if B::KEEPS_UNREAD { b"bye".to_vec() } else { Vec::new() };
        let end = if B::TELLS_END { Ok(()) } else { Err(Error::Disconnected) };
        assert_eq!(read_to_end(modem, socket).await, (left, end));
    });
}

/// Nothing of an earlier context or an earlier life is taken for an open socket.
pub fn a_lost_context_and_a_restart_end_every_socket<B: SocketBench>() {
    rig::<B>(running()).run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        let other = modem.open(HOST, ECHO).await.unwrap();
        module(scene).lose_context(1);
        assert_eq!(modem.read(socket, &mut [0; 5]).await, Err(Error::NoContext));
        for socket in [socket, other] {
            assert_eq!(modem.state(socket), SocketState::Closed);
            assert_eq!(modem.read(socket, &mut [0; 5]).await, Err(Error::Disconnected));
            assert_eq!(modem.write(socket, b"x").await, Err(Error::Disconnected));
        }
        if B::MISSES_CONTEXT {
            assert_eq!(modem.open(HOST, SINK).await.unwrap_err().kind(), ErrorKind::Reattach);
        }
        attach(modem).await.unwrap();
        let third = modem.open(HOST, ECHO).await.unwrap();
        modem.write(third, b"again").await.unwrap();
        assert_eq!(read_all(modem, third, 5).await.unwrap(), b"again");
        assert_eq!(modem.state(socket), SocketState::Closed);

        pass_ms(20_000).await;
        module(scene).reset();
        pass_ms(100 * u64::from(B::Model::BOOT_DS)).await;
        assert_eq!(modem.read(third, &mut [0; 5]).await, Err(Error::Restarted));
        assert_eq!(modem.write(third, b"x").await, Err(Error::Restarted));
        assert_eq!(modem.open(HOST, SINK).await, Err(Error::Restarted));
        attach(modem).await.unwrap();
        assert_eq!(modem.state(third), SocketState::Closed);
        // Nobody closed them, and all numbers can be had again.
        for _ in 0..super::number_of_sockets::<B>() {
            modem.open(HOST, ECHO).await.unwrap();
        }
    });
}

/// The line that announces bytes is doubled: the bytes are not.
pub fn a_block_that_comes_twice_is_read_once<B: SocketBench>() {
    let mut rig = rig::<B>(running());
    rig.run(async |modem, scene| {
        let socket = open(modem, SINK).await;
        module(scene).duplicate_line(B::HEAD_OF_FIVE);
        for data in [b"hello", b"world"] {
            scene.borrow_mut().send(0, data);
            assert_eq!(read_all(modem, socket, 5).await.unwrap(), data);
        }
    });
    assert!(rig.heard(B::HEAD_OF_FIVE) > 2, "none was doubled");
}
