//! Messages to the device.

use super::{At, Platform};
use crate::connection::ConnId;
use crate::device::DeviceId;
use crate::packet::{Qos, Reply};
use crate::permission::over_limit;
use crate::session::{Inflight, Message};
use std::sync::Arc;

/// What became of a pushed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Pushed {
    /// On its way to the device.
    Sent,
    /// Stored until the device connects again or acknowledges earlier ones.
    Queued,
    /// Discarded: the device did not subscribe the topic.
    NotSubscribed,
    /// Discarded: the device is absent, and the message is QoS 0 or there is no session to keep it.
    Offline,
    /// Discarded: no such device.
    UnknownDevice,
    /// Discarded: topic or payload over a limit.
    TooLarge,
}

impl Platform {
    /// Sends a message from the cloud. It goes out with this QoS, whatever the subscription asked for.
    pub fn push(
        &mut self,
        now: u64,
        product_key: &str,
        device_name: &str,
        topic: &str,
        payload: &[u8],
        qos: Qos,
    ) -> Pushed {
        self.poll(now);
        let device = DeviceId::new(product_key, device_name);
        if self.registry.device(&device).is_none() {
            return Pushed::UnknownDevice;
        }
        let limits = &self.config.limits;
        let too_large = limits.payload_bytes.is_some_and(|most| payload.len() > most);
        // A topic's length has 16 bits on the wire, whatever the limits.
        let too_long = u16::try_from(topic.len()).is_err();
        if too_large || too_long || over_limit(topic, limits).is_some() {
            return Pushed::TooLarge;
        }
        let conn = self.online.get(&device).copied();
        let Some(session) = self.sessions.get(&device) else {
            return Pushed::Offline;
        };
        let wanted =
            self.config.unsolicited || session.is_subscribed(topic) || self.rights(&session.login).comes_unasked(topic);
        match (wanted, conn, qos) {
            (false, ..) => Pushed::NotSubscribed,
            (true, None, Qos::AtMostOnce) => Pushed::Offline,
            (true, Some(conn), Qos::AtMostOnce) => {
                let (dup, id) = (false, None);
                let reply = Reply::Publish { dup, id, topic, payload };
                self.send(At { now, conn }, &reply);
                Pushed::Sent
            }
            (true, conn, Qos::AtLeastOnce) => {
                let message = Message { topic: topic.into(), payload: payload.into(), pushed: now };
                self.push_stored(now, conn, &device, message)
            }
        }
    }

    fn push_stored(&mut self, now: u64, conn: Option<ConnId>, device: &DeviceId, message: Message) -> Pushed {
        if let Some(session) = self.sessions.get_mut(device) {
            session.queue.push_back(Arc::new(message));
        }
        let Some(conn) = conn else {
            return Pushed::Queued;
        };
        self.pump(At { now, conn }, device);
        let session = self.sessions.get(device);
        if session.is_some_and(|session| !session.queue.is_empty()) { Pushed::Queued } else { Pushed::Sent }
    }

    /// Sends what is queued, as far as the limit of unacknowledged messages allows.
    pub(super) fn pump(&mut self, at: At, device: &DeviceId) {
        let limits = &self.config.limits;
        let (most, retention_us) = (limits.unacknowledged, limits.retention_us);
        // A fault may end the connection half-way.
        while self.online.get(device) == Some(&at.conn) {
            let Some(session) = self.sessions.get_mut(device) else {
                return;
            };
            let Some(message) = session.take_queued(at.now, most, retention_us) else {
                return;
            };
            let id = session.next_id();
            session.inflight.push_back(Inflight { id, message: Arc::clone(&message) });
            self.send_message(at, false, id, &message);
        }
    }

    /// After a CONNECT: what was not acknowledged goes again, in its order, under its identifier and with DUP
    /// ([MQTT-4.4.0-1], [MQTT-4.6.0-1]); then what waited.
    pub(super) fn resume(&mut self, at: At, device: &DeviceId) {
        let Some(session) = self.sessions.get(device) else {
            return;
        };
        let sent = session.inflight.iter();
        let again: Vec<_> = sent.map(|sent| (sent.id, Arc::clone(&sent.message))).collect();
        for (id, message) in again {
            self.send_message(at, true, id, &message);
        }
        self.pump(at, device);
    }

    fn send_message(&mut self, at: At, dup: bool, id: u16, message: &Message) {
        let reply = Reply::Publish { dup, id: Some(id), topic: &message.topic, payload: &message.payload };
        self.send(at, &reply);
    }
}
