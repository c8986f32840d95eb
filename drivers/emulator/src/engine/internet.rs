//! The network side of a module: links that it opens, and whoever plays the internet behind them.

use std::collections::VecDeque;

/// Names one connection for as long as it lives; numbers are not used again.
pub type LinkId = u32;

/// What the module wants from the internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetRequest {
    /// Open a connection. Answer with [`NetEvent::Opened`] or [`NetEvent::OpenFailed`].
    Open {
        /// The new link.
        link: LinkId,
        /// Name or address.
        host: String,
        /// TCP port.
        port: u16,
        /// Whether TLS is spoken on it: then the bytes of the link are those inside TLS.
        tls: bool,
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
            Self::Open { link, .. } | Self::Send { link, .. } | Self::Close { link } => *link,
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
    /// The connection is there, but the TLS handshake or the certificate failed.
    Tls,
}

/// What the internet tells the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetEvent {
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

/// The module's side of its connections: what waits to go out, what waits to come in.
#[derive(Debug, Default)]
pub(crate) struct Internet {
    last_link: LinkId,
    requests: VecDeque<NetRequest>,
    /// Events that came while no data passes, in their order.
    waiting: VecDeque<NetEvent>,
    /// No data passes: the radio is lost, or the context is dead behind its name.
    pub(crate) cut: bool,
    /// Added to the way of every event, in microseconds.
    pub(crate) delay_us: u64,
    last_arrival_us: u64,
    pub(crate) refuse_next: Option<OpenFailure>,
    bytes_out: u64,
    bytes_in: u64,
}

impl Internet {
    /// Asks for a connection; an ordered failure answers at once, without the internet being asked.
    pub(crate) fn open(&mut self, host: &str, port: u16, tls: bool) -> (LinkId, Option<NetEvent>) {
        self.last_link += 1;
        let link = self.last_link;
        if let Some(why) = self.refuse_next.take() {
            return (link, Some(NetEvent::OpenFailed { link, why }));
        }
        self.requests.push_back(NetRequest::Open { link, host: host.to_owned(), port, tls });
        (link, None)
    }

    pub(crate) fn send(&mut self, link: LinkId, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.bytes_out += bytes.len() as u64;
            self.requests.push_back(NetRequest::Send { link, bytes });
        }
    }

    pub(crate) fn close(&mut self, link: LinkId) {
        self.requests.push_back(NetRequest::Close { link });
    }

    /// What has left the module. While nothing passes everything waits, as in the buffers of TCP.
    pub(crate) fn take_requests(&mut self) -> Vec<NetRequest> {
        if self.cut { Vec::new() } else { self.requests.drain(..).collect() }
    }

    /// Forgets everything about connections that the module no longer has (power off).
    pub(crate) fn power_off(&mut self, open: &[LinkId]) {
        // The other ends of a module that lost its power learn nothing by themselves; its test's internet is told, so
        // that links do not pile up there.
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

    pub(crate) fn count_in(&mut self, bytes: usize) {
        self.bytes_in += bytes as u64;
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
