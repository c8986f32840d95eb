//! Mutated packets: never a panic, never a word to a connection that was closed, and equal seeds do equal things.

use crate::bench::{Bench, DEVICE, GET, PRODUCT, UPDATE};
use crate::packets::*;
use std::hash::{DefaultHasher, Hash, Hasher};
use wanlink_platform::{Action, Config, ConnId, Limits, Peer, Qos};

const PACKETS: u32 = 100_000;

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

pub(crate) fn mutate(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..random.below(4) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes.insert(at, random.next() as u8),
            1 if bytes.len() > 1 => drop(bytes.remove(at)),
            2 => bytes.truncate(at.max(1)),
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
    bytes
}

/// Runs one seed; returns a digest of all actions and how many packets were accepted.
fn run(seed: u64, packets: u32) -> (u64, usize) {
    let mut random = Random(seed);
    let mut bench = Bench::with(Config { limits: Limits::none(), ..Config::default() });
    bench.platform.drop_puback(5);
    bench.platform.duplicate_puback(7);
    let seeds = [
        Connect::example().bytes(),
        subscribe(1, &[GET, UPDATE]),
        publish1(2, UPDATE, b"payload"),
        publish0(UPDATE, b""),
        unsubscribe(3, UPDATE),
        puback(1),
        PINGREQ.to_vec(),
        DISCONNECT.to_vec(),
    ];
    let mut digest = DefaultHasher::new();
    let mut accepted = 0;
    let mut conn = 0;
    let mut open = false;
    for _ in 0..packets {
        // A wrong length may swallow all that follows: do not stay with it for long.
        if open && random.below(16) == 0 {
            bench.platform.closed(bench.now, ConnId(conn));
            open = false;
        }
        if !open {
            conn += 1;
            open = true;
            bench.open(conn, Peer::tls());
            if random.below(8) != 0 {
                let connect = match random.below(4) {
                    0 => Connect::example(),
                    _ => Connect::example().persistent(),
                };
                bench.platform.input(bench.now, ConnId(conn), &connect.bytes());
            }
        }
        let bytes = seeds[random.below(seeds.len())].clone();
        let bytes = mutate(&mut random, bytes);
        bench.now += random.next() % 1_000_000;
        bench.platform.input(bench.now, ConnId(conn), &bytes);
        let _ = bench.push(GET, b"down", Qos::AtLeastOnce);
        for action in bench.platform.take_actions() {
            assert!(open, "seed {seed}: an action after the close");
            match action {
                Action::Send { conn: to, bytes } => {
                    assert_eq!(to, ConnId(conn), "seed {seed}");
                    bytes.hash(&mut digest);
                }
                Action::Close { conn: of } => {
                    assert_eq!(of, ConnId(conn), "seed {seed}");
                    open = false;
                }
            }
        }
        let record = bench.platform.record();
        accepted += record.published(PRODUCT, DEVICE).count();
        bench.platform.record_mut().clear();
    }
    (digest.finish(), accepted)
}

#[test]
fn mutated_packets_never_break_the_platform() {
    let (_, accepted) = run(0x0005_EED0, PACKETS);
    assert!(accepted > 2_000, "only {accepted} publishes got through");
}

#[test]
fn equal_seeds_do_equal_things() {
    assert_eq!(run(1, 2_000), run(1, 2_000));
    assert_ne!(run(1, 2_000), run(2, 2_000));
}
