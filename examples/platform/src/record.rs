//! What the platform saw and what it thought of it.
//!
//! The list is raw: nothing is merged, so that loss and duplication can be counted from outside.

mod entry;

pub use entry::{Direction, Entry};

use crate::connection::ConnId;
use crate::device::DeviceId;
use crate::packet::PacketType;
use crate::statistics::Statistics;

/// Kind of a [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The device broke a rule of MQTT or of the platform and was disconnected.
    Violation,
    /// A CONNECT, a SUBSCRIBE or a request was refused.
    Refused,
    /// A message was dropped.
    Dropped,
    /// The platform ended the connection for another reason.
    Closed,
    /// A fault that was asked for took effect.
    Fault,
    /// Odd, without consequence.
    Noted,
}

/// One decision of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Time in microseconds.
    pub at: u64,
    /// Connection.
    pub conn: ConnId,
    /// Device, if known.
    pub device: Option<DeviceId>,
    /// Kind.
    pub judgement: Judgement,
    /// Why; a broken statement of MQTT 3.1.1 stands in front, as `[MQTT-3.1.0-1]`.
    pub reason: String,
}

/// Version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// The end of one TLS handshake, good or bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Time in microseconds.
    pub at: u64,
    /// Connection.
    pub conn: ConnId,
    /// The server name in the device's hello (SNI), in lower case.
    pub server_name: Option<String>,
    /// The version, if they came as far as to agree on one.
    pub version: Option<TlsVersion>,
    /// Why it failed, such as the alert that the device sent; `None` if it did not.
    pub failure: Option<String>,
}

/// Everything in order of time.
#[derive(Clone, Debug, Default)]
pub struct Record {
    entries: Vec<Entry>,
    findings: Vec<Finding>,
    handshakes: Vec<Handshake>,
    statistics: Statistics,
}

impl Record {
    /// Every packet and every HTTP message, both ways.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every decision.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Every TLS handshake that came to an end.
    pub fn handshakes(&self) -> &[Handshake] {
        &self.handshakes
    }

    /// Counts since the start.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Decisions of one kind.
    pub fn judged(&self, judgement: Judgement) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.judgement == judgement)
    }

    /// The messages accepted from a device, by MQTT and by HTTPS, repeated ones as often as they came.
    pub fn published(&self, product_key: &str, device_name: &str) -> impl Iterator<Item = &Entry> {
        let device = DeviceId::new(product_key, device_name);
        let is_up = move |e: &&Entry| e.direction == Direction::Up && e.device.as_ref() == Some(&device);
        self.entries.iter().filter(|e| e.accepted && e.is_message()).filter(is_up)
    }

    /// The messages sent to a device, repeated ones as often as they went.
    pub fn delivered(&self, product_key: &str, device_name: &str) -> impl Iterator<Item = &Entry> {
        let device = DeviceId::new(product_key, device_name);
        self.entries.iter().filter(move |e| e.is(Direction::Down, PacketType::Publish, &device))
    }

    /// Times of all CONNECTs under a device's user name, refused ones included.
    pub fn connects(&self, product_key: &str, device_name: &str) -> Vec<u64> {
        let device = DeviceId::new(product_key, device_name);
        self.entries
            .iter()
            .filter(|e| e.is(Direction::Up, PacketType::Connect, &device))
            .map(|entry| entry.at)
            .collect()
    }

    /// The most CONNECTs that a device made within any minute.
    pub fn most_connects_in_a_minute(&self, product_key: &str, device_name: &str) -> usize {
        const MINUTE_US: u64 = 60_000_000;
        let times = self.connects(product_key, device_name);
        let mut start = 0;
        let mut most = 0;
        for (end, &at) in times.iter().enumerate() {
            while times.get(start).is_some_and(|&first| first + MINUTE_US <= at) {
                start += 1;
            }
            most = most.max(end + 1 - start);
        }
        most
    }

    /// Forgets all but the counts, for runs that would grow without end.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.findings.clear();
        self.handshakes.clear();
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        match entry.direction {
            Direction::Up => self.statistics.count_received(&entry),
            Direction::Down => self.statistics.count_sent(&entry),
        }
        self.entries.push(entry);
    }

    /// Marks the packet that came last as acted on. Only the packet in hand can be meant: packets to the device may
    /// stand behind it, none from a device.
    pub(crate) fn accept_last(&mut self) {
        let mut entries = self.entries.iter_mut().rev();
        if let Some(entry) = entries.find(|entry| entry.direction == Direction::Up) {
            entry.accepted = true;
            self.statistics.count_accepted(entry);
        }
    }

    pub(crate) fn count_connection(&mut self) {
        self.statistics.connections += 1;
    }

    pub(crate) fn count_login(&mut self) {
        self.statistics.logins += 1;
    }

    pub(crate) fn count_token(&mut self) {
        self.statistics.tokens += 1;
    }

    pub(crate) fn count_registration(&mut self) {
        self.statistics.registrations += 1;
    }

    pub(crate) fn count_kick(&mut self) {
        self.statistics.kicked += 1;
    }

    #[cfg(feature = "tls")]
    pub(crate) fn push_handshake(&mut self, handshake: Handshake) {
        match handshake.failure {
            None => self.statistics.handshakes += 1,
            Some(_) => self.statistics.failed_handshakes += 1,
        }
        self.handshakes.push(handshake);
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.statistics.count_judged(finding.judgement);
        self.findings.push(finding);
    }
}
