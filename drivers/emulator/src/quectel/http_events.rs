//! The connection of an HTTP request, and what goes over it (quectel-at 3.1).

use super::Module;
use super::events::Event;
use super::http_exchange::{Exchange, Kept, Stage};
use super::model::Group;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};

/// "CONNECT (<= 125 s: the TCP/TLS connect happens before it)"
const OPEN_TIMEOUT_US: u64 = 125_000_000;

/// Errors of the HTTP table.
const DNS_ERROR: u16 = 714;
/// Also whatever is wrong with TLS.
pub(super) const CONNECT_ERROR: u16 = 716;
pub(super) const SOCKET_CLOSED: u16 = 719;
const RESPONSE_FAILED: u16 = 723;

impl Module {
    /// Opens the connection of a request. True: there is one already.
    pub(super) fn http_connects(&mut self) -> bool {
        let Some(exchange) = &self.own.http.exchange else { return false };
        let fits = |kept: &Kept| {
            (kept.context, kept.tls_context) == (exchange.context, exchange.tls_context)
                && kept.url.same_place(&exchange.url)
        };
        if let Some(kept) = self.own.http.kept.take() {
            if fits(&kept) {
                self.http_has(kept.link);
                return true;
            }
            self.internet.close(kept.link);
        }
        let (host, port, context) = (exchange.url.host.clone(), exchange.url.port, exchange.context);
        let (link, failed) = if exchange.url.secure {
            let settings = self.tls_settings(exchange.tls_context);
            self.internet.open_secure(&host, port, settings)
        } else {
            self.internet.open_plain(&host, port)
        };
        self.http_has(link);
        let most_us = self.dead_context_fails(context).unwrap_or(OPEN_TIMEOUT_US);
        self.later(self.now_us + most_us, Event::HttpTimeout { link });
        if let Some(event) = failed {
            self.net_soon(event);
        }
        false
    }

    fn http_has(&mut self, link: LinkId) {
        if let Some(exchange) = &mut self.own.http.exchange {
            exchange.link = Some(link);
        }
    }

    /// The connection of a request is there: from now on the handshake's own time counts too.
    pub(super) fn http_negotiates(&mut self, link: LinkId) {
        if let Some(exchange) = &self.own.http.exchange {
            let negotiation_s = self.own.tls[exchange.tls_context].negotiation_s;
            self.later(self.now_us + u64::from(negotiation_s) * 1_000_000, Event::HttpTimeout { link });
        }
    }

    pub(super) fn http_sends(&mut self, bytes: Vec<u8>) {
        let Some(exchange) = &mut self.own.http.exchange else { return };
        exchange.stage = Stage::Waiting;
        let Some(link) = exchange.link.filter(|_| exchange.failed.is_none()) else {
            let code = exchange.failed.unwrap_or(SOCKET_CLOSED);
            return self.http_failed(code);
        };
        let at_us = self.now_us + exchange.response_us;
        self.http_in_time();
        self.later(at_us, Event::HttpTimeout { link });
        if !self.options.http.custom_header_kept {
            self.own.http.config.custom_header.clear();
        }
        self.internet.send(link, bytes);
        // A server may have spoken before it was asked.
        self.http_goes_on();
    }

    /// What was waited for is there.
    pub(super) fn http_in_time(&mut self) {
        self.call_off_own(|event| matches!(event, Event::HttpTimeout { .. }));
    }

    pub(super) fn http_has_link(&self, link: LinkId) -> bool {
        self.own.http.links().any(|other| other == link)
    }

    pub(super) fn http_event(&mut self, link: LinkId, event: NetEvent) {
        let of_exchange = |exchange: &&mut Exchange| exchange.link == Some(link);
        // "Measured EG800K: unknown host gives 716, not 714" (3.3).
        let hides_dns = self.options.http.hides_dns || self.own.model.group == Group::Ua;
        let Some(exchange) = self.own.http.exchange.as_mut().filter(of_exchange) else {
            return self.http_kept_event(&event);
        };
        let opening = exchange.stage == Stage::Opening;
        match event {
            NetEvent::Opened { .. } if opening => {
                let owes_prompt = exchange.owes_prompt();
                self.http_in_time();
                let handled = self.http_connected();
                if owes_prompt {
                    self.answer(handled);
                }
            }
            NetEvent::OpenFailed { .. } | NetEvent::Closed { .. } if opening => {
                exchange.link = None;
                let no_name = matches!(event, NetEvent::OpenFailed { why: OpenFailure::Dns, .. });
                self.http_failed(if no_name && !hides_dns { DNS_ERROR } else { CONNECT_ERROR });
            }
            NetEvent::Data { bytes, .. } => match exchange.response.input(&bytes) {
                Ok(()) => self.http_goes_on(),
                Err(_) => self.http_failed(RESPONSE_FAILED),
            },
            NetEvent::Closed { .. } => {
                exchange.link = None;
                if exchange.stage != Stage::Typing && exchange.response.ended() {
                    self.http_goes_on();
                } else {
                    self.http_failed(SOCKET_CLOSED);
                }
                self.http_closed_line();
            }
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// Nothing was asked on this connection: whatever comes there, it is of no use any more.
    fn http_kept_event(&mut self, event: &NetEvent) {
        if let Some(kept) = self.own.http.kept.take() {
            match event {
                NetEvent::Closed { .. } => self.http_closed_line(),
                _ => self.internet.close(kept.link),
            }
        }
    }

    pub(super) fn http_closed_line(&mut self) {
        if self.own.http.config.closed_line {
            self.urc("+QHTTPURC: \"closed\"");
        }
    }
}
