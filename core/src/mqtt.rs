//! The MQTT client inside a module.

use crate::{Module, MqttLimits, Security, Server};

/// A module that speaks MQTT 3.1.1 by itself; client id, user name and password come from us.
///
/// The platform has no QoS 2, no will and no retained messages: neither have we. One session at a time. The general
/// contract stands in the [crate documentation](crate).
pub trait MqttAt: Module {
    /// What the model's client takes and tells.
    const MQTT: MqttLimits;

    /// Opens the connection *and* logs in; returns when the broker accepted the login.
    ///
    /// One call, since the platform hangs up on a silence between the two. An old session is closed first; messages that
    /// arrived in it can still be had. Afterwards no subscription may be assumed, unless `clean_session` was `false`.
    /// *Twice*: connects anew. *Dropped*: the outcome is unknown, and the next call closes whatever exists. *Kinds*:
    /// [`Refused`](crate::ErrorKind::Refused) by [`Connack`](crate::Refusal::Connack),
    /// [`Certificate`](crate::Refusal::Certificate), [`Unexplained`](crate::Refusal::Unexplained);
    /// [`Retry`](crate::ErrorKind::Retry); [`Reconnect`](crate::ErrorKind::Reconnect);
    /// [`Reattach`](crate::ErrorKind::Reattach); [`Restart`](crate::ErrorKind::Restart);
    /// [`Unsupported`](crate::ErrorKind::Unsupported) (the firmware cannot check what was asked for);
    /// [`Misuse`](crate::ErrorKind::Misuse).
    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Self::Error>;

    /// Subscribes, and returns on the broker's answer. *Dropped*: unknown, and calling again is harmless. *Kinds*:
    /// [`Refused`](crate::ErrorKind::Refused) by [`Subscription`](crate::Refusal::Subscription) where the module shows
    /// it; [`Reconnect`](crate::ErrorKind::Reconnect); [`Restart`](crate::ErrorKind::Restart).
    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Self::Error>;

    /// Ends a subscription, and returns on the broker's answer. *Dropped* and *kinds*: as
    /// [`subscribe`](Self::subscribe).
    async fn unsubscribe(&mut self, filter: &str) -> Result<(), Self::Error>;

    /// Publishes.
    ///
    /// QoS 0 returns when the module took the message; QoS 1 when the acknowledgement was seen, as far as the module
    /// shows it ([`Delivery`]). *Twice*: two messages. *Dropped* before the payload was complete: it is completed with
    /// its true bytes when command and payload fit the transmit buffer; else it is filled up with blanks, which the
    /// broker may see, and reported as lost. *Dropped* later: the outcome is unknown. *Kinds*:
    /// [`Reconnect`](crate::ErrorKind::Reconnect), [`Restart`](crate::ErrorKind::Restart),
    /// [`Misuse`](crate::ErrorKind::Misuse).
    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error>;

    /// Waits until a message, or the news that one was lost, can be had from [`front`](Self::front).
    ///
    /// *Dropped*: loses nothing, not even half a message. *Kinds*: [`Reconnect`](crate::ErrorKind::Reconnect),
    /// [`Reattach`](crate::ErrorKind::Reattach), [`Restart`](crate::ErrorKind::Restart). A message that had arrived
    /// before the session ended is still had first.
    async fn ready(&mut self) -> Result<(), Self::Error>;

    /// Lends the oldest message until the next method that takes `&mut self` for something else; `None` when
    /// [`ready`](Self::ready) would wait. Asking again lends the same one.
    fn front(&mut self) -> Option<Inbound<'_>>;

    /// Waits for a message and lends it: [`ready`](Self::ready), then [`front`](Self::front).
    ///
    /// QoS 1 messages were acknowledged by the module before we had them. *Dropped*: loses nothing.
    async fn receive(&mut self) -> Result<Inbound<'_>, Self::Error> {
        self.ready().await?;
        Ok(self.front().unwrap_or(Inbound::Lost { count: 0, longest: 0 }))
    }

    /// Ends the session in its orderly way. Errors but [`Restart`](crate::ErrorKind::Restart) are swallowed, since the
    /// aim is reached. *Dropped*: the next [`connect`](Self::connect) cleans up.
    async fn disconnect(&mut self) -> Result<(), Self::Error>;
}

/// What the broker wants to know of a client.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// Client identifier.
    pub client_id: &'a str,
    /// User name.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
    /// Keep-alive in seconds.
    pub keep_alive_s: u16,
    /// Whether the broker forgets subscriptions and queued messages of earlier sessions.
    pub clean_session: bool,
}

impl core::fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Login")
            .field("client_id", &self.client_id)
            .field("user", &self.user)
            .field("keep_alive_s", &self.keep_alive_s)
            .field("clean_session", &self.clean_session)
            .finish_non_exhaustive()
    }
}

/// Quality of service. The platform has no QoS 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Qos {
    /// QoS 0: sent once, perhaps lost.
    AtMostOnce,
    /// QoS 1: acknowledged, perhaps repeated.
    AtLeastOnce,
}

/// How far a publish is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Delivery {
    /// QoS 0: the module took it.
    Sent,
    /// QoS 1: the module reported success, but its manual does not tie that to the broker's PUBACK.
    Accepted,
    /// QoS 1: the broker acknowledged it.
    Acknowledged,
}

/// A message, lent from the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    topic: &'a [u8],
    /// Its payload, byte for byte.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// A message as the module told it.
    #[must_use]
    pub const fn new(topic: &'a [u8], payload: &'a [u8]) -> Self {
        Self { topic, payload }
    }

    /// Its topic, empty when it is no UTF-8 as MQTT wants it (3.1.1, 1.5.3).
    ///
    /// Checked here and not by the driver: the check is half a kilobyte, and a program with one subscription needs no
    /// topic to tell its messages apart.
    #[must_use]
    pub fn topic(&self) -> &'a str {
        core::str::from_utf8(self.topic).unwrap_or_default()
    }

    /// The bytes of its topic, as they came.
    #[must_use]
    pub const fn topic_bytes(&self) -> &'a [u8] {
        self.topic
    }
}

/// What [`MqttAt::front`] lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbound<'a> {
    /// A message.
    Message(Message<'a>),
    /// Messages that could not be kept: larger than the inbox, come while it was full, or broken on the line. Also a
    /// publish that was dropped half-way and had to be filled up.
    Lost {
        /// How many since the last report.
        count: u16,
        /// The inbox, in bytes, that the largest of them would have needed; 0 when its length is unknown.
        longest: usize,
    },
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn a_topic_that_is_no_text_is_empty() {
        assert_eq!(Message::new("/ä".as_bytes(), b"").topic(), "/ä");
        assert_eq!(Message::new(b"/\xFF", b"").topic(), "");
        assert_eq!(Message::new(b"/\xFF", b"").topic_bytes(), b"/\xFF");
    }

    #[test]
    fn debug_of_a_login_shows_no_password() {
        let login = Login { client_id: "c", user: "u", password: "hunter2", keep_alive_s: 60, clean_session: true };
        assert!(!std::format!("{login:?}").contains("hunter2"));
    }
}
