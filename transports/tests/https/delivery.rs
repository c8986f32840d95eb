//! Messages, with sessions and without.

use wanlink_core::fake::{Call, block_on};
use wanlink_core::{ContentType, Delivery, Error, ErrorKind, Network, Qos, TooLong};
use wanlink_emulator as _;
use wanlink_platform::Config;
use wanlink_transports::{Connect, LinkError, Session, Uplink, https, topic};

use crate::rig::{DEVICE_NAME, PRODUCT_KEY, Web, endpoint, identity, is_post};

#[test]
fn a_message_is_posted_with_the_token() {
    let web = Web::new(Config::default());
    let (module, _script) = web.module();
    let identity = identity();
    let mut link = https::Link::new(module, &identity, endpoint());
    let delivery = block_on(link.publish(topic::user("update"), b"21.5", Qos::AtLeastOnce)).unwrap();
    assert_eq!(delivery, Delivery::Acknowledged);
    assert!(link.message_id().is_some_and(|id| id > u64::from(u32::MAX)), "{:?}", link.message_id());
    let posts = web.posts.borrow();
    let [sign_in, message] = &posts[..] else { panic!("{posts:?}") };
    assert_eq!((sign_in.path.as_str(), sign_in.content, sign_in.port), ("/auth", ContentType::Json, 443));
    assert_eq!(message.path, format!("/topic/{PRODUCT_KEY}/{DEVICE_NAME}/user/update"));
    assert_eq!((message.content, message.body.as_slice()), (ContentType::Octets, &b"21.5"[..]));
    assert_eq!(message.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["password"]);
    assert_eq!(web.published(), ["21.5"]);
}

#[test]
fn payloads_from_nothing_to_the_longest() {
    let web = Web::new(Config::default());
    let (module, script) = web.module();
    let identity = identity();
    let mut link = https::Link::new(module, &identity, endpoint());
    let longest = 128 * 1024;
    for length in [0, 1, 1460, longest] {
        let payload = vec![b'x'; length];
        block_on(link.publish(topic::user("update"), &payload, Qos::AtLeastOnce)).unwrap();
        assert_eq!(web.published().last().map(String::len), Some(length));
    }
    let before = script.count(is_post);
    let refused = block_on(link.publish(topic::user("update"), &vec![0; longest + 1], Qos::AtLeastOnce));
    assert_eq!(refused, Err(LinkError::TooLong(TooLong::body(longest as u32, longest + 1))));
    assert_eq!(script.count(is_post), before, "it is refused before a byte");
}

#[test]
fn a_topic_with_a_wildcard_is_refused_before_a_byte() {
    let web = Web::new(Config::default());
    let (module, script) = web.module();
    let identity = identity();
    let mut link = https::Link::new(module, &identity, endpoint());
    let refused = block_on(link.publish(topic::user("#"), b"", Qos::AtLeastOnce)).unwrap_err();
    assert_eq!((refused.kind(), script.count(is_post)), (ErrorKind::Misuse, 0));
}

#[test]
fn a_session_brings_the_module_up_and_publishes() {
    let web = Web::new(Config::default());
    let (mut module, script) = web.module();
    script.restart();
    let identity = identity();
    let link = https::Link::new(&mut module, &identity, endpoint());
    let mut session = Session::new(link, Network::apn("cmiot"), 42);
    block_on(async {
        for text in ["1", "2", "3"] {
            session.publish(topic::user("update"), text.as_bytes(), Qos::AtLeastOnce).await.unwrap();
        }
        session.disconnect().await.unwrap();
        session.publish(topic::user("update"), b"4", Qos::AtMostOnce).await.unwrap();
    });
    assert_eq!((web.published().join(","), web.count("/auth")), ("1,2,3,4".into(), 1));
    assert_eq!(session.connection(), 2, "two logins, no loss");
    assert!(script.calls().contains(&Call::Start));
}

#[test]
fn what_cannot_fit_the_model_is_known_before_power_on() {
    let web = Web::new(Config::default());
    let (module, _script) = web.module();
    let identity = identity();
    let link = https::Link::new(module, &identity, endpoint());
    assert!(Connect::check(&link).is_ok());
    let host = "h".repeat(65);
    let tls = wanlink_core::Tls::verified(wanlink_transports::roots::GLOBALSIGN_R6);
    let link = https::Link::new(web.module().0, &identity, https::Endpoint::custom(&host, 443, tls));
    assert_eq!(Connect::check(&link).unwrap_err().kind(), ErrorKind::Misuse);
}
