//! `/topic`: a message under a token (facts: `aliyun-iot`, section 4).

use super::http::{Refused, Served};
use super::{At, Platform};
use crate::device::DeviceId;
use crate::http::{Body, Request};
use crate::login::Login;
use crate::permission::{Rights, over_limit};
use crate::token::Standing;

/// What the page shows as an example; it wants 60 bits.
const FIRST_MESSAGE_ID: u64 = 892_687_627_916_247_040;

impl Platform {
    pub(super) fn on_post(&mut self, at: At, request: &Request, topic: &str) -> Served {
        let token = request.field("password").unwrap_or_default();
        let device = self.check_token(at, token)?;
        let malformed = |reason: &str| refused(10001, "param error", reason);
        if !request.has_type("application/octet-stream") {
            return Err(malformed("content type is not application/octet-stream"));
        }
        if request.has_query() {
            return Err(malformed("query behind a topic"));
        }
        self.check_right(&device, topic)?;
        self.record.accept_last();
        self.tokens.count_post(token, self.faults.http.token_posts);
        let id = FIRST_MESSAGE_ID + self.posts;
        self.posts += 1;
        Ok(Some(Body::message(id, self.config.http.json)))
    }

    fn check_token(&self, at: At, token: &str) -> Result<DeviceId, Refused> {
        if token.is_empty() {
            return Err(refused(20002, "token is null", "no token in the field `password`"));
        }
        match self.tokens.standing(at.now, token) {
            Standing::Good(device) => Ok(device),
            Standing::Expired => Err(refused(20001, "token is expired", "token is expired")),
            Standing::Unknown => Err(refused(20003, "check token error", "token is not one that counts")),
        }
    }

    /// Which code the real platform has for this is not published.
    fn check_right(&self, device: &DeviceId, topic: &str) -> Result<(), Refused> {
        let no = |reason: &str| refused(30001, "publish message error", &format!("{reason}: {topic}"));
        let enabled = self.registry.device(device).is_some_and(|device| device.enabled);
        if !enabled {
            return Err(no("device is disabled"));
        }
        if let Some(reason) = over_limit(topic, &self.config.limits) {
            return Err(no(reason));
        }
        let classes = self.registry.product(&device.product_key).map_or(&[][..], |product| &product.topics);
        let login = Login::over_http(device.clone());
        if !(Rights { login: &login, classes }).may_publish(topic) {
            return Err(no("no right to publish on this topic"));
        }
        Ok(())
    }
}

fn refused(code: u16, message: &'static str, reason: &str) -> Refused {
    Refused { code, message, reason: reason.into() }
}
