//! `AT+SHREQ`, `AT+SHREAD` (simcom-at 6.2), and what the internet does to them.

use super::events::Event;
use super::reply::{Handled, Key};
use super::{Module, Simcom};
use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::tls::TlsFailure;
use crate::http::request::{Method, Request};
use crate::http::response::Response;
use crate::http::url::Url;
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, Reply, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+SHREQ", request), ("+SHREAD", read)];

const LONGEST_PATH: usize = 512;
/// "blocks of <= 2048"
const BLOCK: usize = 2_048;
/// "start and length up to 307200"
const MOST_READ: u32 = 307_200;

/// A request and its answer.
#[derive(Debug)]
pub(super) struct ShRequest {
    name: &'static str,
    response: Response,
    answered: bool,
}

impl ShRequest {
    pub(super) const fn is_answered(&self) -> bool {
        self.answered
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.response.head.as_ref().map(|head| head.status)
    }

    pub(super) fn unread(&self) -> usize {
        self.response.body.len()
    }
}

/// `AT+SHREQ="<path>",<1 GET, 2 PUT, 3 POST>`; PATCH and HEAD are not played.
fn request(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return ok(),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let path = parameters.need_text(0, LONGEST_PATH)?;
    let (method, name) = match parameters.need(1, 1, 5)? {
        1 => (Method::Get, "GET"),
        2 => (Method::Put, "PUT"),
        3 => (Method::Post, "POST"),
        _ => return Err(Refused::Error),
    };
    module.sh_is_connected()?;
    let sh = &mut module.own.lpwa.sh;
    if sh.request.as_ref().is_some_and(|request| !request.answered) {
        return Err(Refused::Error);
    }
    let (Some(place), Some(link)) = (&sh.url, sh.link) else { return Err(Refused::Error) };
    let text = [b"http://", place.authority.as_bytes(), path].concat();
    let url = Url::parse(&text).filter(|_| path.starts_with(b"/")).ok_or(Refused::Error)?;
    let headers = sh.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let body = std::mem::take(&mut sh.body);
    let bytes = Request { method, url: &url, headers }.bytes(if method.has_body() { &body } else { &[] });
    sh.request = Some(ShRequest { name, response: Response::default(), answered: false });
    let wait_us = u64::from(sh.wait_s) * 1_000_000;
    module.internet.send(link, bytes);
    module.later(module.now_us + wait_us, Event::ShTimeout { link });
    Ok(Outcome::Owes(Key::ShRequest))
}

/// `AT+SHREAD=<start>,<length>`: OK, and blocks; more than there is is an error.
fn read(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return ok(),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let start = parameters.need(0, 0, MOST_READ)? as usize;
    let length = parameters.need(1, 1, MOST_READ)? as usize;
    let request = module.own.lpwa.sh.request.as_ref().filter(|request| request.answered).ok_or(Refused::Error)?;
    let data = request.response.body.get(start..start + length).ok_or(Refused::Error)?.to_vec();
    for block in data.chunks(BLOCK) {
        module.urc_counted([format!("+SHREAD: {}\r\n", block.len()).as_bytes(), block].concat());
    }
    ok()
}

impl Module {
    pub(super) fn sh_event(&mut self, event: NetEvent) {
        let opening = !self.own.lpwa.sh.connected;
        match event {
            NetEvent::Opened { .. } if opening => {
                self.own.lpwa.sh.connected = true;
                self.call_off_own(|event| matches!(event, Event::ShTimeout { .. }));
                self.answers(Reply::ok());
            }
            NetEvent::OpenFailed { .. } | NetEvent::Closed { .. } if opening => {
                self.sh_ends();
                self.answers(Reply::refused(Refused::Error));
            }
            NetEvent::Data { bytes, .. } => self.sh_receives(&bytes),
            NetEvent::Closed { .. } => self.sh_lost(),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    fn sh_receives(&mut self, bytes: &[u8]) {
        let Some(request) = &mut self.own.lpwa.sh.request else { return };
        if request.response.input(bytes).is_err() {
            return self.sh_lost();
        }
        self.sh_goes_on();
    }

    fn sh_goes_on(&mut self) {
        let Some(request) = &mut self.own.lpwa.sh.request else { return };
        if request.response.is_complete() && !std::mem::replace(&mut request.answered, true) {
            let status = request.status().unwrap_or(0);
            let text = format!("+SHREQ: \"{}\",{status},{}", request.name, request.unread());
            self.call_off_own(|event| matches!(event, Event::ShTimeout { .. }));
            self.result(Key::ShRequest, &text, true);
        }
    }

    /// "unsolicited `+SHSTATE: 0` = dropped". An answer that is whole can still be read.
    pub(super) fn sh_lost(&mut self) {
        if let Some(request) = &mut self.own.lpwa.sh.request {
            request.response.ended();
        }
        self.sh_goes_on();
        let answered = self.own.lpwa.sh.request.take().filter(ShRequest::is_answered);
        if let Some(link) = self.own.lpwa.sh.link {
            self.internet.abort(link);
        }
        self.sh_ends();
        self.own.lpwa.sh.request = answered;
        if self.owes(Key::ShRequest) {
            self.answers(Reply::refused(Refused::Error));
        }
        self.urc("+SHSTATE: 0");
    }

    pub(super) fn sh_timed_out(&mut self, link: LinkId) {
        if self.own.lpwa.sh.link != Some(link) {
            return;
        }
        if self.own.lpwa.sh.connected {
            return self.sh_lost();
        }
        if self.internet.is_secure(link) {
            self.internet.tls_failure = Some(TlsFailure::Timeout);
        }
        self.sh_ends();
        self.answers(Reply::refused(Refused::Error));
    }

    /// The application network is down, or every connection breaks.
    pub(super) fn sh_loses_network(&mut self) {
        match (self.own.lpwa.sh.link, self.own.lpwa.sh.connected) {
            (Some(_), true) => self.sh_lost(),
            (Some(link), false) => self.sh_timed_out(link),
            (None, _) => {}
        }
    }
}
