//! Device tokens: registration by `regnwl`, and logins with what it gave.

use crate::bench::{Bench, SECOND, closed, sent};
use crate::packets::*;
use crate::registering::{KEY, NAME};
use crate::registering_mqtt::{open_bench, pushed, refused, registration};
use crate::requests::member;
use wanlink_platform::{Config, Peer, Product, Registration};

/// Registers by `regnwl`; what was pushed.
pub(crate) fn token(bench: &mut Bench) -> (String, String) {
    let payload = pushed(bench, Peer::tls(), &registration("regnwl", "-2"), "/ext/regnwl");
    let (client_id, token) = (member(&payload, "clientId"), member(&payload, "deviceToken"));
    let names = format!(r#""productKey":"{KEY}","deviceName":"{NAME}""#);
    assert_eq!(payload, format!(r#"{{{names},"clientId":"{client_id}","deviceToken":"{token}"}}"#));
    (client_id.into(), token.into())
}

pub(crate) fn token_login(client_id: &str, token: &str) -> Connect {
    let mut connect = registration("register", "2");
    connect.client_id = format!("{client_id}|securemode=-2,authType=connwl|");
    connect.password = token.into();
    connect.keep_alive(300)
}

#[test]
fn regnwl_pushes_a_token_that_logs_in() {
    let mut bench = open_bench();
    let (client_id, token) = token(&mut bench);
    assert!(
        bench.platform.is_token(KEY, NAME, &client_id, &token) && !bench.platform.is_token(KEY, NAME, &token, &token)
    );
    bench.expect_connect(2, &token_login(&client_id, &token));
    assert!(bench.platform.is_active(KEY, NAME) && bench.platform.is_online(KEY, NAME));
    let topic = format!("/{KEY}/{NAME}/user/update");
    assert_eq!(bench.send(2, &publish1(1, &topic, b"x")), [sent(2, &puback(1))]);
    let more = token_login(&client_id, &token).client_id("|securemode", "|_ss=1,ext=3,_v=sdk-c-4.2.0,securemode");
    assert_eq!(bench.connect(3, &more), [closed(2), sent(3, &connack(0))]);
}

#[test]
fn token_logins_that_are_wrong() {
    let mut bench = open_bench();
    let (client_id, token) = token(&mut bench);
    let good = token_login(&client_id, &token);
    let mut other_password = good.clone();
    other_password.password.replace_range(..1, "x");
    let mut other_device = good.clone();
    other_device.username = "868488076506128&k1hipglLdjU".into();
    let mut signed = registration("register", "2").client_id("authType=register,", "").keep_alive(300);
    signed.password = "00".repeat(32);
    for (connect, peer, code) in [
        (good.clone().client_id(&client_id, "x"), Peer::tls(), 4),
        (other_password, Peer::tls(), 4),
        (other_device, Peer::tls(), 4),
        (signed, Peer::tls(), 4),
        (good.clone().client_id("=-2", "=2"), Peer::tls(), 2),
        (good.clone().client_id("securemode=-2,", ""), Peer::tls(), 2),
        (good.clone(), Peer::plain(), 2),
        (good.keep_alive(0), Peer::tls(), 3),
    ] {
        bench.now += 60 * SECOND;
        bench.open(2, peer);
        bench.platform.take_actions();
        assert_eq!(bench.send(2, &connect.bytes()), [sent(2, &connack(code)), closed(2)], "{}", connect.client_id);
    }
    assert!(!bench.platform.is_active(KEY, NAME));
}

#[test]
fn regnwl_creates_the_device_where_the_product_lets_it() {
    // Vector G6 signs for this name alone, so the product is emptied instead.
    let mut bench = Bench::new();
    let product = Product::new(KEY, "ffFnFlKQW3HYjjPR");
    bench.platform.add_product(product.registration(Registration::Open));
    let (client_id, token) = token(&mut bench);
    bench.expect_connect(2, &token_login(&client_id, &token));
    refused(Config::default(), Registration::Preregistered, Peer::tls(), &registration("regnwl", "2"), 4);
}

#[test]
fn a_reset_ends_a_device_token() {
    let mut bench = open_bench();
    let (client_id, old) = token(&mut bench);
    bench.expect_connect(2, &token_login(&client_id, &old));
    assert!(bench.platform.reset_device(0, KEY, NAME));
    bench.platform.take_actions();
    assert_eq!(bench.connect(2, &token_login(&client_id, &old)), [sent(2, &connack(4)), closed(2)]);
    let (client_id, new) = token(&mut bench);
    assert_ne!(old, new);
    bench.expect_connect(2, &token_login(&client_id, &new));
}
