//! What comes of HTTP requests, and the lines that tell of it (quectel-at 3.1, 3.3).

use super::Module;
use super::http_events::{CONNECT_ERROR, SOCKET_CLOSED};
use super::http_exchange::{Exchange, Kept, Stage};
use super::model::Group;
use crate::engine::internet::LinkId;
use crate::engine::tls::TlsFailure;
use crate::http::request::Method;
use crate::module::options::HttpFailure;
use crate::module::reply::Refused;

/// Errors of the HTTP table.
const TIMEOUT: u16 = 702;
const DEACTIVATED: u16 = 709;
const READ_TIMEOUT: u16 = 722;
const DATA_TIMEOUT: u16 = 727;
const RESPONSE_TIMEOUT: u16 = 728;
const MEMORY: u16 = 729;

fn result_line(exchange: &Exchange, rest: &str) -> String {
    let name = if exchange.method == Method::Get { "+QHTTPGET" } else { "+QHTTPPOST" };
    format!("{name}: {rest}")
}

impl Module {
    /// More of a response is there, or the end of its connection.
    pub(super) fn http_goes_on(&mut self) {
        let at_headers = self.options.http.result_at_headers && !self.own.http.config.auto_output;
        let Some(exchange) = &self.own.http.exchange else { return };
        let (response, complete) = (&exchange.response, exchange.response.is_complete());
        if exchange.stage == Stage::Waiting {
            if !at_headers && response.body.len() > self.own.model.http_answer {
                return self.http_failed(MEMORY);
            }
            if complete || at_headers && response.head.is_some() {
                self.http_answered();
            }
        }
        if complete {
            self.http_releases();
        }
        self.reading_goes_on();
    }

    /// The host is told of the answer. Its length is told where the server tells it: not that of chunks.
    fn http_answered(&mut self) {
        self.http_in_time();
        let Some(exchange) = &mut self.own.http.exchange else { return };
        let Some(head) = &exchange.response.head else { return };
        exchange.stage = Stage::Answered;
        let length = head.length.map_or_else(String::new, |length| format!(",{length}"));
        let line = result_line(exchange, &format!("0,{}{length}", head.status));
        self.urc(line);
    }

    /// The whole response is there, and its connection free.
    fn http_releases(&mut self) {
        let Some(exchange) = self.own.http.exchange.as_mut().filter(|exchange| exchange.stage == Stage::Answered)
        else {
            return;
        };
        if let Some(link) = exchange.link.take() {
            if self.options.http.keeps_connection && !exchange.response.was_last() {
                let Exchange { context, tls_context, .. } = *exchange;
                self.own.http.kept = Some(Kept { link, url: exchange.url.clone(), context, tls_context });
            } else {
                self.internet.close(link);
            }
        }
        if self.own.http.config.auto_output
            && let Some(exchange) = self.own.http.exchange.take()
        {
            // In which form is not stated.
            let bytes = exchange.response.whole(self.own.http.config.response_header);
            if !bytes.is_empty() {
                self.urc_counted(bytes);
            }
        }
    }

    /// The request came to nothing: the host is told as soon and in the form that its stage allows.
    pub(super) fn http_failed(&mut self, code: u16) {
        self.http_in_time();
        let told = code != DEACTIVATED || self.options.http.result_after_context_loss;
        // Measured on the UA group (3.1).
        let of_ua = self.own.model.group == Group::Ua;
        let form = if of_ua { HttpFailure::Final } else { self.options.http.failure };
        let Some(exchange) = &mut self.own.http.exchange else { return };
        let link = exchange.link.take();
        let (stage, owes_prompt) = (exchange.stage, exchange.owes_prompt());
        let line = told.then(|| result_line(exchange, &code.to_string()));
        let later = stage == Stage::Answered || stage == Stage::Typing || owes_prompt && form == HttpFailure::AfterData;
        if later {
            exchange.failed = Some(code);
        } else {
            self.own.http.exchange = None;
        }
        if let Some(link) = link {
            self.internet.close(link);
        }
        match stage {
            Stage::Opening if owes_prompt => match form {
                HttpFailure::Final => self.answer(Err(Refused::Cme(code))),
                HttpFailure::Result => self.no_prompt(line),
                HttpFailure::AfterData => {
                    let handled = self.http_connected();
                    self.answer(handled);
                }
            },
            Stage::Opening | Stage::Waiting => line.into_iter().for_each(|line| self.urc(line)),
            Stage::Typing => {}
            Stage::Answered => self.reading_goes_on(),
        }
    }

    pub(super) fn http_timed_out(&mut self, link: LinkId) {
        let Some(exchange) = self.own.http.exchange.as_ref().filter(|exchange| exchange.link == Some(link)) else {
            return;
        };
        if exchange.stage == Stage::Opening {
            if self.internet.is_secure(link) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            return self.http_failed(CONNECT_ERROR);
        }
        self.http_failed(match exchange.stage {
            _ if self.options.http.one_timeout_code => TIMEOUT,
            Stage::Answered => READ_TIMEOUT,
            _ if exchange.response.has_begun() => DATA_TIMEOUT,
            _ => RESPONSE_TIMEOUT,
        });
    }

    /// The context is gone, and with it what was on it.
    pub(super) fn close_http_of(&mut self, context: usize) {
        if self.own.http.exchange.as_ref().is_some_and(|exchange| exchange.context == context) {
            self.http_breaks(DEACTIVATED);
        }
        if let Some(kept) = self.own.http.kept.take_if(|kept| kept.context == context) {
            self.internet.abort(kept.link);
        }
    }

    /// Every connection breaks.
    pub(super) fn kill_http(&mut self) {
        let opening = self.own.http.exchange.as_ref().is_some_and(|exchange| exchange.stage == Stage::Opening);
        if !opening && self.own.http.links().next().is_some() {
            self.http_breaks(SOCKET_CLOSED);
            if let Some(kept) = self.own.http.kept.take() {
                self.internet.abort(kept.link);
            }
            self.http_closed_line();
        }
    }

    /// Without a word to the server. An answer that is there as a whole stays.
    fn http_breaks(&mut self, code: u16) {
        let Some(exchange) = &mut self.own.http.exchange else { return };
        if exchange.stage == Stage::Answered && exchange.response.is_complete() {
            return;
        }
        if let Some(link) = exchange.link.take() {
            self.internet.abort(link);
        }
        self.http_failed(code);
    }

    /// Request and answer are gone, whatever they came to.
    pub(super) fn http_forgets(&mut self) {
        self.http_in_time();
        self.own.http.reading_us = None;
        if let Some(link) = self.own.http.exchange.take().and_then(|exchange| exchange.link) {
            self.internet.close(link);
        }
    }
}
