//! `/auth`: a token for a device that signs (facts: `aliyun-iot`, section 4).

use super::http::{Refused, Served};
use super::{At, Platform};
use crate::device::DeviceId;
use crate::http::{Body, Request};
use crate::signature::{Content, Method};
use serde::Deserialize;

/// How far a timestamp may be from the platform's clock.
const TIMESTAMP_MS: u64 = 15 * 60 * 1000;

/// The body of the request. No `Debug`: it holds the signature.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LoginBody {
    pub(super) product_key: String,
    pub(super) device_name: String,
    client_id: String,
    sign: String,
    #[serde(default = "default_method")]
    signmethod: String,
    timestamp: Option<String>,
    #[serde(default = "default_version")]
    version: String,
}

fn default_method() -> String {
    "hmacmd5".into()
}

fn default_version() -> String {
    "default".into()
}

impl LoginBody {
    pub(super) fn of(request: &Request) -> Result<Self, String> {
        if !request.has_type("application/json") {
            return Err("content type is not application/json".into());
        }
        serde_json::from_slice(request.body()).map_err(|error| {
            // Of what serde_json says, this is about names; the rest may show a value.
            let text = error.to_string();
            let names = ["missing field", "unknown field", "duplicate field"].iter().any(|kind| text.starts_with(kind));
            if names { text } else { "body is no JSON object of strings".into() }
        })
    }
}

impl Platform {
    /// A query is ignored: the C SDK sends its version in one.
    pub(super) fn on_auth(&mut self, at: At, login: Result<LoginBody, String>) -> Served {
        let login = login.map_err(malformed)?;
        let device = self.check_auth(at, &login)?;
        let Some(known) = self.registry.device_mut(&device) else {
            return Err(unsigned(format!("no device {device}")));
        };
        known.active = true;
        let token = self.mint.secret(known.secret().unwrap_or_default(), "token");
        let rules = &self.config.http;
        let expires = at.now.saturating_add(rules.token_life_us);
        self.tokens.issue(&token, &device, expires, rules.one_token);
        self.record.accept_last();
        self.record.count_token();
        Ok(Some(Body::token(&token, rules.json)))
    }

    fn check_auth(&self, at: At, login: &LoginBody) -> Result<DeviceId, Refused> {
        if login.version != "default" {
            return Err(malformed("version is not default"));
        }
        if !(1..=64).contains(&login.client_id.chars().count()) {
            return Err(malformed("clientId is not of 1 to 64 characters"));
        }
        let method = Method::from_name(&login.signmethod).ok_or_else(|| malformed("signmethod is unknown"))?;
        if let Some(timestamp) = &login.timestamp {
            self.check_timestamp(at, timestamp)?;
        }
        let device = DeviceId::checked(&login.product_key, &login.device_name)
            .ok_or_else(|| malformed("productKey or deviceName is invalid"))?;
        let known = self.registry.device(&device).ok_or_else(|| unsigned(format!("no device {device}")))?;
        let content = Content {
            client_id: &login.client_id,
            device_name: &login.device_name,
            product_key: &login.product_key,
            timestamp: login.timestamp.as_deref(),
        };
        let signed = |secret| method.is_signed(secret, &content.text(), login.sign.as_bytes());
        if !known.secret().is_some_and(signed) {
            return Err(unsigned("sign is not the signature"));
        }
        if !known.enabled {
            return Err(unsigned(format!("device {device} is disabled")));
        }
        Ok(device)
    }

    fn check_timestamp(&self, at: At, text: &str) -> Result<(), Refused> {
        let sent_ms: u64 = match text.parse() {
            Ok(ms) if text.bytes().all(|byte| byte.is_ascii_digit()) => ms,
            _ => return Err(malformed("timestamp is not a number of milliseconds")),
        };
        let Some(start_s) = self.config.start_utc_s else {
            return Ok(());
        };
        let now_ms = start_s.saturating_mul(1000).saturating_add(at.now / 1000);
        if now_ms.abs_diff(sent_ms) > TIMESTAMP_MS {
            return Err(unsigned("timestamp is more than 15 minutes off"));
        }
        Ok(())
    }
}

fn malformed(reason: impl Into<String>) -> Refused {
    Refused { code: 10001, message: "param error", reason: reason.into() }
}

fn unsigned(reason: impl Into<String>) -> Refused {
    Refused { code: 20000, message: "auth check error", reason: reason.into() }
}
