//! Each fault of the HTTPS side does what its name says, and leaves a finding.

use crate::bench::{Bench, DEVICE, PRODUCT, SECOND, UPDATE, closed};
use crate::https::{ask, token};
use crate::requests::{Request, answer};
use wanlink_platform::{Action, Away, ConnId, Fault, Judgement, PacketType, Peer};

fn order(bench: &mut Bench, fault: &str) {
    let fault: Fault = fault.parse().unwrap_or_else(|error| panic!("{error}"));
    bench.platform.order(bench.now, fault);
}

/// Posts a message; the platform's code.
fn post(bench: &mut Bench, token: &str) -> u16 {
    let (_, body) = ask(bench, &Request::post(token, UPDATE, b"x"));
    let (_, rest) = body.split_once(r#""code":"#).expect("a code");
    rest.split_once(',').and_then(|(code, _)| code.parse().ok()).expect("a number")
}

#[test]
fn tokens_expire_or_are_forgotten() {
    for (fault, code) in [("expire-tokens", 20001), ("forget-tokens", 20003)] {
        let mut bench = Bench::new();
        let first = token(&mut bench);
        assert_eq!(post(&mut bench, &first), 0);
        order(&mut bench, fault);
        assert_eq!([post(&mut bench, &first), post(&mut bench, &first)], [code; 2], "{fault}");
        let second = token(&mut bench);
        assert_eq!(post(&mut bench, &second), 0);
    }
}

#[test]
fn a_token_is_good_for_so_many_messages() {
    let mut bench = Bench::new();
    order(&mut bench, "token-posts=2");
    let first = token(&mut bench);
    // A refused message does not count.
    ask(&mut bench, &Request::post(&first, "/foreign", b""));
    assert_eq!([1, 2, 3].map(|_| post(&mut bench, &first)), [0, 0, 20001]);
    let second = token(&mut bench);
    assert_eq!([1, 2, 3].map(|_| post(&mut bench, &second)), [0, 0, 20001]);
    order(&mut bench, "token-posts=0");
    assert_eq!(post(&mut bench, &second), 20001);
    let third = token(&mut bench);
    assert_eq!([1, 2, 3].map(|_| post(&mut bench, &third)), [0; 3]);
    assert_eq!(bench.published().len(), 7);
}

#[test]
fn the_web_server_fails() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    order(&mut bench, "http-error=503:2");
    for _ in 0..2 {
        let (status, body) = ask(&mut bench, &Request::post(&token, UPDATE, b"x"));
        assert_eq!((status, &*body), (503, "<html><h1>503 Service Unavailable</h1></html>\r\n"));
    }
    assert_eq!((bench.published().len(), post(&mut bench, &token)), (0, 0));
    assert_eq!(bench.reasons(Judgement::Fault), ["HTTP status 503"; 2]);
}

#[test]
fn requests_are_refused_with_any_code() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    for (code, message) in [
        (10000, "common error"),
        (20000, "auth check error"),
        (20001, "token is expired"),
        (20003, "check token error"),
        (20004, "update session error"),
        (30001, "publish message error"),
        (40000, "request too many"),
        (429, "too many requests"),
    ] {
        order(&mut bench, &format!("http-code={code}"));
        let (status, body) = ask(&mut bench, &Request::post(&token, UPDATE, b"x"));
        assert_eq!((status, body), (200, format!(r#"{{"code":{code},"message":"{message}"}}"#)));
    }
    assert_eq!((bench.published().len(), post(&mut bench, &token)), (0, 0));
}

#[test]
fn a_close_in_place_of_an_answer() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    order(&mut bench, "close-before-answer=2");
    assert_eq!(post(&mut bench, &token), 0);
    bench.open(1, Peer::https());
    assert_eq!(bench.send(1, &Request::post(&token, UPDATE, b"y").bytes()), [closed(1)]);
    assert_eq!(post(&mut bench, &token), 0);
    assert_eq!(bench.published(), [b"x", b"y", b"x"], "it was taken all the same");
    assert_eq!(bench.reasons(Judgement::Fault), ["closed before the answer"]);
}

#[test]
fn an_answer_is_cut() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    order(&mut bench, "cut-response=20");
    bench.open(1, Peer::https());
    let actions = bench.send(1, &Request::post(&token, UPDATE, b"y").bytes());
    let [Action::Send { bytes, .. }, Action::Close { .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(bytes, b"HTTP/1.1 200 OK\r\nCon");
    assert_eq!(bench.published(), [b"y"]);
    bench.platform.cut(PacketType::Connack, 1);
    assert_eq!(post(&mut bench, &token), 0);
}

#[test]
fn answers_are_held_back_in_their_order() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    let request = Request::post(&token, UPDATE, b"x").bytes();
    order(&mut bench, "delay-answer=2000");
    bench.open(1, Peer::https());
    assert_eq!(bench.send(1, &request), []);
    assert_eq!(bench.published().len(), 1, "it is done at once");
    assert_eq!(bench.wait(SECOND), []);
    order(&mut bench, "delay-answer=0");
    // A later answer does not overtake an earlier one.
    assert_eq!(bench.send(1, &request), []);
    assert_eq!(bench.wait(SECOND - 1), []);
    let actions = bench.wait(1);
    let [Action::Send { bytes: first, .. }, Action::Send { bytes: second, .. }] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert!(answer(first).1.contains("892687627916247040") && answer(second).1.contains("892687627916247041"));
    // The time of an idle connection begins with the last of them.
    assert_eq!(bench.wait(60 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
}

#[test]
fn a_connection_waits_for_its_answer_and_ends_behind_it() {
    let mut bench = Bench::new();
    bench.platform.delay_answers(100 * SECOND);
    bench.open(1, Peer::https());
    let request = Request::login().field("Connection", "close").bytes();
    assert_eq!(bench.send(1, &[&request[..], &request].concat()), []);
    assert_eq!(bench.send(1, &request), []);
    assert_eq!(bench.wait(100 * SECOND - 1), []);
    let actions = bench.wait(1);
    assert!(matches!(&actions[..], [Action::Send { .. }, Action::Close { .. }]), "{actions:?}");
    assert_eq!(bench.platform.record().statistics().tokens, 1);
}

#[test]
fn an_answer_that_is_held_back_dies_with_its_connection() {
    let mut bench = Bench::new();
    bench.platform.delay_answers(SECOND);
    bench.open(1, Peer::https());
    bench.send(1, &Request::login().bytes());
    bench.platform.closed(0, ConnId(1));
    assert_eq!(bench.platform.next(), None);
    bench.open(1, Peer::https());
    bench.send(1, &Request::login().bytes());
    bench.platform.away(0, 5 * SECOND, Away::Silent);
    assert_eq!(bench.wait(60 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
}

#[test]
fn requests_are_looked_at_later() {
    let mut bench = Bench::new();
    order(&mut bench, "slow=1000");
    bench.open(1, Peer::https());
    assert_eq!(bench.send(1, &Request::login().bytes()), []);
    assert!(!bench.platform.is_active(PRODUCT, DEVICE));
    assert_eq!(bench.wait(SECOND).len(), 1);
}

#[test]
fn the_platform_is_away_for_https_too() {
    let mut bench = Bench::new();
    order(&mut bench, "away-closes=1000");
    bench.open(1, Peer::https());
    assert_eq!(bench.platform.take_actions(), [closed(1)]);
    bench.now = SECOND;
    bench.open(2, Peer::https());
    order(&mut bench, "kill-connections");
    assert_eq!(bench.platform.take_actions(), [closed(2)]);
}

#[test]
fn all_can_be_called_off() {
    let mut bench = Bench::new();
    for fault in ["http-error=500:9", "http-code=429:9", "close-before-answer", "delay-answer=9", "lose-secret"] {
        order(&mut bench, fault);
    }
    bench.platform.call_off(0);
    token(&mut bench);
    for fault in ["http-error=500:9", "http-code=429:9", "close-before-answer", "delay-answer=9", "token-posts=1"] {
        let fault: Fault = fault.parse().expect("a fault");
        bench.platform.order(0, fault);
        bench.platform.take_back(0, fault);
    }
    let token = token(&mut bench);
    assert_eq!([post(&mut bench, &token), post(&mut bench, &token)], [0; 2]);
}
