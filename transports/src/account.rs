//! What every path that speaks MQTT logs in with, and where.

use wanlink_core::{Delivery, Login, MqttLimits, Security, TooLong};

use crate::credentials::SecureMode;
use crate::endpoint::{Endpoint, HostName};
use crate::error::LinkError;
use crate::principal::Principal;
use crate::topic::{FullTopic, Topic, without_wildcard};

/// A device at an endpoint, with the settings of its session.
#[derive(Debug)]
pub(crate) struct Account<'a, S: Security, P> {
    pub(crate) principal: &'a P,
    pub(crate) endpoint: Endpoint<'a, S>,
    pub(crate) keep_alive_s: u16,
    pub(crate) clean_session: bool,
    /// Of the last publish that ended well.
    pub(crate) delivery: Delivery,
}

impl<'a, S: Security, P: Principal> Account<'a, S, P> {
    pub(crate) const fn new(principal: &'a P, endpoint: Endpoint<'a, S>) -> Self {
        Self { principal, endpoint, keep_alive_s: 300, clean_session: true, delivery: Delivery::Sent }
    }

    /// The platform takes 30 to 1200 seconds; a value outside counts as the nearer end.
    pub(crate) fn keep_alive_s(self, seconds: u16) -> Self {
        Self { keep_alive_s: seconds.clamp(30, 1200), ..self }
    }

    pub(crate) fn clean_session(self, clean: bool) -> Self {
        Self { clean_session: clean, ..self }
    }

    /// Writes the host's name and checks what can be known before power-on. The texts of a login are only counted:
    /// written, they would stand on the stack beside those of the connect to come.
    #[cfg(feature = "mqtt")]
    pub(crate) fn check(&self, limits: &MqttLimits, host: &mut HostName) -> Result<(), TooLong> {
        self.write_host(host)?;
        let [client_id, user, password] = self.principal.lengths(limits);
        limits.check_lengths(host.as_str().len(), client_id, user, password)
    }

    pub(crate) fn write_host(&self, out: &mut HostName) -> Result<(), TooLong> {
        self.endpoint.write_host(self.principal.product_key(), out)
    }

    pub(crate) fn write_texts(&self, limits: &MqttLimits, out: &mut P::Texts) {
        self.principal.write(limits, SecureMode::of::<S>(), out);
    }

    pub(crate) fn login<'b>(&self, texts: &'b P::Texts) -> Login<'b> {
        let [client_id, user, password] = P::texts(texts);
        let Self { keep_alive_s, clean_session, .. } = *self;
        Login { client_id, user, password, keep_alive_s, clean_session }
    }

    /// Fills a filter in, or the topic of a publish when there is a payload, and checks it.
    pub(crate) fn write_topic<'b, E>(
        &self,
        limits: &MqttLimits,
        topic: Topic<'_>,
        payload: Option<&[u8]>,
        out: &'b mut FullTopic,
    ) -> Result<&'b str, LinkError<E>> {
        let full = topic.expand_into(self.principal, out)?;
        limits.check_topic(full)?;
        if let Some(payload) = payload {
            without_wildcard(full)?;
            limits.check_payload(payload)?;
        }
        Ok(full)
    }
}
