//! Replies: those of the facts, all refusals, and whatever else may come.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use wanlink_core::{Argument, Error, ErrorKind, Refusal};
use wanlink_transports::registration::{Applicant, Cause, RegistrationCode, RegistrationError, is_push};
use wanlink_transports::{Identity, IdentityError};

use crate::check::check;

const SECRET: &str = "fef32adf6dad46c2c7cbf335d3a7b021";

fn applicant() -> Applicant {
    Applicant::new("k1hipglLdjU", "868488076506128", "8LQwOYSZMwp3DFBd").unwrap()
}

fn https(reply: &str) -> Result<Identity, RegistrationError> {
    applicant().https_reply(reply.as_bytes())
}

/// A secret is seen by what it signs.
fn holds(identity: &Identity, secret: &str) -> bool {
    let expected = Identity::new("pk", "dn", secret).unwrap();
    identity.sign(&["x"]).as_str() == expected.sign(&["x"]).as_str()
}

#[test]
fn a_secret_over_https() {
    let data = format!(r#""deviceName":"868488076506128","deviceSecret":"{SECRET}","productKey":"k1hipglLdjU""#);
    let reply = format!(r#"{{"code":200,"data":{{{data}}},"message":"success"}}"#);
    let identity = https(&reply).unwrap();
    assert_eq!((identity.product_key(), identity.device_name()), ("k1hipglLdjU", "868488076506128"));
    assert!(holds(&identity, SECRET));
    // Another order, a code that is a text, and what nobody asked for.
    let odd = format!(
        r#"{{ "id":[1,{{"code":1}}], "data": {{"x":null,"deviceSecret":"{SECRET}"}}, "message":"code", "code":"200" }}"#
    );
    assert!(holds(&https(&odd).unwrap(), SECRET));
}

#[test]
fn a_secret_and_a_token_over_mqtt() {
    let head = r#"{"productKey":"k1hipglLdjU","deviceName":"868488076506128""#;
    let secret = applicant().mqtt_secret(format!(r#"{head},"deviceSecret":"{SECRET}"}}"#).as_bytes()).unwrap();
    assert!(holds(&secret, SECRET));
    let payload = format!(r#"{head},"clientId":"7e\u0061.1","deviceToken":"^1^157\/4"}}"#);
    let token = applicant().mqtt_token(payload.as_bytes()).unwrap();
    assert_eq!((token.client_id(), token.reveal()), ("7ea.1", "^1^157/4"));
    assert_eq!((token.product_key(), token.device_name()), ("k1hipglLdjU", "868488076506128"));
    // One is not taken for the other.
    assert_eq!(applicant().mqtt_secret(payload.as_bytes()).unwrap_err(), RegistrationError::Missing("deviceSecret"));
    assert!(is_push("/ext/register") && is_push("/ext/regnwl"));
    assert!(!is_push("/ext/registe") && !is_push("/ext/error/k/d") && !is_push(""));
}

#[test]
fn refusals() {
    for (code, cause, kind) in [
        (6289, Cause::AlreadyActive, ErrorKind::Refused(Refusal::Code(6289))),
        (401, Cause::WrongSecret, ErrorKind::Refused(Refusal::Code(401))),
        (6100, Cause::UnknownDevice, ErrorKind::Refused(Refusal::Code(6100))),
        (6250, Cause::UnknownProduct, ErrorKind::Refused(Refusal::Code(6250))),
        (460, Cause::BadRequest, ErrorKind::Refused(Refusal::Code(460))),
        (429, Cause::Throttled, ErrorKind::Retry),
        (500, Cause::Unavailable, ErrorKind::Retry),
        (6288, Cause::Other, ErrorKind::Refused(Refusal::Code(6288))),
        (0, Cause::Other, ErrorKind::Refused(Refusal::Code(0))),
    ] {
        let error = https(&format!(r#"{{"code":{code},"message":"device is already active"}}"#)).unwrap_err();
        assert_eq!(error, RegistrationError::Refused(RegistrationCode::Https(code)));
        assert_eq!((RegistrationCode::Https(code).cause(), error.kind()), (cause, kind), "{code}");
    }
    // Data beside a refusal is not looked at.
    let with_data = format!(r#"{{"code":6289,"data":{{"deviceSecret":"{SECRET}"}}}}"#);
    assert_eq!(https(&with_data).unwrap_err(), RegistrationError::Refused(RegistrationCode::Https(6289)));
    assert_eq!(
        https(r#"{"code":4294967496}"#).unwrap_err(),
        RegistrationError::Refused(RegistrationCode::Https(u32::MAX)),
        "the low 32 bits of this are 200"
    );
    assert_eq!(https(r#"{"code":65536}"#).unwrap_err().kind(), ErrorKind::Refused(Refusal::Unexplained));
    let connack = RegistrationError::Refused(RegistrationCode::Connack(4));
    assert_eq!(connack.kind(), ErrorKind::Refused(Refusal::Connack(4)));
}

#[test]
fn replies_that_are_none() {
    for (reply, error) in [
        (r#"{"data":{}}"#, RegistrationError::Missing("code")),
        (r#"{"code":true}"#, RegistrationError::Missing("code")),
        (r#"{"code":200}"#, RegistrationError::Missing("data")),
        (r#"{"code":200,"data":"x"}"#, RegistrationError::Missing("data")),
        (r#"{"code":200,"data":{}}"#, RegistrationError::Missing("deviceSecret")),
        (r#"{"code":200,"data":{"deviceSecret":1}}"#, RegistrationError::Missing("deviceSecret")),
        (r#"{"code":200,"data":{"deviceSecret":"\ud83d"}}"#, RegistrationError::Missing("deviceSecret")),
        (r#"{"code":200,"data":{"deviceName":"other","deviceSecret":"s"}}"#, RegistrationError::OtherDevice),
        (r#"{"code":200,"data":{"productKey":"other","deviceSecret":"s"}}"#, RegistrationError::OtherDevice),
    ] {
        assert_eq!(https(reply).unwrap_err(), error, "{reply}");
    }
    // A gateway in between, and a reply that was cut.
    for reply in ["<html>502</html>", "", r#"{"code":200,"data":{"deviceSecret":"fef3"#] {
        let error = https(reply).unwrap_err();
        assert!(matches!(error, RegistrationError::Json(_)) && error.kind() == ErrorKind::Retry, "{reply}");
    }
}

#[test]
fn secrets_that_cannot_be_logged_in_with() {
    let secret = |text: &str| https(&format!(r#"{{"code":200,"data":{{"deviceSecret":"{text}"}}}}"#)).unwrap_err();
    let what = Argument::DeviceSecret;
    assert_eq!(secret(""), RegistrationError::Invalid(IdentityError::Empty(what)));
    assert_eq!(secret("a b"), RegistrationError::Invalid(IdentityError::Character { what, at: 1 }));
    let long = secret(&"s".repeat(70));
    assert_eq!(
        long.to_string(),
        "the registration gave what no login can hold: the device secret has 70 bytes, the platform takes 64"
    );
}

#[test]
fn errors_show_no_secret() {
    let broken = format!(r#"{{"code":200,"data":{{"deviceSecret":"{SECRET} "}}}}"#);
    let error = https(&broken).unwrap_err();
    assert!(!format!("{error:?} {error}").contains(SECRET));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_bytes(bytes in vec(any::<u8>(), 0..80)) {
        check(&bytes);
    }

    /// A reply with any bytes changed is refused or holds something that can be logged in with.
    #[test]
    fn damaged_replies(changes in vec((any::<Index>(), any::<u8>()), 0..6), cut in any::<Index>()) {
        let data = format!(r#""deviceName":"dn","deviceSecret":"{SECRET}","clientId":"c","deviceToken":"t""#);
        let mut reply = format!(r#"{{"code":200,"data":{{{data}}}}}"#).into_bytes();
        for (at, byte) in changes {
            let at = at.index(reply.len());
            reply[at] = byte;
        }
        check(&reply);
        check(&reply[..cut.index(reply.len())]);
    }
}

#[test]
fn kept_inputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/registration");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of kept inputs") {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0);
}
