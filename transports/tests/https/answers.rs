//! What the platform, or somebody between, may answer.

use wanlink_core::fake::block_on;
use wanlink_core::{Error, ErrorKind, Qos, Refusal};
use wanlink_platform::{Config, JsonForm};
use wanlink_transports::{Identity, LinkError, Uplink, https, topic};

use crate::rig::{DEVICE_NAME, PRODUCT_KEY, Web, endpoint, identity};

fn publish(web: &Web) -> Result<(), LinkError<wanlink_core::fake::FakeError>> {
    let identity = identity();
    let mut link = https::Link::new(web.module().0, &identity, endpoint());
    block_on(link.publish(topic::user("update"), b"x", Qos::AtLeastOnce)).map(|_| ())
}

#[test]
fn odd_forms_of_json_are_taken() {
    for (trailing_comma, data_member, capitals) in
        [(true, false, false), (false, true, false), (false, false, true), (true, true, true)]
    {
        let mut config = Config::default();
        config.http.json = JsonForm { trailing_comma, data_member, capitals };
        assert_eq!(publish(&Web::new(config)), Ok(()));
    }
}

#[test]
fn a_refusal_may_come_with_any_status() {
    let mut config = Config::default();
    config.http.refusal_status = 403;
    let web = Web::new(config);
    let stranger = Identity::new(PRODUCT_KEY, DEVICE_NAME, "fedcba9876543210fedcba9876543210").unwrap();
    let mut link = https::Link::new(web.module().0, &stranger, endpoint());
    for _ in 0..2 {
        let refused = block_on(link.publish(topic::user("update"), b"x", Qos::AtLeastOnce)).unwrap_err();
        assert_eq!(refused, LinkError::Refused(Refusal::Code(20000)));
        assert_eq!(refused.kind(), ErrorKind::Refused(Refusal::Code(20000)));
    }
    assert_eq!(web.count("/auth"), 2, "one request for each call");
}

#[test]
fn each_code_calls_for_what_can_help() {
    for (code, kind) in [
        (10000, ErrorKind::Retry),
        (10001, ErrorKind::Misuse),
        (20001, ErrorKind::Reconnect),
        (20004, ErrorKind::Retry),
        (30001, ErrorKind::Retry),
        (40000, ErrorKind::Retry),
    ] {
        let web = Web::new(Config::default());
        web.platform().refuse_requests(code, 1);
        let error = publish(&web).unwrap_err();
        assert_eq!((error, error.kind()), (LinkError::Code(code), kind));
    }
}

#[test]
fn a_token_that_is_never_taken_ends_the_call() {
    let web = Web::new(Config::default());
    web.gives_void_tokens.set(true);
    let error = publish(&web).unwrap_err();
    assert!(matches!(error, LinkError::Code(20001 | 20003)), "{error:?}");
    assert_eq!((error.kind(), web.count("/auth"), web.count("/topic")), (ErrorKind::Reconnect, 1, 1));
}

#[test]
fn an_answer_of_somebody_else_is_tried_again() {
    let web = Web::new(Config::default());
    web.platform().fail_requests(502, 1);
    assert_eq!(publish(&web), Err(LinkError::Answer(502)));
    assert_eq!(LinkError::<wanlink_core::fake::FakeError>::Answer(502).kind(), ErrorKind::Retry);
    assert_eq!(publish(&web), Ok(()));
}
