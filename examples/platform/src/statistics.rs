//! Counts, for an account of a run.

use crate::packet::PacketType;
use crate::record::{Entry, Judgement};

/// Counts since the start; clearing the record leaves them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Connections taken.
    pub connections: u64,
    /// TLS handshakes that were completed.
    pub handshakes: u64,
    /// TLS handshakes that failed.
    pub failed_handshakes: u64,
    /// CONNECTs accepted, without dynamic registrations.
    pub logins: u64,
    /// HTTP requests.
    pub requests: u64,
    /// Tokens handed out to devices that log in by HTTPS.
    pub tokens: u64,
    /// Dynamic registrations granted, repeated ones as often as they came.
    pub registrations: u64,
    /// CONNECTs, filters of SUBSCRIBEs and requests refused.
    pub refused: u64,
    /// Connections that ended for a second device of the same identity.
    pub kicked: u64,
    /// Messages accepted from devices, repeated ones as often as they came.
    pub published: u64,
    /// Bytes of their payloads.
    pub published_bytes: u64,
    /// PUBACKs sent.
    pub acknowledged: u64,
    /// Messages sent to devices, repeated ones as often as they went.
    pub delivered: u64,
    /// Messages dropped.
    pub dropped: u64,
    /// Rules that devices broke.
    pub violations: u64,
    /// Faults that took effect.
    pub faults: u64,
}

impl Statistics {
    pub(crate) fn count_accepted(&mut self, entry: &Entry) {
        if entry.is_message() {
            self.published += 1;
            self.published_bytes += entry.payload().len() as u64;
        }
    }

    pub(crate) fn count_received(&mut self, entry: &Entry) {
        if entry.packet_type() == Some(PacketType::Request) {
            self.requests += 1;
        }
    }

    pub(crate) fn count_sent(&mut self, entry: &Entry) {
        match entry.packet_type() {
            Some(PacketType::Puback) => self.acknowledged += 1,
            Some(PacketType::Publish) => self.delivered += 1,
            _ => {}
        }
    }

    pub(crate) fn count_judged(&mut self, judgement: Judgement) {
        match judgement {
            Judgement::Violation => self.violations += 1,
            Judgement::Refused => self.refused += 1,
            Judgement::Dropped => self.dropped += 1,
            Judgement::Fault => self.faults += 1,
            Judgement::Closed | Judgement::Noted => {}
        }
    }
}
