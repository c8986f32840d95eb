//! `AT+QHTTPURL`, `AT+QHTTPGET`, `AT+QHTTPGETEX`, `AT+QHTTPPOST`, `AT+QHTTPSTOP` (quectel-at 3.1): one request at a
//! time.

use super::http_config::HttpConfig;
use super::http_exchange::{Content, Exchange, Stage};
use super::model::Group;
use super::reply::{Handled, Purpose};
use super::{Module, Quectel};
use crate::engine::console::Size;
use crate::http::request::{Method, Request};
use crate::http::response::Response;
use crate::http::url::Url;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QHTTPURL", url), ("+QHTTPGET", get), ("+QHTTPGETEX", get_part), ("+QHTTPPOST", post), ("+QHTTPSTOP", stop)];

/// Of every time that is not given.
pub(super) const TIMEOUT_S: u32 = 60;
/// Of every time.
pub(super) const LONGEST_S: u32 = 65_535;

/// Errors of the HTTP table (quectel-at 3.3).
const BUSY: Refused = Refused::Cme(703);
const NO_CONFIGURATION: Refused = Refused::Cme(708);
const DEACTIVATED: Refused = Refused::Cme(709);
const URL_ERROR: Refused = Refused::Cme(711);
const EMPTY_URL: Refused = Refused::Cme(712);
pub(super) const INPUT_TIMEOUT: Refused = Refused::Cme(726);

fn time_us(parameters: &Parameters, index: usize) -> Result<u64, Refused> {
    Ok(u64::from(parameters.number(index, 1, LONGEST_S)?.unwrap_or(TIMEOUT_S)) * 1_000_000)
}

/// `AT+QHTTPURL=<length>[,<time-out, s>]`, then the URL.
fn url(module: &mut Module, form: &Form) -> Handled {
    let most = module.own.model.http_url;
    let parameters = match form {
        Form::Test => return line(format!("+QHTTPURL: (1-{most}),(1-{LONGEST_S})")),
        Form::Read => {
            let url = module.own.http.url.as_ref().map_or("", |url| &url.text);
            return line(format!("+QHTTPURL: {url}"));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let length = parameters.need(0, 1, most)? as usize;
    let timeout_us = time_us(parameters, 1)?;
    module.http_free()?;
    Ok(Outcome::Prompt(Purpose::HttpUrl(timeout_us), Size::Fixed(length)))
}

/// `AT+QHTTPGET[=<answer, s>]`; with `requestheader` 1 `AT+QHTTPGET=<answer, s>,<length>[,<input, s>]`, then the
/// request.
fn get(module: &mut Module, form: &Form) -> Handled {
    let most = module.own.model.http_get;
    let none = Parameters::default();
    let parameters = match form {
        Form::Test => return line(format!("+QHTTPGET: (1-{LONGEST_S}),(1-{most}),(1-{LONGEST_S})")),
        Form::Execute => &none,
        Form::Write(parameters) => parameters,
        Form::Read => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let response_us = time_us(parameters, 0)?;
    let length = parameters.number(1, 1, most)?;
    let input_us = time_us(parameters, 2)?;
    let content = match (length, module.own.http.config.request_header) {
        (Some(length), true) => Content::Typed(length as usize, input_us),
        (None, false) if parameters.len() < 2 => Content::Made(Vec::new()),
        _ => return Err(Refused::Error),
    };
    module.http_begins(Method::Get, content, response_us)
}

/// `AT+QHTTPGETEX=<answer, s>,<start>,<length>`: a part of the body; not with `requestheader` 1.
fn get_part(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line(format!("+QHTTPGETEX: (1-{LONGEST_S}),<start>,<length>")),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let response_us = time_us(parameters, 0)?;
    let start = parameters.need(1, 0, u32::MAX)?;
    let end = u64::from(start) + u64::from(parameters.need(2, 1, u32::MAX)?) - 1;
    if module.own.http.config.request_header {
        return Err(Refused::Error);
    }
    module.http_begins(Method::Get, Content::Made(vec![format!("Range: bytes={start}-{end}")]), response_us)
}

/// `AT+QHTTPPOST=<length>[,<input, s>,<answer, s>]`, then the body, or with `requestheader` 1 the whole request.
fn post(module: &mut Module, form: &Form) -> Handled {
    let most = module.own.model.http_post;
    let parameters = match form {
        Form::Test => return line(format!("+QHTTPPOST: (1-{most}),(1-{LONGEST_S}),(1-{LONGEST_S})")),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let length = parameters.need(0, 1, most)? as usize;
    // Both times, or none.
    if parameters.len() == 2 {
        return Err(Refused::Error);
    }
    let (input_us, response_us) = (time_us(parameters, 1)?, time_us(parameters, 2)?);
    module.http_begins(Method::Post, Content::Typed(length, input_us), response_us)
}

/// `AT+QHTTPSTOP`: nobody waits for anything any more.
fn stop(module: &mut Module, form: &Form) -> Handled {
    // "UA/QC new": the rest may have it all the same.
    if !(module.options.http.stop_known || module.own.model.group != Group::Lpwa) {
        return Err(Refused::Error);
    }
    match form {
        Form::Test | Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    if *form == Form::Execute {
        module.http_forgets();
    }
    ok()
}

impl Module {
    /// One request at a time.
    pub(super) fn http_free(&self) -> Result<(), Refused> {
        let stage = self.own.http.exchange.as_ref().map(|exchange| exchange.stage);
        if stage.is_none_or(|stage| stage == Stage::Answered) { Ok(()) } else { Err(BUSY) }
    }

    pub(super) fn http_url_typed(&mut self, data: &[u8]) -> Handled {
        let url = Url::parse(data).filter(|url| url.host.len() <= self.profile.limits.host);
        self.own.http.url = Some(url.ok_or(URL_ERROR)?);
        ok()
    }

    fn http_begins(&mut self, method: Method, content: Content, response_us: u64) -> Handled {
        self.http_free()?;
        let url = self.own.http.url.clone().ok_or(EMPTY_URL)?;
        let HttpConfig { context, tls_context, .. } = self.own.http.config;
        if !self.contexts.is_up(context) {
            return Err(if self.contexts.is_defined(context) { DEACTIVATED } else { NO_CONFIGURATION });
        }
        // An answer that was not read is gone.
        self.http_forgets();
        let (stage, response) = (Stage::Opening, Response::default());
        let exchange = Exchange {
            method,
            url,
            context,
            tls_context,
            content,
            response_us,
            stage,
            link: None,
            response,
            failed: None,
        };
        let owes_prompt = exchange.owes_prompt();
        self.own.http.exchange = Some(exchange);
        if self.http_connects() {
            return self.http_connected();
        }
        if owes_prompt { Ok(Outcome::Later) } else { ok() }
    }

    /// The connection is there. What the host types is asked for, what the module makes is sent.
    pub(super) fn http_connected(&mut self) -> Handled {
        let Some(exchange) = &mut self.own.http.exchange else { return Err(Refused::Error) };
        match &exchange.content {
            Content::Typed(length, input_us) => {
                exchange.stage = Stage::Typing;
                Ok(Outcome::Prompt(Purpose::HttpRequest(*input_us), Size::Fixed(*length)))
            }
            Content::Made(more) => {
                let mut headers = self.own.http.config.headers(false);
                headers.extend_from_slice(more);
                let bytes = Request { method: exchange.method, url: &exchange.url, headers }.bytes(&[]);
                self.http_sends(bytes);
                ok()
            }
        }
    }

    /// The host's data is there: sent as it is, or with the headers that it lacks.
    pub(super) fn http_request_typed(&mut self, data: Vec<u8>) -> Handled {
        let Some(exchange) = &self.own.http.exchange else { return Err(Refused::Error) };
        let config = &self.own.http.config;
        let bytes = if config.request_header {
            data
        } else {
            Request { method: exchange.method, url: &exchange.url, headers: config.headers(true) }.bytes(&data)
        };
        self.http_sends(bytes);
        ok()
    }

    /// The host did not type all of it in time.
    pub(super) fn http_request_timed_out(&mut self) -> Reply {
        self.http_forgets();
        Reply::refused(INPUT_TIMEOUT)
    }
}
