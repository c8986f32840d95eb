//! `AT+HTTPINIT`, `AT+HTTPTERM`, `AT+HTTPPARA`, `AT+HTTPDATA` (simcom-at 6.1).

use super::http_client::Http;
use super::model::Series;
use super::reply::{Handled, Purpose};
use super::tls_config::CONTEXTS;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::http::url::Url;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+HTTPINIT", begin), ("+HTTPTERM", end), ("+HTTPPARA", configure), ("+HTTPDATA", body)];

const LARGEST_BODY: u32 = 153_600;
const LONGEST_TYPE: usize = 256;

/// What `AT+HTTPPARA` sets, from `AT+HTTPINIT` to `AT+HTTPTERM`.
#[derive(Clone, Debug)]
pub(super) struct HttpConfig {
    pub(super) url: Option<Url>,
    content: String,
    accept: String,
    headers: Vec<String>,
    pub(super) tls_context: usize,
    pub(super) connect_s: u32,
    pub(super) receive_s: u32,
    /// READMODE 1: what was read can be read again.
    pub(super) repeatable: bool,
}

impl HttpConfig {
    pub(super) fn factory(series: Series) -> Self {
        Self {
            url: None,
            content: "text/plain".to_owned(),
            accept: "*/*".to_owned(),
            headers: Vec::new(),
            tls_context: 0,
            connect_s: 120,
            receive_s: if series == Series::A76 { 20 } else { 10 },
            repeatable: false,
        }
    }

    /// The headers of a request, behind `Host`.
    pub(super) fn headers(&self, with_body: bool) -> Vec<String> {
        let mut headers = vec![format!("Accept: {}", self.accept)];
        if with_body {
            headers.push(format!("Content-Type: {}", self.content));
        }
        headers.extend_from_slice(&self.headers);
        headers
    }
}

fn begin(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    // "ERROR when already initialised: HTTPTERM first."
    if module.own.http.is_some() || !module.bearer_is_up() {
        return Err(Refused::Error);
    }
    module.own.http = Some(Http::new(HttpConfig::factory(module.own.model.series)));
    ok()
}

fn end(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    let http = module.own.http.take().ok_or(Refused::Error)?;
    module.http_in_time();
    if let Some(link) = http.link() {
        module.internet.close(link);
    }
    ok()
}

/// `AT+HTTPPARA="<name>",<value>`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return ok(),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let (model, adds) = (module.own.model, module.options.simcom.http_headers_add);
    let http = module.own.http.as_mut().filter(|http| http.exchange.is_none()).ok_or(Refused::Error)?;
    let config = &mut http.config;
    let old = model.series == Series::Sim7600;
    match parameters.need_text(0, 16)?.to_ascii_uppercase().as_slice() {
        b"URL" => config.url = Some(Url::parse(parameters.need_text(1, usize::MAX)?).ok_or(Refused::Error)?),
        b"CONTENT" => config.content = text(parameters, LONGEST_TYPE)?,
        b"ACCEPT" => config.accept = text(parameters, LONGEST_TYPE)?,
        b"USERDATA" => {
            let headers = headers(&text(parameters, model.header)?)?;
            if !adds {
                config.headers.clear();
            }
            config.headers.extend(headers);
        }
        b"SSLCFG" => config.tls_context = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize,
        b"CONNECTTO" => config.connect_s = parameters.need(1, 20, 120)?,
        b"RECVTO" => config.receive_s = parameters.need(1, 2, 120)?,
        b"READMODE" if !old => config.repeatable = parameters.need(1, 0, 1)? == 1,
        b"RESPTO" if old => config.receive_s = parameters.need(1, 20, 120)?,
        b"UA" if old => drop(text(parameters, LONGEST_TYPE)?),
        _ => return Err(Refused::Error),
    }
    ok()
}

fn text(parameters: &Parameters, most: usize) -> Result<String, Refused> {
    String::from_utf8(parameters.need_text(1, most)?.to_vec()).map_err(|_| Refused::Error)
}

/// "several headers joined by literal `\r\n`"
fn headers(text: &str) -> Result<Vec<String>, Refused> {
    let whole = |line: &str| line.split_once(':').is_some_and(|(name, _)| !name.trim().is_empty());
    let lines: Vec<_> = text.split("\\r\\n").filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.iter().all(|line| whole(line)) { Ok(lines) } else { Err(Refused::Error) }
}

/// `AT+HTTPDATA=<size>,<time, s>`, then the body.
fn body(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line(format!("+HTTPDATA: (0-{LARGEST_BODY}),(10-65535)")),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let size = parameters.need(0, 1, LARGEST_BODY)? as usize;
    let wait_s = parameters.need(1, 10, 65_535)?;
    if module.own.http.as_ref().is_none_or(|http| http.exchange.is_some()) {
        return Err(Refused::Error);
    }
    Ok(Outcome::Prompt(Purpose::HttpBody(u64::from(wait_s) * 1_000_000), Size::Fixed(size)))
}

impl Module {
    pub(super) fn http_body_typed(&mut self, data: Vec<u8>) -> Handled {
        self.own.http.as_mut().ok_or(Refused::Error)?.body = data;
        ok()
    }
}
