//! HTTP of A7670 and SIM7600 (simcom-at 6.1).

mod bench;
mod simcom;

use bench::web::{Web, response};
use bench::{Bench, MS, SECOND, running};
use simcom::{ERROR, OK, ok, with};
use wanlink_emulator::{HttpPhase, OpenFailure, Options, Profile, SimcomOptions};

const ACT: &str = "AT+HTTPACTION=1";

/// A URL and a body are there; the server gives these answers.
fn ready(profile: &'static Profile, options: Options, answers: &[&str]) -> Bench {
    let mut bench = Bench::quiet_of(profile, options);
    bench.broker.web = Some(Web::answering(answers));
    ok(&mut bench, "AT+HTTPINIT");
    ok(&mut bench, "AT+HTTPPARA=\"URL\",\"http://h/topic\"");
    assert_eq!(bench.send("AT+HTTPDATA=5,30"), "\r\nDOWNLOAD\r\n");
    bench.raw(b"hello");
    assert_eq!(bench.wait(100 * MS), OK);
    bench
}

#[test]
fn a_post_carries_its_headers_and_is_read_in_blocks() {
    let options = with(SimcomOptions { http_block: 4, ..SimcomOptions::default() });
    let mut bench = ready(Profile::a7670(), options, &[&response("200 OK", "0123456789")]);
    ok(&mut bench, "AT+HTTPPARA=\"CONTENT\",\"application/octet-stream\"");
    ok(&mut bench, "AT+HTTPPARA=\"USERDATA\",\"password: token\\r\\nX-A: b\"");
    assert_eq!(bench.send(ACT), "\r\nOK\r\n\r\n+HTTPACTION: 1,200,10\r\n");
    let view = bench.emulator.http();
    assert_eq!((view.phase, view.status, view.unread), (HttpPhase::Answered, Some(200), 10));
    let request = &bench.broker.web.as_ref().unwrap().requests[0];
    assert_eq!(
        request.head,
        [
            "POST /topic HTTP/1.1",
            "Host: h",
            "Accept: */*",
            "Content-Type: application/octet-stream",
            "password: token",
            "X-A: b",
            "Content-Length: 5"
        ]
    );
    assert_eq!(request.body, b"hello");
    assert_eq!(bench.send("AT+HTTPREAD?"), "\r\n+HTTPREAD: LEN,10\r\n\r\nOK\r\n");
    assert_eq!(
        bench.send("AT+HTTPREAD=0,500"),
        "\r\nOK\r\n\r\n+HTTPREAD: 4\r\n0123\r\n+HTTPREAD: 4\r\n4567\r\n+HTTPREAD: 2\r\n89\r\n+HTTPREAD: 0\r\n"
    );
    assert_eq!(bench.send("AT+HTTPREAD?"), "\r\n+HTTPREAD: LEN,0\r\n\r\nOK\r\n");
    assert!(bench.send("AT+HTTPHEAD").starts_with("\r\n+HTTPHEAD: 71\r\nHTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_read_can_be_repeated_with_readmode_1() {
    let mut bench = ready(Profile::a7670(), running(), &[&response("200 OK", "0123456789")]);
    ok(&mut bench, "AT+HTTPPARA=\"READMODE\",1");
    bench.send(ACT);
    for _ in 0..2 {
        assert_eq!(bench.send("AT+HTTPREAD=2,3"), "\r\nOK\r\n\r\n+HTTPREAD: 3\r\n234\r\n+HTTPREAD: 0\r\n");
    }
}

#[test]
fn a_sim7600_reads_in_its_own_form() {
    for http_read_offset in [true, false] {
        let options = with(SimcomOptions { http_read_offset, ..SimcomOptions::default() });
        let mut bench = ready(Profile::sim7600(), options, &[&response("200 OK", "{}")]);
        bench.send(ACT);
        if !http_read_offset {
            assert_eq!(bench.send("AT+HTTPREAD=0,2"), ERROR);
            assert_eq!(bench.send("AT+HTTPREAD=2"), "\r\nOK\r\n\r\n+HTTPREAD: DATA,2\r\n{}\r\n+HTTPREAD: 0\r\n");
        } else {
            assert_eq!(bench.send("AT+HTTPREAD=0,2"), "\r\nOK\r\n\r\n+HTTPREAD: DATA,2\r\n{}\r\n+HTTPREAD: 0\r\n");
        }
    }
}

#[test]
fn one_header_has_a_limit() {
    for (profile, most) in [(Profile::a7670(), 256), (Profile::sim7600(), 512)] {
        let mut bench = ready(profile, running(), &[]);
        let command = |length: usize| format!("AT+HTTPPARA=\"USERDATA\",\"password: {}\"", "t".repeat(length - 10));
        assert_eq!(bench.send(&command(most)), OK);
        assert_eq!(bench.send(&command(most + 1)), ERROR);
    }
}

#[test]
fn a_second_header_replaces_the_first_or_joins_it() {
    for (http_headers_add, count) in [(false, 1), (true, 2)] {
        let options = with(SimcomOptions { http_headers_add, ..SimcomOptions::default() });
        let mut bench = ready(Profile::a7670(), options, &[&response("200 OK", "")]);
        ok(&mut bench, "AT+HTTPPARA=\"USERDATA\",\"X-A: 1\"");
        ok(&mut bench, "AT+HTTPPARA=\"USERDATA\",\"X-B: 2\"");
        bench.send(ACT);
        let head = &bench.broker.web.as_ref().unwrap().requests[0].head;
        assert_eq!(head.iter().filter(|line| line.starts_with("X-")).count(), count);
    }
}

#[test]
fn errors_stand_in_the_place_of_the_status() {
    for (why, code) in [(OpenFailure::Dns, 713), (OpenFailure::Refused, 714), (OpenFailure::Timeout, 714)] {
        let mut bench = ready(Profile::a7670(), running(), &[]);
        bench.broker.open = Err(why);
        assert_eq!(bench.send(ACT), format!("\r\nOK\r\n\r\n+HTTPACTION: 1,{code},0\r\n"));
    }
    let mut bench = ready(Profile::a7670(), running(), &[]);
    bench.raw(format!("{ACT}\r").as_bytes());
    assert_eq!(bench.wait(21 * SECOND), "\r\nOK\r\n\r\n+HTTPACTION: 1,705,0\r\n");
    let mut bench = ready(Profile::sim7600(), running(), &["SSH-2.0-server\r\n"]);
    assert_eq!(bench.send(ACT), "\r\nOK\r\n\r\n+HTTPACTION: 1,600,0\r\n");
    let mut bench = ready(Profile::a7670(), running(), &[]);
    ok(&mut bench, ACT);
    bench.emulator.lose_context(1);
    assert_eq!(bench.wait(MS), "\r\n+HTTPACTION: 1,717,0\r\n\r\n+HTTP_NONET_EVENT\r\n");
    let mut bench = ready(Profile::a7670(), running(), &[]);
    ok(&mut bench, ACT);
    bench.emulator.kill_tcp();
    assert_eq!(bench.wait(MS), "\r\n+HTTPACTION: 1,704,0\r\n");
}

#[test]
fn a_body_that_is_not_typed_in_time_is_refused() {
    let mut bench = ready(Profile::a7670(), running(), &[]);
    assert_eq!(bench.send("AT+HTTPDATA=10,10"), "\r\nDOWNLOAD\r\n");
    bench.raw(b"abc");
    assert_eq!(bench.wait(11 * SECOND), ERROR);
}

#[test]
fn a_server_that_closes_is_told() {
    let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    let mut bench = ready(Profile::a7670(), running(), &[answer]);
    assert_eq!(bench.send(ACT), "\r\nOK\r\n\r\n+HTTPACTION: 1,200,2\r\n\r\n+HTTP_PEER_CLOSED\r\n");
}
