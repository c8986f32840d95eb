//! A module with the stand-in of the platform at the other end: its HTTPS and its MQTT client. It has one socket, too.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_time::{Duration as Ticks, Instant, Timer};
use wanlink_core::{
    Body, ContentType, Delivery, Error, ErrorKind, ErrorType, HttpsAt, HttpsLimits, Inbound, Info, Login, Module,
    MqttAt, MqttLimits, Network, Notice, Post, Progress, Qos, Refusal, Reply, Rung, Security, Server, Signal, Tls,
};
use wanlink_platform::{Action, ConnId, Peer, Platform};
use wanlink_transports::tcp::{Client, Event, Want};

use crate::sockets::Line;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) ErrorKind);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the module reports {:?}", self.0)
    }
}

impl std::error::Error for Failed {}

impl Error for Failed {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

pub(crate) struct Modem {
    pub(crate) platform: Rc<RefCell<Platform>>,
    /// Connections so far, of every kind.
    pub(crate) connections: u64,
    /// How often a session was ended, or a socket closed.
    pub(crate) disconnects: u32,
    client: Client<'static>,
    has_session: bool,
    /// It tells of a login when the platform has closed the connection again.
    pub(crate) is_late: bool,
    pub(crate) line: Line,
}

impl Modem {
    /// With an inbox of `inbox` bytes, which is leaked: a test is short.
    pub(crate) fn new(platform: Rc<RefCell<Platform>>, inbox: usize) -> Self {
        let client = Client::new(vec![0; inbox].leak(), vec![0; 512].leak());
        Self {
            platform,
            connections: 0,
            disconnects: 0,
            client,
            has_session: false,
            is_late: false,
            line: Line::default(),
        }
    }

    pub(crate) fn open<S: Security>(&mut self, server: &Server<'_, S>) -> ConnId {
        self.connections += 1;
        let conn = ConnId(self.connections);
        let peer = if S::TLS { Peer::tls() } else { Peer::plain() };
        self.platform.borrow_mut().open(now_us(), conn, peer.at(server.host, server.port));
        conn
    }

    /// Lets the platform do what is due, and takes what it sends; [`None`] is its close.
    pub(crate) fn heard(&mut self) -> Vec<Option<Vec<u8>>> {
        let mut platform = self.platform.borrow_mut();
        platform.poll(now_us());
        let taken = platform.take_actions().into_iter().map(|action| match action {
            Action::Send { bytes, .. } => Some(bytes),
            Action::Close { .. } => None,
        });
        taken.collect()
    }

    /// Carries bytes to and fro until neither side has any.
    fn carry(&mut self) -> Vec<Event> {
        let mut events = vec![];
        loop {
            match self.client.advance(now_ms()) {
                Want::Event(event) => events.push(event),
                Want::Write => {
                    let packet = self.client.unsent().to_vec();
                    self.platform.borrow_mut().input(now_us(), ConnId(self.connections), &packet);
                    self.client.sent(packet.len(), now_ms());
                }
                Want::Read(_) => {
                    let heard = self.heard();
                    if heard.is_empty() {
                        return events;
                    }
                    for bytes in heard {
                        match bytes {
                            Some(bytes) => events.extend(self.read(&bytes)),
                            None => self.client.closed(),
                        }
                    }
                    if self.client.is_offline() {
                        return events;
                    }
                }
            }
        }
    }

    fn read(&mut self, mut bytes: &[u8]) -> Vec<Event> {
        let mut events = vec![];
        while !bytes.is_empty() {
            match self.client.advance(now_ms()) {
                Want::Event(event) => events.push(event),
                Want::Write => panic!("nothing is owed"),
                Want::Read(_) => {
                    let room = self.client.room();
                    let (now, later) = bytes.split_at(room.len().min(bytes.len()));
                    room[..now.len()].copy_from_slice(now);
                    bytes = later;
                    self.client.filled(now.len(), now_ms());
                }
            }
            if self.client.is_offline() {
                return events;
            }
        }
        // What came before the connection was closed counts.
        while let Want::Event(event) = self.client.advance(now_ms()) {
            events.push(event);
            if matches!(event, Event::Refused(_) | Event::Closed(_)) {
                self.client.closed();
                break;
            }
        }
        events
    }
}

pub(crate) fn now_us() -> u64 {
    Instant::now().as_micros()
}

fn now_ms() -> u32 {
    Instant::now().as_millis() as u32
}

impl ErrorType for Modem {
    type Error = Failed;
}

impl HttpsAt for Modem {
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, Failed> {
        assert_eq!(post.content, ContentType::Form);
        let Body::Bytes(body) = body else { panic!("the form lies in memory") };
        let (path, host, content) = (post.path, server.host, post.content.as_str());
        let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content}\r\n");
        let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
        let conn = self.open(server);
        self.platform.borrow_mut().input(now_us(), conn, &[head.as_bytes(), body].concat());
        let heard = self.heard();
        self.platform.borrow_mut().closed(now_us(), conn);
        let Some(Some(answer)) = heard.first() else { return Err(Failed(ErrorKind::Retry)) };
        let text = std::str::from_utf8(answer).unwrap();
        let (head, page) = text.split_once("\r\n\r\n").unwrap();
        let status = head["HTTP/1.1 ".len()..][..3].parse().unwrap();
        let fits = page.len().min(reply.len());
        reply[..fits].copy_from_slice(&page.as_bytes()[..fits]);
        Ok(Reply { status, body: &reply[..fits], cut: page.len() - fits })
    }
}

impl MqttAt for Modem {
    const MQTT: MqttLimits = MqttLimits::UNSTATED;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Failed> {
        self.open(broker);
        self.has_session = true;
        self.client.connect(login).unwrap();
        match self.carry()[..] {
            [Event::Connected { session_present: false }, ..] if self.is_late => {
                while !self.client.has_message() {
                    Timer::after(Ticks::from_millis(400)).await;
                    self.carry();
                }
                Timer::after(Ticks::from_secs(20)).await;
                Err(Failed(ErrorKind::Reconnect))
            }
            [Event::Connected { session_present: false }, ..] => Ok(()),
            [Event::Refused(code)] => Err(Failed(ErrorKind::Refused(Refusal::Connack(code)))),
            ref other => panic!("{other:?}"),
        }
    }

    async fn ready(&mut self) -> Result<(), Failed> {
        self.client.release();
        while !self.client.has_message() {
            if self.client.is_offline() {
                return Err(Failed(ErrorKind::Reconnect));
            }
            Timer::after(Ticks::from_millis(400)).await;
            self.carry();
        }
        Ok(())
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.client.front()
    }

    async fn disconnect(&mut self) -> Result<(), Failed> {
        if std::mem::take(&mut self.has_session) {
            self.disconnects += 1;
            self.client.closed();
            self.platform.borrow_mut().closed(now_us(), ConnId(self.connections));
        }
        Ok(())
    }

    async fn subscribe(&mut self, _: &str, _: Qos) -> Result<(), Failed> {
        panic!("nothing is subscribed")
    }

    async fn unsubscribe(&mut self, _: &str) -> Result<(), Failed> {
        panic!("nothing is subscribed")
    }

    async fn publish(&mut self, _: &str, _: &[u8], _: Qos) -> Result<Delivery, Failed> {
        panic!("nothing is published")
    }
}

/// It is attached, and nobody asks for more.
impl Module for Modem {
    async fn start(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, Failed> {
        Ok(Info::default())
    }

    async fn attach(&mut self, _: &Network<'_>, _: &mut dyn FnMut(Progress)) -> Result<(), Failed> {
        Ok(())
    }

    async fn signal(&mut self) -> Result<Signal, Failed> {
        Ok(Signal { rssi_dbm: None })
    }

    async fn clock(&mut self) -> Result<Option<std::time::Duration>, Failed> {
        Ok(None)
    }

    async fn idle(&mut self) -> Result<Notice, Failed> {
        std::future::pending().await
    }

    async fn recover(&mut self, _: Rung) -> Result<(), Failed> {
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), Failed> {
        Ok(())
    }
}
