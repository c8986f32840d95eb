//! Limits of the MQTT client inside a module.

use super::{Argument, TooLong, UNSTATED, at_most, fits};
use crate::{Login, Security, Server};

/// What a module's MQTT client takes and tells, as its manual states it. Lengths in bytes.
///
/// Built from [`MqttLimits::UNSTATED`] by the methods of the same names:
///
/// ```
/// use wanlink_core::MqttLimits;
/// const LIMITS: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(4096);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MqttLimits {
    /// Host name or address of the broker.
    pub host: u16,
    /// MQTT client identifier.
    pub client_id: u16,
    /// User name.
    pub user: u16,
    /// Password.
    pub password: u16,
    /// Topic of a publish and filter of a subscription.
    pub topic: u16,
    /// Payload of a publish.
    pub payload: u16,
    /// Whether a publish may be empty.
    pub empty_payload: bool,
    /// Whether `clean_session: false` can be asked for.
    pub persistent_session: bool,
    /// Whether success of a QoS 1 publish means that the broker's PUBACK was seen
    /// ([`Delivery::Acknowledged`](crate::Delivery::Acknowledged)).
    pub acknowledged: bool,
    /// Whether a refused login comes with the broker's CONNACK code.
    pub gives_reason: bool,
}

impl MqttLimits {
    /// No stated limit, and a client that does everything.
    pub const UNSTATED: Self = Self {
        host: UNSTATED,
        client_id: UNSTATED,
        user: UNSTATED,
        password: UNSTATED,
        topic: UNSTATED,
        payload: UNSTATED,
        empty_payload: true,
        persistent_session: true,
        acknowledged: true,
        gives_reason: true,
    };

    /// Sets the limit of the host name.
    #[must_use]
    pub const fn host(self, host: u16) -> Self {
        Self { host, ..self }
    }

    /// Sets the limits of client identifier, user name and password.
    #[must_use]
    pub const fn login(self, client_id: u16, user: u16, password: u16) -> Self {
        Self { client_id, user, password, ..self }
    }

    /// Sets the limit of topics and filters.
    #[must_use]
    pub const fn topic(self, topic: u16) -> Self {
        Self { topic, ..self }
    }

    /// Sets the limit of a published payload.
    #[must_use]
    pub const fn payload(self, payload: u16) -> Self {
        Self { payload, ..self }
    }

    /// For a client that cannot publish an empty payload.
    #[must_use]
    pub const fn no_empty_payload(self) -> Self {
        Self { empty_payload: false, ..self }
    }

    /// For a client that always starts a clean session.
    #[must_use]
    pub const fn no_persistent_session(self) -> Self {
        Self { persistent_session: false, ..self }
    }

    /// For a client whose manual does not tie a QoS 1 success to the PUBACK.
    #[must_use]
    pub const fn not_acknowledged(self) -> Self {
        Self { acknowledged: false, ..self }
    }

    /// For a client that hides why a login was refused.
    #[must_use]
    pub const fn no_reason(self) -> Self {
        Self { gives_reason: false, ..self }
    }

    /// Checks a login before anything is sent; links call it before power-on, drivers once more.
    ///
    /// # Errors
    /// The first field that is too long.
    pub fn check_login<S: Security>(&self, server: &Server<'_, S>, login: &Login<'_>) -> Result<(), TooLong> {
        self.check_lengths(server.host.len(), login.client_id.len(), login.user.len(), login.password.len())
    }

    /// As [`check_login`](Self::check_login), for a caller that knows the lengths before the texts.
    ///
    /// # Errors
    /// The first length that is above its limit.
    pub fn check_lengths(&self, host: usize, client_id: usize, user: usize, password: usize) -> Result<(), TooLong> {
        fits(Argument::HostName, self.host, host)?;
        fits(Argument::ClientId, self.client_id, client_id)?;
        fits(Argument::UserName, self.user, user)?;
        fits(Argument::Password, self.password, password)
    }

    /// Checks a topic or filter.
    ///
    /// # Errors
    /// It is longer than the model takes.
    pub fn check_topic(&self, topic: &str) -> Result<(), TooLong> {
        at_most(Argument::Topic, self.topic, topic)
    }

    /// Checks the length of a payload.
    ///
    /// # Errors
    /// It is longer than the model takes, or empty where the model needs at least one byte (the limit is 0 then).
    pub fn check_payload(&self, payload: &[u8]) -> Result<(), TooLong> {
        let length = payload.len();
        if length == 0 && !self.empty_payload {
            return Err(TooLong::new(Argument::EmptyPayload, 0, length));
        }
        fits(Argument::Payload, self.payload, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plain;

    const LIMITS: MqttLimits = MqttLimits::UNSTATED.host(5).login(4, 3, 2).topic(6).payload(7);

    fn login<'a>(client_id: &'a str, user: &'a str, password: &'a str) -> Login<'a> {
        Login { client_id, user, password, keep_alive_s: 300, clean_session: true }
    }

    #[test]
    fn each_field_is_refused_one_byte_above_its_limit_and_taken_at_it() {
        let server = Server::new("12345", 1883, Plain);
        assert_eq!(LIMITS.check_login(&server, &login("1234", "123", "12")), Ok(()));
        for (client_id, user, password, what) in [
            ("12345", "123", "12", Argument::ClientId),
            ("1234", "1234", "12", Argument::UserName),
            ("1234", "123", "123", Argument::Password),
        ] {
            assert_eq!(LIMITS.check_login(&server, &login(client_id, user, password)).unwrap_err().what, what);
        }
        let long = Server::new("123456", 1883, Plain);
        assert_eq!(LIMITS.check_login(&long, &login("", "", "")), Err(TooLong::new(Argument::HostName, 5, 6)));
        assert!(LIMITS.check_topic("123456").is_ok() && LIMITS.check_topic("1234567").is_err());
        assert!(LIMITS.check_payload(&[0; 7]).is_ok() && LIMITS.check_payload(&[0; 8]).is_err());
    }

    #[test]
    fn an_empty_payload_is_refused_only_where_the_model_cannot_send_it() {
        assert_eq!(LIMITS.check_payload(&[]), Ok(()));
        assert_eq!(LIMITS.no_empty_payload().check_payload(&[]).unwrap_err().what, Argument::EmptyPayload);
    }

    #[test]
    fn an_unstated_limit_refuses_nothing() {
        assert_eq!(MqttLimits::UNSTATED.check_payload(&[0; 70_000]), Ok(()));
    }
}
