//! TLS sockets: the same verification, over other commands; refusals in full, and dropped openings.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos, Refusal, Root, Socket, SocketState, TcpSocket, Tls, TlsSocket};
use wanlink_emulator::{OpenFailure, Options, PortOptions, Split, TlsFailure, polled};
use wanlink_platform::TlsFault;

use super::{LOGIN, connect};
use crate::bench::{Bench, Driver, Error, FILE, HOST, Shared, UP, attach, count, module, other_root, root, running};
use crate::model::CHECKS_NAME;

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
async fn log_in(modem: &mut Driver<'_>, socket: Socket) {
    modem.write(socket, &packet()).await.unwrap();
    let mut answer = [0; 4];
    let mut at = 0;
    while at < 4 {
        at += modem.read(socket, &mut answer[at..]).await.unwrap();
    }
    assert_eq!(answer, CONNACK);
}

#[test]
fn data_both_ways_inside_tls() {
    for options in [
        Options { tls_data_with_length: true, tls_close_has_timeout: false, ..running() },
        Options { client_reads_listening: true, ..running() },
    ] {
        Bench::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
            log_in(modem, socket).await;
            assert_eq!(modem.state(socket), SocketState::Readable, "not read to its end");
            assert_eq!(modem.fetch(socket, &mut [0; 9]).await, Ok(None));
            {
                let scene = scene.borrow_mut();
                let handshake = &scene.platform.record().handshakes()[0];
                assert_eq!(handshake.server_name.as_deref(), Some(HOST), "SNI");
                let tls = scene.module.tls_context(2).unwrap();
                assert_eq!((tls.version, tls.level, tls.root_file.as_str()), (3, 1, FILE));
                assert_eq!((tls.sni, tls.check_host, tls.ignore_dates), (true, CHECKS_NAME, false));
            }
            module(scene).kill_tcp();
            assert_eq!(modem.read(socket, &mut [0; 9]).await, Ok(0));
            modem.close(socket).await.unwrap();
            let again = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
            log_in(modem, again).await;
            assert_eq!(count(scene, "AT+QFUPL"), 1, "the name carries a hash of the content");
        });
    }
}

#[test]
fn a_lost_line_about_the_end_is_found_by_asking() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, socket).await;
        module(scene).drop_line("+QSSLURC: \"closed\"");
        module(scene).kill_tcp();
        let begun = embassy_time::Instant::now();
        assert_eq!(modem.read(socket, &mut [0; 9]).await, Ok(0));
        assert!(begun.elapsed().as_secs() <= 125);
    });
}

/// Both families at once, and the module's own session beside them.
#[test]
fn plain_and_protected_and_a_session() {
    Bench::new(running()).run(async |modem, scene| {
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

async fn refused(modem: &mut Driver<'_>, scene: &Shared, tls: &Tls<'_>, why: TlsFailure) {
    let begun = embassy_time::Instant::now();
    let error = modem.open_tls(HOST, 8883, tls).await.unwrap_err();
    assert_eq!((error, error.kind()), (Error::Certificate, ErrorKind::Refused(Refusal::Certificate)), "{why:?}");
    assert_eq!(scene.borrow().module.tls_failure(), Some(&why));
    assert!(begun.elapsed().as_secs() < 10, "{why:?}");
}

#[test]
fn each_certificate_that_is_wrong() {
    for (fault, why) in [
        (TlsFault::WrongCertificate, TlsFailure::UnknownIssuer),
        (TlsFault::WrongName, TlsFailure::WrongName),
        (TlsFault::ExpiredCertificate, TlsFailure::Expired),
        (TlsFault::NotYetValidCertificate, TlsFailure::NotYetValid),
    ]
    .into_iter()
    .filter(|(fault, _)| CHECKS_NAME || *fault != TlsFault::WrongName)
    {
        for socket_refused_at_once in [false, true] {
            Bench::new(Options { socket_refused_at_once, ..running() }).run(async |modem, scene| {
                attach(modem).await.unwrap();
                scene.borrow_mut().platform.break_tls(Some(fault));
                refused(modem, scene, &verified(), why.clone()).await;
                assert_eq!((count(scene, "AT+QFUPL"), count(scene, "AT+QSSLOPEN")), (1, 2), "the same again");
                // Now the file is there: it may be at fault, and is uploaded once more.
                refused(modem, scene, &verified(), why.clone()).await;
                assert_eq!(count(scene, "AT+QFUPL"), 2);
                scene.borrow_mut().platform.break_tls(None);
                let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
                log_in(modem, socket).await;
                assert_eq!(count(scene, "AT+QFUPL"), 2);
            });
        }
    }
}

#[test]
fn a_root_that_is_another_or_missing_or_half() {
    Bench::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let why = TlsFailure::BadCertificate("BadSignature".to_owned());
        refused(modem, scene, &Tls::verified(other_root()), why).await;
        refused(modem, scene, &Tls::verified(Root::new("wl-1.pem", b"no certificate")), TlsFailure::BadRoots).await;
        // A file of this name and length, and of another content.
        let blank = vec![b' '; root().pem().len()];
        assert!(scene.borrow_mut().module.put_file(FILE, &blank));
        let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        log_in(modem, socket).await;
        assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
    });
}

#[test]
fn a_server_that_cannot_be_reached() {
    for (failure, code) in [(OpenFailure::Dns, 565), (OpenFailure::Refused, 566), (OpenFailure::Timeout, 569)] {
        Bench::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).fail_opens(failure, Some(2));
            let error = modem.open_tls(HOST, 8883, &verified()).await.unwrap_err();
            assert_eq!((error, error.kind()), (Error::Unreachable(code), ErrorKind::Reconnect));
            assert_eq!(count(scene, "AT+QFUPL"), 1);
            module(scene).fail_opens(failure, Some(0));
            modem.open_tls(HOST, 8883, &verified()).await.unwrap();
        });
    }
}

#[test]
fn an_opening_that_is_dropped() {
    for port in [
        PortOptions::default(),
        PortOptions { split: Split::At(7), gap_us: 50, transmit_buffer: Some(16), ..PortOptions::default() },
    ] {
        for polls in 0.. {
            let mut bench = Bench::with_port(running(), port.clone(), 1);
            let ended = bench.run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.disconnect().await.unwrap();
                let ended = polled(modem.open_tls(HOST, 8883, &verified()), polls).await;
                let begun = embassy_time::Instant::now();
                let socket = modem.open_tls(HOST, 8883, &verified()).await.unwrap();
                assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
                log_in(modem, socket).await;
                let is_open = |&number: &usize| scene.borrow().module.tls_socket(number).is_some();
                assert_eq!((0..12).filter(is_open).count(), 1 + usize::from(ended.is_some()));
                assert!((0..12).all(|number| scene.borrow().module.socket(number).is_none()));
                ended.is_some()
            });
            if ended {
                println!("dropped at {polls} polls");
                break;
            }
        }
    }
}
