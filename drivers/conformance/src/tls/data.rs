//! Sockets inside TLS: what is of them alone.

use embassy_time::Instant;
use wanlink_at::driver::Error;
use wanlink_core::{Error as _, ErrorKind, SocketState, TcpSocket, Tls, TlsSocket};
use wanlink_emulator::{PortOptions, SocketView, Split, polled};
use wanlink_scene::bench::{SharedScene, module, running, within_ms};

use crate::bench::{DriverOf, TlsBench};
use crate::opening::{BySocket, Opening, uploads};
use crate::rig::{BROKER, Rig, attach, root};

fn verified() -> Tls<'static> {
    Tls::verified(root())
}

async fn log_in<B: TlsBench>(modem: &mut DriverOf<'_, B>, socket: wanlink_core::Socket) {
    <BySocket as Opening<B>>::talk(modem, socket).await.unwrap();
}

/// And the next connection needs no root any more.
pub fn data_both_ways_inside_tls<B: TlsBench>() {
    for options in B::tls_options() {
        let mut rig = Rig::<B>::new(options);
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            let socket = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
            log_in::<B>(modem, socket).await;
            assert_eq!(modem.fetch(socket, &mut [0; 9]).await, Ok(None));
            {
                let scene = scene.borrow();
                let handshake = &scene.platform.record().handshakes()[0];
                assert_eq!(handshake.server_name.as_deref(), B::TELLS_NAME.then_some(BROKER), "SNI");
                assert!(B::is_verified(scene.module.tls_context(B::TLS_CONTEXT).unwrap()));
            }
            module(scene).kill_tcp();
            assert_eq!(modem.read(socket, &mut [0; 9]).await, Ok(0));
            modem.close(socket).await.unwrap();
            let again = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
            log_in::<B>(modem, again).await;
        });
        assert_eq!(uploads(&rig), 1);
    }
}

/// No trust in a silent line for ever.
pub fn a_lost_line_about_the_end_is_found_by_asking<B: TlsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
        log_in::<B>(modem, socket).await;
        module(scene).drop_line(B::TLS_END_LINE);
        module(scene).kill_tcp();
        let begun = Instant::now();
        if !B::TELLS_TLS_END {
            assert_eq!(within_ms(1_000_000, modem.read(socket, &mut [0; 9])).await, None);
            let mut ended = modem.write(socket, &[0xc0, 0]).await.is_err();
            ended |= modem.read(socket, &mut [0; 9]).await.is_ok_and(|count| count == 0);
            assert!(ended);
            return;
        }
        // How it ended is not always known.
        let expected = if B::TELLS_END { Ok(0) } else { Err(Error::Disconnected) };
        assert_eq!(modem.read(socket, &mut [0; 9]).await, expected);
        assert!(begun.elapsed().as_secs() <= 125);
    });
}

/// Both kinds at once.
pub fn plain_and_protected_beside_each_other<B: TlsBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let plain = modem.open(BROKER, 1883).await.unwrap();
        let tls = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
        log_in::<B>(modem, tls).await;
        assert_eq!((modem.state(plain), modem.read(plain, &mut [0; 0]).await), (SocketState::Idle, Ok(0)));
        assert_eq!(scene.borrow().module.socket(usize::from(plain.index())).unwrap().port, 1883);
        modem.close(plain).await.unwrap();
        // PINGREQ and PINGRESP.
        modem.write(tls, &[0xc0, 0]).await.unwrap();
        assert_eq!(modem.read(tls, &mut [0; 2]).await, Ok(2));
        modem.close(tls).await.unwrap();
    });
}

/// Not TLS is at fault, but what is below it.
pub fn a_server_that_cannot_be_reached<B: TlsBench>() {
    for (failure, code) in B::tls_failures() {
        let mut rig = Rig::<B>::new(running());
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, None);
            let error = modem.open_tls(BROKER, 8883, &verified()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
            module(scene).fail_opens(failure, Some(0));
            modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
        });
        assert_eq!(uploads(&rig), 1);
    }
}

/// How many sockets of the module are in use.
fn in_use(scene: &SharedScene) -> usize {
    let module = &scene.borrow().module;
    let sockets = (0..20).map(|number| [module.tls_socket(number), module.socket(number)]);
    // Some modules have one row of numbers for both kinds.
    let count = |[tls, plain]: [Option<SocketView>; 2]| {
        usize::from(tls.is_some()) + usize::from(plain.is_some() && plain != tls)
    };
    sockets.map(count).sum()
}

/// What a dropped opening left is closed.
pub fn an_opening_that_is_dropped<B: TlsBench>() {
    let crumbs = PortOptions { split: Split::At(7), gap_us: 50, transmit_buffer: Some(16), ..PortOptions::default() };
    for port in [PortOptions::default(), crumbs] {
        let ended = |polls: &usize| {
            Rig::<B>::with_port(running(), port.clone(), 1).run(async |modem, scene| {
                attach(modem).await.unwrap();
                let root_is_there = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
                modem.close(root_is_there).await.unwrap();
                let ended = polled(modem.open_tls(BROKER, 8883, &verified()), *polls).await;
                let begun = Instant::now();
                let socket = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
                assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
                log_in::<B>(modem, socket).await;
                assert_eq!(in_use(scene), 1 + usize::from(ended.is_some()));
                ended.map(Result::unwrap).is_some()
            })
        };
        let polls = (0..).step_by(B::STRIDE).find(ended).unwrap();
        println!("dropped at {polls} polls");
        assert!(polls > 5);
    }
}

/// As with TCP, a socket without anything to read may refuse to be read.
pub fn a_dropped_read_of_nothing_leaves_the_stream_whole<B: TlsBench>() {
    let ended = |polls: &usize| {
        Rig::<B>::new(running()).run(async |modem, _| {
            attach(modem).await.unwrap();
            let socket = modem.open_tls(BROKER, 8883, &verified()).await.unwrap();
            log_in::<B>(modem, socket).await;
            let ended = polled(modem.fetch(socket, &mut [0; 9]), *polls).await;
            modem.write(socket, &[0xc0, 0]).await.unwrap();
            let mut answer = [0; 2];
            assert_eq!(modem.read(socket, &mut answer).await, Ok(2), "after {polls} polls");
            assert_eq!(answer, [0xd0, 0]);
            ended.map(|fetched| assert_eq!(fetched, Ok(None))).is_some()
        })
    };
    assert!((0..).step_by(B::STRIDE).find(ended).unwrap() > 1);
}
