//! HTTPS: the HTTP client of a BG95 over real TLS, from the token to the message (aliyun-iot 4, quectel-at 5).

#[path = "tls/authority.rs"]
mod authority;
mod bench;
#[path = "tls/scene.rs"]
mod scene;
#[path = "tls/server.rs"]
mod server;

use authority::Authority;
use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use scene::{HOST, NOW, Scene};
use server::Words;
use wanlink_emulator::{HttpFailure, HttpOptions, NetRequest, Options, TlsFailure};

const TOKEN: &str = "6944e5bfb92e4d4ea3918d1eda390000";

fn ready(mut scene: Scene, answers: &[&str]) -> Scene {
    scene.bench.broker.web = Some(Web::answering(answers));
    scene.ok("AT+QHTTPCFG=\"sslctxid\",2");
    set_url(&mut scene, "/auth");
    scene
}

fn set_url(scene: &mut Scene, path: &str) {
    let url = format!("https://{HOST}:8443{path}");
    assert_eq!(scene.bench.send(&format!("AT+QHTTPURL={}", url.len())), "\r\nCONNECT\r\n");
    scene.bench.raw(url.as_bytes());
    assert_eq!(scene.bench.wait(100 * MS), "\r\nOK\r\n");
}

/// Types a request as a whole; what comes up to the result line.
fn post(bench: &mut Bench, request: &str) -> String {
    assert_eq!(bench.until(&format!("AT+QHTTPPOST={},60,60", request.len()), "CONNECT"), "\r\nCONNECT\r\n");
    bench.raw(request.as_bytes());
    bench.wait_for("+QHTTPPOST")
}

fn request(path: &str, header: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{header}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn a_device_fetches_a_token_and_posts() {
    for keeps_connection in [false, true] {
        let token = response("200 OK", &format!("{{\"code\":0,\"info\":{{\"token\":\"{TOKEN}\"}}}}"));
        let done = response("200 OK", "{\"code\":0,\"info\":{\"messageId\":892687627916247040,}}");
        let options = Options { http: HttpOptions { keeps_connection, ..HttpOptions::default() }, ..running() };
        let mut scene = ready(Scene::good_as(options), &[&token, &done]);
        scene.ok("AT+QHTTPCFG=\"requestheader\",1");
        let auth = request("/auth", "Content-Type: application/json", "{\"sign\":\"c0ffee\"}");
        assert!(post(&mut scene.bench, &auth).ends_with("+QHTTPPOST: 0,200,62\r\n"));
        assert!(scene.bench.send("AT+QHTTPREAD=60").contains(TOKEN));
        set_url(&mut scene, "/topic/pk/dn/user/update");
        let publish = request("/topic/pk/dn/user/update", &format!("password:{TOKEN}"), "hello");
        assert!(post(&mut scene.bench, &publish).ends_with("+QHTTPPOST: 0,200,51\r\n"));
        assert_eq!(scene.seen().name.as_deref(), Some(HOST));
        let broker = &scene.bench.broker;
        let requests = &broker.web.as_ref().unwrap().requests;
        assert_eq!(requests.iter().map(|request| request.head.len()).collect::<Vec<_>>(), [4, 4]);
        let opens: Vec<_> =
            broker.requests.iter().filter(|request| matches!(request, NetRequest::Open { .. })).cloned().collect();
        assert_eq!(opens.len(), if keeps_connection { 1 } else { 2 });
        assert_eq!(opens[0], NetRequest::Open { link: 1, host: HOST.to_owned(), port: 8_443 });
        // On the wire nothing can be read.
        let readable = |request: &NetRequest| match request {
            NetRequest::Send { bytes, .. } => bytes.windows(8).any(|window| window == &TOKEN.as_bytes()[..8]),
            _ => false,
        };
        assert!(!broker.requests.iter().any(readable));
    }
}

/// "716 socket connect (also TLS failure)": which, the host is not told.
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
        let mut scene = ready(Scene::new(&root, &authority.leaf(host, years)), &[&response("200 OK", "")]);
        scene.set(&[("ignorelocaltime", "0")]);
        let answer = scene.bench.until("AT+QHTTPPOST=2", "+QHTTPPOST");
        assert_eq!(answer, "\r\n+QHTTPPOST: 716\r\n", "{failure}");
        assert_eq!(scene.bench.emulator.tls_failure(), Some(&failure));
        assert!(scene.bench.broker.web.as_ref().unwrap().requests.is_empty());
        // Another context of TLS is another matter: nothing is verified there.
        scene.ok("AT+QHTTPCFG=\"sslctxid\",3");
        assert!(scene.bench.until("AT+QHTTPGET", "+QHTTPGET").ends_with("+QHTTPGET: 0,200,0\r\n"));
        assert_eq!(scene.bench.emulator.tls_failure(), None);
    }
    let mut scene = ready(Scene::good(), &[]);
    scene.set(&[("cacert", "\"nosuch.pem\"")]);
    assert!(scene.bench.until("AT+QHTTPGET", "+QHTTPGET").ends_with("+QHTTPGET: 716\r\n"));
    assert_eq!(scene.bench.emulator.tls_failure(), Some(&TlsFailure::FileMissing("nosuch.pem".into())));
}

/// "CONNECT (<= 125 s: the TCP/TLS connect happens before it)", and a handshake has its own time within.
#[test]
fn a_handshake_has_its_time() {
    for (negotiation_s, waited_s) in [("10", 10), ("300", 125)] {
        let mut scene = ready(Scene::good(), &[]);
        scene.set(&[("negotiatetime", negotiation_s)]);
        scene.bench.broker.front = Some(Box::new(Words(b"", false)));
        let began = scene.bench.now_us;
        assert_eq!(scene.bench.until("AT+QHTTPPOST=2", "+QHTTPPOST"), "\r\n+QHTTPPOST: 716\r\n");
        assert_eq!((scene.bench.now_us - began) / SECOND, waited_s);
        assert_eq!(scene.bench.emulator.tls_failure(), Some(&TlsFailure::Timeout));
    }
}

#[test]
fn an_ordered_certificate_failure_spares_plain_http() {
    let options = Options { http: HttpOptions { failure: HttpFailure::Final, ..HttpOptions::default() }, ..running() };
    let mut scene = ready(Scene::good_as(options), &[]);
    scene.bench.emulator.wrong_certificate();
    assert_eq!(scene.bench.until("AT+QHTTPPOST=2", "ERROR"), "\r\n+CME ERROR: 716\r\n");
    assert_eq!(scene.bench.until("AT+QHTTPPOST=2", "CONNECT"), "\r\nCONNECT\r\n");
    scene.bench.raw(b"hi");
    scene.bench.wait(SECOND);

    let mut bench = Bench::online(running());
    bench.broker.web = Some(Web::answering(&[&response("200 OK", "")]));
    bench.send("AT+QHTTPURL=8");
    bench.raw(b"http://h");
    bench.wait(SECOND);
    bench.emulator.wrong_certificate();
    assert!(bench.send("AT+QHTTPGET").ends_with("+QHTTPGET: 0,200,0\r\n"));
}

/// What the server encrypts comes in pieces of any size, and its end too.
#[test]
fn ciphertext_in_pieces_and_its_end() {
    for piece in [1, 7, 1_000] {
        let mut scene = ready(Scene::good(), &["HTTP/1.1 200 OK\r\n\r\nuntil the end"]);
        scene.bench.broker.piece = piece;
        scene.bench.broker.web.as_mut().unwrap().hang_up = true;
        let answer = scene.bench.until("AT+QHTTPGET", "+QHTTPGET");
        assert_eq!(answer, "\r\nOK\r\n\r\n+QHTTPGET: 0,200\r\n");
        let read = "\r\nCONNECT\r\nuntil the end\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n";
        assert_eq!(scene.bench.send("AT+QHTTPREAD"), read);
    }
}
