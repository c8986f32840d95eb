//! Dynamic registration over HTTPS, with vectors G5 and G6.

use crate::bench::{Bench, DEVICE, PRODUCT, closed};
use crate::packets::Connect;
use crate::requests::{AUTH_HOST, DATA_HOST, REGISTRATION, Request, answer, member};
use wanlink_platform::{Action, Config, ConnId, Judgement, Peer, Product, Registration};

pub(crate) const KEY: &str = "a1ExpAkj9Hi";
pub(crate) const NAME: &str = "Example_dyn1";

/// Body of the only answer.
fn ask(bench: &mut Bench, request: &Request) -> String {
    bench.open(1, Peer::https());
    match &bench.send(1, &request.bytes())[..] {
        [Action::Send { conn: ConnId(1), bytes }] => {
            let (status, body) = answer(bytes);
            assert_eq!(status, 200);
            body
        }
        other => panic!("{other:?} {:?}", bench.platform.record().findings()),
    }
}

fn secret(bench: &mut Bench, body: &str) -> String {
    let body = ask(bench, &Request::register_with(body));
    let secret = member(&body, "deviceSecret").to_owned();
    assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()));
    secret
}

fn refused(bench: &mut Bench, request: &Request, code: u16, message: &str) {
    let body = ask(bench, request);
    assert_eq!(body, format!(r#"{{"code":{code},"message":"{message}"}}"#), "{}", request.body.escape_ascii());
    assert_eq!(bench.platform.record().statistics().registrations, 0);
    let reasons = bench.reasons(Judgement::Refused);
    assert!(reasons.last().is_some_and(|reason| reason.starts_with(&format!("code {code}: registration: "))));
}

#[test]
fn the_request_of_the_official_guide() {
    let mut bench = Bench::unregistered();
    let body = ask(&mut bench, &Request::register());
    let secret = member(&body, "deviceSecret").to_owned();
    let data = format!(r#"{{"deviceName":"{NAME}","deviceSecret":"{secret}","productKey":"{KEY}"}}"#);
    assert_eq!(body, format!(r#"{{"code":200,"data":{data},"message":"success"}}"#));
    assert!(bench.platform.is_secret(KEY, NAME, &secret));
    assert!(!bench.platform.is_secret(KEY, NAME, "") && !bench.platform.is_secret(KEY, "nobody", &secret));
    assert!(!bench.platform.is_active(KEY, NAME));
    let record = bench.platform.record();
    assert_eq!((record.statistics().registrations, record.statistics().logins), (1, 0));
    assert!(!format!("{record:?}").contains(&secret));
}

#[test]
fn the_request_of_the_live_log() {
    let mut bench = Bench::unregistered();
    secret(
        &mut bench,
        "productKey=k1hipglLdjU&deviceName=868488076506128&random=123456&sign=20558baadb2a0b04847767980f0ee67b\
         &signMethod=HmacMD5",
    );
}

#[test]
fn fields_in_any_order_encoded_and_more_of_them() {
    let mut bench = Bench::unregistered();
    secret(
        &mut bench,
        "version=default&clientId=x&signMethod=hmacsha256&random=7y4Jg5xdKCy9W2%69&resources=mqtt\
         &sign=D3B560D5BE0C9C19749470E85D912B65685FA4B20EDCBD179CCFE98FCCA23D5E&deviceName=Example%5fdyn1\
         &productKey=a1ExpAkj9Hi",
    );
}

#[test]
fn the_members_of_the_answer_come_in_another_order() {
    let mut config = Config::default();
    config.registration.data_first = true;
    let mut bench = Bench::unregistered_with(config, Registration::Preregistered);
    let body = ask(&mut bench, &Request::register());
    assert!(body.starts_with(r#"{"data":{"#) && body.ends_with(r#","message":"success","code":200}"#), "{body}");
}

#[test]
fn what_is_refused_and_with_which_code() {
    let (error, auth) = ("request parameter error", "request auth error");
    for (from, to, code, message) in [
        ("productKey=a1ExpAkj9Hi&", "", 460, error),
        ("deviceName=Example_dyn1", "deviceName=", 460, error),
        ("random=7y4Jg5xdKCy9W2i", "random=", 460, error),
        ("&sign=", "&sigh=", 460, error),
        ("&signMethod=hmacsha256", "", 460, error),
        ("hmacsha256", "sha256", 460, error),
        ("random=", "productKey=a1ExpAkj9Hi&random=", 460, error),
        ("random=", "random=%", 460, error),
        ("Example_dyn1", "Example%20dyn1", 6280, "deviceName is invalid"),
        ("a1ExpAkj9Hi", "a1ExpAkj9Hj", 6250, "product not found"),
        ("sign=d3", "sign=d4", 401, auth),
        ("sign=d3", "sign=", 401, auth),
        ("7y4Jg5xdKCy9W2i", "7y4Jg5xdKCy9W2j", 401, auth),
        ("Example_dyn1", "Example_dyn2", 401, auth),
        ("hmacsha256", "hmacsha1", 401, auth),
    ] {
        let changed = REGISTRATION.replacen(from, to, 1);
        refused(&mut Bench::unregistered(), &Request::register_with(&changed), code, message);
    }
    let json = Request::register().field("Content-Type", "application/json");
    refused(&mut Bench::unregistered(), &json, 460, error);
}

#[test]
fn a_wrong_product_secret_an_unknown_name_and_a_product_that_has_it_off() {
    let with = |product: Product| {
        let mut bench = Bench::new();
        bench.platform.add_product(product);
        bench
    };
    let mut bench = with(Product::new(KEY, "wrong").preregistered(NAME));
    refused(&mut bench, &Request::register(), 401, "request auth error");
    for registration in [Registration::Preregistered, Registration::Open] {
        // HTTPS has no registration of devices that were not created before.
        let mut bench = with(Product::new(KEY, "ffFnFlKQW3HYjjPR").registration(registration));
        refused(&mut bench, &Request::register(), 6100, "device not found");
    }
    let mut bench = Bench::unregistered_with(Config::default(), Registration::Off);
    refused(&mut bench, &Request::register(), 6288, "dynamic registration is not enabled");
    let mut config = Config::default();
    config.registration.off_code = 403;
    let mut bench = Bench::unregistered_with(config, Registration::Off);
    refused(&mut bench, &Request::register(), 403, "dynamic registration is not enabled");
    let mut bench = Bench::unregistered();
    bench.platform.set_enabled(0, KEY, NAME, false);
    refused(&mut bench, &Request::register(), 6204, "device is disabled");
}

/// The device of vector G4, whose product has a secret.
fn with_example() -> Bench {
    let mut bench = Bench::new();
    let secret = "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe";
    let product = Product::new(PRODUCT, "product secret").device(DEVICE, secret).preregistered("a:b@c.d");
    bench.platform.add_product(product);
    bench
}

const EXAMPLE: &str = "productKey=a1X2bEnP82z&deviceName=example1&random=1&signMethod=hmacmd5\
                       &sign=ba8d7afa7d880b2719e9d491e44ebfaa";

#[test]
fn odd_names_may_be_encoded_or_not() {
    let odd =
        "productKey=a1X2bEnP82z&deviceName=NAME&random=1&signMethod=hmacmd5&sign=b8ef9a802260e63f3892c836e66a87b0";
    for name in ["a%3Ab%40c.d", "a:b@c.d"] {
        secret(&mut with_example(), &odd.replace("NAME", name));
    }
}

#[test]
fn each_registration_yields_a_new_secret_and_only_the_last_counts() {
    let mut bench = with_example();
    let [first, second] = [secret(&mut bench, EXAMPLE), secret(&mut bench, EXAMPLE)];
    assert!(!bench.platform.is_secret(PRODUCT, DEVICE, &first) && bench.platform.is_secret(PRODUCT, DEVICE, &second));
    assert!(ask(&mut bench, &Request::login()).contains(r#""code":20000,"#));
    assert_eq!(bench.platform.record().statistics().registrations, 2);
}

#[test]
fn the_first_login_activates_and_ends_registration() {
    for over_mqtt in [false, true] {
        let mut bench = with_example();
        if over_mqtt {
            bench.expect_connect(2, &Connect::example());
        } else {
            ask(&mut bench, &Request::login());
        }
        assert!(bench.platform.is_active(PRODUCT, DEVICE));
        refused(&mut bench, &Request::register_with(EXAMPLE), 6289, "device is already active");
        // The secret that it has is still good.
        assert!(ask(&mut bench, &Request::login()).contains(r#""code":0,"#));
    }
}

#[test]
fn nothing_about_a_device_is_told_without_the_product_s_secret() {
    let mut bench = with_example();
    ask(&mut bench, &Request::login());
    let body = EXAMPLE.replace("sign=ba", "sign=bb");
    refused(&mut bench, &Request::register_with(&body), 401, "request auth error");
}

#[test]
fn a_reserved_secret_is_the_first_that_a_device_gets() {
    const RESERVED: &str = "0123456789abcdef0123456789abcdef";
    let mut bench = Bench::unregistered();
    bench.platform.add_product(Product::new(KEY, "ffFnFlKQW3HYjjPR").reserved(NAME, RESERVED));
    assert!(!bench.platform.is_secret(KEY, NAME, RESERVED), "not before it registers");
    let mut ask = || member(&ask(&mut bench, &Request::register()), "deviceSecret").to_owned();
    assert_eq!(ask(), RESERVED);
    assert_ne!(ask(), RESERVED);
}

#[test]
fn a_device_that_was_reset_registers_again() {
    let mut bench = with_example();
    bench.expect_connect(2, &Connect::example());
    assert!(bench.platform.reset_device(0, PRODUCT, DEVICE) && !bench.platform.reset_device(0, PRODUCT, "nobody"));
    assert_eq!(bench.platform.take_actions(), [closed(2)]);
    assert!(!bench.platform.is_active(PRODUCT, DEVICE));
    secret(&mut bench, EXAMPLE);
}

#[test]
fn throttled_registrations() {
    let mut bench = with_example();
    bench.platform.throttle_registrations(2);
    for _ in 0..2 {
        refused(&mut bench, &Request::register_with(EXAMPLE), 429, "too many requests");
    }
    secret(&mut bench, EXAMPLE);
}

#[test]
fn the_answer_of_a_registration_is_lost() {
    let mut bench = with_example();
    bench.platform.lose_secrets(2);
    let first = secret(&mut bench, EXAMPLE);
    bench.open(1, Peer::https());
    assert_eq!(bench.send(1, &Request::register_with(EXAMPLE).bytes()), [closed(1)]);
    assert!(!bench.platform.is_secret(PRODUCT, DEVICE, &first), "it was registered all the same");
    secret(&mut bench, EXAMPLE);
    assert_eq!(bench.reasons(Judgement::Fault), ["closed in place of a secret"]);
}

#[test]
fn it_is_served_by_its_own_host_in_every_region() {
    for (host, served) in [
        (AUTH_HOST, true),
        ("iot-auth.eu-central-1.aliyuncs.com", true),
        (DATA_HOST, false),
        ("iot-06z00abc.http.iothub.aliyuncs.com", false),
    ] {
        let mut bench = Bench::unregistered();
        bench.open(1, Peer::tls().at(host, 443));
        let actions = bench.send(1, &Request { host: host.into(), ..Request::register() }.bytes());
        let [Action::Send { bytes, .. }] = &actions[..] else { panic!("{actions:?}") };
        assert_eq!(answer(bytes).0, if served { 200 } else { 404 }, "{host}");
    }
}
