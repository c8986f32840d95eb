//! The contracts of `TcpSocket` and `TlsSocket`, checked by one piece of generic code over the scripted module and
//! over a borrowed one.

use std::pin::pin;

use wanlink_core::fake::{Call, FakeError, Script, Streaming, block_on, poll_times};
use wanlink_core::{
    Argument, Error, ErrorKind, Network, Notice, Opens, Plain, Refusal, Root, Socket, SocketReply, SocketRequest,
    SocketState, Tls, TlsSocket, TooLong, Trust,
};

/// Runs one check over the module, by value and borrowed.
macro_rules! over_both {
    ($($name:ident)*) => {
        mod owned {
            $(#[test] fn $name() { let (module, script) = super::Streaming::new(); super::$name(module, script); })*
        }
        mod borrowed {
            $(#[test] fn $name() {
                let (mut module, script) = super::Streaming::new();
                super::$name(&mut module, script);
            })*
        }
    };
}

over_both! {
    bytes_go_both_ways_in_pieces_of_every_size
    sockets_do_not_mix
    what_came_before_the_end_is_read_first
    a_dropped_read_loses_nothing
    a_dropped_write_goes_out_whole_or_not_at_all_and_tells
    a_long_write_that_is_dropped_closes_its_socket
    a_full_module_is_waited_for
    a_name_of_the_past_is_nobody_elses
    each_loss_asks_for_its_own_step
    the_other_end_proves_itself
    a_request_does_what_its_method_does
    fetch_never_listens
    idle_tells_a_change_once
    names_and_limits
}

/// A module that a check may ask for all that it can.
trait Sockets: TlsSocket<Error = FakeError> {}

impl<M: TlsSocket<Error = FakeError>> Sockets for M {}

async fn up<M: Sockets>(module: &mut M) {
    module.start().await.unwrap();
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
}

/// Sends back what it gets.
async fn echo<M: Sockets>(module: &mut M) -> Socket {
    module.open("echo.example", 7).await.unwrap()
}

async fn read_all<M: Sockets>(module: &mut M, socket: Socket, count: usize) -> Vec<u8> {
    let mut all = vec![];
    while all.len() < count {
        let mut buf = [0; 64];
        let count = module.read(socket, &mut buf).await.unwrap();
        assert!(count > 0, "it ended early");
        all.extend_from_slice(&buf[..count]);
    }
    all
}

fn kind<T, E: Error>(result: Result<T, E>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

fn bytes_go_both_ways_in_pieces_of_every_size<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await;
        let socket = echo(&mut module).await;
        let sent: Vec<u8> = (0..=255).collect();
        for piece in 1..=65 {
            script.set_piece(piece);
            assert_eq!(module.state(socket), SocketState::Idle);
            module.write(socket, &sent).await.unwrap();
            assert_eq!(module.state(socket), SocketState::Readable);
            assert_eq!(read_all(&mut module, socket, 256).await, sent);
        }
    });
}

fn sockets_do_not_mix<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await;
        let mut sockets = vec![];
        for _ in 0..M::SOCKETS.count {
            sockets.push(echo(&mut module).await);
        }
        assert_eq!(kind(module.open("echo.example", 7).await), Some(ErrorKind::Misuse), "all are open");
        script.set_piece(3);
        for (n, &socket) in (0..).zip(&sockets) {
            module.write(socket, &[n; 20]).await.unwrap();
        }
        for n in (0..M::SOCKETS.count).rev() {
            let socket = sockets[usize::from(n)];
            assert_eq!(read_all(&mut module, socket, 20).await, [n; 20]);
        }
        module.close(sockets[1]).await.unwrap();
        let again = echo(&mut module).await;
        assert!(!sockets.contains(&again));
        module.write(sockets[0], b"still there").await.unwrap();
        assert_eq!(read_all(&mut module, sockets[0], 11).await, b"still there");
    });
}

fn what_came_before_the_end_is_read_first<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await;
        let socket = echo(&mut module).await;
        module.write(socket, b"last words").await.unwrap();
        script.lose_session();
        assert_eq!(read_all(&mut module, socket, 10).await, b"last words");
        assert_eq!(module.state(socket), SocketState::Readable, "there is its end to read");
        assert_eq!(module.read(socket, &mut [0; 9]).await, Ok(0));
        assert_eq!(module.state(socket), SocketState::Closed);
        assert_eq!(kind(module.write(socket, b"x").await), Some(ErrorKind::Reconnect));
        module.close(socket).await.unwrap();
        module.close(socket).await.unwrap();
    });
}

fn a_dropped_read_loses_nothing<M: Sockets>(mut module: M, script: Script) {
    block_on(up(&mut module));
    let socket = block_on(echo(&mut module));
    script.set_piece(4);
    for polls in 0..6 {
        block_on(module.write(socket, b"in three pieces")).unwrap();
        let mut all = vec![];
        while all.len() < 15 {
            let mut buf = [0; 64];
            let early = poll_times(pin!(module.read(socket, &mut buf)), polls);
            let count = early.unwrap_or_else(|| block_on(module.read(socket, &mut buf)));
            all.extend_from_slice(&buf[..count.unwrap()]);
        }
        assert_eq!(all, b"in three pieces", "dropped after {polls} polls");
    }
}

fn a_dropped_write_goes_out_whole_or_not_at_all_and_tells<M: Sockets>(mut module: M, _: Script) {
    block_on(up(&mut module));
    let socket = block_on(echo(&mut module));
    let (mut went, mut stayed) = (0, 0);
    for polls in 1..4 {
        block_on(module.write(socket, b"before")).unwrap();
        assert_eq!(block_on(read_all(&mut module, socket, 6)), b"before");
        if poll_times(pin!(module.write(socket, b"first")), polls).is_some() {
            assert!(module.has_taken(socket));
        }
        let taken = module.has_taken(socket);
        *if taken { &mut went } else { &mut stayed } += 1;
        block_on(module.write(socket, b"second")).unwrap();
        let expected: &[u8] = if taken { b"firstsecond" } else { b"second" };
        assert_eq!(block_on(read_all(&mut module, socket, expected.len())), expected, "dropped after {polls} polls");
    }
    assert!(went > 0 && stayed > 0);
}

fn a_long_write_that_is_dropped_closes_its_socket<M: Sockets>(mut module: M, _: Script) {
    block_on(up(&mut module));
    for polls in 0..20 {
        let socket = block_on(echo(&mut module));
        if poll_times(pin!(module.write(socket, &[b'x'; 4000])), polls).is_some() {
            assert_eq!(block_on(read_all(&mut module, socket, 4000)).len(), 4000);
            return;
        }
        match module.state(socket) {
            SocketState::Idle => assert!(!module.has_taken(socket), "none of it went"),
            SocketState::Closed => {
                assert_eq!(kind(block_on(module.write(socket, b"x"))), Some(ErrorKind::Reconnect));
            }
            SocketState::Readable => assert_eq!(block_on(read_all(&mut module, socket, 4000)).len(), 4000),
        }
        block_on(module.close(socket)).unwrap();
    }
    panic!("it never ended");
}

fn a_full_module_is_waited_for<M: Sockets>(mut module: M, script: Script) {
    block_on(up(&mut module));
    let socket = block_on(echo(&mut module));
    script.set_full(true);
    {
        let mut write = pin!(module.write(socket, b"patience"));
        assert_eq!(poll_times(write.as_mut(), 5), None);
        script.set_full(false);
        block_on(write).unwrap();
    }
    assert_eq!(block_on(read_all(&mut module, socket, 8)), b"patience");
}

fn a_name_of_the_past_is_nobody_elses<M: Sockets>(mut module: M, _: Script) {
    block_on(async {
        up(&mut module).await;
        let old = echo(&mut module).await;
        module.close(old).await.unwrap();
        let new = echo(&mut module).await;
        assert_eq!((new.index(), new == old), (old.index(), false));
        module.write(new, b"new").await.unwrap();
        assert_eq!(kind(module.read(old, &mut [0; 9]).await), Some(ErrorKind::Misuse));
        assert_eq!(kind(module.fetch(old, &mut [0; 9]).await), Some(ErrorKind::Misuse));
        assert_eq!(kind(module.write(old, b"x").await), Some(ErrorKind::Misuse));
        assert!(module.state(old) == SocketState::Closed && !module.has_taken(old));
        module.close(old).await.unwrap();
        assert_eq!(read_all(&mut module, new, 3).await, b"new");
    });
}

fn each_loss_asks_for_its_own_step<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        assert_eq!(kind(module.open("echo.example", 7).await), Some(ErrorKind::Restart), "never started");
        for (lose, expected) in [
            (Script::lose_session as fn(&Script), ErrorKind::Reconnect),
            (Script::lose_context, ErrorKind::Reattach),
            (Script::restart, ErrorKind::Restart),
        ] {
            up(&mut module).await;
            let socket = echo(&mut module).await;
            lose(&script);
            assert_eq!(kind(module.write(socket, b"x").await), Some(expected));
            if expected == ErrorKind::Reconnect {
                assert_eq!(module.read(socket, &mut [0; 9]).await, Ok(0), "in its orderly way");
            } else {
                assert_eq!(kind(module.read(socket, &mut [0; 9]).await), Some(expected));
            }
            assert_eq!(module.state(socket), SocketState::Closed);
            up(&mut module).await;
            assert!(kind(module.read(socket, &mut [0; 9]).await).is_some(), "it does not come back");
            let _ = module.close(socket).await;
        }
    });
}

fn the_other_end_proves_itself<M: Sockets>(mut module: M, script: Script) {
    let tls = Tls::verified(Root::new("own.pem", b"-----BEGIN CERTIFICATE-----"));
    let trusting = Tls { trust: Trust::Anyone, ..tls };
    block_on(async {
        up(&mut module).await;
        for (opened, expected) in [
            (Plain.open_on(&mut module, "echo.example", 1).await, None),
            (tls.open_on(&mut module, "echo.example", 2).await, Some("own.pem")),
            (trusting.open_on(&mut module, "echo.example", 3).await, Some("anyone")),
        ] {
            module.close(opened.unwrap()).await.unwrap();
            let trusts: Vec<_> = script
                .calls()
                .into_iter()
                .filter_map(|call| if let Call::Open { trust, .. } = call { Some(trust) } else { None })
                .collect();
            assert!(trusts.contains(&expected.map(str::to_owned)));
        }
        script.refuse_logins(Some(Refusal::Certificate));
        let refused = module.open_tls("echo.example", 8883, &tls).await;
        assert_eq!(kind(refused), Some(ErrorKind::Refused(Refusal::Certificate)));
        module.open("echo.example", 7).await.unwrap();
    });
}

fn a_request_does_what_its_method_does<M: Sockets>(mut module: M, script: Script) {
    let tls = Tls::verified(Root::new("own.pem", b"-----BEGIN CERTIFICATE-----"));
    let open = || SocketRequest::Open { host: "echo.example", port: 7 };
    block_on(async {
        up(&mut module).await;
        let Ok(SocketReply::Opened(plain)) = Plain.perform_on(&mut module, open()).await else { panic!() };
        let Ok(SocketReply::Opened(safe)) = tls.perform_on(&mut module, open()).await else { panic!() };
        let trusts: Vec<_> = script
            .calls()
            .into_iter()
            .filter_map(|call| if let Call::Open { trust, .. } = call { Some(trust) } else { None })
            .collect();
        assert_eq!(trusts, [None, Some("own.pem".to_owned())], "only what was asked for has TLS");

        let mut buf = [0; 9];
        assert_eq!(Plain.perform_on(&mut module, SocketRequest::Write(plain, b"ab")).await, Ok(SocketReply::Done));
        assert_eq!(tls.perform_on(&mut module, SocketRequest::Write(safe, b"cde")).await, Ok(SocketReply::Done));
        let read = Plain.perform_on(&mut module, SocketRequest::Read(plain, &mut buf)).await;
        assert_eq!((read, &buf[..2]), (Ok(SocketReply::Read(2)), &b"ab"[..]));
        let read = tls.perform_on(&mut module, SocketRequest::Read(safe, &mut buf)).await;
        assert_eq!((read, &buf[..3]), (Ok(SocketReply::Read(3)), &b"cde"[..]));

        assert_eq!(Plain.perform_on(&mut module, SocketRequest::Close(plain)).await, Ok(SocketReply::Done));
        assert_eq!((module.state(plain), module.state(safe)), (SocketState::Closed, SocketState::Idle));
        let late = module.perform(SocketRequest::Write(plain, b"f")).await;
        assert_eq!(kind(late), Some(ErrorKind::Misuse));
    });
}

fn fetch_never_listens<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await;
        let socket = echo(&mut module).await;
        let mut buf = [0; 9];
        assert_eq!(module.fetch(socket, &mut buf).await, Ok(None));
        module.write(socket, b"12").await.unwrap();
        assert_eq!(module.fetch(socket, &mut buf).await, Ok(Some(2)));
        assert_eq!(module.fetch(socket, &mut buf).await, Ok(None));
        script.lose_session();
        assert_eq!(module.fetch(socket, &mut buf).await, Ok(Some(0)));
    });
}

fn idle_tells_a_change_once<M: Sockets>(mut module: M, script: Script) {
    block_on(up(&mut module));
    let socket = block_on(echo(&mut module));
    block_on(module.write(socket, b"x")).unwrap();
    assert_eq!(block_on(module.idle()), Ok(Notice::Socket), "it came during another call");
    assert_eq!(poll_times(pin!(module.idle()), 9), None, "nobody read it, and it is told once");
    script.lose_context();
    assert_eq!(block_on(module.idle()), Ok(Notice::ContextLost));
}

fn names_and_limits<M: Sockets>(mut module: M, script: Script) {
    block_on(async {
        assert_eq!(module.resolve("10.0.0.7").await.unwrap().to_string(), "10.0.0.7", "without the network");
        assert_eq!(kind(module.resolve("a.example").await), Some(ErrorKind::Restart));
        up(&mut module).await;
        module.resolve("a.example").await.unwrap();
        let calls = script.calls();
        let long = "h".repeat(101);
        let expected = FakeError::TooLong(TooLong::new(Argument::HostName, 100, 101));
        assert_eq!(module.open(&long, 7).await, Err(expected));
        assert_eq!(script.calls(), calls);
        script.set_reachable(false);
        assert_eq!(kind(module.resolve("a.example").await), Some(ErrorKind::Reconnect));
        assert_eq!(kind(module.open("a.example", 7).await), Some(ErrorKind::Reconnect));
    });
}
