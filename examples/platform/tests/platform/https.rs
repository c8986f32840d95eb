//! The HTTPS data path: tokens and messages.

use crate::bench::{Bench, DEVICE, GET, PRODUCT, SECOND, UPDATE, sent};
use crate::packets::Connect;
use crate::requests::{LOGIN, Request, answer, member};
use wanlink_platform::{
    Access, Action, Config, ConnId, Direction, Entry, Judgement, PacketType, Peer, Product, Statistics, TopicClass,
};

const WEEK: u64 = 7 * 24 * 3600 * SECOND;

/// Status and body of the only answer; the connection stays open.
pub(crate) fn ask(bench: &mut Bench, request: &Request) -> (u16, String) {
    bench.open(1, Peer::https());
    // An earlier connection may have timed out.
    bench.platform.take_actions();
    match &bench.send(1, &request.bytes())[..] {
        [Action::Send { conn: ConnId(1), bytes }] => answer(bytes),
        other => panic!("{other:?} {:?}", bench.platform.record().findings()),
    }
}

pub(crate) fn token(bench: &mut Bench) -> String {
    let (status, body) = ask(bench, &Request::login());
    let token = member(&body, "token").to_owned();
    assert_eq!((status, body), (200, format!(r#"{{"code":0,"message":"success","info":{{"token":"{token}"}}}}"#)));
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    token
}

/// The request is refused with this code and for this reason, and changes nothing.
fn refused(bench: &mut Bench, request: &Request, code: u16, message: &str, reason: &str) {
    let before = bench.platform.record().statistics();
    let (status, body) = ask(bench, request);
    assert_eq!((status, body), (200, format!(r#"{{"code":{code},"message":"{message}"}}"#)));
    let last = bench.platform.record().findings().last().expect("a finding");
    assert_eq!((last.judgement, last.reason.as_str()), (Judgement::Refused, &*format!("code {code}: {reason}")));
    let after = bench.platform.record().statistics();
    assert_eq!((after.tokens, after.published), (before.tokens, before.published));
    assert!(bench.platform.record().entries().iter().rev().nth(1).is_some_and(|entry| !entry.accepted));
}

#[test]
fn login_and_two_messages_on_one_connection() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    for (payload, id) in [("one", "892687627916247040"), ("", "892687627916247041")] {
        let request = Request::post(&token, UPDATE, payload.as_bytes());
        let actions = bench.send(1, &request.bytes());
        let body = format!(r#"{{"code":0,"message":"success","info":{{"messageId":{id}}}}}"#);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 70\r\n";
        assert_eq!(actions, [sent(1, format!("{head}Connection: keep-alive\r\n\r\n{body}").as_bytes())]);
    }
    assert_eq!(bench.published(), [&b"one"[..], b""]);
    assert!(bench.platform.is_active(PRODUCT, DEVICE) && !bench.platform.is_online(PRODUCT, DEVICE));
}

#[test]
fn logins_of_all_methods() {
    let live_log = r#"{"productKey":"k1hipglLdjU","deviceName":"868488076506128","clientId":"868488076506128",
        "sign":"0F655B12ADF519B9A7A2B0A990F398B6","version":"default"}"#;
    let console = r#"{"version":"default","clientId":"a1ABCDEFGHI.Temperature01","signmethod":"hmacsha256",
        "sign":"befb8c5743a7d6b7d1d655784f3571fd7b17c67484aaef770cbb01ed4bcb14da","productKey":"a1ABCDEFGHI",
        "deviceName":"Temperature01","timestamp":"1719973767245"}"#;
    let page = r#"{"clientId":"12345","signmethod":"hmacsha1","sign":"FAFD82A3D602B37FB0FA8B7892F24A477F851A14",
        "productKey":"pk","deviceName":"device","timestamp":"789"}"#;
    let mut bench = Bench::new();
    bench.platform.add_product(Product::new("pk", "").device("device", "secret"));
    let mut tokens = Vec::new();
    for body in [LOGIN, live_log, console, page] {
        let (status, answer) = ask(&mut bench, &Request::login_with(body));
        assert_eq!(status, 200);
        tokens.push(member(&answer, "token").to_owned());
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 4);
}

#[test]
fn malformed_logins() {
    let body = "body is no JSON object of strings";
    for (from, to, reason) in [
        ("{", "", body),
        ("}", "", body),
        ("}", ",}", body),
        ("}", "}}", body),
        (r#""2524608000000""#, "2524608000000", body),
        (r#""sign":"#, r#""sigh":"#, "unknown field"),
        (r#""clientId":"a1X2bEnP82z.example1","#, "", "missing field `clientId`"),
        (r#""productKey":"a1X2bEnP82z","#, "", "missing field `productKey`"),
        (r#""deviceName":"example1","#, "", "missing field `deviceName`"),
        (r#""signmethod":"hmacsha256","#, r#""sign":"a","#, "duplicate field `sign`"),
        ("hmacsha256", "HmacSHA256", "signmethod is unknown"),
        ("hmacsha256", "sha256", "signmethod is unknown"),
        ("a1X2bEnP82z.example1", "", "clientId is not of 1 to 64 characters"),
        (r#""2524608000000""#, r#""+1""#, "timestamp is not a number of milliseconds"),
        (r#""2524608000000""#, r#""""#, "timestamp is not a number of milliseconds"),
        (r#""deviceName":"example1""#, r#""deviceName":"exa mple1""#, "productKey or deviceName is invalid"),
        (r#""timestamp":"2524608000000""#, r#""version":"1.0""#, "version is not default"),
    ] {
        let mut bench = Bench::new();
        let changed = LOGIN.replacen(from, to, 1);
        let (status, answer) = ask(&mut bench, &Request::login_with(&changed));
        assert_eq!((status, &*answer), (200, r#"{"code":10001,"message":"param error"}"#), "{changed}");
        let reasons = bench.reasons(Judgement::Refused);
        assert!(reasons[0].starts_with(&format!("code 10001: {reason}")), "{reasons:?}");
        assert!(!bench.platform.is_active(PRODUCT, DEVICE));
    }
    let mut bench = Bench::new();
    let typeless = Request::login().field("Content-Type", "text/plain");
    refused(&mut bench, &typeless, 10001, "param error", "content type is not application/json");
}

#[test]
fn a_body_that_is_one_text_is_not_repeated_in_the_record() {
    let mut bench = Bench::new();
    ask(&mut bench, &Request::login_with(r#""ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe""#));
    let told = format!("{:?}", bench.platform.record());
    assert!(!told.contains("ga7XA6"), "{told}");
}

#[test]
fn logins_that_do_not_prove_who_they_are() {
    let unsigned = "sign is not the signature";
    for (from, to, reason) in [
        (r#""sign":"b8"#, r#""sign":"b9"#, unsigned),
        ("5dd2", "5d", unsigned),
        (".example1", ".example2", unsigned),
        ("2524608000000", "2524608000001", unsigned),
        (r#""timestamp":"2524608000000","#, "", unsigned),
        (r#""signmethod":"hmacsha256","#, "", unsigned),
        (r#""deviceName":"example1""#, r#""deviceName":"example2""#, "no device example2&a1X2bEnP82z"),
        (r#""productKey":"a1X2bEnP82z""#, r#""productKey":"a1X2bEnP82y""#, "no device example1&a1X2bEnP82y"),
    ] {
        let request = Request::login_with(&LOGIN.replacen(from, to, 1));
        refused(&mut Bench::new(), &request, 20000, "auth check error", reason);
    }
    let mut bench = Bench::new();
    bench.platform.set_enabled(0, PRODUCT, DEVICE, false);
    let reason = "device example1&a1X2bEnP82z is disabled";
    refused(&mut bench, &Request::login(), 20000, "auth check error", reason);
}

#[test]
fn a_timestamp_counts_for_fifteen_minutes_when_the_time_is_known() {
    for (start_utc_s, good) in [
        (None, true),
        (Some(2_524_608_000), true),
        (Some(2_524_608_000 - 910), true),
        (Some(2_524_608_000 - 911), false),
        (Some(2_524_608_000 + 890), true),
        (Some(2_524_608_000 + 891), false),
        (Some(u64::MAX), false),
    ] {
        let mut bench = Bench::with(Config { start_utc_s, ..Config::default() });
        bench.now = 10 * SECOND;
        match good {
            true => drop(token(&mut bench)),
            false => {
                let reason = "timestamp is more than 15 minutes off";
                refused(&mut bench, &Request::login(), 20000, "auth check error", reason);
            }
        }
    }
}

#[test]
fn messages_that_are_refused() {
    let mut bench = Bench::new();
    bench.platform.add_product(
        Product::new("a1ABCDEFGHI", "")
            .device("Temperature01", "")
            .topics(&[TopicClass::new("user/a", Access::Publish)]),
    );
    let token = token(&mut bench);
    let post = |topic: &str| Request::post(&token, topic, b"x");
    let mut query = post(UPDATE);
    query.target += "?a=b";
    let null = "no token in the field `password`";
    let mut without = post(UPDATE);
    without.fields.pop();
    let (param, message) = ("param error", "publish message error");
    let right = |topic: &str| format!("no right to publish on this topic: {topic}");
    let long = format!("/{PRODUCT}/{DEVICE}/user/{}", "x".repeat(102));
    for (request, code, text, reason) in [
        (without, 20002, "token is null", null.to_owned()),
        (post(UPDATE).field("password", ""), 20002, "token is null", null.to_owned()),
        (
            post(UPDATE).field("password", &"0".repeat(32)),
            20003,
            "check token error",
            "token is not one that counts".into(),
        ),
        (
            post(UPDATE).field("Content-Type", "text/plain"),
            10001,
            param,
            "content type is not application/octet-stream".into(),
        ),
        (query, 10001, param, "query behind a topic".into()),
        (post(GET.trim_end_matches("user/get")), 30001, message, right("/a1X2bEnP82z/example1/")),
        (post("/a1X2bEnP82z/example2/user/update"), 30001, message, right("/a1X2bEnP82z/example2/user/update")),
        (
            post("/sys/a1X2bEnP82z/example1/thing/service/property/set"),
            30001,
            message,
            right("/sys/a1X2bEnP82z/example1/thing/service/property/set"),
        ),
        (post("//user"), 30001, message, right("//user")),
        (post(&long), 30001, message, format!("topic is too long: {long}")),
    ] {
        refused(&mut bench, &request, code, text, &reason);
    }
    bench.platform.set_enabled(0, PRODUCT, DEVICE, false);
    refused(&mut bench, &post(UPDATE), 30001, message, &format!("device is disabled: {UPDATE}"));
}

#[test]
fn system_topics_are_taken() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    let topic = "/sys/a1X2bEnP82z/example1/thing/event/property/post";
    assert_eq!(ask(&mut bench, &Request::post(&token, topic, b"{}")).0, 200);
    let entries: Vec<_> = bench.platform.record().published(PRODUCT, DEVICE).map(Entry::topic).collect();
    assert_eq!(entries, [Some(topic)]);
}

#[test]
fn a_token_lives_for_seven_days() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    bench.now = WEEK - 1;
    assert_eq!(ask(&mut bench, &Request::post(&token, UPDATE, b"x")).0, 200);
    bench.now = WEEK;
    refused(&mut bench, &Request::post(&token, UPDATE, b"x"), 20001, "token is expired", "token is expired");
}

#[test]
fn the_life_of_a_token_can_be_set() {
    let mut config = Config::default();
    config.http.token_life_us = SECOND;
    let mut bench = Bench::with(config);
    let token = token(&mut bench);
    bench.now = SECOND;
    refused(&mut bench, &Request::post(&token, UPDATE, b"x"), 20001, "token is expired", "token is expired");
}

#[test]
fn a_new_token_ends_the_earlier_one_or_not() {
    for one_token in [true, false] {
        let mut config = Config::default();
        config.http.one_token = one_token;
        let mut bench = Bench::with(config);
        let [first, second] = [token(&mut bench), token(&mut bench)];
        assert_ne!(first, second);
        let (_, body) = ask(&mut bench, &Request::post(&second, UPDATE, b"x"));
        assert!(body.contains(r#""code":0,"#), "{body}");
        let (_, body) = ask(&mut bench, &Request::post(&first, UPDATE, b"x"));
        assert_eq!(body.contains(r#""code":20003"#), one_token, "{body}");
    }
}

#[test]
fn the_record_and_the_counts() {
    let mut bench = Bench::connected();
    bench.send(1, &crate::packets::publish1(1, UPDATE, b"by MQTT"));
    let token = token(&mut bench);
    ask(&mut bench, &Request::post(&token, UPDATE, b"by HTTPS"));
    ask(&mut bench, &Request::post("wrong", UPDATE, b"by nobody"));
    assert_eq!(bench.published(), [&b"by MQTT"[..], b"by HTTPS"]);
    let record = bench.platform.record();
    let [.., login, granted, post, _, wrong, refusal] = record.entries() else { panic!("{record:?}") };
    let path = |entry: &Entry| entry.summary.as_ref().and_then(|summary| summary.path.clone());
    assert_eq!((path(login).as_deref(), login.raw.clone()), (Some("/auth"), Request::login().bytes()));
    assert_eq!(granted.packet_type(), Some(PacketType::Response));
    let status = |entry: &Entry| entry.summary.as_ref().map(|summary| (summary.status, summary.code));
    assert_eq!((status(granted), granted.direction), (Some((Some(200), Some(0))), Direction::Down));
    assert_eq!(status(refusal), Some((Some(200), Some(20003))));
    assert_eq!((path(post), post.topic()), (Some(format!("/topic{UPDATE}")), Some(UPDATE)));
    assert!(post.is_message() && post.accepted && !login.is_message() && login.accepted);
    assert_eq!((wrong.accepted, wrong.device.clone(), wrong.payload()), (false, None, &b"by nobody"[..]));
    let expected = Statistics {
        connections: 4,
        logins: 1,
        requests: 3,
        tokens: 1,
        refused: 1,
        published: 2,
        published_bytes: 15,
        acknowledged: 1,
        ..Statistics::default()
    };
    assert_eq!(record.statistics(), expected);
    let told = format!("{record:?}");
    assert!(!told.contains(&token) && !told.contains("b8ce8f1d"), "{told}");
}

#[test]
fn a_reset_ends_the_tokens_of_a_device() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    assert!(bench.platform.reset_device(0, PRODUCT, DEVICE));
    let request = Request::post(&token, UPDATE, b"x");
    refused(&mut bench, &request, 20003, "check token error", "token is not one that counts");
}

#[test]
fn a_device_may_use_both_ways_at_once() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    bench.expect_connect(2, &Connect::example());
    assert_eq!(ask(&mut bench, &Request::post(&token, UPDATE, b"x")).0, 200);
    assert!(bench.platform.is_online(PRODUCT, DEVICE));
}
