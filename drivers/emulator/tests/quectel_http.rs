//! The HTTP client of a BG95 in order: requests, answers, reads, byte for byte (quectel-at 3.1).

mod bench;
#[path = "http/scene.rs"]
mod scene;

use bench::web::{Request, Web, response};
use bench::{Bench, MS, SECOND, running};
use scene::{set_url, with};
use wanlink_emulator::trace::{Direction, Recorder};
use wanlink_emulator::{HttpOptions, NetRequest, Options, Peer};

const URL: &str = "http://web.example/topic/pk/dn/user/update?x=1";

/// A module that is online and has a URL, and a server that gives these answers.
fn ready(options: Options, answers: &[&str]) -> Bench {
    let mut bench = Bench::online(options);
    bench.broker.web = Some(Web::answering(answers));
    set_url(&mut bench, URL);
    bench
}

fn set(bench: &mut Bench, name: &str, value: &str) {
    assert_eq!(bench.send(&format!("AT+QHTTPCFG=\"{name}\",{value}")), "\r\nOK\r\n");
}

/// What a POST comes to.
fn post(bench: &mut Bench, data: &str) -> String {
    assert_eq!(bench.send(&format!("AT+QHTTPPOST={},60,60", data.len())), "\r\nCONNECT\r\n");
    bench.raw(data.as_bytes());
    bench.wait(100 * MS)
}

fn requests(bench: &Bench) -> &[Request] {
    &bench.broker.web.as_ref().unwrap().requests
}

#[test]
fn the_module_makes_the_request_around_a_body() {
    let mut bench = ready(running(), &[&response("200 OK", "{\"code\":0}")]);
    assert_eq!(bench.send("AT+QHTTPURL?"), format!("\r\n+QHTTPURL: {URL}\r\n\r\nOK\r\n"));
    set(&mut bench, "contenttype", "2");
    set(&mut bench, "custom_header", "\"password: 6944e5bf\"");
    set(&mut bench, "auth", "\"Aladdin:open sesame\"");
    assert_eq!(post(&mut bench, "{\"a\":1}\r"), "\r\nOK\r\n\r\n+QHTTPPOST: 0,200,10\r\n");
    let head = [
        "POST /topic/pk/dn/user/update?x=1 HTTP/1.1",
        "Host: web.example",
        "Accept: */*",
        "User-Agent: QUECTEL_MODULE",
        "Connection: Keep-Alive",
        "Content-Type: application/octet-stream",
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "password: 6944e5bf",
        "Content-Length: 8",
    ];
    let head = head.map(str::to_owned).to_vec();
    assert_eq!(requests(&bench), [Request { head, body: b"{\"a\":1}\r".to_vec() }]);
    assert_eq!(bench.broker.requests[0], NetRequest::Open { link: 1, host: "web.example".into(), port: 80 });
    assert_eq!(bench.send("AT+QHTTPREAD=60"), "\r\nCONNECT\r\n{\"code\":0}\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
    // Once.
    assert_eq!(bench.send("AT+QHTTPREAD=60"), "\r\n+CME ERROR: 705\r\n");
}

#[test]
fn with_requestheader_the_typed_bytes_go_out_unchanged() {
    let typed = "POST /auth HTTP/1.1\r\nHost: web.example\r\npassword:t\r\nContent-Length: 4\r\n\r\n\0\x1a\x1b\r";
    let mut bench = ready(running(), &[]);
    bench.broker.web = None;
    bench.broker.raw = true;
    set(&mut bench, "requestheader", "1");
    set(&mut bench, "custom_header", "\"never: sent\"");
    assert_eq!(post(&mut bench, typed), "\r\nOK\r\n");
    assert_eq!(bench.broker.plain, typed.as_bytes());
    let now = bench.now_us;
    bench.broker.say(now, response("200 OK", "").into_bytes());
    assert_eq!(bench.wait(0), "\r\n+QHTTPPOST: 0,200,0\r\n");
    assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\n\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
    // A GET is typed as a whole too.
    let typed = "GET / HTTP/1.1\r\nHost: web.example\r\n\r\n";
    bench.broker.plain.clear();
    assert_eq!(bench.send(&format!("AT+QHTTPGET=60,{}", typed.len())), "\r\nCONNECT\r\n");
    bench.raw(typed.as_bytes());
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n");
    assert_eq!(bench.broker.plain, typed.as_bytes());
}

#[test]
fn a_get_and_a_part_of_it() {
    let mut bench = ready(running(), &[&response("404 Not Found", ""), &response("206 Partial Content", "lo")]);
    set(&mut bench, "contenttype", "1");
    assert_eq!(bench.send("AT+QHTTPGET=30"), "\r\nOK\r\n\r\n+QHTTPGET: 0,404,0\r\n");
    assert_eq!(bench.send("AT+QHTTPGETEX=30,3,2"), "\r\nOK\r\n\r\n+QHTTPGET: 0,206,2\r\n");
    let head =
        ["GET /topic/pk/dn/user/update?x=1 HTTP/1.1", "Host: web.example", "Accept: */*", "User-Agent: QUECTEL_MODULE"];
    let common: Vec<String> = head.into_iter().chain(["Connection: Keep-Alive"]).map(str::to_owned).collect();
    let part = common.iter().cloned().chain(["Range: bytes=3-4".to_owned()]).collect();
    let request = |head| Request { head, body: Vec::new() };
    assert_eq!(requests(&bench), [request(common), request(part)]);
    assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\nlo\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
}

#[test]
fn every_setting_reads_back_as_it_was_set() {
    let mut bench = Bench::quiet(running());
    let factory = [
        ("contextid", "1"),
        ("requestheader", "0"),
        ("responseheader", "0"),
        ("sslctxid", "1"),
        ("contenttype", "0"),
        ("rspout/auto", "0"),
        ("closed/ind", "0"),
        ("auth", "\"\""),
        ("custom_header", "\"\""),
    ];
    let all = |values: &[(&str, &str)]| {
        let lines: Vec<_> = values.iter().map(|(name, value)| format!("+QHTTPCFG: \"{name}\",{value}\r\n")).collect();
        format!("\r\n{}\r\nOK\r\n", lines.concat())
    };
    assert_eq!(bench.send("AT+QHTTPCFG?"), all(&factory));
    let values = ["16", "1", "1", "5", "5", "1", "1", "\"u:p\"", "\"A: b\""];
    let changed: Vec<_> = factory.iter().map(|entry| entry.0).zip(values).collect();
    for (name, value) in &changed {
        set(&mut bench, &name.to_ascii_uppercase(), value);
        let line = format!("\r\n+QHTTPCFG: \"{name}\",{value}\r\n\r\nOK\r\n");
        assert_eq!(bench.send(&format!("AT+QHTTPCFG=\"{name}\"")), line);
    }
    assert_eq!(bench.send("AT+QHTTPCFG?"), all(&changed));
    for name in ["auth", "custom_header"] {
        set(&mut bench, name, "\"\"");
    }
    bench.emulator.reset();
    bench.wait(10 * SECOND);
    bench.send("ATE0");
    assert_eq!(bench.send("AT+QHTTPCFG?"), all(&factory));
}

/// The length of the result line is the body's, and a chunked body has none: "chunked -> 2 fields".
#[test]
fn answers_of_every_form_in_pieces_of_any_size() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n\r\nOK\r\n\r\n3\r\nend\r\n0\r\n\r\n";
    let counted = response("200 OK", "\r\nOK\r\nend");
    for piece in [1, 3, 1_000] {
        for (answer, hang_up, length) in [
            (counted.as_str(), false, ",9"),
            (chunked, false, ""),
            ("HTTP/1.0 200 OK\r\n\r\n\r\nOK\r\nend", true, ""),
            (&format!("HTTP/1.1 100 Continue\r\n\r\n{counted}"), false, ",9"),
        ] {
            let mut bench = ready(running(), &[answer]);
            bench.broker.piece = piece;
            bench.broker.web.as_mut().unwrap().hang_up = hang_up;
            assert_eq!(post(&mut bench, "x"), format!("\r\nOK\r\n\r\n+QHTTPPOST: 0,200{length}\r\n"));
            let expected = "\r\nCONNECT\r\n\r\nOK\r\nend\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n";
            assert_eq!(bench.send("AT+QHTTPREAD"), expected);
        }
    }
}

#[test]
fn an_answer_may_be_read_with_its_headers() {
    let answer = response("200 OK", "hi");
    let mut bench = ready(running(), &[&answer]);
    set(&mut bench, "responseheader", "1");
    assert!(post(&mut bench, "x").ends_with("+QHTTPPOST: 0,200,2\r\n"));
    assert_eq!(bench.send("AT+QHTTPREAD"), format!("\r\nCONNECT\r\n{answer}\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n"));
}

/// "1 makes QHTTPREAD fail"
#[test]
fn answers_may_come_by_themselves() {
    let mut bench = ready(running(), &[&response("200 OK", "hi")]);
    set(&mut bench, "rspout/auto", "1");
    assert_eq!(post(&mut bench, "x"), "\r\nOK\r\n\r\n+QHTTPPOST: 0,200,2\r\n\r\nhi\r\n");
    assert_eq!(bench.send("AT+QHTTPREAD"), "\r\n+CME ERROR: 705\r\n");
}

#[test]
fn redirects_are_told_and_not_followed() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n";
    let mut bench = ready(running(), &[answer]);
    assert_eq!(bench.send("AT+QHTTPGET"), "\r\nOK\r\n\r\n+QHTTPGET: 0,302,0\r\n");
    let opens = |request: &&NetRequest| matches!(request, NetRequest::Open { .. });
    assert_eq!(bench.broker.requests.iter().filter(opens).count(), 1);
}

#[test]
fn each_request_has_a_connection_of_its_own_unless_it_is_kept() {
    for (keeps, opens) in [(false, 4), (true, 3)] {
        let answer = response("200 OK", "x");
        let mut bench =
            ready(with(HttpOptions { keeps_connection: keeps, ..HttpOptions::default() }), &[answer.as_str(); 4]);
        set(&mut bench, "closed/ind", "1");
        for _ in 0..2 {
            assert!(post(&mut bench, "x").ends_with("+QHTTPPOST: 0,200,1\r\n"));
        }
        set_url(&mut bench, "http://web.example:8080/");
        assert!(post(&mut bench, "x").ends_with("+QHTTPPOST: 0,200,1\r\n"));
        let now = bench.now_us;
        bench.broker.hang_up(now);
        assert_eq!(bench.wait(0), if keeps { "\r\n+QHTTPURC: \"closed\"\r\n" } else { "" });
        assert!(post(&mut bench, "x").ends_with("+QHTTPPOST: 0,200,1\r\n"));
        let opened = |request: &&NetRequest| matches!(request, NetRequest::Open { .. });
        assert_eq!(bench.broker.requests.iter().filter(opened).count(), opens);
        assert_eq!(requests(&bench).len(), 4);
    }
}

#[test]
fn the_end_of_the_connection_may_be_told() {
    for (told, line) in [("1", "\r\n+QHTTPURC: \"closed\"\r\n"), ("0", "")] {
        let mut bench = ready(running(), &["HTTP/1.1 200 OK\r\n\r\nhi"]);
        bench.broker.web.as_mut().unwrap().hang_up = true;
        set(&mut bench, "closed/ind", told);
        assert_eq!(post(&mut bench, "x"), format!("\r\nOK\r\n\r\n+QHTTPPOST: 0,200\r\n{line}"));
        assert_eq!(bench.send("AT+QHTTPREAD"), "\r\nCONNECT\r\nhi\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
    }
}

/// With the result at the headers the body is read as it comes, and a pause is a pause on the line too.
#[test]
fn an_answer_may_be_read_while_it_comes() {
    let mut bench = ready(with(HttpOptions { result_at_headers: true, ..HttpOptions::default() }), &[]);
    assert_eq!(post(&mut bench, "x"), "\r\nOK\r\n");
    let say = |bench: &mut Bench, bytes: &str| {
        let now = bench.now_us;
        bench.broker.say(now, bytes.as_bytes().to_vec());
        bench.wait(0)
    };
    assert_eq!(say(&mut bench, "HTTP/1.1 200 OK\r\nContent-Len"), "");
    assert_eq!(say(&mut bench, "gth: 9\r\n\r\nab"), "\r\n+QHTTPPOST: 0,200,9\r\n");
    assert_eq!(say(&mut bench, "c"), "");
    assert_eq!(bench.send("AT+QHTTPREAD=20"), "\r\nCONNECT\r\nabc");
    bench.wait(19 * SECOND);
    assert_eq!(say(&mut bench, "def"), "def");
    bench.wait(19 * SECOND);
    assert_eq!(say(&mut bench, "ghi"), "ghi\r\nOK\r\n\r\n+QHTTPREAD: 0\r\n");
}

/// Typed and answered in pieces, echoed or not.
#[test]
fn no_secret_is_in_a_trace() {
    let secrets = ["6944e5bfb92e", "c0ffee0123", "fef3b021aa", "open sesame"];
    let lines = [
        "AT+QHTTPCFG=\"custom_header\",\"password: 6944e5bfb92e\"\r",
        "AT+QHTTPCFG=\"custom_header\"\r",
        "AT+QHTTPCFG=\"auth\",\"Aladdin:open sesame\"\r",
        "AT+QHTTPCFG?\r",
        "AT+QHTTPPOST=34\r",
        "{\"signmethod\":1,\"sign\":\"c0ffee0123",
        "AT+QHTTPREAD\r",
        "AT+QHTTPCFG=\"requestheader\",1\r",
        "AT+QHTTPPOST=127\r",
        "POST /auth/register/device HTTP/1.1\r\nContent-Length: 45\r\npassword:6944e5bfb92e\r\n\r\n\
         productKey=a&sign=c0ffee0123&signMethod=hmacs",
        "AT+QHTTPREAD\r",
    ];
    let secret = "{\"data\":{\"deviceSecret\":\"fef3b021aa\"},\"info\":{\"token\":\"6944e5bfb92e\"}}";
    for (echo, size) in [(0, 1), (0, 3), (1, 1), (1, 100)] {
        let mut bench = ready(running(), &[response("200 OK", secret).as_str(); 2]);
        bench.broker.piece = size;
        bench.send(&format!("ATE{echo}"));
        let mut recorder = Recorder::default();
        for line in lines {
            for piece in line.as_bytes().chunks(size) {
                bench.raw(piece);
                recorder.record(bench.now_us, Direction::ToModule, piece, &|_, bytes| bench.emulator.redact(bytes));
                let said = bench.wait(MS).into_bytes();
                for piece in said.chunks(size) {
                    recorder.record(bench.now_us, Direction::ToHost, piece, &|_, bytes| bench.emulator.redact(bytes));
                }
            }
            let said = bench.wait(100 * MS).into_bytes();
            recorder.record(bench.now_us, Direction::ToHost, &said, &|_, bytes| bench.emulator.redact(bytes));
        }
        let trace = recorder.trace(&|_, bytes| bench.emulator.redact(bytes)).to_string();
        for secret in secrets {
            assert!(!trace.contains(secret), "{secret}\n{trace}");
        }
        for shown in ["password: ***", "password:***\\r", "\"sign\":\"***", "sign=***&signMethod", "\"token\":\"***\"}"]
        {
            assert!(trace.contains(shown), "{shown}\n{trace}");
        }
        assert_eq!(requests(&bench).len(), 2, "{trace}");
    }
}
