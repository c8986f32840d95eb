//! HTTP: requests in, answers out.

use super::call::Call;
use super::{At, Platform};
use crate::config::BodyEnd;
use crate::connection::{ConnId, Http};
use crate::device::DeviceId;
use crate::endpoint;
use crate::http::{BadRequest, Body, Request, Response};
use crate::packet::{PacketType, Summary, Violation};
use crate::record::{Direction, Entry, Judgement};

/// A request that gets another code than success.
pub(super) struct Refused {
    pub(super) code: u16,
    /// In the answer.
    pub(super) message: &'static str,
    /// In the record.
    pub(super) reason: String,
}

impl Refused {
    /// With the message that belongs to the code (facts: `aliyun-iot`, sections 3.1 and 4).
    fn by_fault(code: u16) -> Self {
        let message = match code {
            429 => "too many requests",
            20000 => "auth check error",
            20001 => "token is expired",
            20003 => "check token error",
            20004 => "update session error",
            30001 => "publish message error",
            40000 => "request too many",
            _ => "common error",
        };
        Self { code, message, reason: "a fault was asked for".into() }
    }
}

/// An answer's body; `None` if the connection ended in its place.
pub(super) type Served = Result<Option<Body>, Refused>;

impl Platform {
    fn http(&mut self, conn: ConnId) -> Option<&mut Http> {
        self.connections.get_mut(&conn)?.http.as_mut()
    }

    pub(super) fn read_http(&mut self, at: At, bytes: &[u8]) {
        let most = self.config.limits.body_bytes;
        if let Some(http) = self.http(at.conn).filter(|http| !http.ending) {
            http.last = at.now;
            http.requests.extend(bytes);
        }
        while let Some(http) = self.http(at.conn).filter(|http| !http.ending) {
            match http.requests.next(most) {
                Ok(Some(request)) => self.on_request(at, request),
                Ok(None) => break,
                Err(bad) => self.on_bad_request(at, bad),
            }
        }
    }

    fn on_bad_request(&mut self, at: At, bad: BadRequest) {
        self.see(at, bad.raw, None);
        let violation = Violation::of_platform(bad.what);
        self.find(at, Judgement::Violation, format!("{violation}: HTTP status {}", bad.status));
        self.answer(at, Response::page(bad.status, true));
    }

    fn on_request(&mut self, at: At, request: Request) {
        let call = Call::of(&request);
        self.see_request(at, &request, &call);
        if let Some(response) = self.serve(at, &request, call) {
            self.answer(at, response);
        }
    }

    /// Records a request under the device that it is said to be from.
    fn see_request(&mut self, at: At, request: &Request, call: &Call) {
        let device = match call {
            Call::Auth(Ok(login)) => DeviceId::checked(&login.product_key, &login.device_name),
            Call::Post(_) => request.field("password").and_then(|token| self.tokens.owner(token)),
            Call::Register(Ok(claim)) => Some(claim.device.clone()),
            Call::Auth(Err(_)) | Call::Register(Err(_)) | Call::Unknown => None,
        };
        if let Some(connection) = self.connections.get_mut(&at.conn) {
            connection.device = device.clone();
        }
        let (topic, payload_len) = match call {
            Call::Post(topic) => (Some(topic.clone()), request.body().len()),
            _ => (None, 0),
        };
        let path = Some(request.path().into());
        let summary = Summary { topic, payload_len, path, ..Summary::of(PacketType::Request) };
        self.record.push(Entry {
            at: at.now,
            conn: at.conn,
            device,
            direction: Direction::Up,
            summary: Some(summary),
            raw: request.raw.clone(),
            accepted: false,
        });
    }

    /// `None` if the connection ended in place of an answer.
    fn serve(&mut self, at: At, request: &Request, call: Call) -> Option<Response> {
        let close = request.wants_close();
        if let Some(status) = self.faults.http.next_failure() {
            self.find(at, Judgement::Fault, format!("HTTP status {status}"));
            return Some(Response::page(status, close));
        }
        if let Err((status, why)) = self.check_place(at, request, &call) {
            self.find(at, Judgement::Refused, format!("{why}: HTTP status {status}"));
            return Some(Response::page(status, close));
        }
        let outcome = match (self.faults.http.next_refusal(), call) {
            (Some(code), _) => Err(Refused::by_fault(code)),
            (None, Call::Auth(login)) => self.on_auth(at, login),
            (None, Call::Post(topic)) => self.on_post(at, request, &topic),
            (None, Call::Register(claim)) => self.on_register(at, claim),
            (None, Call::Unknown) => Ok(None),
        };
        let response = |status, body| Response { status, body, close };
        match outcome {
            Ok(body) => body.map(|body| response(200, body)),
            Err(Refused { code, message, reason }) => {
                self.find(at, Judgement::Refused, format!("code {code}: {reason}"));
                Some(response(self.config.http.refusal_status, Body::refusal(code, message)))
            }
        }
    }

    /// Whether such a request is served where it came in: by TLS, at this host, at this port.
    fn check_place(&self, at: At, request: &Request, call: &Call) -> Result<(), (u16, String)> {
        let Some(connection) = self.connections.get(&at.conn) else {
            return Ok(());
        };
        let peer = &connection.peer;
        if !peer.tls && !self.config.http.plain {
            return Err((400, "HTTP without TLS".into()));
        }
        if matches!(call, Call::Unknown) {
            return Err((404, format!("no {} here", request.path())));
        }
        if !self.config.check_endpoint {
            return Ok(());
        }
        let named = peer.host.as_deref();
        if named.is_some_and(endpoint::speaks_http) && peer.port.is_some_and(|port| port != 443) {
            return Err((404, "port other than 443".into()));
        }
        // The name that was connected to, and the one that the request gives.
        for host in named.into_iter().chain(request.field("host")) {
            let serves = endpoint::http_host(host, &self.config).is_some_and(|serves| call.is_at(serves));
            if !serves {
                return Err((404, format!("{host} does not serve {}", request.path())));
            }
        }
        Ok(())
    }

    fn answer(&mut self, at: At, mut response: Response) {
        let rules = &self.config.http;
        response.close |= !rules.keep_alive || rules.body_end == BodyEnd::Close;
        let close = response.close;
        if self.faults.http.next_closes() {
            return self.close(at, Judgement::Fault, "closed before the answer");
        }
        let wanted = at.now.saturating_add(self.faults.http.answer_delay_us);
        let Some(http) = self.http(at.conn) else {
            return;
        };
        http.ending |= close;
        // Never before an earlier one.
        let due = http.late_answers.back().map_or(wanted, |&(last, _)| last.max(wanted));
        if due > at.now {
            http.late_answers.push_back((due, response));
        } else {
            self.send_answer(at, &response);
        }
    }

    pub(super) fn send_answer(&mut self, at: At, response: &Response) {
        let raw = response.encode(self.config.http.body_end);
        self.send_bytes(at, raw, response.summary());
        if let Some(http) = self.http(at.conn) {
            http.last = at.now;
        }
        if response.close {
            self.hang_up(at.conn);
        }
    }
}
