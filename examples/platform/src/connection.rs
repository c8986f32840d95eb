//! One TCP connection and how far it has come.

use crate::config::Config;
use crate::device::DeviceId;
use crate::endpoint;
use crate::http::{RequestBuffer, Response};
use crate::login::Login;
use crate::packet::FrameBuffer;
use std::collections::VecDeque;
use std::sync::Arc;

/// A connection, named by the caller; a name may be used again after the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// MQTT.
    Mqtt,
    /// HTTP, inside TLS if the peer says so.
    Http,
}

/// How the device came here. What is `None` is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Whether the connection runs inside TLS. The platform sees the bytes inside.
    pub tls: bool,
    /// Host name that the device asked for (by DNS, or in its TLS hello).
    pub host: Option<String>,
    /// Port that the device asked for.
    pub port: Option<u16>,
    /// What is spoken; `None` is what belongs to the host: HTTP at `iot-as-http`, `iot-auth` and `<id>.http.iothub`, else
    /// MQTT.
    pub service: Option<Service>,
}

impl Peer {
    /// Inside TLS, host and port unknown.
    pub fn tls() -> Self {
        Self { tls: true, ..Self::default() }
    }

    /// Plain TCP, host and port unknown.
    pub fn plain() -> Self {
        Self::default()
    }

    /// HTTPS: HTTP inside TLS, host and port unknown.
    pub fn https() -> Self {
        Self { service: Some(Service::Http), ..Self::tls() }
    }

    /// HTTP over plain TCP, host and port unknown. It is served if [`HttpRules::plain`](crate::HttpRules::plain) says so.
    pub fn http() -> Self {
        Self { service: Some(Service::Http), ..Self::plain() }
    }

    /// With the host and port that were asked for.
    #[must_use]
    pub fn at(mut self, host: &str, port: u16) -> Self {
        self.host = Some(host.into());
        self.port = Some(port);
        self
    }

    fn speaks_http(&self) -> bool {
        match self.service {
            Some(service) => service == Service::Http,
            None => self.host.as_deref().is_some_and(endpoint::speaks_http),
        }
    }
}

/// What a connection is that speaks HTTP. No `Debug`: it may hold tokens.
pub(crate) struct Http {
    pub(crate) requests: RequestBuffer,
    /// When a byte moved last, either way.
    pub(crate) last: u64,
    /// Answers that a fault holds back, with the time of each.
    pub(crate) late_answers: VecDeque<(u64, Response)>,
    /// An answer was decided behind which the connection ends: nothing more is read.
    pub(crate) ending: bool,
}

/// After an accepted CONNECT.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) login: Arc<Login>,
    pub(crate) clean_session: bool,
    /// 1.5 times the keep-alive; `None` switches the check off.
    pub(crate) silence_us: Option<u64>,
    pub(crate) last_packet: u64,
    /// PUBACKs that a fault holds back, with the time of each.
    pub(crate) late_pubacks: VecDeque<(u64, u16)>,
    /// When a fault brings a second device of the same identity.
    pub(crate) kicked_at: Option<u64>,
}

/// What there is to do for a connection, when its time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Look at bytes of the device.
    Input,
    /// Send this PUBACK.
    Puback(u16),
    /// Send the HTTP answer that a fault held back.
    Answer,
    /// Make room for a second device of the same identity.
    Kick,
    /// Give up.
    Deadline,
}

/// No `Debug`: bytes that were not read yet may hold a password.
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) opened: u64,
    pub(crate) frames: FrameBuffer,
    /// Bytes that are looked at later, as a fault asks for, with the time of each.
    pub(crate) late_input: VecDeque<(u64, Vec<u8>)>,
    /// What the user name of the CONNECT says, right or wrong.
    pub(crate) device: Option<DeviceId>,
    /// `None` before the CONNECT.
    pub(crate) established: Option<Established>,
    /// When a CONNECT that was a dynamic registration was granted.
    pub(crate) registered: Option<u64>,
    /// `None` where MQTT is spoken.
    pub(crate) http: Option<Http>,
    /// The platform takes bytes and answers nothing; before this time it does not even close.
    pub(crate) mute_until: Option<u64>,
}

impl Connection {
    pub(crate) fn new(opened: u64, peer: Peer) -> Self {
        let mut connection = Self {
            peer,
            opened,
            frames: FrameBuffer::default(),
            late_input: VecDeque::new(),
            device: None,
            established: None,
            registered: None,
            http: None,
            mute_until: None,
        };
        connection.choose_service(opened);
        connection
    }

    /// As soon as it is known what is spoken.
    pub(crate) fn choose_service(&mut self, now: u64) {
        if self.http.is_none() && self.peer.speaks_http() {
            let requests = RequestBuffer::default();
            self.http = Some(Http { requests, last: now, late_answers: VecDeque::new(), ending: false });
        }
    }

    /// Notes the device that the first CONNECT names.
    pub(crate) fn claim(&mut self, username: Option<&str>) {
        if self.device.is_none() {
            self.device = username.and_then(DeviceId::from_username);
        }
    }

    /// Nothing is answered from now on, nor looked at.
    pub(crate) fn mute(&mut self, until: u64) {
        self.mute_until = Some(until);
        self.late_input.clear();
        if let Some(http) = &mut self.http {
            http.late_answers.clear();
        }
    }

    /// When the server gives up on it. A device whose bytes wait to be looked at, or that waits for an answer, is not
    /// silent.
    fn deadline(&self, config: &Config) -> Option<u64> {
        if !self.late_input.is_empty() {
            return None;
        }
        let deadline = match (&self.http, &self.established, self.registered) {
            (Some(http), ..) if !http.late_answers.is_empty() => None,
            (Some(http), ..) => http.last.checked_add(config.http.idle_us),
            (None, Some(e), _) => e.silence_us.and_then(|us| e.last_packet.checked_add(us)),
            (None, None, Some(at)) => at.checked_add(config.registration.linger_us),
            (None, None, None) => self.opened.checked_add(config.connect_deadline_us),
        }?;
        Some(deadline.max(self.mute_until.unwrap_or(0)))
    }

    /// What there is to do next, and when.
    pub(crate) fn next(&self, config: &Config) -> Option<(u64, Due)> {
        let deadline = self.deadline(config).map(|at| (at, Due::Deadline));
        if self.mute_until.is_some() {
            return deadline;
        }
        let established = self.established.as_ref();
        let input = self.late_input.front().map(|&(at, _)| (at, Due::Input));
        let puback = established.and_then(|e| e.late_pubacks.front()).map(|&(at, id)| (at, Due::Puback(id)));
        let answer = self.http.as_ref().and_then(|http| http.late_answers.front()).map(|&(at, _)| (at, Due::Answer));
        let kick = established.and_then(|e| e.kicked_at).map(|at| (at, Due::Kick));
        // Of equal times the first counts: a PUBACK is still in time at the deadline.
        [input, puback, answer, kick, deadline].into_iter().flatten().min_by_key(|&(at, _)| at)
    }
}
