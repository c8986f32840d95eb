//! What a BG95 refuses: for each command a wrong form, a wrong state, a wrong order, a broken limit, where there is one.

mod bench;
#[path = "refusals/http.rs"]
mod http;
#[path = "refusals/internet.rs"]
mod internet;
#[path = "refusals/module.rs"]
mod module;
#[path = "refusals/mqtt.rs"]
mod mqtt;

use std::collections::BTreeMap;

use bench::{Bench, SECOND, running};
use wanlink_emulator::{Options, SimCard};

/// What the module has been through before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Start,
    RadioOff,
    NoCoverage,
    NoSim,
    SimBusy,
    PinAsked,
    PukAsked,
    /// Socket 0 is connected.
    Socket,
    /// The other end has closed socket 0.
    SocketClosed,
    /// Socket 0 is connected, in push mode.
    Pushed,
    /// TLS socket 0 waits for its connection.
    TlsOpening,
    /// The file `ca.pem` is there.
    FileThere,
    Online,
    ContextLost,
    Open,
    Connected,
    /// A publish with id 7 waits for its PUBACK.
    Waiting,
    /// A URL is there.
    UrlSet,
    /// A GET waits for its answer.
    Waits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Form,
    State,
    Order,
    Limit,
}

use After::{
    Connected, ContextLost, FileThere, NoCoverage, NoSim, Online, Open, PinAsked, PukAsked, Pushed, RadioOff, SimBusy,
    Socket, SocketClosed, Start, TlsOpening, UrlSet, Waiting, Waits,
};

const ERROR: &str = "ERROR";

/// What was before, the command, the answer, what is wrong.
type Refusal = (After, &'static str, &'static str, Kind);

const TABLES: [&[Refusal]; 4] = [module::TABLE, internet::TABLE, mqtt::TABLE, http::TABLE];

fn bench(after: After) -> Bench {
    let sim = |card: SimCard| Bench::quiet(Options { sim: card, ..running() });
    match after {
        Start => Bench::quiet(running()),
        RadioOff => {
            let mut bench = Bench::quiet(running());
            bench.send("AT+CFUN=0");
            bench.wait(SECOND);
            bench
        }
        NoCoverage => {
            let mut bench = Bench::quiet(running());
            bench.send("AT+QICSGP=1,1,\"cmnet\"");
            bench.emulator.lose_network();
            bench
        }
        NoSim => sim(SimCard { inserted: false, ..SimCard::default() }),
        SimBusy => {
            let card = SimCard { busy_us: 60 * SECOND, ..SimCard::default() };
            let mut bench = sim(card);
            bench.emulator.sim_in();
            bench
        }
        PinAsked => sim(SimCard { pin: Some("1234".into()), ..SimCard::default() }),
        PukAsked => {
            let mut bench = bench(PinAsked);
            for expected in ["16", "16", "12"] {
                assert_eq!(bench.send("AT+CPIN=\"0000\""), format!("\r\n+CME ERROR: {expected}\r\n"));
            }
            bench
        }
        Socket => {
            let mut bench = Bench::online(running());
            assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
            bench
        }
        SocketClosed => {
            let mut bench = bench(Socket);
            let now = bench.now_us;
            bench.broker.hang_up(now);
            assert_eq!(bench.wait(0), "\r\n+QIURC: \"closed\",0\r\n");
            bench
        }
        Pushed => {
            let mut bench = Bench::online(running());
            assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
            bench
        }
        TlsOpening => {
            let mut bench = Bench::online(running());
            bench.broker.deaf = true;
            assert!(bench.send("AT+QSSLOPEN=1,2,0,\"h\",1").starts_with("\r\nOK\r\n"));
            bench
        }
        FileThere => {
            let mut bench = Bench::quiet(running());
            assert!(bench.emulator.put_file("ca.pem", b"x"));
            bench
        }
        Online => Bench::online(running()),
        ContextLost => {
            let mut bench = Bench::online(running());
            bench.emulator.lose_context(1);
            assert_eq!(bench.wait(0), "\r\n+QIURC: \"pdpdeact\",1\r\n");
            bench
        }
        Open => Bench::open(running()),
        Connected => Bench::connected(running()),
        Waiting => {
            let mut bench = Bench::connected(running());
            bench.broker.mute = true;
            bench.send("AT+QMTPUB=0,7,1,0,\"t\",1");
            bench.raw(b"x");
            assert_eq!(bench.wait(SECOND), "\r\nOK\r\n");
            bench
        }
        UrlSet => {
            let mut bench = Bench::online(running());
            assert_eq!(bench.send("AT+QHTTPURL=8"), "\r\nCONNECT\r\n");
            bench.raw(b"http://h");
            assert_eq!(bench.wait(SECOND), "\r\nOK\r\n");
            bench
        }
        Waits => {
            let mut bench = bench(UrlSet);
            bench.broker.raw = true;
            assert_eq!(bench.send("AT+QHTTPGET"), "\r\nOK\r\n");
            bench
        }
    }
}

#[test]
fn every_refusal_of_the_table() {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for &(after, command, answer, kind) in TABLES.into_iter().flatten() {
        let mut bench = bench(after);
        bench.raw(format!("{command}\r").as_bytes());
        let expected: String = answer.split('|').map(|line| format!("\r\n{line}\r\n")).collect();
        // Blocking commands answer within three seconds.
        assert_eq!(bench.wait(3 * SECOND), expected, "{kind:?}: {command} after {after:?}");
        *counts.entry(kind).or_default() += 1;
    }
    println!("{} refusals: {counts:?}", counts.values().sum::<usize>());
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    for name in Bench::new(running()).emulator.commands() {
        let named = |command: &str| {
            let rest = command.strip_prefix(&name)?.chars().next();
            Some(rest.is_none_or(|next| !next.is_ascii_alphabetic()))
        };
        assert!(
            TABLES.into_iter().flatten().any(|entry| named(entry.1) == Some(true)),
            "{name} has no line in the table"
        );
    }
}

#[test]
fn texts_and_lines_have_limits() {
    let long = |count: usize| "x".repeat(count);
    let cases = [
        (Online, format!("AT+QMTOPEN=0,\"{}\",1883", long(100)), "OK"),
        (Online, format!("AT+QMTOPEN=0,\"{}\",1883", long(101)), ERROR),
        (Connected, format!("AT+QMTSUB=0,1,\"{}\",1", long(255)), "OK"),
        (Connected, format!("AT+QMTSUB=0,1,\"{}\",1", long(256)), ERROR),
        (Connected, format!("AT+QMTUNS=0,1,\"{}\"", long(256)), ERROR),
        (Connected, format!("AT+QMTPUB=0,1,1,0,\"{}\",5", long(255)), ">"),
        (Connected, format!("AT+QMTPUB=0,1,1,0,\"{}\",5", long(256)), ERROR),
        (Connected, format!("AT+QMTPUBEX=0,1,1,0,\"t\",\"{}\"", long(4096)), "OK"),
        (Connected, format!("AT+QMTPUBEX=0,1,1,0,\"t\",\"{}\"", long(4097)), ERROR),
        (Start, format!("AT+QICSGP=1,1,\"a\",\"{}\",\"p\"", long(127)), "OK"),
        (Start, format!("AT+QICSGP=1,1,\"a\",\"{}\",\"p\"", long(128)), ERROR),
        (Start, format!("AT+QICSGP=1,1,\"a\",\"u\",\"{}\"", long(128)), ERROR),
        (Start, format!("AT+QICSGP=1,1,\"{}\"", long(101)), ERROR),
        (Start, format!("AT+QFUPL=\"{}\",1", long(80)), "CONNECT"),
        (Start, format!("AT+QFUPL=\"{}\",1", long(81)), "+CME ERROR: 406"),
        (Start, "AT+QHTTPURL=700".to_owned(), "CONNECT"),
        (UrlSet, "AT+QHTTPPOST=1024000".to_owned(), "CONNECT"),
        (Start, format!("AT{}", long(5000)), ERROR),
    ];
    for (after, command, answer) in cases {
        let mut bench = bench(after);
        let got = bench.send(&command);
        assert!(got.trim_start().starts_with(answer), "{} bytes of {}: {got:?}", command.len(), &command[..20]);
    }
}

#[test]
fn at_most_five_publishes_wait() {
    let mut bench = bench(Connected);
    bench.broker.mute = true;
    for id in 1..=5 {
        assert_eq!(bench.send(&format!("AT+QMTPUBEX=0,{id},1,0,\"t\",\"x\"")), "\r\nOK\r\n");
    }
    assert_eq!(bench.send("AT+QMTPUBEX=0,6,1,0,\"t\",\"x\""), "\r\nERROR\r\n");
    assert_eq!(bench.emulator.mqtt(0).unwrap().in_flight, [1, 2, 3, 4, 5]);
}
