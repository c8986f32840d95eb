//! Bytes come in any pieces; what the platform does never depends on them.

use crate::bench::{Bench, GET, UPDATE};
use crate::packets::*;
use wanlink_platform::{Action, ConnId, Entry, Finding, Peer};

type Outcome = (Vec<Action>, Vec<Entry>, Vec<Finding>);

/// Feeds the stream in these pieces, one after the other at the same time.
fn feed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
    let mut bench = Bench::new();
    bench.platform.duplicate_puback(2);
    bench.open(1, Peer::tls());
    for piece in pieces {
        bench.platform.input(0, ConnId(1), piece);
    }
    let actions = bench.platform.take_actions();
    let record = bench.platform.record();
    (actions, record.entries().to_vec(), record.findings().to_vec())
}

fn is_the_same_in_any_pieces(stream: &[u8]) {
    let whole = feed([stream].into_iter());
    for split in 0..=stream.len() {
        let (head, tail) = stream.split_at(split);
        assert_eq!(feed([head, tail].into_iter()), whole, "split at {split}");
    }
    for size in 1..=5 {
        assert_eq!(feed(stream.chunks(size)), whole, "pieces of {size}");
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
