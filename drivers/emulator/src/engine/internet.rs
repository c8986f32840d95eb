//! The network side of a module: links that it opens, and whoever plays the internet behind them.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use super::tls::{Received, Session, TlsFailure, TlsSettings};

/// Names one connection for as long as it lives; numbers are not used again.
pub type LinkId = u32;

/// What the module wants from the internet: names and plain TCP. TLS is the module's own business; the bytes of a link
/// that speaks it are what really goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetRequest {
    /// Look a name up. Answer with [`NetEvent::Resolved`], or [`NetEvent::OpenFailed`] when there is none.
    Resolve {
        /// Names this question, among the links.
        link: LinkId,
        /// The name.
        host: String,
    },
    /// Open a connection. Answer with [`NetEvent::Opened`] or [`NetEvent::OpenFailed`].
    Open {
        /// The new link.
        link: LinkId,
        /// Name or address.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// Bytes for the other end.
    Send {
        /// The link.
        link: LinkId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The module closed the connection, or gave up opening it. No answer is expected.
    Close {
        /// The link.
        link: LinkId,
    },
}

impl NetRequest {
    const fn link(&self) -> LinkId {
        match self {
            Self::Resolve { link, .. } | Self::Open { link, .. } | Self::Send { link, .. } | Self::Close { link } => {
                *link
            }
        }
    }
}

/// Why a connection could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFailure {
    /// The name has no address.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No answer.
    Timeout,
    /// The connection is there, but the TLS handshake or the certificate failed. The module finds that out by itself;
    /// an internet without TLS may say so in its place.
    Tls,
}

/// What the internet tells the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetEvent {
    /// The addresses of a name.
    Resolved {
        /// The question.
        link: LinkId,
        /// The addresses, at least one.
        addresses: Vec<IpAddr>,
    },
    /// The connection is open.
    Opened {
        /// The link.
        link: LinkId,
    },
    /// It could not be opened.
    OpenFailed {
        /// The link.
        link: LinkId,
        /// Why.
        why: OpenFailure,
    },
    /// Bytes from the other end.
    Data {
        /// The link.
        link: LinkId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The other end closed or reset the connection.
    Closed {
        /// The link.
        link: LinkId,
    },
}

impl NetEvent {
    pub(crate) const fn link(&self) -> LinkId {
        match self {
            Self::Resolved { link, .. }
            | Self::Opened { link }
            | Self::OpenFailed { link, .. }
            | Self::Data { link, .. }
            | Self::Closed { link } => *link,
        }
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

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
    /// How opens fail that a fault was ordered for, and how many still do; `None`: all.
    failing: Option<(OpenFailure, Option<u32>)>,
    bytes_out: u64,
    bytes_in: u64,
}

impl Internet {
    /// Asks for a connection; an ordered failure answers at once, without the internet being asked.
    pub(crate) fn open(&mut self, host: &str, port: u16) -> (LinkId, Option<NetEvent>) {
        self.last_link += 1;
        let link = self.last_link;
        if let Some(why) = self.ordered_failure(|why| why != OpenFailure::Dns || !is_address(host)) {
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

    /// The same, and TLS on it. What is wrong with the settings (a file that is missing) shows before a byte is sent.
    pub(crate) fn open_secure(
        &mut self,
        host: &str,
        port: u16,
        settings: Result<TlsSettings, TlsFailure>,
    ) -> (LinkId, Option<NetEvent>) {
        let session = settings.and_then(|settings| Session::start(host, &settings));
        self.tls_failure = None;
        match session {
            Ok(session) => {
                let (link, failed) = self.open(host, port);
                if failed.is_none() {
                    self.secure.insert(link, session);
                }
                (link, failed)
            }
            Err(failure) => {
                self.tls_failure = Some(failure);
                self.last_link += 1;
                let link = self.last_link;
                (link, Some(NetEvent::OpenFailed { link, why: OpenFailure::Tls }))
            }
        }
    }

    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
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
            self.bytes_out += bytes.len() as u64;
            self.requests.push_back(NetRequest::Send { link, bytes });
        }
    }

    /// Sends what the TLS session of a link has to say.
    fn send_cipher(&mut self, link: LinkId) {
        if let Some(session) = self.secure.get_mut(&link) {
            let bytes = session.output();
            self.send_raw(link, bytes);
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

    /// Whether TLS is spoken, or going to be, on this link.
    pub(crate) fn is_secure(&self, link: LinkId) -> bool {
        self.secure.contains_key(&link)
    }

    /// What an event means for whoever uses the link: without TLS itself, with TLS what is inside.
    pub(crate) fn received(&mut self, event: NetEvent) -> Vec<NetEvent> {
        let link = event.link();
        if let NetEvent::Data { bytes, .. } = &event {
            self.bytes_in += bytes.len() as u64;
        }
        let Some(session) = self.secure.get_mut(&link) else { return vec![event] };
        let handshaking = session.is_handshaking();
        match event {
            NetEvent::Opened { .. } => {
                self.send_cipher(link);
                Vec::new()
            }
            NetEvent::Data { bytes, .. } => {
                let received = session.input(&bytes);
                // Also an alert about what was wrong.
                self.send_cipher(link);
                match received {
                    Ok(received) => self.unwrapped(link, handshaking, received),
                    Err(failure) => self.tls_broken(link, handshaking, failure),
                }
            }
            NetEvent::Closed { .. } if handshaking => {
                self.secure.remove(&link);
                self.tls_failure = Some(TlsFailure::Ended);
                vec![NetEvent::OpenFailed { link, why: OpenFailure::Tls }]
            }
            other => {
                self.secure.remove(&link);
                vec![other]
            }
        }
    }

    fn unwrapped(&mut self, link: LinkId, was_handshaking: bool, received: Received) -> Vec<NetEvent> {
        let handshaking = self.secure.get(&link).is_some_and(Session::is_handshaking);
        if received.closed && handshaking {
            return self.tls_broken(link, true, TlsFailure::Ended);
        }
        let mut events = Vec::new();
        if was_handshaking && !handshaking {
            events.push(NetEvent::Opened { link });
        }
        if !received.plain.is_empty() {
            events.push(NetEvent::Data { link, bytes: received.plain });
        }
        if received.closed {
            self.close(link);
            events.push(NetEvent::Closed { link });
        }
        events
    }

    /// The session cannot go on.
    fn tls_broken(&mut self, link: LinkId, handshaking: bool, failure: TlsFailure) -> Vec<NetEvent> {
        self.abort(link);
        self.tls_failure = Some(failure);
        if handshaking {
            vec![NetEvent::OpenFailed { link, why: OpenFailure::Tls }]
        } else {
            vec![NetEvent::Closed { link }]
        }
    }

    /// What has left the module. While nothing passes everything waits, as in the buffers of TCP.
    pub(crate) fn take_requests(&mut self) -> Vec<NetRequest> {
        if self.cut { Vec::new() } else { self.requests.drain(..).collect() }
    }

    /// Forgets everything about connections that the module no longer has (power off).
    pub(crate) fn power_off(&mut self, open: &[LinkId]) {
        // The other ends of a module that lost its power learn nothing by themselves; its test's internet is told, so
        // that links do not pile up there.
        self.secure.clear();
        self.requests.retain(|request| !open.contains(&request.link()));
        self.waiting.clear();
        open.iter().for_each(|&link| self.close(link));
        self.cut = false;
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

    /// Bytes that went out to and came in from the internet.
    pub(crate) const fn totals(&self) -> (u64, u64) {
        (self.bytes_out, self.bytes_in)
    }

    /// Data passes again: what waited comes now.
    pub(crate) fn reconnect(&mut self) -> Vec<NetEvent> {
        self.cut = false;
        self.waiting.drain(..).collect()
    }
}
