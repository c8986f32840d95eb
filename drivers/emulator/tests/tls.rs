//! TLS of the module's own: real handshakes with a real server, whose certificate is measured by the uploaded root.

#[path = "tls/authority.rs"]
mod authority;
mod bench;
#[path = "tls/scene.rs"]
mod scene;
#[path = "tls/server.rs"]
mod server;

use std::cell::Cell;
use std::rc::Rc;

use authority::Authority;
use bench::broker::publish;
use bench::{MS, SECOND};
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, Error, ProtocolVersion};
use scene::{HOST, NOW, Scene};
use server::{Damaged, Server, Words};
use wanlink_emulator::{NetRequest, TlsFailure};

#[test]
fn messages_go_both_ways_and_are_not_readable_on_the_wire() {
    let mut scene = Scene::good();
    assert_eq!(scene.open(), Ok(()));
    assert_eq!((scene.seen().name.as_deref(), scene.seen().version), (Some(HOST), Some(ProtocolVersion::TLSv1_2)));
    let bench = &mut scene.bench;
    assert!(bench.send("AT+QMTCONN=0,\"id\",\"user\",\"password\"").ends_with("\r\n+QMTCONN: 0,0,0\r\n"));
    let text = "x".repeat(4_000);
    assert!(bench.send(&format!("AT+QMTPUBEX=0,1,1,0,\"topic\",\"{text}\"")).ends_with("\r\n+QMTPUB: 0,1,0\r\n"));
    assert_eq!(bench.broker.packets.len(), 2);
    assert!(bench.broker.packets[1].ends_with(text.as_bytes()));
    let now = bench.now_us;
    bench.broker.say(now, publish(1, 9, "down", b"hello"));
    assert_eq!(bench.wait(100 * MS), "\r\n+QMTRECV: 0,9,\"down\",\"hello\"\r\n");
    let sent: Vec<u8> = bench.broker.requests.iter().flat_map(bytes).copied().collect();
    assert!(sent.len() > 4_000);
    for text in ["password", "topic", "xxxx"] {
        assert!(!sent.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}

fn bytes(request: &NetRequest) -> &[u8] {
    match request {
        NetRequest::Send { bytes, .. } => bytes,
        _ => &[],
    }
}

#[test]
fn a_root_that_did_not_sign_is_refused() {
    let mut scene = Scene::new(&Authority::new().pem, &Authority::new().leaf(HOST, NOW));
    assert_eq!(scene.open(), Err(TlsFailure::UnknownIssuer));
    scene.bench.wait(100 * MS);
    // The server is told why, and the connection is closed.
    assert_eq!(scene.seen().error, Some(Error::AlertReceived(AlertDescription::UnknownCA)));
    assert!(matches!(scene.bench.broker.requests.last(), Some(NetRequest::Close { .. })));
    // Whoever asks for no verification gets none.
    scene.set(&[("seclevel", "0")]);
    assert_eq!(scene.open(), Ok(()));
}

/// A root from the real world is read, and a file with the line ends of another system too.
#[test]
fn files_of_roots_are_read_as_they_come() {
    let authority = Authority::new();
    let leaf = authority.leaf(HOST, NOW);
    let mut scene = Scene::new(include_str!("certificates/amazon-root-ca-1.pem"), &leaf);
    assert_eq!(scene.open(), Err(TlsFailure::UnknownIssuer));
    let mut scene = Scene::new(&format!("a remark\r\n{}", authority.pem.replace('\n', "\r\n")), &leaf);
    assert_eq!(scene.open(), Ok(()));
}

/// A root may be called what it likes: its key is what counts.
#[test]
fn a_root_of_the_same_name_is_refused() {
    let (real, forged) = (Authority::named("The Root"), Authority::named("The Root"));
    let mut scene = Scene::new(&real.pem, &forged.leaf(HOST, NOW));
    assert_eq!(scene.open(), Err(TlsFailure::BadCertificate("BadSignature".to_owned())));
}

#[test]
fn any_root_of_the_file_will_do() {
    let (one, other) = (Authority::new(), Authority::new());
    let mut scene = Scene::new(&(one.pem.clone() + &other.pem), &other.leaf(HOST, NOW));
    assert_eq!(scene.open(), Ok(()));
}

#[test]
fn the_name_is_checked_only_where_the_host_asks_for_it() {
    let authority = Authority::new();
    let mut scene = Scene::new(&authority.pem, &authority.leaf("other.example", NOW));
    assert_eq!(scene.open(), Err(TlsFailure::WrongName));
    scene.set(&[("checkhost", "0")]);
    assert_eq!(scene.open(), Ok(()));
    // Without the name the chain is checked all the same.
    let mut scene = Scene::new(&Authority::new().pem, &authority.leaf("other.example", NOW));
    scene.set(&[("checkhost", "0")]);
    assert_eq!(scene.open(), Err(TlsFailure::UnknownIssuer));
}

#[test]
fn dates_are_measured_by_the_modules_own_clock() {
    let authority = Authority::new();
    for (years, clock, expected) in [
        (NOW, "26/11/22,12:00:00+00", Ok(())),
        ((2021, 2022), "26/11/22,12:00:00+00", Err(TlsFailure::Expired)),
        ((2021, 2022), "21/11/22,12:00:00+00", Ok(())),
        ((2027, 2030), "26/11/22,12:00:00+00", Err(TlsFailure::NotYetValid)),
        // One second before, in a zone ahead of UTC.
        (NOW, "25/01/01,07:59:59+32", Err(TlsFailure::NotYetValid)),
        (NOW, "25/01/01,08:00:01+32", Ok(())),
    ] {
        let mut scene = Scene::new(&authority.pem, &authority.leaf(HOST, years));
        scene.set(&[("ignorelocaltime", "0")]);
        scene.ok(&format!("AT+CCLK=\"{clock}\""));
        assert_eq!(scene.open(), expected, "{years:?} at {clock}");
        if expected.is_ok() {
            scene.close();
        }
        scene.set(&[("ignorelocaltime", "1")]);
        assert_eq!(scene.open(), Ok(()), "{years:?} at {clock}");
    }
}

/// From the factory the clock stands in 1980, where no certificate is valid yet.
#[test]
fn a_clock_that_was_never_set_fails_every_date() {
    let mut scene = Scene::good();
    scene.bench.emulator.brown_out(SECOND);
    scene.bench.wait(30 * SECOND);
    scene.bench.send("ATE0");
    assert!(scene.bench.send("AT+CCLK?").contains("80/01/06"));
    scene.bench.online_again();
    scene.set(&[("cacert", "\"ca.pem\""), ("seclevel", "1"), ("ignorelocaltime", "0")]);
    scene.ok("AT+QMTCFG=\"ssl\",0,1,2");
    assert_eq!(scene.open(), Err(TlsFailure::NotYetValid));
}

/// Ignored dates are no key to everything: another root stays another root.
#[test]
fn ignored_dates_leave_chain_and_name_checked() {
    let authority = Authority::new();
    let mut scene = Scene::new(&Authority::new().pem, &authority.leaf(HOST, (2021, 2022)));
    assert_eq!(scene.open(), Err(TlsFailure::UnknownIssuer));
    let mut scene = Scene::new(&authority.pem, &authority.leaf("other.example", (2021, 2022)));
    assert_eq!(scene.open(), Err(TlsFailure::WrongName));
}

#[test]
fn a_file_that_is_no_root_fails_before_a_byte_is_sent() {
    let authority = Authority::new();
    let leaf = authority.leaf(HOST, NOW);
    let whole = authority.pem.as_str();
    for broken in [&whole[..whole.len() / 2], &whole[..whole.len() - 20], "no certificate at all", &leaf.key_pem] {
        let mut scene = Scene::new(broken, &leaf);
        assert_eq!(scene.open(), Err(TlsFailure::BadRoots), "{broken}");
        assert_eq!(scene.bench.broker.requests, []);
    }
    let mut scene = Scene::new(whole, &leaf);
    scene.ok("AT+QFDEL=\"ca.pem\"");
    assert_eq!(scene.open(), Err(TlsFailure::FileMissing("ca.pem".to_owned())));
    scene.set(&[("cacert", "\"\"")]);
    assert_eq!(scene.open(), Err(TlsFailure::FileMissing(String::new())));
}

/// An upload that starved leaves half a root under the whole name; the cure is to delete it and to upload it again.
#[test]
fn a_half_uploaded_root_is_cured_by_another_upload() {
    let authority = Authority::new();
    let mut scene = Scene::new("x", &authority.leaf(HOST, NOW));
    for (sent, expected) in [(authority.pem.len() / 2, Err(TlsFailure::BadRoots)), (authority.pem.len(), Ok(()))] {
        scene.ok("AT+QFDEL=\"ca.pem\"");
        scene.bench.send(&format!("AT+QFUPL=\"ca.pem\",{},1", authority.pem.len()));
        scene.bench.raw(&authority.pem.as_bytes()[..sent]);
        scene.bench.wait(2 * SECOND);
        assert_eq!(scene.open(), expected);
    }
}

#[test]
fn the_name_is_told_only_with_sni() {
    let mut scene = Scene::good();
    scene.set(&[("sni", "0")]);
    assert_eq!(scene.open(), Ok(()));
    assert_eq!(scene.seen().name, None);
}

#[test]
fn a_server_without_our_version_or_suite_refuses() {
    let authority = Authority::new();
    let leaf = authority.leaf(HOST, NOW);
    let mut scene = Scene::new(&authority.pem, &leaf);
    let (server, seen) = Server::new(&leaf, &[&TLS13], None);
    scene.bench.broker.front = Some(Box::new(server));
    assert_eq!(scene.open(), Err(TlsFailure::Alert("ProtocolVersion".to_owned())));
    assert!(seen.borrow().error.is_some());

    let mut scene = Scene::new(&authority.pem, &leaf);
    scene.set(&[("ciphersuite", "0XC02B")]);
    assert_eq!(scene.open(), Ok(()));
    assert_eq!(scene.seen().suite, Some(0xc02b));
    scene.close();
    // A suite for RSA keys, where the server has another kind.
    scene.set(&[("ciphersuite", "0XC02F")]);
    assert_eq!(scene.open(), Err(TlsFailure::Alert("HandshakeFailure".to_owned())));
    // What is not played fails too, and not by chance.
    scene.set(&[("ciphersuite", "0X0035")]);
    assert_eq!(scene.open(), Err(TlsFailure::Unsupported));
    scene.set(&[("ciphersuite", "0XFFFF"), ("sslversion", "2")]);
    assert_eq!(scene.open(), Err(TlsFailure::Unsupported));
    scene.set(&[("sslversion", "3")]);
    assert_eq!(scene.open(), Ok(()));
}

#[test]
fn what_does_not_speak_tls_is_found_out() {
    for (words, expected) in [
        (Words(b"HTTP/1.1 400 Bad Request\r\n\r\n", false), TlsFailure::NotTls),
        (Words(b"\x20\x02\x00\x00", true), TlsFailure::NotTls),
        (Words(b"", true), TlsFailure::Ended),
        (Words(b"\x16\x03\x03\x01\x00\x02", true), TlsFailure::Ended),
        (Words(b"", false), TlsFailure::Timeout),
    ] {
        let mut scene = Scene::good();
        scene.set(&[("negotiatetime", "10")]);
        scene.bench.broker.front = Some(Box::new(words));
        let started = scene.bench.now_us;
        assert_eq!(scene.open(), Err(expected.clone()));
        let took = scene.bench.now_us - started;
        assert!(took < if expected == TlsFailure::Timeout { 11 } else { 1 } * SECOND, "{took} us for {expected:?}");
        assert!(scene.bench.emulator.take_requests().is_empty());
    }
}

#[test]
fn the_server_may_know_its_clients_too() {
    let authority = Authority::new();
    let (leaf, client) = (authority.leaf(HOST, NOW), authority.leaf("device", NOW));
    let mut scene = Scene::new(&authority.pem, &leaf);
    let (server, seen) = Server::new(&leaf, &[&TLS12], Some(&authority));
    scene.bench.broker.front = Some(Box::new(server));
    assert_eq!(scene.open(), Err(TlsFailure::Alert("CertificateRequired".to_owned())));
    scene.set(&[("seclevel", "2"), ("clientcert", "\"client.pem\""), ("clientkey", "\"key.pem\"")]);
    assert_eq!(scene.open(), Err(TlsFailure::FileMissing("client.pem".to_owned())));
    scene.bench.emulator.put_file("client.pem", client.pem.as_bytes());
    scene.bench.emulator.put_file("key.pem", b"nothing");
    assert_eq!(scene.open(), Err(TlsFailure::BadIdentity));
    scene.bench.emulator.put_file("key.pem", client.key_pem.as_bytes());
    assert_eq!(scene.open(), Ok(()));
    assert_eq!(seen.borrow().client_certificates, 1);
}

#[test]
fn an_end_in_order_says_so_and_a_break_does_not() {
    let mut scene = Scene::good();
    assert_eq!(scene.open(), Ok(()));
    scene.close();
    scene.bench.wait(0);
    assert!(scene.seen().closed);
    assert_eq!(scene.open(), Ok(()));
    scene.bench.emulator.kill_tcp();
    assert_eq!(scene.bench.wait(100 * MS), "\r\n+QMTSTAT: 0,1\r\n");
    assert!(!scene.seen().closed);
    assert_eq!(scene.open(), Ok(()));
    scene.bench.emulator.reset();
    scene.bench.wait(10 * SECOND);
    assert!(!scene.seen().closed);
    assert!(matches!(scene.bench.broker.requests.last(), Some(NetRequest::Close { .. })));
}

/// The other end goes while the session stands: with a word or without, the host sees the same.
#[test]
fn the_server_may_end_the_session() {
    let mut scene = Scene::good();
    assert_eq!(scene.open(), Ok(()));
    let now = scene.bench.now_us;
    scene.bench.broker.hang_up(now);
    assert_eq!(scene.bench.wait(100 * MS), "\r\n+QMTSTAT: 0,1\r\n");
    assert_eq!(scene.open(), Ok(()));
}

/// However the network cuts the bytes, holds them up and loses its way for a while: the handshake comes to its end.
#[test]
fn a_handshake_survives_pieces_slowness_and_a_lost_network() {
    let mut scene = Scene::good();
    scene.bench.broker.piece = 1;
    scene.bench.emulator.slow(900 * MS);
    assert_eq!(scene.open(), Ok(()));
    scene.close();
    scene.bench.raw(format!("AT+QMTOPEN=0,\"{HOST}\",8883\r").as_bytes());
    assert_eq!(scene.bench.wait(SECOND), "\r\nOK\r\n");
    scene.bench.emulator.lose_network();
    assert_eq!(scene.bench.wait(20 * SECOND), "");
    scene.bench.emulator.restore_network();
    assert_eq!(scene.bench.wait(20 * SECOND), "\r\n+QMTOPEN: 0,0\r\n");
}

/// One damaged byte anywhere in what the server says up to the end of the handshake: no open session comes of it,
/// but for the few bytes that mean nothing, and never a panic or a client that hangs.
#[test]
fn a_damaged_handshake_never_opens() {
    let (authority, mut opened, mut length) = (Authority::new(), 0, 0);
    let leaf = authority.leaf(HOST, NOW);
    for at in (0..).step_by(5) {
        let mut scene = Scene::new(&authority.pem, &leaf);
        scene.set(&[("negotiatetime", "10")]);
        let (server, _) = Server::new(&leaf, &[&TLS12], None);
        let said = Rc::new(Cell::new(0));
        scene.bench.broker.front = Some(Box::new(Damaged { server, at, said: said.clone() }));
        let result = scene.open();
        if said.get() <= at {
            assert_eq!(result, Ok(()), "nothing was damaged");
            length = said.get();
            break;
        }
        opened += usize::from(result.is_ok());
    }
    println!("{} bytes of a handshake damaged, {opened} without effect", length.div_ceil(5));
    assert!(length > 500 && opened < 5, "{opened} of {length}");
}

/// The bytes of TLS are drawn anew each time; what the host sees, and when, is not.
#[test]
fn equal_runs_look_equal_to_the_host() {
    let run = || {
        let mut scene = Scene::good();
        scene.open().unwrap();
        let mut all = scene.bench.until("AT+QMTCONN=0,\"id\"", "+QMTCONN");
        for id in 1..20 {
            all += &scene.bench.until(&format!("AT+QMTPUBEX=0,{id},1,0,\"t\",\"x\""), "+QMTPUB");
        }
        (all, scene.bench.now_us)
    };
    assert_eq!(run(), run());
}

/// Noise inside an open session breaks it; it is no failed open.
#[test]
fn a_damaged_record_breaks_the_session() {
    let mut scene = Scene::good();
    assert_eq!(scene.open(), Ok(()));
    let (link, now) = (scene.bench.broker.link, scene.bench.now_us);
    let bytes = b"\x17\x03\x03\x00\x18not encrypted by anybody".to_vec();
    scene.bench.emulator.network_event(now, wanlink_emulator::NetEvent::Data { link, bytes });
    assert_eq!(scene.bench.wait(100 * MS), "\r\n+QMTSTAT: 0,1\r\n");
    assert!(matches!(scene.seen().error, Some(Error::AlertReceived(_))));
}

#[test]
fn the_root_is_read_when_the_connection_is_opened() {
    let authority = Authority::new();
    let mut scene = Scene::new(&authority.pem, &authority.leaf(HOST, NOW));
    assert_eq!(scene.open(), Ok(()));
    scene.ok("AT+QFDEL=\"ca.pem\"");
    assert!(scene.bench.send("AT+QMTCONN=0,\"id\"").ends_with("\r\n+QMTCONN: 0,0,0\r\n"));
    scene.close();
    scene.bench.emulator.put_file("ca.pem", Authority::new().pem.as_bytes());
    assert_eq!(scene.open(), Err(TlsFailure::UnknownIssuer));
}
