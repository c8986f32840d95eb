//! HTTPS and HTTP behind real sockets.

use crate::bench::{DEVICE, PRODUCT, UPDATE};
use crate::live_bench::{ANY_PORT, Device, Live, connect, patient};
use crate::packets::{Connect, connack};
use crate::requests::{AUTH_HOST, DATA_HOST, Request, member};
use std::io::{Read, Write};
use wanlink_platform::live::Listen;
use wanlink_platform::{Config, Judgement, Platform, Product};

/// The login of a device whose clock is not set.
const TIMELESS: &str = concat!(
    r#"{"productKey":"k1hipglLdjU","deviceName":"868488076506128","clientId":"868488076506128","#,
    r#""signmethod":"hmacmd5","sign":"0f655b12adf519b9a7a2b0a990f398b6"}"#
);

const TOPIC: &str = "/k1hipglLdjU/868488076506128/user/update";

fn live(config: Config) -> Live {
    let mut platform = Platform::new(config);
    platform.add_product(Product::new(PRODUCT, "").device(DEVICE, "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe"));
    let secret = "fef32adf6dad46c2c7cbf335d3a7b021";
    platform.add_product(Product::new("k1hipglLdjU", "").device("868488076506128", secret));
    platform.add_product(Product::new("a1ExpAkj9Hi", "ffFnFlKQW3HYjjPR").preregistered("Example_dyn1"));
    let any = Some(ANY_PORT);
    let listen = Listen { mqtts: any, https: any, http: any, ..Listen::default() };
    Live::bind(platform, listen).expect("ports on loopback")
}

/// A login and three messages on one connection.
fn reports<S: Read + Write>(device: &mut Device<S>, host: &str) {
    let at = |request| Request { host: host.into(), ..request };
    let (status, body) = device.ask(&at(Request::login_with(TIMELESS)));
    let token = member(&body, "token");
    assert_eq!(status, 200);
    for payload in [&b"one"[..], &[7; 100_000], b""] {
        let (_, body) = device.ask(&at(Request::post(token, TOPIC, payload)));
        assert!(body.contains(r#""code":0,"#), "{body}");
    }
}

#[test]
fn over_https_and_over_http() {
    let live = live(patient());
    reports(&mut live.https(DATA_HOST), DATA_HOST);
    reports(&mut live.https("localhost"), "localhost:8443");
    reports(&mut live.https("127.0.0.1"), "127.0.0.1");
    // At the port for MQTT, HTTP is told by the name.
    reports(&mut live.tls_at(DATA_HOST), DATA_HOST);
    reports(&mut Device(connect(live.addresses.http.expect("a port"))), "localhost");
    live.handle.with(|platform, _| {
        let statistics = platform.record().statistics();
        assert_eq!((statistics.requests, statistics.tokens, statistics.published), (20, 5, 15));
        assert_eq!(platform.record().published("k1hipglLdjU", "868488076506128").count(), 15);
        assert_eq!(platform.record().judged(Judgement::Refused).count(), 0);
    });
}

#[test]
fn a_registration_and_the_end_that_the_device_wants() {
    let live = live(patient());
    let mut device = live.https(AUTH_HOST);
    let (_, body) = device.ask(&Request::register().field("Connection", "close"));
    let secret = member(&body, "deviceSecret");
    assert!(live.handle.with(|platform, _| platform.is_secret("a1ExpAkj9Hi", "Example_dyn1", secret)));
    device.expect_end();
}

#[test]
fn timestamps_are_checked_by_this_machine_s_clock() {
    // Vector G4 was signed for the year 2050.
    let live = live(patient());
    let (_, body) = live.https(DATA_HOST).ask(&Request::login());
    assert_eq!(body, r#"{"code":20000,"message":"auth check error"}"#);
}

#[test]
fn an_answer_arrives_although_more_was_sent() {
    let live = live(patient());
    let mut device = live.https(DATA_HOST);
    let request = Request::post("", UPDATE, &[0; 200_000]);
    assert_eq!(device.ask(&request).0, 413);
    device.expect_end();
}

#[test]
fn mqtt_stays_what_it_is() {
    let live = live(patient());
    live.tls().exchange(&Connect::example().bytes(), &connack(0));
    let mut lost = Device(connect(live.addresses.http.expect("a port")));
    lost.send(&Connect::live_log().bytes());
    let mut answer = Vec::new();
    lost.0.read_to_end(&mut answer).expect("an end");
    assert!(answer.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
}

#[test]
fn https_alone_has_a_root_file() {
    let listen = Listen { https: Some(ANY_PORT), ..Listen::default() };
    let live = Live::bind(Platform::new(Config::default()), listen).expect("a server");
    assert!(live.addresses.root.is_some() && live.addresses.http.is_none() && live.addresses.mqtts.is_none());
    assert!(!live.handle.with(|platform, _| platform.config_mut().http.plain));
}
