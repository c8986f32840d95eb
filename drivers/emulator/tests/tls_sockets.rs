//! TLS sockets: real handshakes and real ciphertext behind `AT+QSSLOPEN` (quectel-at 5).

#[path = "tls/authority.rs"]
mod authority;
mod bench;
#[path = "tls/scene.rs"]
mod scene;
#[path = "tls/server.rs"]
mod server;

use authority::Authority;
use bench::{Bench, MS, SECOND, running};
use scene::{HOST, NOW, Scene};
use server::Words;
use wanlink_emulator::{NetRequest, OpenFailure, Options, SocketState, TlsFailure};

/// What `AT+QSSLOPEN` comes to.
fn open(scene: &mut Scene, id: usize) -> String {
    scene.bench.broker.raw = true;
    let answer = scene.bench.until(&format!("AT+QSSLOPEN=1,2,{id},\"{HOST}\",8883,0"), "+QSSLOPEN");
    let line = answer.strip_prefix("\r\nOK\r\n\r\n+QSSLOPEN: ").unwrap_or_else(|| panic!("{answer}"));
    line.trim_end().to_owned()
}

fn connected(options: Options) -> Scene {
    let mut scene = Scene::good_as(options);
    assert_eq!(open(&mut scene, 4), "4,0");
    assert_eq!(scene.bench.emulator.tls_failure(), None);
    scene
}

fn say(bench: &mut Bench, bytes: &[u8]) {
    let now = bench.now_us;
    bench.broker.say(now, bytes.to_vec());
}

/// The order of quectel-at 9.4, over TLS.
#[test]
fn data_goes_both_ways() {
    let mut scene = connected(running());
    assert_eq!(scene.seen().name.as_deref(), Some(HOST));
    let bench = &mut scene.bench;
    let state =
        |state| format!("\r\n+QSSLSTATE: 4,\"SSLClient\",\"{HOST}\",8883,0,{state},1,0,0,\"uart1\",2\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QSSLSTATE"), state(2));
    assert_eq!(bench.send("AT+QSSLSEND=4,6"), "\r\n> ");
    bench.raw(b"Hello\n");
    assert_eq!(bench.wait(100 * MS), "\r\nSEND OK\r\n");
    assert_eq!(bench.broker.plain, b"Hello\n");
    say(bench, b"Hello\n");
    assert_eq!(bench.wait(0), "\r\n+QSSLURC: \"recv\",4\r\n");
    assert_eq!(bench.send("AT+QSSLRECV=4,1500"), "\r\n+QSSLRECV: 6\r\nHello\n\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QSSLRECV=4,1500"), "\r\n+QSSLRECV: 0\r\n\r\nOK\r\n");
    let now = bench.now_us;
    bench.broker.hang_up(now);
    assert_eq!(bench.wait(0), "\r\n+QSSLURC: \"closed\",4\r\n");
    assert_eq!(bench.send("AT+QSSLSTATE"), state(4));
    assert_eq!(bench.send("AT+QSSLCLOSE=4,1"), "\r\nOK\r\n");
    assert_eq!(bench.send("AT+QSSLSTATE"), "\r\nOK\r\n");
    assert_eq!(bench.emulator.tls_socket(4), None);
}

#[test]
fn every_byte_passes_and_none_is_readable_on_the_wire() {
    let mut scene = connected(running());
    scene.bench.broker.piece = 7;
    let data: Vec<u8> = (0..=255).cycle().take(1_460).collect();
    let bench = &mut scene.bench;
    assert_eq!(bench.send("AT+QSSLSEND=4,1460"), "\r\n> ");
    bench.raw(&data);
    assert_eq!(bench.wait(100 * MS), "\r\nSEND OK\r\n");
    assert!(bench.broker.plain == data);
    let wire = |request: &NetRequest| match request {
        NetRequest::Send { bytes, .. } => bytes.windows(8).any(|window| window == &data[64..72]),
        _ => false,
    };
    assert!(!bench.broker.requests.iter().any(wire));
    say(bench, &data);
    assert_eq!(bench.wait(0), "\r\n+QSSLURC: \"recv\",4\r\n");
    let mut got = String::new();
    for (most, count) in [(1_000, 1_000), (1_500, 460)] {
        let answer = bench.send(&format!("AT+QSSLRECV=4,{most}"));
        let rest = answer.strip_prefix(&format!("\r\n+QSSLRECV: {count}\r\n")).unwrap();
        got += rest.strip_suffix("\r\n\r\nOK\r\n").unwrap();
    }
    assert!(got.chars().map(|byte| byte as u8).eq(data.iter().copied()));
}

/// "566 = any TLS fault" (dialects-side-by-side): which, the host is not told.
#[test]
fn whatever_is_wrong_with_tls_is_one_code() {
    let authority = Authority::new();
    let cases = [
        (Authority::new().pem, HOST, NOW, TlsFailure::UnknownIssuer),
        (authority.pem.clone(), "other.example", NOW, TlsFailure::WrongName),
        (authority.pem.clone(), HOST, (2020, 2021), TlsFailure::Expired),
        (authority.pem[..400].to_owned(), HOST, NOW, TlsFailure::BadRoots),
    ];
    for (root, host, years, failure) in cases {
        let mut scene = Scene::new(&root, &authority.leaf(host, years));
        scene.set(&[("ignorelocaltime", "0")]);
        assert_eq!(open(&mut scene, 0), "0,566");
        assert_eq!(scene.bench.emulator.tls_failure(), Some(&failure));
        assert_eq!(scene.bench.send("AT+QIGETERROR"), "\r\n+QIGETERROR: 566,socket connect failed\r\n\r\nOK\r\n");
        // The id is free again.
        assert_eq!(scene.bench.emulator.tls_socket(0), None);
        scene.set(&[("seclevel", "0")]);
        assert_eq!(open(&mut scene, 0), "0,0");
    }
}

/// "<= 150 s + negotiatetime" (quectel-at 5): the connection has its time, and the handshake another.
#[test]
fn connection_and_handshake_have_their_times() {
    let mut scene = Scene::good();
    scene.set(&[("negotiatetime", "10")]);
    scene.bench.broker.front = Some(Box::new(Words(b"", false)));
    let began = scene.bench.now_us;
    assert_eq!(open(&mut scene, 0), "0,566");
    assert_eq!((scene.bench.now_us - began) / SECOND, 10);
    assert_eq!(scene.bench.emulator.tls_failure(), Some(&TlsFailure::Timeout));
    scene.bench.broker.deaf = true;
    let began = scene.bench.now_us;
    assert_eq!(open(&mut scene, 0), "0,569");
    assert_eq!((scene.bench.now_us - began) / SECOND, 150);
    // With a connection just before its time the handshake's own still counts from there.
    let mut scene = Scene::good();
    scene.bench.emulator.slow(100 * SECOND);
    let began = scene.bench.now_us;
    assert_eq!(open(&mut scene, 0), "0,0");
    assert!(scene.bench.now_us - began > 150 * SECOND);
}

/// "Own ids and own commands" (dialects-side-by-side).
#[test]
fn ids_are_not_shared_with_tcp_sockets() {
    let mut scene = connected(running());
    scene.bench.broker.front = None;
    assert!(scene.bench.send("AT+QIOPEN=1,4,\"TCP\",\"h\",1").ends_with("\r\n+QIOPEN: 4,0\r\n"));
    assert!(scene.bench.send("AT+QSSLOPEN=1,2,4,\"h\",1").ends_with("\r\n+QSSLOPEN: 4,563\r\n"));
    assert_eq!(scene.bench.send("AT+QICLOSE=4"), "\r\nOK\r\n");
    assert_eq!(scene.bench.emulator.tls_socket(4).unwrap().state, SocketState::Connected);
    assert_eq!(scene.bench.send("AT+QSSLCLOSE=4"), "\r\nOK\r\n");
}

#[test]
fn an_open_may_be_refused_at_once() {
    let mut scene = connected(Options { socket_refused_at_once: true, idle_close_is_error: true, ..running() });
    assert_eq!(scene.bench.send("AT+QSSLOPEN=1,2,4,\"h\",1"), "\r\nERROR\r\n");
    let error = "\r\n+QIGETERROR: 563,socket identity has been used\r\n\r\nOK\r\n";
    assert_eq!(scene.bench.send("AT+QIGETERROR"), error);
    assert_eq!(scene.bench.send("AT+QSSLCLOSE=5"), "\r\nERROR\r\n");
}

#[test]
fn ordered_failures_hit_it_as_they_hit_mqtt() {
    let mut scene = Scene::good();
    for (why, code) in [(OpenFailure::Dns, 565), (OpenFailure::Refused, 566), (OpenFailure::Timeout, 569)] {
        scene.bench.emulator.fail_opens(why, Some(1));
        assert_eq!(open(&mut scene, 0), format!("0,{code}"));
    }
    // A TLS failure spares plain sockets, and waits for the next that speaks TLS.
    scene.bench.emulator.wrong_certificate();
    assert!(scene.bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
    assert_eq!(open(&mut scene, 0), "0,566");
    assert_eq!(open(&mut scene, 0), "0,0");
}

#[test]
fn it_dies_with_its_context_its_connection_and_its_module() {
    let mut scene = connected(running());
    scene.bench.emulator.lose_context(1);
    assert_eq!(scene.bench.wait(0), "\r\n+QIURC: \"pdpdeact\",1\r\n");
    assert_eq!(scene.bench.emulator.tls_socket(4).unwrap().state, SocketState::Closed);
    assert_eq!(scene.bench.send("AT+QSSLSEND=4,1"), "\r\nERROR\r\n");
    scene.bench.until("AT+QIDEACT=1", "OK");
    assert_eq!(scene.bench.emulator.tls_socket(4), None);

    let mut scene = connected(running());
    scene.bench.emulator.kill_tcp();
    assert_eq!(scene.bench.wait(0), "\r\n+QSSLURC: \"closed\",4\r\n");
    assert!(!scene.seen().closed);

    let mut scene = connected(running());
    scene.bench.emulator.reset();
    scene.bench.wait(10 * SECOND);
    assert_eq!(scene.bench.emulator.tls_socket(4), None);
    assert!(matches!(scene.bench.broker.requests.last(), Some(NetRequest::Close { .. })));
    assert!(!scene.seen().closed);

    let mut scene = connected(running());
    assert_eq!(scene.bench.send("AT+QSSLCLOSE=4"), "\r\nOK\r\n");
    assert!(scene.seen().closed, "in order, it says so");
}

/// What came before the end can be read behind it, and a broken record is an end too.
#[test]
fn unread_data_outlives_the_connection() {
    let mut scene = connected(running());
    let bench = &mut scene.bench;
    say(bench, b"last words");
    bench.wait(0);
    let (link, now) = (bench.broker.link, bench.now_us);
    let bytes = b"\x17\x03\x03\x00\x18not encrypted by anybody".to_vec();
    bench.emulator.network_event(now, wanlink_emulator::NetEvent::Data { link, bytes });
    assert_eq!(bench.wait(0), "\r\n+QSSLURC: \"closed\",4\r\n");
    assert_eq!(bench.send("AT+QSSLRECV=4,1500"), "\r\n+QSSLRECV: 10\r\nlast words\r\n\r\nOK\r\n");
}

#[test]
fn a_slow_peer_fills_its_send_buffer_too() {
    let mut scene = connected(Options { send_buffer: 1_460, ..running() });
    let bench = &mut scene.bench;
    bench.emulator.slow(SECOND);
    for (byte, answer) in [(b'a', "\r\nSEND OK\r\n"), (b'b', "\r\nSEND FAIL\r\n")] {
        assert_eq!(bench.send("AT+QSSLSEND=4,1460"), "\r\n> ");
        bench.raw(&[byte; 1_460]);
        assert_eq!(bench.wait(100 * MS), answer);
    }
    bench.wait(2 * SECOND);
    assert_eq!(bench.emulator.tls_socket(4).unwrap().unacknowledged, 0);
    assert!(bench.broker.plain == [b'a'; 1_460]);
}

#[test]
fn doubtful_forms_are_options() {
    let options = Options { tls_data_with_length: true, tls_close_has_timeout: false, ..running() };
    let mut scene = connected(Options { client_reads_listening: true, ..options });
    let bench = &mut scene.bench;
    assert!(bench.send("AT+QSSLSTATE").contains(",8883,0,3,1,0,0,"));
    say(bench, b"abc");
    assert_eq!(bench.wait(0), "\r\n+QSSLURC: \"recv\",4,3\r\n");
    assert_eq!(bench.send("AT+QSSLCLOSE=4,1"), "\r\nERROR\r\n");
    assert_eq!(bench.send("AT+QSSLCLOSE=?"), "\r\n+QSSLCLOSE: (0-11)\r\n\r\nOK\r\n");
    assert_eq!(bench.send("AT+QSSLCLOSE=4"), "\r\nOK\r\n");
}
