//! Traps of sockets, TLS and requests.

use embassy_futures::select::select;
use embassy_time::Timer;
use wanlink_conformance::trap::{Trap, trap};
use wanlink_core::{
    Body, ContentType, Error as _, ErrorKind, HttpsAt, Module, Post, Server, TcpSocket, Tls, TlsSocket,
};
use wanlink_emulator::{OpenFailure, Options, PortOptions, Split};
use wanlink_scene::Service;
use wanlink_simcom::{Error, Sim7000, Sim7080};

use super::{activated_twice, echo, sockets_work, special};
use crate::bench::{APN, Bench, Tested, attach, module, other_root, pass_ms, root, running};

/// Of both models.
macro_rules! both {
    ($story:ident($($argument:expr),*)) => {
        || {
            $story::<Sim7080>($($argument),*);
            $story::<Sim7000>($($argument),*);
        }
    };
}

pub(super) const TRAPS: &[Trap] = &[
    trap("2.6", "the application network is lost while the module stays attached", both!(network_lost())),
    trap("6.2", "SHCONN fails at the first try", both!(posts(&special(|it| it.http_connect_failures = 2)))),
    trap("6.2", "a body by SHBOD, by SHBODEXT, or inline where neither is known", both!(posts(&running()))),
    trap("7.3", "OK comes although the result of CAOPEN is an error", both!(failed_open())),
    trap("7.3, 11.10", "the socket's number is still held", both!(held())),
    trap("7.3", "CAOPEN with a receive mode, or with \"TCP\", is refused", || {
        sockets_work::<Sim7080>(special(|it| it.receive_mode_refused = true));
        sockets_work::<Sim7000>(special(|it| it.tcp_word_refused = true));
    }),
    trap("7.3", "the end of a connection overtakes its data", both!(overtaken())),
    trap("7.3, 8", "without a root's name every server is trusted", both!(another_root())),
];

fn network_lost<M: Tested>() {
    let bench = &mut Bench::<M>::new(running());
    bench.scene.borrow_mut().servers.serve(7, Service::Echo);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 7).await.unwrap();
        module(scene).lose_context(1);
        let error = modem.read(socket, &mut [0; 1]).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach));
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        echo(modem).await;
    });
    activated_twice(&bench.sent());
}

fn posts<M: Tested>(options: &Options) {
    Bench::<M>::new(options.clone()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let server = Server::new("iot-as-http.cn-shanghai.aliyuncs.com", 443, Tls::verified(root()));
        let post = Post { path: "/auth", content: ContentType::Json, headers: &[] };
        let mut reply = [0; 256];
        let reply = modem.post(&server, &post, Body::Bytes(b"{\"a\":\"\\\"\"}"), &mut reply).await.unwrap();
        assert_eq!(reply.status, 200);
    });
}

fn failed_open<M: Tested>() {
    for (failure, code) in [(OpenFailure::Dns, 20), (OpenFailure::Refused, 23), (OpenFailure::Timeout, 27)] {
        Bench::<M>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, None);
            let error = modem.open("h.example", 7).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
        });
    }
}

fn held<M: Tested>() {
    for held_id in [3, 4] {
        let bench = &mut Bench::<M>::new(special(|it| it.held_id = Some(held_id)));
        bench.scene.borrow_mut().servers.serve(7, Service::Echo);
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            let socket = modem.open("h.example", 7).await.unwrap();
            module(scene).kill_tcp();
            assert_eq!(modem.read(socket, &mut [0; 1]).await, Ok(0));
            echo(modem).await;
        });
    }
}

/// What was told of before the end is read at once.
fn overtaken<M: Tested>() {
    let bench = &mut Bench::<M>::new(special(|it| it.state_overtakes_data = true));
    bench.scene.borrow_mut().servers.serve(9, Service::Keep);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 9).await.unwrap();
        scene.borrow_mut().send(0, b"last");
        scene.borrow_mut().close(0);
        let mut buf = [0; 4];
        assert_eq!(modem.read(socket, &mut buf).await, Ok(4));
        assert_eq!(&buf, b"last");
    });
}

fn another_root<M: Tested>() {
    Bench::<M>::new(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let refused = modem.open_tls(crate::bench::HOST, 8883, &Tls::verified(other_root())).await;
        assert_eq!(refused, Err(Error::Certificate));
        modem.open_tls(crate::bench::HOST, 8883, &Tls::verified(root())).await.unwrap();
    });
}

/// 7.3: a SIM7000 says how much it sent when it likes, also where it is asked what it has room for: that is no mishap, and
/// costs no stream whose last read was dropped.
#[test]
fn a_late_report_of_a_write_is_no_mishap() {
    // The command for the room is on its way while the report comes.
    let port = PortOptions { baud: Some(115_200), split: Split::At(1), ..PortOptions::default() };
    let mut bench = Bench::<Sim7000>::with_port(running(), port, 1);
    bench.scene.borrow_mut().servers.serve(9, Service::Keep);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open("h.example", 9).await.unwrap();
        for round in 0..100 {
            scene.borrow_mut().send(0, b"abcd");
            pass_ms(1_000).await;
            let mut data = [0; 16];
            assert_eq!(modem.read(socket, &mut data).await, Ok(4), "round {round}");
            let _ = select(modem.read(socket, &mut data), Timer::after_micros(100 * round)).await;
            modem.write(socket, &[b'x'; 2_600]).await.unwrap_or_else(|error| panic!("round {round}: {error}"));
        }
    });
    assert!(bench.sent().iter().any(|line| line == "AT"), "reads were dropped");
}
