//! Bytes come in any pieces; what the platform does never depends on them.

use crate::bench::{Bench, GET, UPDATE};
use crate::https::token;
use crate::packets::*;
use crate::requests::Request;
use wanlink_platform::{Action, ConnId, Entry, Finding, Peer, Registration};

type Outcome = (Vec<Action>, Vec<Entry>, Vec<Finding>);

/// Feeds the stream in these pieces, one after the other at the same time.
fn feed<'a>(peer: &Peer, pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
    let mut bench = Bench::unregistered_with(Default::default(), Registration::Preregistered);
    bench.platform.duplicate_puback(2);
    bench.open(1, peer.clone());
    for piece in pieces {
        bench.platform.input(0, ConnId(1), piece);
    }
    let actions = bench.platform.take_actions();
    let record = bench.platform.record();
    (actions, record.entries().to_vec(), record.findings().to_vec())
}

fn is_the_same_in_any_pieces(stream: &[u8]) {
    is_the_same_from(Peer::tls(), stream);
}

fn is_the_same_from(peer: Peer, stream: &[u8]) {
    let whole = feed(&peer, [stream].into_iter());
    for split in 0..=stream.len() {
        let (head, tail) = stream.split_at(split);
        assert_eq!(feed(&peer, [head, tail].into_iter()), whole, "split at {split}");
    }
    for size in 1..=5 {
        assert_eq!(feed(&peer, stream.chunks(size)), whole, "pieces of {size}");
    }
}

fn session() -> Vec<u8> {
    [
        Connect::example().bytes(),
        subscribe(1, &[GET, "/foreign"]),
        publish1(2, UPDATE, b"one"),
        publish1(3, UPDATE, &[0; 300]),
        PINGREQ.to_vec(),
        publish0(UPDATE, b""),
        unsubscribe(4, GET),
        puback(9),
    ]
    .concat()
}

#[test]
fn a_session_that_ends_well() {
    is_the_same_in_any_pieces(&[session(), DISCONNECT.to_vec(), PINGREQ.to_vec()].concat());
}

#[test]
fn sessions_that_end_in_a_violation() {
    for bad in [
        vec![0xf0, 0],
        vec![0xc0, 0x80, 0x00],
        vec![0x30, 0xff, 0xff, 0xff, 0xff, 0x01],
        vec![0x30, 0xff, 0xff, 0xff, 0x7f],
        publish1(0, UPDATE, b""),
        Connect::example().bytes(),
    ] {
        is_the_same_in_any_pieces(&[session(), bad, PINGREQ.to_vec()].concat());
    }
}

#[test]
fn a_refused_connect() {
    let mut connect = Connect::example();
    connect.password.clear();
    is_the_same_in_any_pieces(&[connect.bytes(), session()].concat());
}

/// Requests in a row, the last of which ends the connection.
#[test]
fn requests() {
    // Equal runs hand out equal tokens.
    let token = token(&mut Bench::new());
    let stream = [
        Request::login().bytes(),
        Request::post(&token, UPDATE, b"one").bytes(),
        Request::post("wrong", UPDATE, &[0; 100]).bytes(),
        Request { target: "/elsewhere".into(), ..Request::login() }.bytes(),
        Request::post(&token, UPDATE, b"").field("Connection", "close").bytes(),
        Request::login().bytes(),
    ];
    is_the_same_from(Peer::https(), &stream.concat());
    let mut register = Request::register();
    register.host = "localhost".into();
    is_the_same_from(Peer::https(), &register.bytes());
}

#[test]
fn requests_that_end_in_a_violation() {
    for bad in [
        &b"\r\n"[..],
        b"\x16\x03\x01",
        b"GET / HTTP/1.1\r\n\r\nmore",
        b"POST /auth HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n",
    ] {
        is_the_same_from(Peer::https(), &[&Request::login().bytes()[..], bad, b"POST"].concat());
    }
}
