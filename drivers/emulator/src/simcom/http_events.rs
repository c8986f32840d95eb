//! What the internet does to an HTTP request, and the line that tells of it (simcom-at 6.1).

use super::Module;
use super::events::Event;
use super::http_client::{Answer, Exchange, Http};
use super::reply::Key;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::http::request::{Method, Request};
use crate::http::response::Response;

/// What stands in the place of a status.
const NOT_HTTP: u16 = 600;
const MEMORY: u16 = 602;
const CLOSED: u16 = 704;
const TIMED_OUT: u16 = 705;
const DNS: u16 = 713;
const CONNECT: u16 = 714;
const HANDSHAKE: u16 = 715;
const NO_NETWORK: u16 = 717;
const NO_CERTIFICATE: u16 = 719;

impl Module {
    /// Opens the connection of a request.
    pub(super) fn http_opens(&mut self, number: u32, method: Method) {
        let Some(http) = &self.own.http else { return };
        let Some(url) = http.config.url.clone() else { return };
        let (context, wait_us) = (http.config.tls_context, u64::from(http.config.connect_s) * 1_000_000);
        let (link, failed) = if url.secure {
            let settings = self.tls_settings(context);
            self.internet.open_secure(&url.host, url.port, settings)
        } else {
            self.internet.open_plain(&url.host, url.port)
        };
        if let Some(http) = &mut self.own.http {
            let response = Response::default();
            http.exchange = Some(Exchange { number, method, link, sent: false, response });
            http.answer = None;
        }
        self.later(self.now_us + wait_us, Event::HttpTimeout { link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
    }

    pub(super) fn http_in_time(&mut self) {
        self.call_off_own(|event| matches!(event, Event::HttpTimeout { .. }));
    }

    pub(super) fn http_has_link(&self, link: LinkId) -> bool {
        self.own.http.as_ref().and_then(Http::link) == Some(link)
    }

    /// A handshake begins.
    pub(super) fn http_negotiates(&mut self, link: LinkId) {
        if let Some(http) = &self.own.http {
            let wait_us = u64::from(self.own.tls[http.config.tls_context].negotiation_s) * 1_000_000;
            self.http_in_time();
            self.later(self.now_us + wait_us, Event::HttpTimeout { link });
        }
    }

    pub(super) fn http_event(&mut self, link: LinkId, event: NetEvent) {
        let Some(exchange) = self.own.http.as_mut().and_then(|http| http.exchange.as_mut()) else { return };
        match event {
            NetEvent::Opened { .. } if !exchange.sent => self.http_sends(link),
            NetEvent::OpenFailed { why, .. } if !exchange.sent => {
                let code = match (why, &self.internet.tls_failure) {
                    (OpenFailure::Dns, _) => DNS,
                    (OpenFailure::Refused | OpenFailure::Timeout, _) => CONNECT,
                    (OpenFailure::Tls, Some(TlsFailure::FileMissing(_))) => NO_CERTIFICATE,
                    (OpenFailure::Tls, _) => HANDSHAKE,
                };
                self.http_failed(code);
            }
            NetEvent::Closed { .. } if !exchange.sent => self.http_failed(CONNECT),
            NetEvent::Data { bytes, .. } => match exchange.response.input(&bytes) {
                Ok(()) => self.http_goes_on(),
                Err(_) => self.http_failed(NOT_HTTP),
            },
            NetEvent::Closed { .. } => {
                if exchange.response.ended() {
                    self.http_goes_on();
                } else {
                    self.http_failed(CLOSED);
                }
            }
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    fn http_sends(&mut self, link: LinkId) {
        let Some(http) = &mut self.own.http else { return };
        let (Some(exchange), Some(url)) = (&mut http.exchange, &http.config.url) else { return };
        exchange.sent = true;
        let with_body = exchange.method.has_body();
        let body: &[u8] = if with_body { &http.body } else { &[] };
        let bytes = Request { method: exchange.method, url, headers: http.config.headers(with_body) }.bytes(body);
        let wait_us = u64::from(http.config.receive_s) * 1_000_000;
        self.internet.send(link, bytes);
        self.http_in_time();
        self.later(self.now_us + wait_us, Event::HttpTimeout { link });
    }

    fn http_goes_on(&mut self) {
        let Some(exchange) = self.own.http.as_ref().and_then(|http| http.exchange.as_ref()) else { return };
        if exchange.response.body.len() > self.own.model.http_answer {
            return self.http_failed(MEMORY);
        }
        if exchange.response.is_complete() {
            self.http_answered();
        }
    }

    /// The whole answer is there.
    fn http_answered(&mut self) {
        self.http_in_time();
        let Some(http) = &mut self.own.http else { return };
        let Some(Exchange { number, link, response, .. }) = http.exchange.take() else { return };
        let last = response.was_last();
        let (status, head) = response.head.map_or((0, Vec::new()), |head| (head.status, head.bytes));
        let line = format!("+HTTPACTION: {number},{status},{}", response.body.len());
        http.answer = Some(Answer { status, head, body: response.body });
        self.internet.close(link);
        self.result(Key::HttpAction, &line, true);
        if last {
            self.urc("+HTTP_PEER_CLOSED");
        }
    }

    fn http_failed(&mut self, code: u16) {
        self.http_in_time();
        let Some(http) = &mut self.own.http else { return };
        let Some(Exchange { number, link, .. }) = http.exchange.take() else { return };
        self.internet.close(link);
        // A result like any other: the status tells.
        self.result(Key::HttpAction, &format!("+HTTPACTION: {number},{code},0"), true);
    }

    pub(super) fn http_timed_out(&mut self, link: LinkId) {
        if self.http_has_link(link) {
            let sent = self.own.http.as_ref().and_then(|http| http.exchange.as_ref()).is_some_and(|it| it.sent);
            let secure = self.internet.is_secure(link) && !sent;
            if secure {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.http_failed(match (sent, secure) {
                (true, _) => TIMED_OUT,
                (false, true) => HANDSHAKE,
                (false, false) => CONNECT,
            });
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_http(&mut self) {
        if let Some(link) = self.own.http.as_ref().and_then(Http::link) {
            self.internet.abort(link);
            self.http_failed(CLOSED);
        }
    }

    /// The context is gone.
    pub(super) fn http_loses_network(&mut self) {
        if self.own.http.is_some() {
            self.http_failed(NO_NETWORK);
            self.urc("+HTTP_NONET_EVENT");
        }
    }
}
