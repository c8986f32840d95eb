//! What TLS in front of the platform has to know and to tell.

use super::{At, Platform};
use crate::connection::ConnId;
use crate::fault::TlsFault;
use crate::record::{Handshake, Judgement};

impl Platform {
    /// Whether it knows this connection; whoever sends on another gets no answer.
    pub fn has_connection(&self, conn: ConnId) -> bool {
        self.connections.contains_key(&conn)
    }

    /// Whether the platform listens to a connection: it is there, and not mute.
    pub(crate) fn hears(&self, conn: ConnId) -> bool {
        !self.is_mute(conn)
    }

    pub(crate) fn tls_fault(&self) -> Option<TlsFault> {
        self.faults.tls
    }

    /// The fault that a new connection meets in its handshake, with a finding if there is one.
    pub(crate) fn tls_fault_at(&mut self, now: u64, conn: ConnId) -> Option<TlsFault> {
        let fault = self.faults.tls?;
        if fault != TlsFault::NoCloseNotify {
            self.find(At { now, conn }, Judgement::Fault, fault.to_string());
        }
        Some(fault)
    }

    /// A handshake is through: the time for the CONNECT or the first request begins now.
    pub(crate) fn secured(&mut self, conn: ConnId, handshake: Handshake) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.opened = handshake.at;
            let host = &mut connection.peer.host;
            *host = host.take().or_else(|| handshake.server_name.clone());
            connection.choose_service(handshake.at);
        }
        self.record.push_handshake(handshake);
        self.arm(conn);
    }

    /// Closes a connection for what happened below MQTT.
    pub(crate) fn end(&mut self, now: u64, conn: ConnId, judgement: Judgement, why: &str) {
        if self.has_connection(conn) {
            self.close(At { now, conn }, judgement, why);
        }
    }
}
