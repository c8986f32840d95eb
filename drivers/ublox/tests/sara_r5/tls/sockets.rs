//! TLS sockets: the same verification, over other commands; refusals in full, and dropped openings.

use wanlink_core::{
    Error as _, ErrorKind, Model as _, MqttAt, Qos, Refusal, Root, Socket, SocketState, TcpSocket, Tls, TlsSocket,
    Trust, Validity,
};
use wanlink_emulator::{OpenFailure, PortOptions, Split, TlsFailure, polled};
use wanlink_platform::TlsFault;
use wanlink_ublox::{Error, SaraR5, SaraR410m};

use super::{LOGIN, connect, uploads};
use crate::bench::{
    Bench, Driver, FILE, HOST, Played, Shared, UP, attach, module, on_each_model, other_root, root, running,
};

fn verified() -> Tls<'static> {
    Tls::verified(root())
}

/// An MQTT CONNECT of the login of this bench, whose answer is `CONNACK`: any two halves of a stream would do.
fn packet() -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat();
    let rest = [
        &text("MQTT")[..],
        &[4, 0xc2],
        &LOGIN.keep_alive_s.to_be_bytes(),
        &text(LOGIN.client_id),
        &text(LOGIN.user),
        &text(LOGIN.password),
    ]
    .concat();
    [&[0x10, rest.len() as u8 | 0x80, (rest.len() >> 7) as u8][..], &rest].concat()
}

const CONNACK: [u8; 4] = [0x20, 2, 0, 0];

/// Logs in over this socket.
async fn log_in<M: Played>(modem: &mut Driver<'_, M>, socket: Socket) {
    modem.write(socket, &packet()).await.unwrap();
    let mut answer = [0; 4];
    let mut at = 0;
    while at < 4 {
        at += modem.read(socket, &mut answer[at..]).await.unwrap();
    }
    assert_eq!(answer, CONNACK);
}

fn both_ways<M: Played>() {
    let mut bench = Bench::<M>::new(running());
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, socket).await;
        assert_eq!(modem.fetch(socket, &mut [0; 9]).await, Ok(None));
        {
            let scene = scene.borrow_mut();
            let handshake = &scene.platform.record().handshakes()[0];
            // SARA-R410M has no setting for it; the emulated one tells the name all the same, that it expects.
            assert_eq!(handshake.server_name.as_deref().is_some(), M::NAME != SaraR410m::NAME, "SNI");
            let tls = scene.module.tls_context(0).unwrap();
            assert_eq!((tls.version, tls.level, tls.root_file.as_str()), (3, 1, FILE));
            assert!(tls.check_host && !tls.ignore_dates);
        }
        module(scene).kill_tcp();
        assert_eq!(modem.read(socket, &mut [0; 9]).await, Ok(0), "{}", M::NAME);
        modem.close(socket).await.unwrap();
        let again = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, again).await;
    });
    assert_eq!(uploads(&bench.sent()), 1, "the name carries a hash of the content");
}

#[test]
fn data_both_ways_inside_tls() {
    on_each_model!(both_ways);
}

#[test]
fn a_lost_line_about_the_end_is_found_by_asking() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, socket).await;
        module(scene).drop_line("+UUSOCL");
        module(scene).kill_tcp();
        let begun = embassy_time::Instant::now();
        assert_eq!(modem.read(socket, &mut [0; 9]).await, Err(Error::Disconnected), "how it ended is not known");
        assert!(begun.elapsed().as_secs() <= 125);
    });
}

/// Both families at once, and the module's own session beside them.
#[test]
fn plain_and_protected_and_a_session() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let plain = modem.open(HOST, 1883).await.unwrap();
        let tls = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, tls).await;
        assert_eq!((modem.state(plain), modem.read(plain, &mut [0; 0]).await), (SocketState::Idle, Ok(0)));
        // The platform lets one connection in for a name, and says so by closing the other.
        modem.connect(&super::verified(), &LOGIN).await.unwrap();
        assert_eq!(modem.fetch(tls, &mut [0; 4]).await.map(|count| count.unwrap_or(0)), Ok(0));
        modem.publish(UP, b"21.5", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(scene.borrow().module.socket(usize::from(plain.index())).unwrap().port, 1883);
        modem.close(plain).await.unwrap();
        modem.close(tls).await.unwrap();
        modem.publish(UP, b"21.6", Qos::AtLeastOnce).await.unwrap();
    });
}

async fn refused<M: Played>(modem: &mut Driver<'_, M>, scene: &Shared, tls: &Tls<'_>, why: TlsFailure) {
    let begun = embassy_time::Instant::now();
    let error = modem.open_tls(HOST, 8883, tls).await.unwrap_err();
    assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)), "{why:?}");
    assert_eq!(scene.borrow().module.tls_failure(), Some(&why));
    // A graceful close of SARA-R410M takes its time.
    assert!(begun.elapsed().as_secs() < if M::NAME == SaraR410m::NAME { 20 } else { 10 }, "{why:?}");
}

fn wrong_certificates<M: Played>() {
    for (fault, why) in [
        (TlsFault::WrongCertificate, TlsFailure::UnknownIssuer),
        (TlsFault::WrongName, TlsFailure::WrongName),
        (TlsFault::ExpiredCertificate, TlsFailure::Expired),
        (TlsFault::NotYetValidCertificate, TlsFailure::NotYetValid),
    ] {
        let mut bench = Bench::<M>::new(running());
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            scene.borrow_mut().platform.break_tls(Some(fault));
            refused(modem, scene, &verified(), why.clone()).await;
            // Now the root is there: it may be at fault, and is uploaded once more.
            refused(modem, scene, &verified(), why.clone()).await;
            scene.borrow_mut().platform.break_tls(None);
            let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
            log_in(modem, socket).await;
        });
        assert_eq!(uploads(&bench.sent()), 2);
    }
}

#[test]
fn each_certificate_that_is_wrong() {
    on_each_model!(wrong_certificates);
}

#[test]
fn another_authority_and_anyone() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let why = TlsFailure::BadCertificate("BadSignature".to_owned());
        refused(modem, scene, &Tls::verified(other_root()), why).await;
        let no_root = Tls::verified(Root::new("wl-1.pem", b"no certificate"));
        assert_eq!(modem.open_tls(HOST, 8883, &no_root).await, Err(Error::Upload));
        let anyone = Tls { trust: Trust::Anyone, validity: Validity::Ignored };
        scene.borrow_mut().platform.break_tls(Some(TlsFault::WrongName));
        let socket = modem.open_tls(HOST, 8883, &anyone).await.unwrap();
        log_in(modem, socket).await;
        assert_eq!(scene.borrow().module.tls_context(0).unwrap().level, 0);
    });
}

/// Not TLS is at fault, but what is below it.
#[test]
fn a_server_that_cannot_be_reached() {
    for (failure, code) in [(OpenFailure::Dns, 113), (OpenFailure::Refused, 111), (OpenFailure::Timeout, 110)] {
        let mut bench = Bench::<SaraR5>::new(running());
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, Some(2));
            let error = modem.open_tls(HOST, 8883, &verified()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
            module(scene).fail_opens(failure, Some(0));
            modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        });
        assert_eq!(uploads(&bench.sent()), 1);
    }
}

#[test]
fn an_opening_that_is_dropped() {
    for port in [
        PortOptions::default(),
        PortOptions { split: Split::At(7), gap_us: 50, transmit_buffer: Some(16), ..PortOptions::default() },
    ] {
        for polls in 0.. {
            let mut bench = Bench::<SaraR5>::with_port(running(), port.clone(), 1);
            let ended = bench.run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.disconnect().await.unwrap();
                let ended = polled(modem.open_tls(HOST, 8883, &verified()), polls).await;
                let begun = embassy_time::Instant::now();
                let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
                assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
                log_in(modem, socket).await;
                let is_open = |&number: &usize| scene.borrow().module.tls_socket(number).is_some();
                assert_eq!((0..7).filter(is_open).count(), 1 + usize::from(ended.is_some()));
                assert!((0..7).all(|number| scene.borrow().module.socket(number).is_none()));
                ended.is_some()
            });
            if ended {
                println!("dropped at {polls} polls");
                break;
            }
        }
    }
}
