//! The web server below the HTTPS data path: what a request has to be, and where it may come in.

use crate::bench::{Bench, SECOND, UPDATE, closed};
use crate::https::{ask, token};
use crate::requests::{DATA_HOST, Request, answer, member};
use wanlink_platform::{Action, BodyEnd, Config, JsonForm, Judgement, Limits, Peer};

#[test]
fn http_is_told_by_the_host() {
    let mut bench = Bench::new();
    bench.open(1, Peer::tls().at(DATA_HOST, 443));
    assert!(matches!(&bench.send(1, &Request::login().bytes())[..], [Action::Send { .. }]));
    assert_eq!(bench.platform.record().statistics().tokens, 1);
}

#[test]
fn the_query_and_the_type_s_parameters_do_not_matter_to_a_login() {
    let mut request = Request::login().field("Content-Type", "Application/JSON;charset=utf-8");
    request.target = "/auth?_v=sdk-c-4.2.0&x=1".into();
    assert_eq!(ask(&mut Bench::new(), &request).0, 200);
}

#[test]
fn bodies_up_to_128_kib() {
    let mut bench = Bench::new();
    let token = token(&mut bench);
    let full = Request::post(&token, UPDATE, &[7; 128 * 1024]);
    assert_eq!(ask(&mut bench, &full).0, 200);
    let more = Request::post(&token, UPDATE, &[7; 128 * 1024 + 1]).bytes();
    let head = more.len() - 128 * 1024 - 1;
    bench.open(1, Peer::https());
    assert_eq!(bench.send(1, &more[..head - 1]), []);
    // Before a byte of the body.
    let actions = bench.send(1, &more[head - 1..head]);
    let [Action::Send { bytes, .. }, Action::Close { .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(answer(bytes).0, 413);
    assert_eq!(bench.published().len(), 1);
    let reason = bench.reasons(Judgement::Violation).pop().map(str::to_owned);
    assert_eq!(reason.as_deref(), Some("[platform] body is too large: HTTP status 413"));
    let mut bench = Bench::with(Config { limits: Limits::none(), ..Config::default() });
    let token = crate::https::token(&mut bench);
    assert_eq!(ask(&mut bench, &Request::post(&token, UPDATE, &[7; 1024 * 1024])).0, 200);
}

#[test]
fn a_wrong_length_is_found_out() {
    let mut bench = Bench::new();
    bench.open(1, Peer::https());
    let bytes = [Request::login().bytes(), b"\r\n".to_vec()].concat();
    let actions = bench.send(1, &bytes);
    let [Action::Send { bytes: first, .. }, Action::Send { bytes: second, .. }, Action::Close { .. }] = &actions[..]
    else {
        panic!("{actions:?}")
    };
    assert_eq!((answer(first).0, answer(second).0), (200, 400));
    // One that is too short waits for more, and then for nothing.
    let mut bench = Bench::new();
    bench.open(1, Peer::https());
    let bytes = Request::login().bytes();
    bench.now = SECOND;
    assert_eq!(bench.send(1, &bytes[..bytes.len() - 1]), []);
    assert_eq!(bench.wait(60 * SECOND - 1), []);
    assert_eq!(bench.wait(1), [closed(1)]);
    assert_eq!(bench.reasons(Judgement::Closed), ["nothing moved on a connection of HTTP"]);
}

#[test]
fn what_is_no_request() {
    for (bytes, status) in [
        (&b"GET /auth HTTP/1.1\r\nHost: h\r\n\r\n"[..], 405),
        (b"POST /auth HTTP/1.1\r\nHost: h\r\n\r\n", 411),
        (b"POST /auth HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"\x10\x0c", 400),
    ] {
        let mut bench = Bench::new();
        bench.open(1, Peer::https());
        let actions = bench.send(1, bytes);
        let [Action::Send { bytes: page, .. }, Action::Close { .. }] = &actions[..] else { panic!("{actions:?}") };
        let (found, body) = answer(page);
        assert_eq!(found, status);
        assert!(body.starts_with(&format!("<html><h1>{status} ")), "{body}");
        assert_eq!(bench.reasons(Judgement::Violation).len(), 1);
        assert_eq!(bench.platform.record().entries()[0].summary, None);
    }
}

/// The web server says no, and with which status.
fn page(config: Config, peer: Peer, request: &Request, status: u16) {
    let mut bench = Bench::with(config);
    bench.open(1, peer);
    let actions = bench.send(1, &request.bytes());
    let [Action::Send { bytes, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(answer(bytes).0, status);
    assert_eq!(bench.reasons(Judgement::Refused).len(), 1);
}

#[test]
fn the_place_has_to_be_the_right_one() {
    let to = |host: &str| Request { host: host.into(), ..Request::login() };
    for (host, status) in [
        ("iot-as-http.cn-shanghai.aliyuncs.com:443", 200),
        ("iot-as-http.cn-beijing.aliyuncs.com", 200),
        ("192.0.2.1:8443", 200),
        ("iot-as-http.eu-central-1.aliyuncs.com", 404),
        ("iot-06z00abc.http.iothub.aliyuncs.com", 404),
        ("iot-auth.cn-shanghai.aliyuncs.com", 404),
        ("a1X2bEnP82z.iot-as-mqtt.cn-shanghai.aliyuncs.com", 404),
        ("example.com", 404),
    ] {
        match status {
            200 => assert_eq!(ask(&mut Bench::new(), &to(host)).0, 200, "{host}"),
            _ => page(Config::default(), Peer::https(), &to(host), status),
        }
    }
    let elsewhere = Request { target: "/auth/devicename".into(), ..Request::login() };
    page(Config::default(), Peer::https(), &elsewhere, 404);
    let no_topic = Request { target: "/topic".into(), ..Request::login() };
    page(Config::default(), Peer::https(), &no_topic, 404);
    // The name that was connected to counts as well.
    page(Config::default(), Peer::https().at("iot-as-http.eu-central-1.aliyuncs.com", 443), &Request::login(), 404);
    page(Config::default(), Peer::tls().at(DATA_HOST, 8443), &Request::login(), 404);
    let mut config = Config { check_endpoint: false, ..Config::default() };
    assert_eq!(ask(&mut Bench::with(config.clone()), &to("example.com")).0, 200);
    config.check_endpoint = true;
    config.http.instances.push("iot-06z00abc".into());
    assert_eq!(ask(&mut Bench::with(config), &to("iot-06z00abc.http.iothub.aliyuncs.com")).0, 200);
}

#[test]
fn plain_http_is_not_served_unless_asked_for() {
    page(Config::default(), Peer::http(), &Request::login(), 400);
    let mut config = Config::default();
    config.http.plain = true;
    let mut bench = Bench::with(config);
    bench.open(1, Peer::http());
    let actions = bench.send(1, &Request::login().bytes());
    let [Action::Send { bytes, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(answer(bytes).0, 200);
}

#[test]
fn a_connection_ends_when_one_of_both_wants_it() {
    for (keep_alive, field, ends) in [(true, "keep-alive", false), (true, "Close", true), (false, "keep-alive", true)] {
        let mut config = Config::default();
        config.http.keep_alive = keep_alive;
        let mut bench = Bench::with(config);
        bench.open(1, Peer::https());
        let request = Request::login().field("Connection", field).bytes();
        // Nothing is read behind the last request.
        let actions = bench.send(1, &[&request[..], &request].concat());
        let answers = actions.iter().filter(|action| matches!(action, Action::Send { .. })).count();
        assert_eq!((answers, actions.last() == Some(&closed(1))), if ends { (1, true) } else { (2, false) });
    }
}

#[test]
fn the_ends_of_a_body() {
    for (body_end, expected) in [
        (BodyEnd::Chunked, "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n24\r\n{"),
        (BodyEnd::Close, "Content-Type: application/json\r\nConnection: close\r\n\r\n{"),
    ] {
        let mut config = Config::default();
        config.http.body_end = body_end;
        let mut bench = Bench::with(config);
        bench.open(1, Peer::https());
        let actions = bench.send(1, &Request::post("", UPDATE, b"").field("password", "x").bytes());
        let Some(Action::Send { bytes, .. }) = actions.first() else { panic!("{actions:?}") };
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains(expected) || body_end == BodyEnd::Chunked && text.contains("chunked"), "{text}");
        assert_eq!(actions.len(), if body_end == BodyEnd::Close { 2 } else { 1 });
    }
}

#[test]
fn refusals_can_have_another_status_and_answers_odd_forms() {
    let mut config = Config::default();
    config.http.refusal_status = 403;
    config.http.json = JsonForm { trailing_comma: true, data_member: true, capitals: true };
    let mut bench = Bench::with(config);
    let (status, body) = ask(&mut bench, &Request::post("wrong", UPDATE, b""));
    assert_eq!((status, &*body), (403, r#"{"code":20003,"message":"check token error"}"#));
    let (_, body) = ask(&mut bench, &Request::login());
    let token = member(&body, "token").to_owned();
    assert!(body.contains(r#""Info":{"token":"#));
    let (_, body) = ask(&mut bench, &Request::post(&token, UPDATE, b""));
    assert_eq!(body, r#"{"code":0,"message":"success","Info":{"MessageId":892687627916247040,"data":"",}}"#);
}
