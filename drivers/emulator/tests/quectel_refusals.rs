//! What Quectel's modules refuse: for each command a wrong form, a wrong state, a wrong order, a broken limit, where there is one.

mod bench;
#[path = "quectel_refusals/groups.rs"]
mod groups;
#[path = "quectel_refusals/http.rs"]
mod http;
#[path = "quectel_refusals/internet.rs"]
mod internet;
#[path = "quectel_refusals/module.rs"]
mod module;
#[path = "quectel_refusals/mqtt.rs"]
mod mqtt;
mod refusals;

use bench::{Bench, SECOND, running};
use refusals::{Before, ERROR, Kind, assert_covered, commands, try_all};
use wanlink_emulator::Profile;

/// What the module has been through before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Start,
    NoSim,
    SimBusy,
    NoCoverage,
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

use After::{
    Connected, ContextLost, FileThere, NoCoverage, NoSim, Online, Open, Pushed, SimBusy, Socket, SocketClosed, Start,
    TlsOpening, UrlSet, Waiting, Waits,
};

type Refusal = refusals::Refusal<After>;

const TABLES: [&[Refusal]; 4] = [module::TABLE, internet::TABLE, mqtt::TABLE, http::TABLE];

/// Every model, and the tables of its group.
fn models() -> [(&'static Profile, Vec<&'static [Refusal]>); 3] {
    [
        (Profile::bg95(), vec![groups::LPWA]),
        (Profile::ec25(), vec![groups::QC_AND_UA, groups::QC]),
        (Profile::ec200u(), vec![groups::QC_AND_UA, groups::UA]),
    ]
}

fn bench(after: After) -> Bench {
    bench_of(Profile::bg95(), after)
}

fn bench_of(profile: &'static Profile, after: After) -> Bench {
    let before = |before: Before| before.bench(profile);
    match after {
        Start => before(Before::Start),
        NoSim => before(Before::NoSim),
        SimBusy => before(Before::SimBusy),
        NoCoverage => {
            let mut bench = Bench::quiet_of(profile, running());
            bench.send("AT+QICSGP=1,1,\"cmnet\"");
            bench.emulator.lose_network();
            bench
        }
        Socket => {
            let mut bench = Bench::online_of(profile, running());
            assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
            bench
        }
        SocketClosed => {
            let mut bench = bench_of(profile, Socket);
            let now = bench.now_us;
            bench.broker.hang_up(now);
            assert_eq!(bench.wait(0), "\r\n+QIURC: \"closed\",0\r\n");
            bench
        }
        Pushed => {
            let mut bench = Bench::online_of(profile, running());
            assert!(bench.send("AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,1").ends_with("\r\n+QIOPEN: 0,0\r\n"));
            bench
        }
        TlsOpening => {
            let mut bench = Bench::online_of(profile, running());
            bench.broker.deaf = true;
            assert!(bench.send("AT+QSSLOPEN=1,2,0,\"h\",1").starts_with("\r\nOK\r\n"));
            bench
        }
        FileThere => {
            let mut bench = Bench::quiet_of(profile, running());
            assert!(bench.emulator.put_file("ca.pem", b"x"));
            bench
        }
        Online => Bench::online_of(profile, running()),
        ContextLost => {
            let mut bench = Bench::online_of(profile, running());
            bench.emulator.lose_context(1);
            assert_eq!(bench.wait(0), "\r\n+QIURC: \"pdpdeact\",1\r\n");
            bench
        }
        Open => Bench::open_of(profile, running()),
        Connected => Bench::connected_of(profile, running()),
        Waiting => {
            let mut bench = Bench::connected_of(profile, running());
            bench.broker.mute = true;
            let command = if profile.name == "bg95" { "QMTPUB" } else { "QMTPUBEX" };
            bench.send(&format!("AT+{command}=0,7,1,0,\"t\",1"));
            bench.raw(b"x");
            assert_eq!(bench.wait(SECOND), "\r\nOK\r\n");
            bench
        }
        UrlSet => {
            let mut bench = Bench::online_of(profile, running());
            assert_eq!(bench.send("AT+QHTTPURL=8"), "\r\nCONNECT\r\n");
            bench.raw(b"http://h");
            assert_eq!(bench.wait(SECOND), "\r\nOK\r\n");
            bench
        }
        Waits => {
            let mut bench = bench_of(profile, UrlSet);
            bench.broker.raw = true;
            assert_eq!(bench.send("AT+QHTTPGET"), "\r\nOK\r\n");
            bench
        }
    }
}

#[test]
fn every_refusal_of_the_tables() {
    for (profile, of_group) in models() {
        for table in TABLES.into_iter().chain(of_group) {
            try_all(profile.name, table, |after| bench_of(profile, after));
        }
    }
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    for (profile, of_group) in models() {
        let refused: Vec<_> = TABLES.into_iter().chain(of_group).flat_map(commands).collect();
        assert_covered(&bench_of(profile, Start), &refused);
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
        (Start, format!("AT+QMTCFG=\"aliauth\",0,\"{0}\",\"{0}\",\"{0}\"", long(64)), "OK"),
        (Start, format!("AT+QMTCFG=\"aliauth\",0,\"pk\",\"dn\",\"{}\"", long(65)), ERROR),
        (Start, format!("AT{}", long(5000)), ERROR),
    ];
    for (after, command, answer) in cases {
        let mut bench = bench(after);
        let got = bench.send(&command);
        assert!(got.trim_start().starts_with(answer), "{} bytes of {}: {got:?}", command.len(), &command[..20]);
    }
}

#[test]
fn an_ec200u_has_limits_of_its_own() {
    let long = |count: usize| "x".repeat(count);
    for (after, command, answer) in [
        (Open, format!("AT+QMTCONN=0,\"{}\"", long(256)), "OK"),
        (Open, format!("AT+QMTCONN=0,\"{}\"", long(257)), ERROR),
        (Open, format!("AT+QMTCONN=0,\"id\",\"{0}\",\"{0}\"", long(256)), "OK"),
        (Open, format!("AT+QMTCONN=0,\"id\",\"u\",\"{}\"", long(257)), ERROR),
        (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\",4096".to_owned(), ">"),
        (Start, "AT+QHTTPURL=2048".to_owned(), "CONNECT"),
        (Start, "AT+QICSGP=7,1,\"a\"".to_owned(), "OK"),
    ] {
        let got = bench_of(Profile::ec200u(), after).send(&command);
        assert!(got.trim_start().starts_with(answer), "{} bytes of {}: {got:?}", command.len(), &command[..14]);
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
