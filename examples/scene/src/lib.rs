#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod internet;

use std::net::{IpAddr, Ipv4Addr};

use wanlink_emulator::{Emulator, LinkId, NetEvent, NetRequest, Peer};
use wanlink_platform::{Action, ConnId};

pub use internet::{Internet, root_pem};

/// Where every name leads: an address that is kept for examples (RFC 5737).
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// An emulated module whose internet is one platform.
///
/// Any host name leads to the platform, on every port; whether it answers there is the platform's own rule.
pub struct Scene {
    /// The module.
    pub module: Emulator,
    /// The platform.
    pub platform: Internet,
    /// Time as of the last call, for orders that a test gives between calls.
    pub now_us: u64,
    /// What the trace shall tell beside the module's own notes.
    pub notes: Vec<String>,
}

impl Scene {
    /// A module and its platform.
    pub fn new(module: Emulator, platform: impl Into<Internet>) -> Self {
        Self { module, platform: platform.into(), now_us: 0, notes: Vec::new() }
    }

    /// Carries what waits between module and platform; `false` when nothing did.
    fn carry(&mut self, now_us: u64) -> bool {
        let mut carried = false;
        for request in self.module.take_requests() {
            carried = true;
            self.answer(now_us, request);
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
            NetRequest::Resolve { link, .. } => {
                self.module.network_event(now_us, NetEvent::Resolved { link, addresses: vec![ADDRESS] });
            }
            NetRequest::Open { link, host, port } => {
                self.platform.open(now_us, conn_of(link), &host, port);
                self.module.network_event(now_us, NetEvent::Opened { link });
            }
            NetRequest::Send { link, bytes } => self.platform.front_mut().input(now_us, conn_of(link), &bytes),
            NetRequest::Close { link } => self.platform.front_mut().closed(now_us, conn_of(link)),
        }
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
        [self.module.next(), self.platform.front().next()].into_iter().flatten().min()
    }

    fn output(&mut self) -> Vec<u8> {
        self.module.output()
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
