//! Hostile bytes and dropped calls: `check` is the property, here under proptest and over the kept inputs of the fuzz target.

mod check;

use check::{RECOVERED_WITHIN, check};
use proptest::collection::vec;
use proptest::prelude::*;

/// What modules say, so that the random streams are not mere noise.
const PHRASES: [&[u8]; 16] = [
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CME ERROR: 14\r\n",
    b"\r\n> ",
    b"\r\nRDY\r\n",
    b"\r\n+CSQ: 5,99\r\n",
    b"\r\n+CMEE: 1\r\n",
    b"\r\n+QMTPUB: 0,1,0\r\n",
    b"\r\n+QMTPUB: 0,1,1,1\r\n",
    b"\r\n+QMTOPEN: 0,0\r\n",
    b"\r\n+QMTRECV: 0,1,\"t\",5,\"hello\"\r\n",
    b"\r\n+QMTRECV: 0,1,\"t\",500,\"OK\r\n",
    b"\r\n+QIRD: 3\r\nabc\r\n",
    b"\r\n+CEREG: 2,1\r\n",
    b"\r\n+CEREG: 1,\"5A1C\",\"0B\",7\r\n",
    b"AT+CSQ\r\r\n",
];

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let phrase = (0..PHRASES.len()).prop_map(|i| PHRASES[i].to_vec());
    let piece = prop_oneof![3 => phrase, 1 => vec(any::<u8>(), 1..64)];
    let timed = (any::<u8>(), piece).prop_map(|(pause, piece)| [vec![pause, piece.len() as u8], piece].concat());
    (vec(any::<u8>(), 17), vec(timed, 0..16)).prop_map(|(head, pieces)| [head, pieces.concat()].concat())
}

fn cases() -> u32 {
    std::env::var("WANLINK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn hostile_bytes_and_dropped_calls(data in stream()) {
        check(&data);
    }
}

#[test]
fn kept_inputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/engine");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of kept inputs") {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    println!("{count} kept inputs; recovered within {RECOVERED_WITHIN} operations");
    assert!(count >= 5, "the kept inputs are there");
}
