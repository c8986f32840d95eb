//! The platform behind TLS.

use super::certificates::Certificates;
use super::session::{Over, Progress, Session};
use crate::connection::{ConnId, Peer};
use crate::fault::TlsFault;
use crate::platform::{Action, Platform};
use crate::record::{Handshake, Judgement};
use std::collections::BTreeMap;

const GONE: &str = "the device closed the connection in the handshake";

/// A platform, and TLS on those connections whose [`Peer`] says so.
///
/// It is pumped like the [`Platform`] itself; the bytes of its actions are what goes over the network.
pub struct Front {
    platform: Platform,
    certificates: Certificates,
    sessions: BTreeMap<ConnId, Session>,
    actions: Vec<Action>,
    /// As of the last call.
    now: u64,
}

impl Front {
    /// TLS with these certificates in front of the platform.
    pub fn new(platform: Platform, certificates: Certificates) -> Self {
        Self { platform, certificates, sessions: BTreeMap::new(), actions: Vec::new(), now: 0 }
    }

    /// The platform. Its record lists the handshakes too.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The platform, for verbs, pushes and rules. Its actions come out here, by [`take_actions`](Self::take_actions).
    pub fn platform_mut(&mut self) -> &mut Platform {
        &mut self.platform
    }

    /// The certificates, of which a device needs the root.
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// A connection was accepted, inside TLS if the peer says so. Without a host in the peer, the name in the device's
    /// hello is taken for it.
    pub fn open(&mut self, now: u64, conn: ConnId, peer: Peer) {
        self.poll(now);
        self.fail(conn, GONE);
        self.sessions.remove(&conn);
        let tls = peer.tls;
        self.platform.open(now, conn, peer);
        self.carry();
        if !tls || !self.platform.has_connection(conn) {
            return;
        }
        let fault = self.platform.tls_fault_at(now, conn);
        match Session::new(self.certificates.server(fault), fault) {
            Ok(session) => {
                self.sessions.insert(conn, session);
            }
            Err(error) => self.end(now, conn, Judgement::Closed, &error.to_string()),
        }
    }

    /// Bytes arrived.
    pub fn input(&mut self, now: u64, conn: ConnId, bytes: &[u8]) {
        self.poll(now);
        let Some(session) = self.sessions.get_mut(&conn) else {
            self.platform.input(now, conn, bytes);
            return self.carry();
        };
        if !self.platform.hears(conn) {
            return;
        }
        let progress = session.input(bytes);
        self.act_on(now, conn, progress);
    }

    fn act_on(&mut self, now: u64, conn: ConnId, progress: Progress) {
        if !progress.cipher.is_empty() {
            self.actions.push(Action::Send { conn, bytes: progress.cipher });
        }
        if progress.established
            && let Some(handshake) = self.settle(conn, None)
        {
            self.platform.secured(conn, handshake);
        }
        if !progress.plain.is_empty() {
            self.platform.input(now, conn, &progress.plain);
            self.carry();
        }
        match progress.over {
            None => {}
            Some(Over::Goodbye) => {
                self.fail(conn, GONE);
                if self.platform.has_connection(conn) {
                    self.platform.closed(now, conn);
                    self.close(conn);
                }
            }
            Some(Over::Broken(why)) => {
                self.fail(conn, &why);
                self.end(now, conn, Judgement::Closed, &format!("TLS: {why}"));
            }
        }
        self.carry();
    }

    /// The other side closed the connection, or it broke.
    pub fn closed(&mut self, now: u64, conn: ConnId) {
        self.poll(now);
        self.fail(conn, GONE);
        self.sessions.remove(&conn);
        self.platform.closed(now, conn);
        self.carry();
    }

    /// Does what is due.
    pub fn poll(&mut self, now: u64) {
        self.now = now;
        self.platform.poll(now);
        self.carry();
    }

    /// When [`poll`](Self::poll) has something to do next.
    pub fn next(&self) -> Option<u64> {
        self.platform.next()
    }

    /// Takes what is to be done on the network, in order.
    pub fn take_actions(&mut self) -> Vec<Action> {
        self.carry();
        std::mem::take(&mut self.actions)
    }

    /// Closes a connection for what happened below MQTT.
    pub(crate) fn end(&mut self, now: u64, conn: ConnId, judgement: Judgement, why: &str) {
        self.platform.end(now, conn, judgement, why);
        self.carry();
    }

    /// Encrypts what the platform wants to send.
    fn carry(&mut self) {
        for action in self.platform.take_actions() {
            match action {
                Action::Send { conn, bytes } => {
                    let bytes = match self.sessions.get_mut(&conn) {
                        Some(session) => session.encrypt(&bytes),
                        None => bytes,
                    };
                    self.actions.push(Action::Send { conn, bytes });
                }
                Action::Close { conn } => {
                    self.fail(conn, "the platform closed the connection in the handshake");
                    self.close(conn);
                }
            }
        }
    }

    fn close(&mut self, conn: ConnId) {
        if let Some(mut session) = self.sessions.remove(&conn)
            && self.platform.tls_fault() != Some(TlsFault::NoCloseNotify)
        {
            let bytes = session.goodbye();
            if !bytes.is_empty() {
                self.actions.push(Action::Send { conn, bytes });
            }
        }
        self.actions.push(Action::Close { conn });
    }

    /// Records that a handshake came to nothing; nothing if it was through.
    fn fail(&mut self, conn: ConnId, why: &str) {
        if let Some(handshake) = self.settle(conn, Some(why)) {
            self.platform.record_mut().push_handshake(handshake);
        }
    }

    /// The outcome of a handshake; `None` when it is known already.
    fn settle(&mut self, conn: ConnId, failure: Option<&str>) -> Option<Handshake> {
        let session = self.sessions.get_mut(&conn).filter(|session| !session.settled)?;
        session.settled = true;
        let server_name = session.server_name().map(String::from);
        let failure = failure.map(String::from);
        Some(Handshake { at: self.now, conn, server_name, version: session.version(), failure })
    }
}
