//! What a test does to the platform: faults.

use super::{At, Platform};
use crate::config::ReturnCode;
use crate::connection::ConnId;
use crate::device::DeviceId;
use crate::fault::{Away, Every, TlsFault};
use crate::packet::PacketType;
use crate::record::Judgement;

/// Faults. Counts run over all devices together; a later call replaces an earlier one of the same verb.
impl Platform {
    /// Closes the connection of a device. `false` if it has none.
    pub fn kill_connection(&mut self, now: u64, product_key: &str, device_name: &str) -> bool {
        let at = self.connection_of(now, product_key, device_name);
        if let Some(at) = at {
            self.close(at, Judgement::Fault, "connection killed");
        }
        at.is_some()
    }

    /// Forgets the connection of a device without closing it, as a NAT does: what the device still sends goes nowhere.
    /// `false` if it has none.
    pub fn close_silently(&mut self, now: u64, product_key: &str, device_name: &str) -> bool {
        let at = self.connection_of(now, product_key, device_name);
        if let Some(at) = at {
            self.find(at, Judgement::Fault, "connection forgotten");
            self.forget(at.conn);
        }
        at.is_some()
    }

    /// Closes every connection.
    pub fn kill_connections(&mut self, now: u64) {
        self.poll(now);
        for conn in self.open_connections() {
            self.close(At { now, conn }, Judgement::Fault, "connection killed");
        }
    }

    /// Forgets every connection as [`close_silently`](Self::close_silently) does.
    pub fn close_all_silently(&mut self, now: u64) {
        self.poll(now);
        for conn in self.open_connections() {
            self.find(At { now, conn }, Judgement::Fault, "connection forgotten");
            self.forget(conn);
        }
    }

    /// A second device of the same identity connects, `after_us` after each of `times` logins: the device that is there
    /// loses its connection. Devices that are connected count as logging in now. 0 times is off.
    pub fn kick(&mut self, now: u64, after_us: u64, times: u32) {
        self.poll(now);
        self.faults.kick = Some((after_us, times));
        let online: Vec<_> = self.online.values().copied().collect();
        for conn in online {
            let kicked_at = self.faults.next_kick().map(|after_us| now.saturating_add(after_us));
            if let Some(established) = self.connections.get_mut(&conn).and_then(|c| c.established.as_mut()) {
                established.kicked_at = kicked_at;
            }
            self.arm(conn);
        }
        self.poll(now);
    }

    /// Accepts the `nth` acknowledged publish from now on (1 is the next one) and closes in place of its PUBACK. 0 is
    /// off.
    pub fn kill_before_puback(&mut self, nth: u32) {
        self.faults.kill_in = nth;
    }

    /// Drops every `nth` PUBACK. 0 is off.
    pub fn drop_puback(&mut self, nth: u32) {
        self.faults.drop_pubacks = Every::of(nth);
    }

    /// Sends every `nth` PUBACK twice. 0 is off.
    pub fn duplicate_puback(&mut self, nth: u32) {
        self.faults.double_pubacks = Every::of(nth);
    }

    /// Holds each PUBACK back. 0 is off, for the PUBACKs to come.
    pub fn delay_puback(&mut self, delay_us: u64) {
        self.faults.puback_delay_us = delay_us;
    }

    /// Looks so much later at what a device sends, and so everything is answered later; in order, and not at all when
    /// the connection is closed from here before. 0 is off, for the bytes to come.
    pub fn slow(&mut self, delay_us: u64) {
        self.faults.slow_us = delay_us;
    }

    /// Refuses the next `count` CONNECTs with this code.
    pub fn refuse_connects(&mut self, code: ReturnCode, count: u32) {
        self.faults.refuse = Some((code, count));
    }

    /// Sends only the first `keep` bytes of the next packet of this type, then closes.
    pub fn cut(&mut self, packet_type: PacketType, keep: usize) {
        self.faults.cut = Some((packet_type, keep));
    }

    /// Takes the platform away until a time. Connections that are open share the fate of new ones: they are closed, or
    /// go mute for good.
    pub fn away(&mut self, now: u64, until: u64, how: Away) {
        self.poll(now);
        self.faults.go_away(until, how);
        if until <= now {
            return;
        }
        for conn in self.open_connections() {
            match how {
                Away::Closes => self.close(At { now, conn }, Judgement::Fault, "away"),
                Away::Silent => {
                    if let Some(connection) = self.connections.get_mut(&conn) {
                        connection.mute(until);
                    }
                    self.find(At { now, conn }, Judgement::Fault, "away: mute");
                    self.arm(conn);
                }
            }
        }
    }

    /// Makes the TLS in front go wrong, until it is called with `None`. Without effect on a platform that has no
    /// `tls::Front`.
    pub fn break_tls(&mut self, fault: Option<TlsFault>) {
        self.faults.tls = fault;
    }

    /// Sends these bytes to a device as they are. `false` if it is not connected or the platform is away for it.
    pub fn send_raw(&mut self, now: u64, product_key: &str, device_name: &str, bytes: &[u8]) -> bool {
        let at = self.connection_of(now, product_key, device_name);
        let Some(at) = at.filter(|at| !self.is_mute(at.conn)) else {
            return false;
        };
        self.transmit(at, bytes.to_vec(), None);
        true
    }

    pub(super) fn open_connections(&self) -> Vec<ConnId> {
        self.connections.keys().copied().collect()
    }

    pub(super) fn connection_of(&mut self, now: u64, product_key: &str, device_name: &str) -> Option<At> {
        self.poll(now);
        let device = DeviceId::new(product_key, device_name);
        let conn = *self.online.get(&device)?;
        Some(At { now, conn })
    }
}
