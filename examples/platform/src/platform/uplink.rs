//! Packets of a connected device.

use super::{At, Platform};
use crate::config::ForeignPublish;
use crate::fault::PubackFate;
use crate::login::Login;
use crate::packet::{Packet, Publish, Reply, Subscribe, Unsubscribe, Violation};
use crate::permission::{Rights, over_limit};
use crate::record::Judgement;
use std::sync::Arc;

/// SUBACK return code of a refused filter.
const REFUSED: u8 = 0x80;

const ID_IN_USE: Violation = Violation::new("MQTT-2.3.1-2", "packet identifier is in use");

impl Platform {
    pub(super) fn on_packet(&mut self, at: At, packet: Packet) -> Result<(), Violation> {
        let connection = self.connections.get_mut(&at.conn);
        if connection.as_ref().is_some_and(|connection| connection.registered.is_some()) {
            return self.on_packet_registered(at, &packet);
        }
        let established = connection.and_then(|connection| connection.established.as_mut());
        match (packet, established) {
            (Packet::Connect(_) | Packet::ConnectLevel(_), Some(_)) => {
                Err(Violation::new("MQTT-3.1.0-2", "second CONNECT"))
            }
            (Packet::Connect(connect), None) => self.on_connect(at, &connect),
            (Packet::ConnectLevel(level), None) => {
                self.refuse_level(at, level);
                Ok(())
            }
            (_, None) => Err(Violation::new("MQTT-3.1.0-1", "first packet is no CONNECT")),
            (packet, Some(established)) => {
                established.last_packet = at.now;
                let login = Arc::clone(&established.login);
                self.on_device_packet(at, &login, packet)
            }
        }
    }

    fn on_device_packet(&mut self, at: At, login: &Login, packet: Packet) -> Result<(), Violation> {
        match packet {
            Packet::Publish(publish) => return self.on_publish(at, login, publish),
            Packet::Subscribe(subscribe) => return self.on_subscribe(at, login, &subscribe),
            Packet::Unsubscribe(unsubscribe) => {
                return self.on_unsubscribe(at, login, &unsubscribe);
            }
            Packet::Puback(id) => self.on_puback(at, login, id),
            Packet::Pingreq => {
                self.record.accept_last();
                self.send(at, &Reply::Pingresp);
            }
            Packet::Disconnect => {
                self.record.accept_last();
                self.hang_up(at.conn);
            }
            Packet::QosTwo(..) => return Err(Violation::of_platform("QoS 2 is not supported")),
            // `on_packet` took these.
            Packet::Connect(_) | Packet::ConnectLevel(_) => {}
        }
        Ok(())
    }

    fn on_publish(&mut self, at: At, login: &Login, publish: Publish) -> Result<(), Violation> {
        if publish.qos == 2 {
            return Err(Violation::of_platform("QoS 2 is not supported"));
        }
        if publish.retain {
            return Err(Violation::of_platform("retained messages are not supported"));
        }
        self.check_unused(login, &publish)?;
        let limits = &self.config.limits;
        let forbidden = match over_limit(&publish.topic, limits) {
            None if self.rights(login).may_publish(&publish.topic) => None,
            None => Some("no right to publish on this topic"),
            reason => reason,
        };
        let acknowledged = if let Some(reason) = forbidden {
            if self.config.foreign_publish == ForeignPublish::Close {
                return Err(Violation::of_platform(reason));
            }
            self.find(at, Judgement::Dropped, reason);
            true
        } else if let Some(reason) = self.reason_to_drop(at, login, &publish) {
            self.find(at, Judgement::Dropped, reason);
            self.config.puback_dropped
        } else {
            self.record.accept_last();
            true
        };
        if let Some(id) = publish.id {
            self.hold_id(login, id, publish);
            if acknowledged {
                self.acknowledge(at, id);
            }
        }
        Ok(())
    }

    /// The identifier is in use until its PUBACK goes out, also that of a dropped message: the device waits for it.
    fn hold_id(&mut self, login: &Login, id: u16, publish: Publish) {
        let most = self.config.limits.unacknowledged;
        if let Some(session) = self.sessions.get_mut(&login.device)
            && most.is_none_or(|most| session.unacked.len() < most)
        {
            session.unacked.insert(id, (publish.topic, publish.payload));
        }
    }

    /// An identifier without a PUBACK may come again only in the same packet with DUP.
    fn check_unused(&self, login: &Login, publish: &Publish) -> Result<(), Violation> {
        let Some((topic, payload)) = publish.id.and_then(|id| self.sessions.get(&login.device)?.unacked.get(&id))
        else {
            return Ok(());
        };
        if publish.dup && (topic, payload) != (&publish.topic, &publish.payload) {
            let what = "DUP on another message under an identifier that is in use";
            return Err(Violation::new("MQTT-2.3.1-2", what));
        }
        if publish.dup { Ok(()) } else { Err(ID_IN_USE) }
    }

    /// Limits that cost the message and tell the device nothing.
    fn reason_to_drop(&mut self, at: At, login: &Login, publish: &Publish) -> Option<&'static str> {
        let limits = &self.config.limits;
        let device = &login.device;
        let payload = publish.payload.len();
        if limits.payload_bytes.is_some_and(|most| payload > most) {
            return Some("payload is too large");
        }
        let rates = self.rates.entry(device.clone()).or_default();
        let Some(id) = publish.id else {
            let admitted = rates.qos0.admit(at.now, limits.qos0_per_second);
            return (!admitted).then_some("too many QoS 0 messages within a second");
        };
        let open = self.sessions.get(device).map(|session| &session.unacked);
        let full = |most| open.is_some_and(|open| open.len() >= most && !open.contains_key(&id));
        if limits.unacknowledged.is_some_and(full) {
            return Some("too many unacknowledged messages");
        }
        let admitted = rates.qos1.admit(at.now, limits.qos1_per_second);
        (!admitted).then_some("too many QoS 1 messages within a second")
    }

    fn acknowledge(&mut self, at: At, id: u16) {
        match self.faults.next_puback() {
            PubackFate::Sent => self.schedule_puback(at, id),
            PubackFate::Doubled => {
                self.find(at, Judgement::Fault, format!("PUBACK {id} doubled"));
                self.schedule_puback(at, id);
                self.schedule_puback(at, id);
            }
            PubackFate::Dropped => {
                self.find(at, Judgement::Fault, format!("PUBACK {id} dropped"));
            }
            PubackFate::Killed => {
                let reason = format!("closed before PUBACK {id}");
                self.close(at, Judgement::Fault, reason);
            }
        }
    }

    /// Sends a PUBACK now or, with a delay, later; never before an earlier one ([MQTT-4.6.0-2]).
    fn schedule_puback(&mut self, at: At, id: u16) {
        let wanted = at.now.saturating_add(self.faults.puback_delay_us);
        let connection = self.connections.get_mut(&at.conn);
        let Some(established) = connection.and_then(|c| c.established.as_mut()) else {
            return;
        };
        let late = &mut established.late_pubacks;
        let due = late.back().map_or(wanted, |&(last, _)| last.max(wanted));
        if due > at.now {
            late.push_back((due, id));
        } else {
            self.send_puback(at, id);
        }
    }

    pub(super) fn send_puback(&mut self, at: At, id: u16) {
        if let Some(device) = self.device_at(at.conn).cloned()
            && let Some(session) = self.sessions.get_mut(&device)
        {
            session.unacked.remove(&id);
        }
        self.send(at, &Reply::Puback(id));
    }

    fn on_subscribe(&mut self, at: At, login: &Login, subscribe: &Subscribe) -> Result<(), Violation> {
        self.check_id_free(login, subscribe.id)?;
        let count = subscribe.filters.len();
        let most = self.config.limits.filters_per_subscribe;
        let too_many = most.is_some_and(|most| count > most);
        let mut codes = Vec::with_capacity(count);
        for (filter, qos) in &subscribe.filters {
            let refusal = match too_many {
                true => Some("too many filters in one SUBSCRIBE"),
                false => self.subscribe_one(login, filter),
            };
            codes.push(match refusal {
                // The QoS asked for is granted up to 1, and ignored: a message comes with its publisher's.
                None => (*qos).min(1),
                Some(_) => REFUSED,
            });
            if let Some(reason) = refusal {
                self.find(at, Judgement::Refused, format!("{reason}: {filter}"));
            }
        }
        if codes.iter().any(|&code| code != REFUSED) {
            self.record.accept_last();
        }
        self.send(at, &Reply::Suback(subscribe.id, &codes));
        Ok(())
    }

    fn subscribe_one(&mut self, login: &Login, filter: &str) -> Option<&'static str> {
        let limits = &self.config.limits;
        if let Some(reason) = over_limit(filter, limits) {
            return Some(reason);
        }
        if !self.rights(login).may_subscribe(filter) {
            return Some("no right to subscribe");
        }
        let subscriptions = &mut self.sessions.get_mut(&login.device)?.subscriptions;
        let full = |most| subscriptions.len() >= most && !subscriptions.contains(filter);
        if limits.subscriptions.is_some_and(full) {
            return Some("too many subscriptions");
        }
        subscriptions.insert(filter.into());
        None
    }

    fn on_unsubscribe(&mut self, at: At, login: &Login, unsubscribe: &Unsubscribe) -> Result<(), Violation> {
        self.check_id_free(login, unsubscribe.id)?;
        if let Some(session) = self.sessions.get_mut(&login.device) {
            for filter in &unsubscribe.filters {
                session.subscriptions.remove(filter);
            }
        }
        self.record.accept_last();
        self.send(at, &Reply::Unsuback(unsubscribe.id));
        Ok(())
    }

    /// A SUBSCRIBE or UNSUBSCRIBE shares its identifiers with the PUBLISHes.
    fn check_id_free(&self, login: &Login, id: u16) -> Result<(), Violation> {
        let session = self.sessions.get(&login.device);
        if session.is_some_and(|session| session.unacked.contains_key(&id)) {
            return Err(ID_IN_USE);
        }
        Ok(())
    }

    fn on_puback(&mut self, at: At, login: &Login, id: u16) {
        self.record.accept_last();
        let session = self.sessions.get_mut(&login.device);
        if !session.is_some_and(|session| session.acknowledge(id)) {
            let reason = format!("PUBACK {id} for nothing in flight");
            self.find(at, Judgement::Noted, reason);
        }
        self.pump(at, &login.device);
    }

    pub(super) fn rights<'a>(&'a self, login: &'a Login) -> Rights<'a> {
        let product = self.registry.product(&login.device.product_key);
        Rights { login, classes: product.map_or(&[], |product| &product.topics) }
    }
}
