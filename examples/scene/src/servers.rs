//! Servers beside the platform: what a socket reaches that is not the platform's.

use std::collections::BTreeMap;

use wanlink_emulator::LinkId;

/// What a server does with what it gets.
#[derive(Clone, Debug)]
pub enum Service {
    /// Sends it back.
    Echo,
    /// Keeps it.
    Keep,
    /// Answers each request that ends in an empty line with this page (HTTP/1.1).
    Page(Vec<u8>),
}

/// What a server has of a connection.
struct Conn {
    port: u16,
    received: Vec<u8>,
    is_open: bool,
}

/// Servers by their ports; every host has them.
#[derive(Default)]
pub struct Servers {
    services: BTreeMap<u16, Service>,
    /// In the order of their opening: the module numbers its links upwards.
    conns: BTreeMap<LinkId, Conn>,
}

impl Servers {
    /// A server at this port, in place of the platform.
    pub fn serve(&mut self, port: u16, service: Service) {
        self.services.insert(port, service);
    }

    /// What the server got on the connection that was opened as this one, from 0.
    ///
    /// # Panics
    /// Without such a connection.
    pub fn received(&self, index: usize) -> &[u8] {
        &self.conns[&self.link(index)].received
    }

    /// What the servers at this port got, one connection after the other.
    pub fn received_at(&self, port: u16) -> impl Iterator<Item = &[u8]> {
        self.conns.values().filter(move |conn| conn.port == port).map(|conn| &*conn.received)
    }

    /// How many connections the module has open.
    pub fn open_conns(&self) -> usize {
        self.conns.values().filter(|conn| conn.is_open).count()
    }

    pub(crate) fn link(&self, index: usize) -> LinkId {
        *self.conns.keys().nth(index).expect("as many connections were opened")
    }

    /// Whether one of them answers here.
    pub(crate) fn open(&mut self, link: LinkId, port: u16) -> bool {
        let is_ours = self.services.contains_key(&port);
        if is_ours {
            self.conns.insert(link, Conn { port, received: Vec::new(), is_open: true });
        }
        is_ours
    }

    /// Takes what came, if the connection is one of these; what the server sends at once.
    pub(crate) fn input(&mut self, link: LinkId, bytes: &[u8]) -> Option<Vec<u8>> {
        let conn = self.conns.get_mut(&link)?;
        conn.received.extend(bytes);
        Some(match self.services.get(&conn.port) {
            Some(Service::Echo) => bytes.to_vec(),
            Some(Service::Page(page)) if conn.received.ends_with(b"\r\n\r\n") => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", page.len());
                [head.as_bytes(), page].concat()
            }
            _ => Vec::new(),
        })
    }

    /// Whether the connection that the module closed was one of these.
    pub(crate) fn closed(&mut self, link: LinkId) -> bool {
        let conn = self.conns.get_mut(&link);
        conn.map(|conn| conn.is_open = false).is_some()
    }
}
