//! A module that is online and has a URL, and a web server behind it.

// Every test binary takes its own part of it.
#![allow(dead_code)]

use wanlink_emulator::{HttpOptions, HttpPhase, NetRequest, Options};

use super::bench::web::Web;
use super::bench::{Bench, MS, running};

pub(crate) fn with(http: HttpOptions) -> Options {
    Options { http, ..running() }
}

/// A module that is online and has a URL, and a server that answers nothing.
pub(crate) fn ready(http: HttpOptions) -> Bench {
    let mut bench = Bench::online(with(http));
    bench.broker.web = Some(Web::default());
    set_url(&mut bench, "http://web.example/a");
    bench
}

pub(crate) fn set_url(bench: &mut Bench, url: &str) {
    assert_eq!(bench.send(&format!("AT+QHTTPURL={}", url.len())), "\r\nCONNECT\r\n");
    bench.raw(url.as_bytes());
    assert_eq!(bench.wait(100 * MS), "\r\nOK\r\n");
}

/// And a POST waits for its answer.
pub(crate) fn posted(http: HttpOptions) -> Bench {
    let mut bench = ready(http);
    assert_eq!(bench.send("AT+QHTTPPOST=2,60,30"), "\r\nCONNECT\r\n");
    bench.raw(b"hi");
    assert_eq!(bench.wait(10 * MS), "\r\nOK\r\n");
    bench
}

pub(crate) fn say(bench: &mut Bench, bytes: &str) {
    let now = bench.now_us;
    bench.broker.say(now, bytes.as_bytes().to_vec());
}

pub(crate) fn hang_up(bench: &mut Bench) {
    let now = bench.now_us;
    bench.broker.hang_up(now);
}

/// Whether the module told the other end of every link that it is over.
pub(crate) fn all_closed(bench: &Bench) -> bool {
    let count =
        |wanted: fn(&NetRequest) -> bool| bench.broker.requests.iter().filter(|request| wanted(request)).count();
    let opens = count(|request| matches!(request, NetRequest::Open { .. }));
    opens == count(|request| matches!(request, NetRequest::Close { .. }))
}

pub(crate) fn phase(bench: &Bench) -> HttpPhase {
    bench.emulator.http().phase
}
