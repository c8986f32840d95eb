//! Tokens: kept, renewed, never asked for without need.

use std::pin::pin;

use wanlink_core::Qos;
use wanlink_core::fake::{block_on, poll_times};
use wanlink_platform::Config;
use wanlink_transports::{Connect, Uplink, https, topic};

use crate::rig::{Shelf, Web, endpoint, identity};

#[test]
fn a_token_that_expires_in_the_middle_of_a_hundred_posts_costs_none_of_them() {
    for fault in ["expire", "forget"] {
        let web = Web::new(Config::default());
        let (module, _script) = web.module();
        let identity = identity();
        let mut link = https::Link::new(module, &identity, endpoint());
        for number in 0..100 {
            if number == 50 {
                match fault {
                    "expire" => web.platform().expire_tokens(0),
                    _ => web.platform().forget_tokens(0),
                }
            }
            let text = number.to_string();
            block_on(link.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce)).unwrap();
        }
        let expected: Vec<String> = (0..100).map(|number: u32| number.to_string()).collect();
        assert_eq!(web.published(), expected, "each once, in order");
        assert_eq!((web.count("/auth"), web.count("/topic")), (2, 101), "{fault}");
    }
}

#[test]
fn a_second_start_with_a_store_signs_in_no_more() {
    let web = Web::new(Config::default());
    let identity = identity();
    let mut shelf = Shelf::default();
    for text in ["first life", "second life"] {
        let (module, _script) = web.module();
        let mut link = https::Link::new(module, &identity, endpoint()).with_store(&mut shelf);
        block_on(link.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce)).unwrap();
    }
    assert_eq!((web.published().len(), web.count("/auth")), (2, 1));
    assert!(!String::from_utf8_lossy(&shelf.0.unwrap()).contains("0123456789abcdef"), "no secret of the device");
}

#[test]
fn a_kept_token_outlives_a_call_that_is_dropped_while_it_is_looked_for() {
    for polls in 1..8 {
        let web = Web::new(Config::default());
        let identity = identity();
        let mut shelf = Shelf::default();
        let (module, _script) = web.module();
        let mut link = https::Link::new(module, &identity, endpoint()).with_store(&mut shelf);
        block_on(link.publish(topic::user("update"), b"first life", Qos::AtLeastOnce)).unwrap();
        let (module, _script) = web.module();
        let mut link = https::Link::new(module, &identity, endpoint()).with_store(&mut shelf);
        let dropped = poll_times(pin!(link.publish(topic::user("update"), b"dropped", Qos::AtLeastOnce)), polls);
        assert!(polls > 1 || dropped.is_none(), "a clock takes its time");
        block_on(link.publish(topic::user("update"), b"second life", Qos::AtLeastOnce)).unwrap();
        assert_eq!(web.count("/auth"), 1, "dropped at poll {polls}");
    }
}

#[test]
fn a_token_that_expired_between_two_lives_is_renewed_and_kept() {
    let web = Web::new(Config::default());
    let identity = identity();
    let mut shelf = Shelf::default();
    for life in 0..3 {
        let (module, _script) = web.module();
        let mut link = https::Link::new(module, &identity, endpoint()).with_store(&mut shelf);
        block_on(link.publish(topic::user("update"), b"x", Qos::AtLeastOnce)).unwrap();
        if life == 0 {
            web.platform().expire_tokens(0);
        }
    }
    assert_eq!((web.count("/auth"), web.published().len()), (2, 3));
}

#[test]
fn a_store_that_is_damaged_costs_a_sign_in_and_stays_as_it_is() {
    let web = Web::new(Config::default());
    let identity = identity();
    let mut shelf = Shelf(Some(b"somebody else's".to_vec()));
    let (module, _script) = web.module();
    let mut link = https::Link::new(module, &identity, endpoint()).with_store(&mut shelf);
    block_on(link.publish(topic::user("update"), b"x", Qos::AtLeastOnce)).unwrap();
    drop(link);
    assert_eq!(shelf.0.as_deref(), Some(&b"somebody else's"[..]));
}

#[test]
fn connecting_signs_in_once() {
    let web = Web::new(Config::default());
    let (module, _script) = web.module();
    let identity = identity();
    let mut link = https::Link::new(module, &identity, endpoint());
    block_on(async {
        link.connect().await.unwrap();
        link.connect().await.unwrap();
    });
    assert_eq!((web.count("/auth"), web.count("/topic")), (1, 0));
}
