//! What u-blox's modules refuse: for each command a wrong form, a wrong state, a wrong order, a broken limit, where there
//! is one.

mod bench;
mod refusals;
#[path = "ublox_refusals/table.rs"]
mod table;
mod ublox;

use bench::{Bench, running};
use refusals::{Before, ERROR, Kind, NOT_ALLOWED, assert_covered, commands, try_all};
use ublox::{OK, connected, enter, file, logged_in, ok, online, quiet, send};
use wanlink_emulator::{Options, Profile};

/// What the module has been through before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Start,
    RadioOff,
    NoSim,
    SimBusy,
    /// The internal profile is mapped, and the type of the context was never set.
    Bound,
    Online,
    /// Socket 0 is created.
    Opened,
    /// Socket 0 is connected.
    Connected,
    /// The file `f` is there, and it is no certificate.
    FileThere,
    LoggedIn,
    /// A publish waits for its PUBACK.
    Waiting,
    /// A request of HTTP profile 0 waits for its answer.
    Waits,
    /// Other models, running.
    R422,
    Lena,
    R410m,
}

type Refusal = refusals::Refusal<After>;

const TABLES: [&[Refusal]; 3] = [table::MODULE, table::INTERNET, table::SERVICES];

fn bench(after: After) -> Bench {
    const R5: &Profile = Profile::sara_r5();
    match after {
        After::Start => Before::Start.bench(R5),
        After::RadioOff => Before::RadioOff.bench(R5),
        After::NoSim => Before::NoSim.bench(R5),
        After::SimBusy => Before::SimBusy.bench(R5),
        After::Bound => {
            let mut bench = quiet(R5, running());
            ok(&mut bench, "AT+UPSD=0,0,0");
            ok(&mut bench, "AT+UPSD=0,100,1");
            bench
        }
        After::Online => online(R5, running()),
        After::Opened => {
            let mut bench = online(R5, running());
            send(&mut bench, "AT+USOCR=6");
            bench
        }
        After::Connected => connected(R5, running()),
        After::FileThere => {
            let mut bench = quiet(R5, running());
            ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
            file(&mut bench, "f", b"x");
            bench
        }
        After::LoggedIn => logged_in(R5, running()),
        After::Waiting => {
            let mut bench = logged_in(R5, running());
            bench.broker.mute = true;
            assert_eq!(enter(&mut bench, "AT+UMQTTC=9,1,0,\"t\",1", ">", b"x"), OK);
            bench
        }
        After::Waits => {
            let mut bench = online(R5, running());
            bench.broker.raw = true;
            ok(&mut bench, "AT+UHTTP=0,1,\"h\"");
            ok(&mut bench, "AT+UHTTPC=0,1,\"/\",\"a\"");
            bench
        }
        After::R422 => quiet(Profile::sara_r422(), running()),
        After::Lena => quiet(Profile::lena_r8(), running()),
        After::R410m => quiet(Profile::sara_r410m(), running()),
    }
}

#[test]
fn every_refusal_of_the_tables() {
    TABLES.into_iter().for_each(|table| try_all("sara-r5", table, bench));
}

#[test]
fn every_command_that_is_known_has_a_refusal() {
    let refused: Vec<_> = TABLES.into_iter().flat_map(commands).collect();
    for after in [After::Start, After::R422, After::R410m] {
        assert_covered(&bench(after), &refused);
    }
}

#[test]
fn texts_and_lines_have_limits() {
    let long = |count: usize| "x".repeat(count);
    let cases = [
        (After::Start, format!("AT+UMQTT=0,\"{}\"", long(256)), "OK"),
        (After::Start, format!("AT+UMQTT=0,\"{}\"", long(257)), ERROR),
        (After::Start, format!("AT+UMQTT=2,\"{}\"", long(128)), "OK"),
        (After::Start, format!("AT+UMQTT=2,\"{}\"", long(129)), ERROR),
        (After::Start, format!("AT+UMQTT=4,\"{}\",\"{}\"", long(512), long(512)), "OK"),
        (After::Start, format!("AT+UMQTT=4,\"{}\",\"p\"", long(513)), ERROR),
        (After::Start, format!("AT+UMQTT=4,\"u\",\"{}\"", long(513)), ERROR),
        (After::Start, format!("AT+UMQTT=8,\"{}\"", long(257)), ERROR),
        (After::Start, format!("AT+UMQTT=9,\"{}\"", long(257)), ERROR),
        (After::LoggedIn, format!("AT+UMQTTC=4,0,\"{}\"", long(256)), "OK"),
        (After::LoggedIn, format!("AT+UMQTTC=4,0,\"{}\"", long(257)), ERROR),
        (After::LoggedIn, format!("AT+UMQTTC=9,0,0,\"{}\",1", long(257)), ERROR),
        (After::LoggedIn, "AT+UMQTTC=9,0,0,\"t\",1024".to_owned(), ">"),
        (After::LoggedIn, format!("AT+UMQTTC=2,0,0,0,\"t\",\"{}\"", long(1_024)), "OK"),
        (After::LoggedIn, format!("AT+UMQTTC=2,0,0,0,\"t\",\"{}\"", long(1_025)), ERROR),
        (After::Connected, format!("AT+USOWR=0,512,\"{}\"", long(512)), "+USOWR: 0,512"),
        (After::Connected, format!("AT+USOWR=0,513,\"{}\"", long(513)), ERROR),
        (After::Connected, "AT+USOWR=0,1024".to_owned(), "@"),
        (After::Start, format!("AT+USECPRF=0,10,\"{}\"", long(128)), "OK"),
        (After::Start, format!("AT+USECPRF=0,10,\"{}\"", long(129)), ERROR),
        (After::Start, format!("AT+USECMNG=0,0,\"{}\",1", long(200)), ">"),
        (After::Start, format!("AT+USECMNG=0,0,\"{}\",1", long(201)), ERROR),
        (After::Start, format!("AT+UHTTP=0,1,\"{}\"", long(1_024)), "OK"),
        (After::Start, format!("AT+UHTTP=0,1,\"{}\"", long(1_025)), ERROR),
        (After::FileThere, format!("AT+UHTTPC=0,5,\"/\",\"a\",\"{}\",0", long(129)), ERROR),
        (After::R410m, format!("AT+UMQTT=4,\"{}\",\"{}\"", long(30), long(30)), "+UMQTT: 4,1"),
        (After::R410m, format!("AT+UMQTT=4,\"{}\",\"p\"", long(31)), "+UMQTT: 4,0"),
        (After::R410m, format!("AT+UMQTT=0,\"{}\"", long(129)), "+UMQTT: 0,0"),
        (After::Start, format!("AT{}", long(3_000)), "+CME ERROR: 1650"),
    ];
    for (after, command, answer) in cases {
        let got = send(&mut bench(after), &command);
        assert!(got.trim_start().starts_with(answer), "{} bytes of {}: {got:?}", command.len(), &command[..20]);
    }
}

/// "R41x: 23 or 128 by source" (ublox-at 3).
#[test]
fn a_client_id_may_have_to_be_shorter() {
    let mut bench = quiet(Profile::sara_r410m(), Options { client_id_limit: Some(23), ..running() });
    let long = format!("AT+UMQTT=0,\"{}\"", "x".repeat(24));
    assert_eq!(send(&mut bench, &long), "\r\n+UMQTT: 0,0\r\r\n\r\nOK\r\n");
}
