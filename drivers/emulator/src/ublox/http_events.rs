//! The connection of an HTTP request, and what becomes of it: `+UUHTTPCR` (ublox-at 4).

use super::Module;
use super::events::Event;
use super::http_client::Http;
use crate::engine::internet::{LinkId, NetEvent, OpenFailure};
use crate::engine::tls::TlsFailure;
use crate::http::request::Method;

/// Classes of `AT+UHTTPER`: HTTP, and wrong use.
const HTTP: u8 = 3;
const USE: u8 = 10;

/// Codes of `AT+UHTTPER`.
const CONNECTION_ERROR: u16 = 11;
const NO_CONTEXT: u16 = 22;
const DNS_FAILED: u16 = 23;
const CONNECTION_TIMEOUT: u16 = 26;
const RESPONSE_TIMEOUT: u16 = 28;
const CONNECTION_LOST: u16 = 44;
const NOT_SECURE: u16 = 73;

impl Module {
    pub(super) fn http_connects(&mut self, index: usize) {
        if !self.has_service() {
            // The result comes behind the OK.
            let link = 0;
            return self.later(self.now_us + self.answered_us(), Event::HttpTimeout { profile: index, link });
        }
        let profile = &self.own.http[index].profile;
        let (host, port, tls) = (profile.host.clone(), profile.port(), profile.tls);
        let (link, failed) = self.open_link(&host, port, tls);
        if let Some(exchange) = &mut self.own.http[index].exchange {
            exchange.link = Some(link);
        }
        self.http_has_time(index, link);
        if let Some(event) = failed {
            self.net_soon(event);
        }
    }

    /// "counted from the last network action that worked"
    fn http_has_time(&mut self, index: usize, link: LinkId) {
        self.http_in_time(index);
        let timeout_us = u64::from(self.own.http[index].profile.timeout_s) * 1_000_000;
        self.later(self.now_us + timeout_us, Event::HttpTimeout { profile: index, link });
    }

    fn http_in_time(&mut self, index: usize) {
        self.call_off_own(|event| matches!(event, Event::HttpTimeout { profile, .. } if *profile == index));
    }

    pub(super) fn http_of(&self, wanted: LinkId) -> Option<usize> {
        let has = |http: &Http| http.exchange.as_ref().is_some_and(|exchange| exchange.link == Some(wanted));
        self.own.http.iter().position(has)
    }

    pub(super) fn http_event(&mut self, index: usize, link: LinkId, event: NetEvent) {
        let Some(exchange) = &mut self.own.http[index].exchange else { return };
        match event {
            NetEvent::Opened { .. } if !exchange.sent => {
                exchange.sent = true;
                let bytes = std::mem::take(&mut exchange.bytes);
                self.http_has_time(index, link);
                self.internet.send(link, bytes);
            }
            NetEvent::OpenFailed { why, .. } if !exchange.sent => self.http_failed(
                index,
                HTTP,
                match why {
                    OpenFailure::Dns => DNS_FAILED,
                    OpenFailure::Refused => CONNECTION_ERROR,
                    OpenFailure::Timeout => CONNECTION_TIMEOUT,
                    OpenFailure::Tls => NOT_SECURE,
                },
            ),
            NetEvent::Data { bytes, .. } => match exchange.response.input(&bytes) {
                Ok(()) => {
                    self.http_has_time(index, link);
                    self.http_goes_on(index);
                }
                Err(_) => self.http_failed(index, HTTP, CONNECTION_ERROR),
            },
            NetEvent::Closed { .. } => {
                exchange.link = None;
                if exchange.sent && exchange.response.ended() {
                    self.http_goes_on(index);
                } else {
                    let code = if exchange.sent { CONNECTION_LOST } else { CONNECTION_ERROR };
                    self.http_failed(index, HTTP, code);
                }
            }
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    /// "Result 1 also for 4xx/5xx"; LENA-R8: "non-2xx gives 0 and leaves the old file untouched".
    fn http_goes_on(&mut self, index: usize) {
        let whole = |exchange: &mut super::http_client::Exchange| {
            let no_body = exchange.method == Method::Head && exchange.response.head.is_some();
            no_body || exchange.response.is_complete()
        };
        let Some(done) = self.own.http[index].exchange.take_if(whole) else { return };
        self.http_in_time(index);
        let code = done.response.head.as_ref().map(|head| head.status);
        self.own.http[index].status = code;
        if let Some(link) = done.link {
            self.internet.close(link);
        }
        let good = code.is_some_and(|code| (200..300).contains(&code)) || !self.own.model.http_keeps_old_answers;
        if good {
            self.own.http[index].profile.error = (0, 0);
            self.flash.write(done.file, done.response.whole(true));
        }
        self.urc(format!("+UUHTTPCR: {index},{},{}", done.command, u8::from(good)));
    }

    fn http_failed(&mut self, index: usize, class: u8, code: u16) {
        self.http_in_time(index);
        let Some(exchange) = self.own.http[index].exchange.take() else { return };
        if let Some(link) = exchange.link {
            self.internet.close(link);
        }
        self.own.http[index].profile.error = (class, code);
        self.urc(format!("+UUHTTPCR: {index},{},0", exchange.command));
    }

    pub(super) fn http_timed_out(&mut self, index: usize, link: LinkId) {
        let Some(exchange) = &self.own.http[index].exchange else { return };
        match exchange.link {
            None => self.http_failed(index, USE, NO_CONTEXT),
            Some(own) if own == link => {
                if !exchange.sent && self.internet.is_secure(link) {
                    self.internet.tls_failure = Some(TlsFailure::Timeout);
                }
                let code = if exchange.sent { RESPONSE_TIMEOUT } else { CONNECTION_TIMEOUT };
                self.http_failed(index, HTTP, code);
            }
            Some(_) => {}
        }
    }

    /// The context is gone, or every connection breaks.
    pub(super) fn close_http(&mut self) {
        for index in 0..self.own.http.len() {
            self.http_failed(index, HTTP, CONNECTION_LOST);
        }
    }
}
