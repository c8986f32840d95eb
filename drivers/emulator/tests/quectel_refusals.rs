//! What a BG95 refuses: for each command a wrong form, a wrong state, a wrong order, a broken limit, where there is one.

mod bench;

use std::collections::BTreeMap;

use bench::{Bench, SECOND, running};
use wanlink_emulator::{Emulator, Options, SimCard};

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
    /// The file `ca.pem` is there.
    FileThere,
    Online,
    ContextLost,
    Open,
    Connected,
    /// A publish with id 7 waits for its PUBACK.
    Waiting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Form,
    State,
    Order,
    Limit,
}

use After::{
    Connected, ContextLost, FileThere, NoCoverage, NoSim, Online, Open, PinAsked, PukAsked, RadioOff, SimBusy, Socket,
    SocketClosed, Start, Waiting,
};
use Kind::{Form, Limit, Order, State};

const ERROR: &str = "ERROR";

/// What was before, the command, the answer, what is wrong.
const TABLE: &[(After, &str, &str, Kind)] = &[
    (Start, "AT+NOSUCH", ERROR, Form),
    (Start, "AT+NOSUCH?", ERROR, Form),
    (Start, "HELLO", ERROR, Form),
    (Start, "ATX4", ERROR, Form),
    (Start, "ATE2", ERROR, Limit),
    (Start, "ATV2", ERROR, Limit),
    (Start, "ATQ2", ERROR, Limit),
    (Start, "AT&D3", ERROR, Limit),
    (Start, "AT&C3", ERROR, Limit),
    (Start, "AT&W1", ERROR, Limit),
    (Start, "AT&F1", ERROR, Limit),
    (Start, "ATI7", ERROR, Limit),
    (Start, "AT+CMEE=3", ERROR, Limit),
    (Start, "AT+CMEE", ERROR, Form),
    (Start, "AT+CMEE=\"1\"", ERROR, Form),
    (Start, "AT+IFC=1,1", ERROR, Limit),
    (Start, "AT+IFC=2", ERROR, Form),
    (Start, "AT+IPR=12345", ERROR, Limit),
    (Start, "AT+IPR", ERROR, Form),
    (Start, "AT+QURCCFG=\"urcport\",\"uart9\"", ERROR, Limit),
    (Start, "AT+QURCCFG=\"nosuch\"", ERROR, Form),
    (Start, "AT+QURCCFG", ERROR, Form),
    (Start, "AT+QSCLK=3", ERROR, Limit),
    (Start, "AT+QSCLK", ERROR, Form),
    (Start, "AT+QCFG=band", ERROR, Form),
    (Start, "AT+QCFG=\"nosuch\"", ERROR, Form),
    (Start, "AT+QCFG=\"iotopmode\",x", ERROR, Form),
    (Start, "AT+QPOWD=2", ERROR, Limit),
    (Start, "AT+QPOWD?", ERROR, Form),
    (Start, "AT+CFUN=2", ERROR, Limit),
    (Start, "AT+CFUN=0,1", ERROR, Limit),
    (Start, "AT+CFUN", ERROR, Form),
    (Start, "AT+CPSMS=2", ERROR, Limit),
    (Start, "AT+CPSMS=1,,,\"102\"", ERROR, Limit),
    (Start, "AT+CEDRXS=4", ERROR, Limit),
    (Start, "AT+CEDRXS=1,3,\"0101\"", ERROR, Limit),
    (Start, "AT+CGMI?", ERROR, Form),
    (Start, "AT+GMI?", ERROR, Form),
    (Start, "AT+CGMM?", ERROR, Form),
    (Start, "AT+GMM?", ERROR, Form),
    (Start, "AT+CGMR?", ERROR, Form),
    (Start, "AT+GMR?", ERROR, Form),
    (Start, "AT+QGMR?", ERROR, Form),
    (Start, "AT+GSN?", ERROR, Form),
    (Start, "AT+CGSN?", ERROR, Form),
    (Start, "AT+CPIN=\"1234\"", "+CME ERROR: 3", State),
    (Start, "AT+CPIN=\"123\"", ERROR, Limit),
    (Start, "AT+CPIN=\"123456789\"", ERROR, Limit),
    (Start, "AT+CPIN=\"12ab\"", ERROR, Limit),
    (Start, "AT+CPIN", ERROR, Form),
    (NoSim, "AT+CPIN?", "+CME ERROR: 10", State),
    (NoSim, "AT+CPIN=\"1234\"", "+CME ERROR: 10", State),
    (SimBusy, "AT+CPIN?", "+CME ERROR: 14", State),
    (SimBusy, "AT+CPIN=\"1234\"", "+CME ERROR: 14", State),
    (PinAsked, "AT+CPIN=\"9999\"", "+CME ERROR: 16", Limit),
    (PinAsked, "AT+CPIN=\"12345678\",\"1234\"", ERROR, Order),
    (PukAsked, "AT+CPIN=\"1234\"", "+CME ERROR: 12", Order),
    (PukAsked, "AT+CPIN=\"00000000\",\"1234\"", "+CME ERROR: 16", Limit),
    (NoSim, "AT+CIMI", "+CME ERROR: 10", State),
    (PinAsked, "AT+CIMI", "+CME ERROR: 11", State),
    (PukAsked, "AT+CIMI", "+CME ERROR: 12", State),
    (SimBusy, "AT+CIMI", "+CME ERROR: 14", State),
    (Start, "AT+CIMI?", ERROR, Form),
    (NoSim, "AT+QCCID", "+CME ERROR: 10", State),
    (SimBusy, "AT+QCCID", "+CME ERROR: 14", State),
    (NoSim, "AT+CCID", "+CME ERROR: 10", State),
    (Start, "AT+QCCID?", ERROR, Form),
    (Start, "AT+QSIMSTAT=1,1", ERROR, Form),
    (Start, "AT+CREG=3", ERROR, Limit),
    (Start, "AT+CREG", ERROR, Form),
    (Start, "AT+CGREG=4", ERROR, Limit),
    (Start, "AT+CEREG=3", ERROR, Limit),
    (Start, "AT+CEREG=5", ERROR, Limit),
    (Start, "AT+CEREG=2,1", ERROR, Form),
    (Start, "AT+CGATT=2", ERROR, Limit),
    (NoSim, "AT+CGATT=1", "+CME ERROR: 10", State),
    (NoCoverage, "AT+CGATT=1", "+CME ERROR: 30", State),
    (RadioOff, "AT+CGATT=1", "+CME ERROR: 30", State),
    (Start, "AT+COPS=4", ERROR, Limit),
    (Start, "AT+COPS=1", ERROR, Form),
    (Start, "AT+COPS", ERROR, Form),
    (NoSim, "AT+COPS=0", "+CME ERROR: 10", State),
    (PinAsked, "AT+COPS=?", "+CME ERROR: 11", State),
    (RadioOff, "AT+COPS=0", "+CME ERROR: 3", State),
    (NoCoverage, "AT+COPS=0", "+CME ERROR: 30", State),
    (Start, "AT+CSQ?", ERROR, Form),
    (Start, "AT+QCSQ?", ERROR, Form),
    (Start, "AT+CESQ?", ERROR, Form),
    (Start, "AT+QNWINFO=1", ERROR, Form),
    (Start, "AT+CGDCONT=17,\"IP\",\"a\"", ERROR, Limit),
    (Start, "AT+CGDCONT=0,\"IP\",\"a\"", ERROR, Limit),
    (Start, "AT+CGDCONT=1,\"PPP\",\"a\"", ERROR, Limit),
    (Start, "AT+CGDCONT=1,IP,a", ERROR, Form),
    (Start, "AT+QICSGP=17", ERROR, Limit),
    (Start, "AT+QICSGP=1,4,\"a\"", ERROR, Limit),
    (Start, "AT+QICSGP=1,1,\"a\",\"u\",\"p\",4", ERROR, Limit),
    (Start, "AT+QICSGP=1,1,\"a\",\"u\"", ERROR, Form),
    (Start, "AT+QICSGP?", ERROR, Form),
    (Start, "AT+QIACT=1", ERROR, Order),
    (Start, "AT+QIACT=17", ERROR, Limit),
    (Start, "AT+QIACT=0", ERROR, Limit),
    (Start, "AT+QIACT", ERROR, Form),
    (Online, "AT+QIACT=1", ERROR, State),
    (ContextLost, "AT+QIACT=1", ERROR, Order),
    (NoSim, "AT+QIACT=1", ERROR, State),
    (NoCoverage, "AT+QIACT=1", ERROR, State),
    (Start, "AT+QIDEACT=17", ERROR, Limit),
    (Start, "AT+QIDEACT", ERROR, Form),
    (NoCoverage, "AT+CGACT=1,1", "+CME ERROR: 30", State),
    (Start, "AT+CGACT=2,1", ERROR, Limit),
    (Start, "AT+CGPADDR=17", ERROR, Limit),
    (Start, "AT+CGPADDR?", ERROR, Form),
    (Start, "AT+QIDNSCFG=1", ERROR, State),
    (Online, "AT+QIDNSCFG=17", ERROR, Limit),
    (Start, "AT+QIGETERROR?", ERROR, Form),
    (Start, "AT+CCLK=\"26/13/01,00:00:00+32\"", ERROR, Limit),
    (Start, "AT+CCLK=\"2026/01/01,00:00:00+32\"", ERROR, Form),
    (Start, "AT+CTZU=2", ERROR, Limit),
    (Start, "AT+CTZU", ERROR, Form),
    (Start, "AT+QLTS=3", ERROR, Limit),
    (Start, "AT+QLTS?", ERROR, Form),
    (Start, "AT+QNTP=1,\"pool.ntp.org\"", ERROR, State),
    (Online, "AT+QNTP=1", ERROR, Form),
    (Online, "AT+QNTP=1,\"pool.ntp.org\",70000", ERROR, Limit),
    (Start, "AT+QIDNSGIP=1,\"h\"", ERROR, Order),
    (Online, "AT+QIDNSGIP=1", ERROR, Form),
    (Online, "AT+QIDNSGIP=1,h", ERROR, Form),
    (Online, "AT+QIDNSGIP=17,\"h\"", ERROR, Limit),
    (Online, "AT+QIDNSGIP=2,\"h\"", ERROR, State),
    (Online, "AT+QIDNSGIP?", ERROR, Form),
    (Online, "AT+QIOPEN", ERROR, Form),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\"", ERROR, Form),
    (Online, "AT+QIOPEN=1,0,TCP,\"h\",1", ERROR, Form),
    (Online, "AT+QIOPEN=1,0,\"UDP\",\"h\",1", ERROR, Limit),
    (Online, "AT+QIOPEN=1,12,\"TCP\",\"h\",1", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",65536", ERROR, Limit),
    (Online, "AT+QIOPEN=1,0,\"TCP\",\"h\",1,0,1", ERROR, Limit),
    (Start, "AT+QIOPEN=1,0,\"TCP\",\"h\",1", "OK|+QIOPEN: 0,561", Order),
    (Socket, "AT+QIOPEN=1,0,\"TCP\",\"h\",1", "OK|+QIOPEN: 0,563", State),
    (SocketClosed, "AT+QIOPEN=1,0,\"TCP\",\"h\",1", "OK|+QIOPEN: 0,563", Order),
    (Online, "AT+QISEND", ERROR, Form),
    (Online, "AT+QISEND=0,1", ERROR, State),
    (SocketClosed, "AT+QISEND=0,1", ERROR, State),
    (Socket, "AT+QISEND=0,1461", ERROR, Limit),
    (Socket, "AT+QISEND=12,1", ERROR, Limit),
    (Online, "AT+QIRD", ERROR, Form),
    (Online, "AT+QIRD=0", ERROR, State),
    (Socket, "AT+QIRD=0,1501", ERROR, Limit),
    (Socket, "AT+QIRD=12", ERROR, Limit),
    (Online, "AT+QICLOSE", ERROR, Form),
    (Online, "AT+QICLOSE=12", ERROR, Limit),
    (Online, "AT+QICLOSE=0,65536", ERROR, Limit),
    (Online, "AT+QISTATE=1", ERROR, Form),
    (Online, "AT+QISTATE=2,0", ERROR, Limit),
    (Start, "AT+QFUPL", ERROR, Form),
    (Start, "AT+QFUPL=ca.pem,10", ERROR, Form),
    (Start, "AT+QFUPL=\"ca.pem\",0", ERROR, Limit),
    (Start, "AT+QFUPL=\"ca.pem\",10,0", ERROR, Limit),
    (Start, "AT+QFUPL=\"ca.pem\",10,65536", ERROR, Limit),
    (Start, "AT+QFUPL=\"ca.pem\",10,5,2", ERROR, Limit),
    (Start, "AT+QFUPL=\"ca.pem\",3776513", "+CME ERROR: 420", Limit),
    (Start, "AT+QFUPL=\"\",10", "+CME ERROR: 406", Form),
    (Start, "AT+QFUPL=\"SD:ca.pem\",10", "+CME ERROR: 406", Form),
    (FileThere, "AT+QFUPL=\"ca.pem\",10", "+CME ERROR: 407", State),
    (FileThere, "AT+QFUPL=\"UFS:ca.pem\",10", "+CME ERROR: 407", State),
    (Start, "AT+QFLST=ca.pem", ERROR, Form),
    (Start, "AT+QFLST?", ERROR, Form),
    (Start, "AT+QFLST=\"ca.pem\"", "+CME ERROR: 405", State),
    (Start, "AT+QFDEL", ERROR, Form),
    (Start, "AT+QFDEL=\"ca.pem\"", "+CME ERROR: 405", State),
    (FileThere, "AT+QFDEL=\"CA.PEM\"", "+CME ERROR: 405", State),
    (Start, "AT+QFLDS", ERROR, Form),
    (Start, "AT+QFLDS=\"SD\"", ERROR, Limit),
    (Start, "AT+QSSLCFG", ERROR, Form),
    (Start, "AT+QSSLCFG=\"nosuch\",0", ERROR, Form),
    (Start, "AT+QSSLCFG=sni,0,1", ERROR, Form),
    (Start, "AT+QSSLCFG=\"sni\",6,1", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"sni\",0,2", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"sni\",0,\"host\"", ERROR, Form),
    (Start, "AT+QSSLCFG=\"sni\",0,1,1", ERROR, Form),
    (Start, "AT+QSSLCFG=\"checkhost\",0,2", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"sslversion\",0,5", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"ciphersuite\",0,\"0XFFFF\"", ERROR, Form),
    (Start, "AT+QSSLCFG=\"ciphersuite\",0,0X10000", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"seclevel\",0,3", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"ignorelocaltime\",0,2", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"negotiatetime\",0,9", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"negotiatetime\",0,301", ERROR, Limit),
    (Start, "AT+QSSLCFG=\"cacert\",0,ca.pem", ERROR, Form),
    (Start, "AT+QSSLCFG=\"cacert\",0,\"SD:ca.pem\"", ERROR, Form),
    (Start, "AT+QMTCFG=\"nosuch\",0", ERROR, Form),
    (Start, "AT+QMTCFG=\"dataformat\",0,1,1", ERROR, Form),
    (Start, "AT+QMTCFG=\"send/mode\",0,0", ERROR, Form),
    (Start, "AT+QMTCFG=version,0,4", ERROR, Form),
    (Start, "AT+QMTCFG=\"version\",6,4", ERROR, Limit),
    (Start, "AT+QMTCFG=\"version\",0,5", ERROR, Limit),
    (Start, "AT+QMTCFG=\"pdpcid\",0,17", ERROR, Limit),
    (Start, "AT+QMTCFG=\"ssl\",0,1,6", ERROR, Limit),
    (Start, "AT+QMTCFG=\"keepalive\",0,3601", ERROR, Limit),
    (Start, "AT+QMTCFG=\"session\",0,2", ERROR, Limit),
    (Start, "AT+QMTCFG=\"timeout\",0,61,3,0", ERROR, Limit),
    (Start, "AT+QMTCFG=\"timeout\",0,10,11,0", ERROR, Limit),
    (Start, "AT+QMTCFG=\"will\",0,1,0,0,\"t\"", ERROR, Form),
    (Start, "AT+QMTCFG=\"recv/mode\",0,2", ERROR, Limit),
    (Open, "AT+QMTCFG=\"keepalive\",0,60", ERROR, Order),
    (Connected, "AT+QMTCFG=\"keepalive\",0,60", ERROR, Order),
    (Start, "AT+QMTOPEN=6,\"h\",1883", ERROR, Limit),
    (Start, "AT+QMTOPEN=0,\"h\",0", ERROR, Limit),
    (Start, "AT+QMTOPEN=0,\"h\",65536", ERROR, Limit),
    (Start, "AT+QMTOPEN=0,\"h\",\"1883\"", ERROR, Form),
    (Start, "AT+QMTOPEN=0,\"\",1883", ERROR, Form),
    (Start, "AT+QMTOPEN=0,h,1883", ERROR, Form),
    (Start, "AT+QMTOPEN", ERROR, Form),
    (Start, "AT+QMTOPEN=0,\"h\",1883", "OK|+QMTOPEN: 0,3", Order),
    (Open, "AT+QMTOPEN=0,\"h\",1883", "OK|+QMTOPEN: 0,2", State),
    (Connected, "AT+QMTOPEN=0,\"h\",1883", "OK|+QMTOPEN: 0,2", State),
    (Online, "AT+QMTCONN=0,\"id\"", ERROR, Order),
    (Connected, "AT+QMTCONN=0,\"id\"", ERROR, State),
    (Open, "AT+QMTCONN=0", ERROR, Form),
    (Open, "AT+QMTCONN=0,\"id\",,\"p\"", ERROR, Form),
    (Open, "AT+QMTCONN=6,\"id\"", ERROR, Limit),
    (Open, "AT+QMTCONN", ERROR, Form),
    (Online, "AT+QMTDISC=0", ERROR, State),
    (Open, "AT+QMTDISC=0", ERROR, Order),
    (Connected, "AT+QMTDISC=6", ERROR, Limit),
    (Connected, "AT+QMTDISC", ERROR, Form),
    (Online, "AT+QMTCLOSE=0", ERROR, State),
    (Open, "AT+QMTCLOSE=6", ERROR, Limit),
    (Open, "AT+QMTCLOSE=0,1", ERROR, Form),
    (Open, "AT+QMTSUB=0,1,\"t\",0", ERROR, Order),
    (Connected, "AT+QMTSUB=0,0,\"t\",0", ERROR, Limit),
    (Connected, "AT+QMTSUB=0,65536,\"t\",0", ERROR, Limit),
    (Connected, "AT+QMTSUB=0,1,\"t\",3", ERROR, Limit),
    (Connected, "AT+QMTSUB=0,1,\"t\"", ERROR, Form),
    (Connected, "AT+QMTSUB=0,1,\"t\",0,\"u\"", ERROR, Form),
    (Waiting, "AT+QMTSUB=0,7,\"t\",0", ERROR, State),
    (Open, "AT+QMTUNS=0,1,\"t\"", ERROR, Order),
    (Connected, "AT+QMTUNS=0,0,\"t\"", ERROR, Limit),
    (Connected, "AT+QMTUNS=0,1", ERROR, Form),
    (Open, "AT+QMTPUB=0,1,1,0,\"t\",5", ERROR, Order),
    (Online, "AT+QMTPUB=0,1,1,0,\"t\",5", ERROR, State),
    (Connected, "AT+QMTPUB=0,0,1,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,3,0,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,2,\"t\",5", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",0", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",4097", ERROR, Limit),
    (Connected, "AT+QMTPUB=0,1,1,0,\"\",5", ERROR, Form),
    (Connected, "AT+QMTPUB=0,1,1,0,\"t\",\"{\"a\":1}\"", ERROR, Form),
    (Waiting, "AT+QMTPUB=0,7,1,0,\"t\",5", ERROR, State),
    (Open, "AT+QMTPUBEX=0,1,1,0,\"t\",\"x\"", ERROR, Order),
    (Connected, "AT+QMTPUBEX=0,1,1,0,\"t\"", ERROR, Form),
    (Connected, "AT+QMTPUBEX=0,0,1,0,\"t\",\"x\"", ERROR, Limit),
    (Open, "AT+QMTRECV=0", ERROR, Order),
    (Connected, "AT+QMTRECV=0,5", ERROR, Limit),
    (Connected, "AT+QMTRECV", ERROR, Form),
];

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
    }
}

#[test]
fn every_refusal_of_the_table() {
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for &(after, command, answer, kind) in TABLE {
        let mut bench = bench(after);
        bench.raw(format!("{command}\r").as_bytes());
        let expected: String = answer.split('|').map(|line| format!("\r\n{line}\r\n")).collect();
        // Blocking commands answer within three seconds.
        assert_eq!(bench.wait(3 * SECOND), expected, "{kind:?}: {command} after {after:?}");
        *counts.entry(kind).or_default() += 1;
    }
    println!("{} refusals: {counts:?}", TABLE.len());
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    for name in Emulator::commands() {
        let named = |command: &str| {
            let rest = command.strip_prefix(&name)?.chars().next();
            Some(rest.is_none_or(|next| !next.is_ascii_alphabetic()))
        };
        assert!(TABLE.iter().any(|entry| named(entry.1) == Some(true)), "{name} has no line in the table");
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
