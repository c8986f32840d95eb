//! `AT+HTTPACTION`, `AT+HTTPREAD`, `AT+HTTPHEAD` (simcom-at 6.1).

use super::http_config::HttpConfig;
use super::model::Series;
use super::reply::{Handled, Key};
use super::{Module, Simcom};
use crate::engine::internet::LinkId;
use crate::http::request::Method;
use crate::http::response::Response;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+HTTPACTION", act), ("+HTTPREAD", read), ("+HTTPHEAD", head)];

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    /// As `AT+HTTPACTION` counts them.
    pub(super) number: u32,
    pub(super) method: Method,
    pub(super) link: LinkId,
    /// The connection is there, and the request sent.
    pub(super) sent: bool,
    pub(super) response: Response,
}

/// What the server said.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// The HTTP client, from `AT+HTTPINIT` to `AT+HTTPTERM`.
#[derive(Debug)]
pub(super) struct Http {
    pub(super) config: HttpConfig,
    pub(super) body: Vec<u8>,
    pub(super) exchange: Option<Exchange>,
    pub(super) answer: Option<Answer>,
}

impl Http {
    pub(super) const fn new(config: HttpConfig) -> Self {
        Self { config, body: Vec::new(), exchange: None, answer: None }
    }

    pub(super) fn link(&self) -> Option<LinkId> {
        self.exchange.as_ref().map(|exchange| exchange.link)
    }
}

/// `AT+HTTPACTION=<0 GET, 1 POST, 3 DELETE, 4 PUT>`; HEAD is not played, PUT is of A76XX.
fn act(module: &mut Module, form: &Form) -> Handled {
    let a76 = module.own.model.series == Series::A76;
    let parameters = match form {
        Form::Test => return line(format!("+HTTPACTION: (0-{})", if a76 { 4 } else { 3 })),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let number = parameters.need(0, 0, 4)?;
    let method = match number {
        0 => Method::Get,
        1 => Method::Post,
        3 => Method::Delete,
        4 if a76 => Method::Put,
        _ => return Err(Refused::Error),
    };
    let http = module.own.http.as_ref().filter(|http| http.exchange.is_none()).ok_or(Refused::Error)?;
    http.config.url.as_ref().ok_or(Refused::Error)?;
    module.http_opens(number, method);
    Ok(Outcome::Owes(Key::HttpAction))
}

fn numbers(module: &Module, parameters: &Parameters) -> Result<(usize, usize), Refused> {
    parameters.at_most(2)?;
    // "The SIM7600 syntax has ONE parameter .. field code also uses `=0,<n>`".
    let both = module.own.model.series == Series::A76 || module.options.simcom.http_read_offset;
    match parameters.len() {
        1 => Ok((0, parameters.need(0, 1, u32::MAX)? as usize)),
        _ if both => Ok((parameters.need(0, 0, u32::MAX)? as usize, parameters.need(1, 1, u32::MAX)? as usize)),
        _ => Err(Refused::Error),
    }
}

/// `AT+HTTPREAD=[<offset>,]<most>`: OK, blocks, an end. Less than was asked for is no error.
fn read(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return ok(),
        Form::Read => {
            let http = module.own.http.as_ref().ok_or(Refused::Error)?;
            let unread = http.answer.as_ref().map_or(0, |answer| answer.body.len());
            return line(format!("+HTTPREAD: LEN,{unread}"));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let (offset, most) = numbers(module, parameters)?;
    let block = module.options.simcom.http_block.max(1);
    let word = module.data_word();
    let http = module.own.http.as_mut().ok_or(Refused::Error)?;
    let answer = http.answer.as_mut().ok_or(Refused::Error)?;
    let start = offset.min(answer.body.len());
    let end = start.saturating_add(most).min(answer.body.len());
    let data = answer.body[start..end].to_vec();
    if !http.config.repeatable {
        answer.body.drain(..end);
    }
    // Between the blocks of one answer there is no blank line.
    let mut blank = "\r\n";
    for piece in data.chunks(block) {
        let head = format!("{blank}+HTTPREAD: {word}{}\r\n", piece.len());
        module.urc_part([head.as_bytes(), piece, b"\r\n"].concat());
        blank = "";
    }
    module.urc_part(format!("{blank}+HTTPREAD: 0\r\n").into_bytes());
    ok()
}

fn head(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute => {}
        Form::Read | Form::Write(_) => return Err(Refused::Error),
    }
    let word = module.data_word();
    let answer = module.own.http.as_ref().and_then(|http| http.answer.as_ref()).ok_or(Refused::Error)?;
    let text = [format!("+HTTPHEAD: {word}{}\r\n", answer.head.len()).as_bytes(), &answer.head].concat();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

impl Module {
    /// "SIM7600 prints `+HTTPREAD: DATA,<m>`".
    fn data_word(&self) -> &'static str {
        let usual = self.own.model.series == Series::Sim7600;
        if self.options.simcom.http_read_data.unwrap_or(usual) { "DATA," } else { "" }
    }
}
