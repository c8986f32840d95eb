//! Mutated requests: never a panic, never a word to a connection that was closed, and no message that was not sent.

use crate::bench::{Bench, DEVICE, PRODUCT, UPDATE};
use crate::fuzz::{Random, mutate};
use crate::https::token;
use crate::requests::Request;
use std::hash::{DefaultHasher, Hash, Hasher};
use wanlink_platform::{Action, BodyEnd, Config, ConnId, Limits, Peer, Registration};

const REQUESTS: u32 = 30_000;

fn config(random: &mut Random) -> Config {
    let mut config = Config { limits: Limits::none(), ..Config::default() };
    config.http.body_end = [BodyEnd::Length, BodyEnd::Chunked][random.below(2)];
    config.http.idle_us = 100_000_000;
    config
}

/// Runs one seed; returns a digest of all actions, how many messages were accepted, and how many secrets handed out.
fn run(seed: u64, requests: u32) -> (u64, u64, u64) {
    let mut random = Random(seed);
    let config = config(&mut random);
    let mut bench = Bench::unregistered_with(config, Registration::Preregistered);
    let token = token_of(&mut bench);
    bench.platform.delay_answers(random.next() % 3);
    let seeds = [
        Request::login().bytes(),
        Request::post(&token, UPDATE, b"payload").bytes(),
        Request::post(&token, UPDATE, &[7; 3000]).field("Connection", "keep-alive").bytes(),
        Request::register().bytes(),
    ];
    let mut digest = DefaultHasher::new();
    let (mut conn, mut open) = (1, false);
    for _ in 0..requests {
        // A wrong length may swallow all that follows: do not stay with it for long.
        if open && random.below(8) == 0 {
            bench.platform.closed(bench.now, ConnId(conn));
            open = false;
        }
        if !open {
            conn += 1;
            open = true;
            bench.open(conn, Peer::https());
        }
        let mut bytes = seeds[random.below(seeds.len())].clone();
        if random.below(3) != 0 {
            bytes = mutate(&mut random, bytes);
        }
        bench.now += random.next() % 2_000_000;
        let split = random.below(bytes.len());
        for piece in [&bytes[..split], &bytes[split..]] {
            bench.platform.input(bench.now, ConnId(conn), piece);
        }
        for action in bench.platform.take_actions() {
            assert!(open, "seed {seed}: an action after the close");
            match action {
                Action::Send { conn: to, bytes } => {
                    assert_eq!(to, ConnId(conn), "seed {seed}");
                    assert!(bytes.starts_with(b"HTTP/1.1 "), "seed {seed}");
                    bytes.hash(&mut digest);
                }
                Action::Close { conn: of } => {
                    assert_eq!(of, ConnId(conn), "seed {seed}");
                    open = false;
                }
            }
        }
        check_record(&bench, &token, seed);
        bench.platform.record_mut().clear();
    }
    let statistics = bench.platform.record().statistics();
    (digest.finish(), statistics.published, statistics.registrations)
}

/// One token for the whole run: each login makes a new one, which must not end it.
fn token_of(bench: &mut Bench) -> String {
    bench.platform.config_mut().http.one_token = false;
    bench.platform.config_mut().http.token_life_us = u64::MAX;
    let body_end = std::mem::take(&mut bench.platform.config_mut().http.body_end);
    let token = token(bench);
    bench.platform.config_mut().http.body_end = body_end;
    bench.platform.closed(0, ConnId(1));
    token
}

/// A message that counts came with this token.
fn check_record(bench: &Bench, token: &str, seed: u64) {
    for message in bench.platform.record().published(PRODUCT, DEVICE) {
        let head = &message.raw[..message.raw.len() - message.payload().len()];
        let head = String::from_utf8_lossy(head);
        assert!(
            head.contains(token) && head.contains(&format!("/topic{}", message.topic().expect("a topic"))),
            "{seed}"
        );
    }
}

#[test]
fn mutated_requests_never_break_the_platform() {
    let (_, published, registrations) = run(0x0005_EED1, REQUESTS);
    assert!(published > 2_000 && registrations > 1_000, "only {published} messages and {registrations} registrations");
}

#[test]
fn equal_seeds_do_equal_things() {
    assert_eq!(run(1, 1_000), run(1, 1_000));
    assert_ne!(run(1, 1_000).0, run(2, 1_000).0);
}
