//! The network side of a module: links that it opens, and whoever plays the internet behind them.

mod messages;
mod secure;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;

pub use messages::{LinkId, NetEvent, NetRequest, OpenFailure};

use super::tls::{Session, TlsFailure};
use crate::traffic::Meter;

/// How long TCP sends data again that nobody acknowledges before it gives the connection up: RFC 1122, 4.2.3.5 asks for
/// 100 s at least; this is what Linux comes to with 15 repetitions.
pub const TCP_PATIENCE_US: u64 = 924_000_000;

/// The module's side of its connections: what waits to go out, what waits to come in.
#[derive(Debug, Default)]
pub(crate) struct Internet {
    last_link: LinkId,
    requests: VecDeque<NetRequest>,
    /// Sessions of the links that speak TLS, from the open on.
    secure: BTreeMap<LinkId, Session>,
    /// Why the last open with TLS failed.
    pub(crate) tls_failure: Option<TlsFailure>,
    /// Events that came while no data passes, in their order.
    waiting: VecDeque<NetEvent>,
    /// No data passes: the radio is lost, or the context is dead behind its name.
    pub(crate) cut: bool,
    /// Added to the way of every event, in microseconds.
    pub(crate) delay_us: u64,
    last_arrival_us: u64,
    /// Links whose data cannot go out.
    stuck: BTreeSet<LinkId>,
    /// Those of them that nobody was told of.
    newly_stuck: Vec<LinkId>,
    /// How opens fail that a fault was ordered for, and how many still do; `None`: all.
    failing: Option<(OpenFailure, Option<u32>)>,
    pub(crate) meter: Meter,
}

impl Internet {
    fn next_link(&mut self) -> LinkId {
        self.last_link += 1;
        self.last_link
    }

    /// Asks for the addresses of a name; an address is its own answer.
    pub(crate) fn resolve(&mut self, host: &str) -> (LinkId, Option<NetEvent>) {
        let link = self.next_link();
        if let Ok(address) = host.parse() {
            return (link, Some(NetEvent::Resolved { link, addresses: vec![address] }));
        }
        if let Some(why) = self.ordered_failure(|why| why == OpenFailure::Dns) {
            return (link, Some(NetEvent::OpenFailed { link, why }));
        }
        self.requests.push_back(NetRequest::Resolve { link, host: host.to_owned() });
        (link, None)
    }

    /// Asks for a connection on which nobody looks at certificates.
    pub(crate) fn open_plain(&mut self, host: &str, port: u16) -> (LinkId, Option<NetEvent>) {
        self.open_unless(host, port, |why| why == OpenFailure::Tls)
    }

    /// Asks for a connection; an ordered failure answers at once, without the internet being asked.
    pub(crate) fn open(&mut self, host: &str, port: u16) -> (LinkId, Option<NetEvent>) {
        self.open_unless(host, port, |_| false)
    }

    fn open_unless(
        &mut self,
        host: &str,
        port: u16,
        spared: impl Fn(OpenFailure) -> bool,
    ) -> (LinkId, Option<NetEvent>) {
        let link = self.next_link();
        let needs_name = host.parse::<IpAddr>().is_err();
        if let Some(why) = self.ordered_failure(|why| !spared(why) && (why != OpenFailure::Dns || needs_name)) {
            return (link, Some(NetEvent::OpenFailed { link, why }));
        }
        self.requests.push_back(NetRequest::Open { link, host: host.to_owned(), port });
        (link, None)
    }

    pub(crate) const fn fail_opens(&mut self, why: OpenFailure, count: Option<u32>) {
        self.failing = match count {
            Some(0) => None,
            count => Some((why, count)),
        };
    }

    /// No ordered failure is left.
    pub(crate) const fn open_all(&mut self) {
        self.failing = None;
    }

    fn ordered_failure(&mut self, hits: impl Fn(OpenFailure) -> bool) -> Option<OpenFailure> {
        let (why, left) = self.failing.filter(|failing| hits(failing.0))?;
        self.failing = match left {
            Some(1) => None,
            left => Some((why, left.map(|left| left - 1))),
        };
        Some(why)
    }

    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
        self.meter.said(bytes.len());
        match self.secure.get_mut(&link) {
            Some(session) => {
                session.write(&bytes);
                self.send_cipher(link);
            }
            None => self.send_raw(link, bytes),
        }
    }

    fn send_raw(&mut self, link: LinkId, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            if self.cut && self.stuck.insert(link) {
                self.newly_stuck.push(link);
            }
            self.requests.push_back(NetRequest::Send { link, bytes });
        }
    }

    /// Ends a connection in order.
    pub(crate) fn close(&mut self, link: LinkId) {
        if let Some(session) = self.secure.get_mut(&link)
            && !session.is_handshaking()
        {
            session.close();
            self.send_cipher(link);
        }
        self.abort(link);
    }

    /// Ends a connection without a word.
    pub(crate) fn abort(&mut self, link: LinkId) {
        self.secure.remove(&link);
        self.requests.push_back(NetRequest::Close { link });
    }

    /// The links whose data cannot go out, each once: their connections have [`TCP_PATIENCE_US`] left.
    pub(crate) fn take_newly_stuck(&mut self) -> Vec<LinkId> {
        std::mem::take(&mut self.newly_stuck)
    }

    /// TCP gives a connection up: what waited on it never goes out.
    pub(crate) fn give_up(&mut self, link: LinkId) {
        self.requests.retain(|request| !matches!(request, NetRequest::Send { link: of, .. } if *of == link));
        self.meter.forget(link);
    }

    /// What has left the module. While nothing passes everything waits, as in the buffers of TCP.
    pub(crate) fn take_requests(&mut self, now_us: u64) -> Vec<NetRequest> {
        if self.cut {
            return Vec::new();
        }
        self.requests.iter().for_each(|request| self.meter.asked(now_us, request));
        self.requests.drain(..).collect()
    }

    /// Forgets everything about connections that the module no longer has (power off).
    pub(crate) fn power_off(&mut self, open: &[LinkId]) {
        // The other ends of a module that lost its power learn nothing by themselves; its test's internet is told, so
        // that links do not pile up there.
        self.secure.clear();
        self.requests.retain(|request| !open.contains(&request.link()));
        self.waiting.clear();
        for &link in open {
            self.meter.forget(link);
            self.close(link);
        }
        self.passes();
    }

    /// An event comes from the internet: when it is due, or `None` while nothing passes (then it is kept).
    pub(crate) fn arrival(&mut self, now_us: u64, event: &NetEvent) -> Option<u64> {
        if self.cut {
            self.waiting.push_back(event.clone());
            return None;
        }
        self.last_arrival_us = self.last_arrival_us.max(now_us + self.delay_us);
        Some(self.last_arrival_us)
    }

    fn passes(&mut self) {
        self.cut = false;
        self.stuck.clear();
        self.newly_stuck.clear();
    }

    /// Data passes again: what waited comes now.
    pub(crate) fn reconnect(&mut self) -> Vec<NetEvent> {
        self.passes();
        self.waiting.drain(..).collect()
    }
}
