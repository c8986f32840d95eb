//! HTTP of family 2: `AT+SHCONF`, `AT+SHSSL`, `AT+SHCONN`, `AT+SHAHEAD`, `AT+SHBOD`, `AT+SHDISC` and their like
//! (simcom-at 6.2). The requests are in `sh_request`.

use super::app_network::FIRST;
use super::events::Event;
use super::model::Series;
use super::reply::{Handled, Purpose};
use super::sh_request::ShRequest;
use super::tls_lpwa::{CONTEXTS, root_name};
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::engine::internet::LinkId;
use crate::http::url::Url;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+SHCONF", configure),
    ("+SHSSL", tls),
    ("+SHCONN", connect),
    ("+SHDISC", hang_up),
    ("+SHSTATE", state),
    ("+SHCHEAD", clear_headers),
    ("+SHAHEAD", add_header),
    ("+SHBOD", body),
];

/// The prompt form of a SIM7000.
pub(super) const EXTENDED: &[(&str, Handler<Simcom>)] = &[("+SHBODEXT", body_by_prompt)];

const LONGEST_URL: usize = 64;
const LONGEST_HEADERS: u32 = 350;

/// The HTTP client of family 2.
#[derive(Debug)]
pub(super) struct Sh {
    pub(super) url: Option<Url>,
    body_length: Option<u32>,
    header_length: Option<u32>,
    pub(super) wait_s: u32,
    /// TLS context, and the name of the root.
    pub(super) tls: Option<(usize, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) link: Option<LinkId>,
    /// `AT+SHCONN` came to its end.
    pub(super) connected: bool,
    pub(super) request: Option<ShRequest>,
    /// Opens that still fail at first.
    failures: u8,
}

impl Sh {
    pub(super) const fn new(failures: u8) -> Self {
        Self {
            url: None,
            body_length: None,
            header_length: None,
            wait_s: 60,
            tls: None,
            headers: Vec::new(),
            body: Vec::new(),
            link: None,
            connected: false,
            request: None,
            failures,
        }
    }
}

fn write(form: &Form) -> Result<&Parameters, Refused> {
    match form {
        Form::Write(parameters) => Ok(parameters),
        Form::Test | Form::Read | Form::Execute => Err(Refused::Error),
    }
}

fn execute(form: &Form) -> Result<(), Refused> {
    if *form == Form::Execute { Ok(()) } else { Err(Refused::Error) }
}

/// `AT+SHCONF="<name>",<value>`: URL, BODYLEN and HEADERLEN are mandatory.
fn configure(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    let parameters = write(form)?;
    parameters.at_most(2)?;
    let most_body = module.own.model.http_body;
    let sh = &mut module.own.lpwa.sh;
    match parameters.need_text(0, 16)?.to_ascii_uppercase().as_slice() {
        b"URL" => {
            let url = Url::parse(parameters.need_text(1, LONGEST_URL)?).ok_or(Refused::Error)?;
            // The path belongs to the request.
            sh.url = Some(url).filter(|url| url.target == "/");
            sh.url.as_ref().ok_or(Refused::Error)?;
        }
        b"BODYLEN" => sh.body_length = Some(parameters.need(1, 0, most_body)?),
        b"HEADERLEN" => sh.header_length = Some(parameters.need(1, 0, LONGEST_HEADERS)?),
        b"TIMEOUT" => sh.wait_s = parameters.need(1, 30, 1_800)?,
        _ => return Err(Refused::Error),
    }
    ok()
}

/// `AT+SHSSL=<context>,"<root>"[,"<certificate>"]`: "the index IS the CSSLCFG context"; `""` is no check.
fn tls(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return line("+SHSSL: (0-5),20,20");
    }
    let parameters = write(form)?;
    parameters.at_most(3)?;
    let context = parameters.need(0, 0, CONTEXTS as u32 - 1)? as usize;
    let root = root_name(parameters, 1)?;
    // Certificates of the client are not played.
    if !root_name(parameters, 2)?.is_empty() {
        return Err(Refused::Error);
    }
    module.own.lpwa.sh.tls = Some((context, root));
    ok()
}

/// Blocks until the connection is there. "ERROR or `+CME ERROR: operation not allowed` at the first try is common".
fn connect(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    execute(form)?;
    let sh = &mut module.own.lpwa.sh;
    let url = sh.url.clone().filter(|_| sh.body_length.is_some() && sh.header_length.is_some());
    let url = url.filter(|_| sh.link.is_none()).ok_or(Refused::Cme(3))?;
    if sh.failures > 0 {
        sh.failures -= 1;
        return Err(Refused::Cme(3));
    }
    let (tls, wait_us) = (sh.tls.clone(), u64::from(sh.wait_s) * 1_000_000);
    if !module.app_is_up(FIRST) {
        return Err(Refused::Error);
    }
    let (link, failed) = if url.secure {
        // Without `AT+SHSSL` nobody is checked.
        let (context, root) = tls.unwrap_or_default();
        let settings = module.lpwa_tls(context, &root);
        module.internet.open_secure(&url.host, url.port, settings)
    } else {
        module.internet.open_plain(&url.host, url.port)
    };
    module.own.lpwa.sh.link = Some(link);
    module.later(module.now_us + wait_us, Event::ShTimeout { link });
    if let Some(event) = failed {
        module.net_soon(event);
    }
    Ok(Outcome::Later)
}

fn hang_up(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    execute(form)?;
    module.sh_is_connected()?;
    module.sh_ends();
    ok()
}

fn state(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Read => line(format!("+SHSTATE: {}", u8::from(module.own.lpwa.sh.connected))),
        Form::Execute | Form::Write(_) => Err(Refused::Error),
    }
}

fn clear_headers(module: &mut Module, form: &Form) -> Handled {
    execute(form)?;
    module.own.lpwa.sh.headers.clear();
    ok()
}

/// `AT+SHAHEAD="<name>","<value>"`: "name+value <= 350 in total and <= HEADERLEN".
fn add_header(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    let parameters = write(form)?;
    parameters.at_most(2)?;
    let most = LONGEST_HEADERS as usize;
    let text = |index| -> Result<String, Refused> {
        String::from_utf8(parameters.need_text(index, most)?.to_vec()).map_err(|_| Refused::Error)
    };
    let (name, value) = (text(0)?, text(1)?);
    let sh = &mut module.own.lpwa.sh;
    let set = sh.header_length.ok_or(Refused::Error)? as usize;
    sh.headers.retain(|header| header.0 != name);
    let used: usize = sh.headers.iter().map(|header| header.0.len() + header.1.len()).sum();
    if used + name.len() + value.len() > set.min(most) {
        return Err(Refused::Error);
    }
    sh.headers.push((name, value));
    ok()
}

/// A length and a time of a body that is typed.
fn entry(module: &Module, parameters: &Parameters) -> Handled {
    parameters.at_most(2)?;
    let length = parameters.need(0, 1, module.own.lpwa.sh.body_length.unwrap_or(0))? as usize;
    let wait_us = u64::from(parameters.need(1, 100, 10_000)?) * 1_000;
    module.sh_is_connected()?;
    Ok(Outcome::Prompt(Purpose::ShBody(wait_us), Size::Fixed(length)))
}

/// `AT+SHBOD=<length>,<time, ms>`, then the body; on SIM7000 `AT+SHBOD="<text>",<length>`, "inner quotes as `\"`".
fn body(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return ok();
    }
    let parameters = write(form)?;
    if module.own.model.series != Series::Sim7000 {
        return entry(module, parameters);
    }
    parameters.at_most(2)?;
    // "`SHBOD=<len>,<ms>` is refused there with operation not allowed".
    let Ok(Some(text)) = parameters.text(0, usize::MAX) else { return Err(Refused::Cme(3)) };
    let text = text.to_vec();
    let most = module.own.lpwa.sh.body_length.unwrap_or(0);
    if parameters.need(1, 0, most)? as usize != text.len() {
        return Err(Refused::Error);
    }
    module.sh_is_connected()?;
    module.own.lpwa.sh.body = text;
    ok()
}

fn body_by_prompt(module: &mut Module, form: &Form) -> Handled {
    if !module.options.simcom.body_by_prompt {
        return Err(Refused::Error);
    }
    if *form == Form::Test {
        return ok();
    }
    entry(module, write(form)?)
}

impl Module {
    pub(super) fn sh_is_connected(&self) -> Result<(), Refused> {
        if self.own.lpwa.sh.connected { Ok(()) } else { Err(Refused::Error) }
    }

    /// The connection is over; settings stay.
    pub(super) fn sh_ends(&mut self) {
        let sh = &mut self.own.lpwa.sh;
        (sh.connected, sh.request) = (false, None);
        sh.body.clear();
        if let Some(link) = sh.link.take() {
            self.internet.close(link);
        }
        self.call_off_own(|event| matches!(event, Event::ShTimeout { .. }));
    }
}
