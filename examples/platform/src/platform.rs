//! The state machine: connections in, decisions and bytes out.

mod action;
mod auth;
mod call;
mod connect;
mod devices;
mod downlink;
mod http;
mod http_verbs;
mod orders;
mod post;
mod register;
#[cfg(feature = "tls")]
mod security;
mod timing;
mod uplink;
mod verbs;

pub use action::Action;
pub use downlink::Pushed;

use self::orders::Schedule;
use crate::config::Config;
use crate::connection::{ConnId, Connection, Peer};
use crate::device::{DeviceId, Product, Registry};
use crate::fault::{Away, Faults};
use crate::limits::{Minute, Second};
use crate::mint::Mint;
use crate::packet::{BadFrame, Frame, Packet, Reply, Summary, Violation};
use crate::record::{Direction, Entry, Finding, Judgement, Record};
use crate::session::Session;
use crate::timers::Timers;
use crate::token::Tokens;
use std::collections::BTreeMap;

/// Now, and on which connection.
#[derive(Clone, Copy, Debug)]
struct At {
    now: u64,
    conn: ConnId,
}

/// Counts of one device that outlive its sessions.
#[derive(Debug, Default)]
struct Rates {
    connects: Minute,
    qos0: Second,
    qos1: Second,
}

/// The platform.
///
/// Every method that takes `now`, in microseconds, first does what was due before; so a caller that polls late sees the
/// same decisions as one that polls on time. Time never runs backwards.
pub struct Platform {
    config: Config,
    registry: Registry,
    connections: BTreeMap<ConnId, Connection>,
    online: BTreeMap<DeviceId, ConnId>,
    sessions: BTreeMap<DeviceId, Session>,
    tokens: Tokens,
    mint: Mint,
    /// Messages taken by HTTPS.
    posts: u64,
    rates: BTreeMap<DeviceId, Rates>,
    timers: Timers,
    faults: Faults,
    schedule: Schedule,
    record: Record,
    actions: Vec<Action>,
}

impl Platform {
    /// A platform without products.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            registry: Registry::default(),
            connections: BTreeMap::new(),
            online: BTreeMap::new(),
            sessions: BTreeMap::new(),
            tokens: Tokens::default(),
            mint: Mint::default(),
            posts: 0,
            rates: BTreeMap::new(),
            timers: Timers::default(),
            faults: Faults::default(),
            schedule: Schedule::default(),
            record: Record::default(),
            actions: Vec::new(),
        }
    }

    /// Adds a product, or replaces the one with this key.
    pub fn add_product(&mut self, product: Product) {
        self.registry.add(product);
    }

    /// The rules, to be changed between two packets.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// What was seen and decided so far.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The record, to be cleared.
    pub fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    /// Whether the device is connected, as far as the platform knows.
    pub fn is_online(&self, product_key: &str, device_name: &str) -> bool {
        let device = DeviceId::new(product_key, device_name);
        self.online.contains_key(&device)
    }

    /// A connection was accepted. An earlier one of the same name counts as ended.
    pub fn open(&mut self, now: u64, conn: ConnId, peer: Peer) {
        self.poll(now);
        self.forget(conn);
        let mut connection = Connection::new(now, peer);
        match self.faults.away(now) {
            Some((_, Away::Closes)) => {
                self.actions.push(Action::Close { conn });
                return self.find(At { now, conn }, Judgement::Fault, "away: closed at once");
            }
            Some((until, Away::Silent)) => connection.mute(until),
            None => {}
        }
        self.connections.insert(conn, connection);
        self.record.count_connection();
        self.arm(conn);
    }

    /// Bytes arrived.
    pub fn input(&mut self, now: u64, conn: ConnId, bytes: &[u8]) {
        self.poll(now);
        let slow_us = self.faults.slow_us;
        match self.connections.get_mut(&conn) {
            Some(connection) if connection.mute_until.is_none() => {
                // Never before what came earlier.
                let earlier = connection.late_input.back().map_or(now, |&(at, _)| at);
                let due = earlier.max(now.saturating_add(slow_us));
                if due > now {
                    connection.late_input.push_back((due, bytes.into()));
                } else {
                    self.read(At { now, conn }, bytes);
                }
            }
            _ => return,
        }
        self.arm(conn);
    }

    /// The other side closed the connection, or it broke. What it sent before counts.
    pub fn closed(&mut self, now: u64, conn: ConnId) {
        self.poll(now);
        while let Some(bytes) = self.take_late_input(conn) {
            self.read(At { now, conn }, &bytes);
            self.actions.retain(|action| !action.is_for(conn));
        }
        self.forget(conn);
    }

    /// Takes what is to be done on the network, in order.
    pub fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    fn read(&mut self, at: At, bytes: &[u8]) {
        match self.connections.get_mut(&at.conn) {
            Some(connection) if connection.http.is_some() => return self.read_http(at, bytes),
            Some(connection) => connection.frames.extend(bytes),
            None => {}
        }
        while let Some(connection) = self.connections.get_mut(&at.conn) {
            match connection.frames.next() {
                Ok(Some(frame)) => self.on_frame(at, frame),
                Ok(None) => break,
                Err(bad) => self.on_bad_frame(at, bad),
            }
        }
    }

    fn take_late_input(&mut self, conn: ConnId) -> Option<Vec<u8>> {
        let (_, bytes) = self.connections.get_mut(&conn)?.late_input.pop_front()?;
        Some(bytes)
    }

    fn on_frame(&mut self, at: At, frame: Frame) {
        let packet = Packet::decode(&frame);
        self.see(at, frame.raw, packet.as_ref().ok());
        let outcome = packet.and_then(|packet| self.on_packet(at, packet));
        if let Err(violation) = outcome {
            self.violate(at, violation);
        }
    }

    fn on_bad_frame(&mut self, at: At, bad: BadFrame) {
        self.see(at, bad.raw, None);
        self.violate(at, bad.violation);
    }

    fn violate(&mut self, at: At, violation: Violation) {
        self.close(at, Judgement::Violation, violation.to_string());
    }

    /// Drops all that belongs to a connection.
    fn forget(&mut self, conn: ConnId) {
        self.timers.set(conn, None);
        let Some(connection) = self.connections.remove(&conn) else {
            return;
        };
        if let Some(established) = connection.established {
            let device = &established.login.device;
            if self.online.get(device) == Some(&conn) {
                self.online.remove(device);
                if established.clean_session {
                    self.sessions.remove(device);
                }
            }
        }
    }

    fn close(&mut self, at: At, judgement: Judgement, reason: impl Into<String>) {
        self.find(at, judgement, reason);
        self.hang_up(at.conn);
    }

    fn hang_up(&mut self, conn: ConnId) {
        if self.connections.contains_key(&conn) {
            self.actions.push(Action::Close { conn });
        }
        self.forget(conn);
    }

    fn find(&mut self, at: At, judgement: Judgement, reason: impl Into<String>) {
        self.record.find(Finding {
            at: at.now,
            conn: at.conn,
            device: self.device_at(at.conn).cloned(),
            judgement,
            reason: reason.into(),
        });
    }

    /// Records a packet of the device.
    fn see(&mut self, at: At, raw: Vec<u8>, packet: Option<&Packet>) {
        if let Some(Packet::Connect(connect)) = packet
            && let Some(connection) = self.connections.get_mut(&at.conn)
        {
            connection.claim(connect.username.as_deref());
        }
        self.record.push(Entry {
            at: at.now,
            conn: at.conn,
            device: self.device_at(at.conn).cloned(),
            direction: Direction::Up,
            summary: packet.map(Packet::summary),
            raw,
            accepted: false,
        });
    }

    /// Sends a packet, unless the connection is mute.
    fn send(&mut self, at: At, reply: &Reply<'_>) {
        self.send_bytes(at, reply.encode(), reply.summary());
    }

    fn send_bytes(&mut self, at: At, mut raw: Vec<u8>, summary: Summary) {
        if self.is_mute(at.conn) {
            return;
        }
        match self.faults.take_cut(summary.packet_type) {
            None => self.transmit(at, raw, Some(summary)),
            Some(keep) => {
                raw.truncate(keep);
                self.transmit(at, raw, None);
                let reason = format!("{:?} cut after {keep} bytes", summary.packet_type);
                self.close(at, Judgement::Fault, reason);
            }
        }
    }

    /// Whether nothing may be sent: the platform is away for this connection, or it has ended.
    fn is_mute(&self, conn: ConnId) -> bool {
        let connection = self.connections.get(&conn);
        connection.is_none_or(|connection| connection.mute_until.is_some())
    }

    fn transmit(&mut self, at: At, raw: Vec<u8>, summary: Option<Summary>) {
        self.actions.push(Action::Send { conn: at.conn, bytes: raw.clone() });
        self.record.push(Entry {
            at: at.now,
            conn: at.conn,
            device: self.device_at(at.conn).cloned(),
            direction: Direction::Down,
            summary,
            raw,
            accepted: true,
        });
    }

    fn device_at(&self, conn: ConnId) -> Option<&DeviceId> {
        self.connections.get(&conn)?.device.as_ref()
    }
}
