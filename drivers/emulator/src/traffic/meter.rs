//! Counts what passes between a module and its internet.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{LayerBytes, Traffic, TrafficModel};
use crate::engine::internet::{LinkId, NetEvent, NetRequest};

/// IPv4 and TCP, without options.
const TCP: u64 = 40;

/// The same with the options of a SYN: segment size, selective acknowledgements, time stamps and window scale.
const SYN: u64 = 60;

/// IPv4 and UDP.
const UDP: u64 = 28;

/// The header of a DNS message, what its question has beside the name's bytes, and an address in an answer whose name is a
/// pointer (RFC 1035, 4.1).
const DNS_HEADER: u64 = 12;
const DNS_QUESTION: u64 = 6;
const DNS_ADDRESS: u64 = 16;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

impl Way {
    const fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// One direction of the radio.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    /// What the users of links said and heard, inside TLS where there is any.
    application: u64,
    /// What the segments carried.
    carried: u64,
    headers: u64,
    names: u64,
}

impl Sum {
    const fn layers(&self) -> LayerBytes {
        let tls = self.carried.saturating_sub(self.application);
        LayerBytes { application: self.application, tls, headers: self.headers, names: self.names }
    }
}

/// A connection, or a question for a name.
#[derive(Debug, Default)]
struct Connection {
    /// Length of the question that waits for its answer.
    question: Option<u64>,
    /// The last segment that is not acknowledged: which way it went, and when.
    last: Option<(Way, u64)>,
}

/// The count.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    model: TrafficModel,
    up: Sum,
    down: Sum,
    bursts: u64,
    /// How long the bursts took, without what stays on behind the last one.
    radio_us: u64,
    last_us: Option<u64>,
    connections: BTreeMap<LinkId, Connection>,
}

impl Meter {
    /// Begins to count anew; connections go on.
    pub(crate) fn begin(&mut self, model: TrafficModel) {
        let mut connections = std::mem::take(&mut self.connections);
        connections.values_mut().for_each(|connection| connection.last = None);
        *self = Self { model, connections, ..Self::default() };
    }

    /// What was counted, as if nothing came behind it.
    pub(crate) fn read(&self) -> Traffic {
        let (mut up, mut down) = (self.up, self.down);
        for (way, _) in self.connections.values().filter_map(|connection| connection.last) {
            match way {
                Way::Up => down.headers += TCP,
                Way::Down => up.headers += TCP,
            }
        }
        let tail_us = self.last_us.map_or(0, |_| self.model.inactivity_us);
        Traffic { up: up.layers(), down: down.layers(), bursts: self.bursts, radio_us: self.radio_us + tail_us }
    }

    /// Bytes that a user of a link handed to TLS or TCP.
    pub(crate) const fn said(&mut self, bytes: usize) {
        self.up.application += bytes as u64;
    }

    /// Bytes that came out for the user of a link.
    pub(crate) fn heard(&mut self, link: LinkId, bytes: usize) {
        if self.connections.contains_key(&link) {
            self.down.application += bytes as u64;
        }
    }

    /// The module asks the internet for this.
    pub(crate) fn asked(&mut self, now_us: u64, request: &NetRequest) {
        match request {
            NetRequest::Resolve { link, host } => self.looks_up(now_us, *link, host),
            NetRequest::Open { link, host, .. } => {
                self.looks_up(now_us, *link, host);
                self.packet(now_us, Way::Up, SYN);
            }
            NetRequest::Send { link, bytes } => self.data(now_us, *link, Way::Up, bytes.len()),
            NetRequest::Close { link } => self.ends(now_us, *link),
        }
    }

    /// This reaches the module.
    pub(crate) fn came(&mut self, now_us: u64, event: &NetEvent) {
        match event {
            NetEvent::Resolved { link, addresses } => {
                self.answered(now_us, *link, addresses.len());
                self.connections.remove(link);
            }
            NetEvent::Opened { link } => {
                self.answered(now_us, *link, 1);
                self.packet(now_us, Way::Down, SYN);
                self.packet(now_us, Way::Up, TCP);
            }
            NetEvent::OpenFailed { link, .. } => {
                self.answered(now_us, *link, 0);
                self.connections.remove(link);
            }
            NetEvent::Data { link, bytes } if self.connections.contains_key(link) => {
                self.data(now_us, *link, Way::Down, bytes.len());
            }
            NetEvent::Data { bytes, .. } => {
                self.segments(now_us, Way::Down, bytes.len());
                self.packet(now_us, Way::Up, TCP);
            }
            NetEvent::Closed { link } => self.ends(now_us, *link),
        }
    }

    /// The connection is over without a word: the module lost its power, or gave up.
    pub(crate) fn forget(&mut self, link: LinkId) {
        if let Some(Connection { last: Some((way, _)), .. }) = self.connections.remove(&link) {
            self.sum(way.back()).headers += TCP;
        }
    }

    const fn sum(&mut self, way: Way) -> &mut Sum {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }

    /// The radio is used.
    fn touch(&mut self, now_us: u64) {
        let inactivity_us = self.model.inactivity_us;
        match self.last_us.map(|last_us| now_us - last_us) {
            Some(gap_us) if gap_us < inactivity_us => self.radio_us += gap_us,
            Some(_) => {
                self.radio_us += inactivity_us;
                self.bursts += 1;
            }
            None => self.bursts += 1,
        }
        self.last_us = Some(now_us);
    }

    /// A packet with nothing but headers.
    fn packet(&mut self, now_us: u64, way: Way, headers: u64) {
        self.touch(now_us);
        self.sum(way).headers += headers;
    }

    fn looks_up(&mut self, now_us: u64, link: LinkId, host: &str) {
        let is_name = host.parse::<IpAddr>().is_err();
        let question = is_name.then(|| UDP + DNS_HEADER + host.len() as u64 + DNS_QUESTION);
        if let Some(length) = question {
            self.touch(now_us);
            self.up.names += length;
        }
        self.connections.insert(link, Connection { question, last: None });
    }

    fn answered(&mut self, now_us: u64, link: LinkId, addresses: usize) {
        let question = self.connections.get_mut(&link).and_then(|connection| connection.question.take());
        if let Some(length) = question {
            self.touch(now_us);
            self.down.names += length + DNS_ADDRESS * addresses as u64;
        }
    }

    /// Bytes in segments, and how many there are.
    fn segments(&mut self, now_us: u64, way: Way, bytes: usize) -> u64 {
        self.touch(now_us);
        let segments = bytes.div_ceil(self.model.mss.max(1)) as u64;
        let sum = self.sum(way);
        sum.carried += bytes as u64;
        sum.headers += segments * TCP;
        segments
    }

    fn data(&mut self, now_us: u64, link: LinkId, way: Way, bytes: usize) {
        let Some(connection) = self.connections.get_mut(&link) else { return };
        let before = connection.last.replace((way, now_us));
        let segments = self.segments(now_us, way, bytes);
        self.sum(way.back()).headers += segments.saturating_sub(1) * TCP;
        let is_carried = |at_us: u64| now_us - at_us <= self.model.carried_within_us;
        match before {
            Some((other, at_us)) if other != way && is_carried(at_us) => {}
            Some((other, _)) => self.sum(other.back()).headers += TCP,
            None => {}
        }
    }

    /// Each end says that it is done, and hears that the other knows it.
    fn ends(&mut self, now_us: u64, link: LinkId) {
        if self.connections.contains_key(&link) {
            self.forget(link);
            for way in [Way::Up, Way::Down] {
                self.packet(now_us, way, TCP);
                self.packet(now_us, way.back(), TCP);
            }
        }
    }
}
