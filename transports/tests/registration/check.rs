//! One property of the readers of replies, for proptest and for the fuzz target: whatever bytes come, they are refused
//! or give something that can be logged in with, for the device that asked.

use wanlink_transports::json::Object;
use wanlink_transports::registration::Applicant;
use wanlink_transports::{ClientId, Credentials, SecureMode};

/// The property. Panics when it does not hold.
pub(crate) fn check(reply: &[u8]) {
    let applicant = Applicant::new("pk", "dn", "secret").unwrap();
    for identity in [applicant.https_reply(reply), applicant.mqtt_secret(reply)].into_iter().flatten() {
        assert_eq!((identity.product_key(), identity.device_name()), ("pk", "dn"));
        assert_eq!(Credentials::new(&identity, ClientId::FULL, SecureMode::Tls).user(), "dn&pk");
    }
    if let Ok(token) = applicant.mqtt_token(reply) {
        let built = token.mqtt_login();
        let login = built.login(300, true);
        assert_eq!(login.client_id.strip_suffix("|securemode=-2,authType=connwl|"), Some(token.client_id()));
        assert!(login.client_id.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!login.password.is_empty() && login.password.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    // Reading is linear, and what is read lies within.
    if let Ok(object) = Object::parse(reply) {
        for name in ["code", "data", "deviceSecret", ""] {
            if let Some(text) = object.get(name).and_then(|value| value.text()) {
                assert!(text.characters().count() <= reply.len());
            }
        }
    }
}
