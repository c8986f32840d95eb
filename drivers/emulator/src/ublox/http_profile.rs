//! What is set for HTTP requests: `AT+UHTTP`, and the error of the last one: `AT+UHTTPER` (ublox-at 4).

use super::reply::Handled;
use super::tls_profiles::PROFILES as TLS_PROFILES;
use super::{Module, Ublox};
use crate::http::request::basic_authorization;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+UHTTP", configure), ("+UHTTPER", last_error)];

/// Profiles of a module.
pub(super) const PROFILES: usize = 4;
const LONGEST_NAME: usize = 1_024;
const LONGEST_HEADER: usize = 256;
const LONGEST_PART: usize = 64;
const HEADERS: usize = 5;

/// One profile; lost on reboot.
#[derive(Clone, Debug)]
pub(super) struct HttpProfile {
    pub(super) host: String,
    user: String,
    password: String,
    authenticates: bool,
    port: Option<u16>,
    /// TLS profile.
    pub(super) tls: Option<usize>,
    pub(super) timeout_s: u32,
    headers: [Option<(String, String)>; HEADERS],
    /// `AT+UHTTPER`: class and code.
    pub(super) error: (u8, u16),
}

impl Default for HttpProfile {
    fn default() -> Self {
        Self {
            host: String::new(),
            user: String::new(),
            password: String::new(),
            authenticates: false,
            port: None,
            tls: None,
            timeout_s: 180,
            headers: [const { None }; HEADERS],
            error: (0, 0),
        }
    }
}

impl HttpProfile {
    /// "moves the port 80/443 unless set by hand"
    pub(super) fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls.is_some() { 443 } else { 80 })
    }

    /// What the module says beside `Host` and `Content-Length`.
    pub(super) fn headers(&self, content_type: Option<&str>) -> Vec<String> {
        let custom = self.headers.iter().flatten().map(|(name, value)| format!("{name}: {value}"));
        let login = format!("{}:{}", self.user, self.password);
        let login = self.authenticates.then(|| format!("Authorization: {}", basic_authorization(&login)));
        let content = content_type.map(|text| format!("Content-Type: {text}"));
        content.into_iter().chain(login).chain(custom).collect()
    }
}

pub(super) fn profile_at(parameters: &Parameters, index: usize) -> Result<usize, Refused> {
    Ok(parameters.need(index, 0, PROFILES as u32 - 1)? as usize)
}

fn text(parameters: &Parameters, most: usize) -> Result<String, Refused> {
    let text = parameters.text(2, most)?.ok_or(Refused::Error)?;
    String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)
}

/// `"<index>:<name>:<value>"`; `"<index>:"` clears. "Header text must not contain `:`".
fn header(parameters: &Parameters, shared: bool) -> Result<(usize, Option<(String, String)>), Refused> {
    let text = text(parameters, LONGEST_HEADER)?;
    let (index, rest) = text.split_once(':').ok_or(Refused::Error)?;
    let index = index.parse().ok().filter(|&index: &usize| index < HEADERS).ok_or(Refused::Error)?;
    if rest.is_empty() {
        return Ok((index, None));
    }
    let (name, value) = rest.split_once(':').ok_or(Refused::Error)?;
    let too_long = match shared {
        true => name.len() + value.len() > LONGEST_PART,
        false => name.len() > LONGEST_PART || value.len() > LONGEST_PART,
    };
    if name.is_empty() || value.contains(':') || too_long {
        return Err(Refused::Error);
    }
    Ok((index, Some((name.to_owned(), value.to_owned()))))
}

/// `AT+UHTTP=<profile>[,<operation>,<value>[,<value>]]`: alone it resets the profile.
fn configure(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(4)?;
    let index = profile_at(parameters, 0)?;
    module.http_free(index)?;
    let shared = module.options.ublox.header_limit_shared;
    let http = &mut module.own.http[index].profile;
    let Some(operation) = parameters.number(1, 0, 9)? else {
        *http = HttpProfile::default();
        return ok();
    };
    if operation != 6 {
        parameters.at_most(3)?;
    }
    match operation {
        0 => {
            let address = text(parameters, 45)?;
            address.parse::<std::net::IpAddr>().map_err(|_| Refused::Error)?;
            http.host = address;
        }
        1 => http.host = text(parameters, LONGEST_NAME)?,
        2 => http.user = text(parameters, LONGEST_PART)?,
        3 => http.password = text(parameters, LONGEST_PART)?,
        4 => http.authenticates = parameters.need(2, 0, 1)? == 1,
        5 => http.port = Some(parameters.need(2, 1, 65_535)? as u16),
        6 => {
            let on = parameters.need(2, 0, 1)? == 1;
            let profile = parameters.number(3, 0, TLS_PROFILES as u32 - 1)?.unwrap_or(0) as usize;
            http.tls = on.then_some(profile);
        }
        7 => http.timeout_s = parameters.need(2, 30, 180)?,
        9 => {
            let (place, header) = header(parameters, shared)?;
            http.headers[place] = header;
        }
        _ => return Err(Refused::Error),
    }
    ok()
}

/// `AT+UHTTPER=<profile>`
fn last_error(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(1)?;
    let index = profile_at(parameters, 0)?;
    let (class, code) = module.own.http[index].profile.error;
    line(format!("+UHTTPER: {index},{class},{code}"))
}
