#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod bench;
mod given_up;
mod internet;
mod servers;

use std::net::{IpAddr, Ipv4Addr};

use embassy_time::Instant;
use wanlink_emulator::{Emulator, LinkId, NetEvent, NetRequest, Peer};
use wanlink_platform::{Action, ConnId};

use given_up::GivenUp;

pub use internet::{Internet, other_root_pem, root_pem};
pub use servers::{Servers, Service};

/// Where names lead unless a test says otherwise: an address that is kept for examples (RFC 5737).
pub const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Where a name leads.
pub type Addresses = Box<dyn Fn(&str) -> Vec<IpAddr>>;

/// An emulated module whose internet is one platform, and such servers as a test puts beside it.
///
/// Any host name leads to the platform, on every port that has no server; whether it answers there is the platform's own
/// rule.
pub struct Scene {
    /// The module.
    pub module: Emulator,
    /// The platform.
    pub platform: Internet,
    /// What answers on other ports.
    pub servers: Servers,
    /// Where a name leads.
    pub addresses: Addresses,
    /// Commands that the module was given. A little too many: the end of a command may stand in data, too.
    pub commands: u64,
    /// Time as of the last call, for orders that a test gives between calls.
    pub now_us: u64,
    /// What the trace shall tell beside the module's own notes.
    pub notes: Vec<String>,
    given_up: GivenUp,
}

impl Scene {
    /// A module and its platform.
    pub fn new(module: Emulator, platform: impl Into<Internet>) -> Self {
        Self {
            module,
            platform: platform.into(),
            servers: Servers::default(),
            addresses: Box::new(|_| vec![ADDRESS]),
            commands: 0,
            now_us: 0,
            notes: Vec::new(),
            given_up: GivenUp::default(),
        }
    }

    /// Carries what waits between module and platform; `false` when nothing did.
    fn carry(&mut self, now_us: u64) -> bool {
        let mut carried = false;
        for request in self.module.take_requests() {
            carried = true;
            self.answer(now_us, request);
        }
        while let Some(link) = self.given_up.take(now_us) {
            carried = true;
            self.module.network_event(now_us, NetEvent::Closed { link });
        }
        let front = self.platform.front_mut();
        front.poll(now_us);
        for action in front.take_actions() {
            carried = true;
            self.module.network_event(now_us, event_of(action));
        }
        carried
    }

    fn answer(&mut self, now_us: u64, request: NetRequest) {
        match request {
            NetRequest::Resolve { link, host } => {
                let addresses = (self.addresses)(&host);
                self.module.network_event(now_us, NetEvent::Resolved { link, addresses });
            }
            NetRequest::Open { link, host, port } => {
                if !self.servers.open(link, port) {
                    self.platform.open(now_us, conn_of(link), &host, port);
                }
                self.module.network_event(now_us, NetEvent::Opened { link });
            }
            NetRequest::Send { link, bytes } => match self.servers.input(link, &bytes) {
                Some(answer) if answer.is_empty() => {}
                Some(bytes) => self.module.network_event(now_us, NetEvent::Data { link, bytes }),
                None if self.platform.has_connection(conn_of(link)) => {
                    self.platform.front_mut().input(now_us, conn_of(link), &bytes);
                }
                None => self.given_up.sent(now_us, link),
            },
            NetRequest::Close { link } => {
                self.given_up.closed(link);
                if !self.servers.closed(link) {
                    self.platform.front_mut().closed(now_us, conn_of(link));
                }
            }
        }
    }

    /// A server sends this, on the connection that was opened to the servers as this one, from 0.
    ///
    /// # Panics
    /// Without such a connection.
    pub fn send(&mut self, index: usize, bytes: &[u8]) {
        let event = NetEvent::Data { link: self.servers.link(index), bytes: bytes.to_vec() };
        self.module.network_event(Instant::now().as_micros(), event);
    }

    /// A server closes.
    ///
    /// # Panics
    /// As [`send`](Self::send).
    pub fn close(&mut self, index: usize) {
        let event = NetEvent::Closed { link: self.servers.link(index) };
        self.module.network_event(Instant::now().as_micros(), event);
    }
}

fn conn_of(link: LinkId) -> ConnId {
    ConnId(link.into())
}

fn event_of(action: Action) -> NetEvent {
    let link = |conn: ConnId| LinkId::try_from(conn.0).expect("connections are named by links");
    match action {
        Action::Send { conn, bytes } => NetEvent::Data { link: link(conn), bytes },
        Action::Close { conn } => NetEvent::Closed { link: link(conn) },
    }
}

impl Peer for Scene {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.now_us = now_us;
        self.commands += bytes.iter().filter(|&&byte| byte == b'\r').count() as u64;
        self.module.input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        self.now_us = now_us;
        self.module.poll(now_us);
        while self.carry(now_us) {
            self.module.poll(now_us);
        }
    }

    fn next(&self) -> Option<u64> {
        [self.module.next(), self.platform.front().next(), self.given_up.next()].into_iter().flatten().min()
    }

    fn output(&mut self) -> Vec<u8> {
        self.module.output()
    }

    fn clean_output(&mut self) -> Option<Vec<u8>> {
        self.module.clean_output()
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.module.redact(bytes)
    }

    fn notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.notes);
        notes.extend(self.module.notes());
        notes
    }
}
