//! `AT+QHTTPCFG` (quectel-at 3.1).

use super::reply::Handled;
use super::tls_config::CONTEXTS;
use super::{Module, Quectel};
use crate::http::request::basic_authorization;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QHTTPCFG", configure)];

/// What goes with a content type: the number is the place.
const CONTENT_TYPES: [&str; 6] = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/octet-stream",
    "multipart/form-data",
    "application/json",
    "image/jpeg",
];
/// Two that are orders rather than settings (UA).
const ADD: &str = "reqheader/add";
const REMOVE: &str = "reqheader/remove";
/// The highest that every firmware has.
const OLD_CONTENT_TYPES: u32 = 3;

/// What `AT+QHTTPCFG` sets; lost on reboot.
#[derive(Clone, Debug)]
pub(super) struct HttpConfig {
    pub(super) context: usize,
    /// The host types requests as a whole, with their headers.
    pub(super) request_header: bool,
    /// The host reads answers with their headers.
    pub(super) response_header: bool,
    pub(super) tls_context: usize,
    content_type: usize,
    /// Answers come by themselves.
    pub(super) auto_output: bool,
    /// That the server closed the connection is told.
    pub(super) closed_line: bool,
    /// `user:password`
    login: String,
    /// `Name: value`
    pub(super) custom_header: String,
    /// Of `reqheader/add`: names, and their values.
    added: Vec<(String, String)>,
}

impl Default for HttpConfig {
    /// The factory's context is not printed anywhere: the first.
    fn default() -> Self {
        Self {
            context: 1,
            request_header: false,
            response_header: false,
            tls_context: 1,
            content_type: 0,
            auto_output: false,
            closed_line: false,
            login: String::new(),
            custom_header: String::new(),
            added: Vec::new(),
        }
    }
}

impl HttpConfig {
    fn value(&self, name: &str) -> String {
        match name {
            "contextid" => self.context.to_string(),
            "requestheader" => u8::from(self.request_header).to_string(),
            "responseheader" => u8::from(self.response_header).to_string(),
            "sslctxid" => self.tls_context.to_string(),
            "contenttype" => self.content_type.to_string(),
            "rspout/auto" => u8::from(self.auto_output).to_string(),
            "closed/ind" => u8::from(self.closed_line).to_string(),
            "auth" => format!("\"{}\"", self.login),
            _ => format!("\"{}\"", self.custom_header),
        }
    }

    fn set(&mut self, name: &str, parameters: &Parameters, contexts: u32, content_types: u32) -> Result<(), Refused> {
        let switch = || Ok(parameters.need(1, 0, 1)? == 1);
        match name {
            "contextid" => self.context = parameters.need(1, 1, contexts)? as usize,
            "requestheader" => self.request_header = switch()?,
            "responseheader" => self.response_header = switch()?,
            "sslctxid" => self.tls_context = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize,
            "contenttype" => self.content_type = parameters.need(1, 0, content_types)? as usize,
            "rspout/auto" => self.auto_output = switch()?,
            "closed/ind" => self.closed_line = switch()?,
            "auth" => self.login = pair(parameters)?,
            "custom_header" => self.custom_header = pair(parameters)?,
            _ => {
                let text = |index| -> Result<String, Refused> {
                    String::from_utf8(parameters.need_text(index, usize::MAX)?.to_vec()).map_err(|_| Refused::Error)
                };
                let (name, adds) = (text(1)?, name == ADD);
                let known = self.added.iter().position(|header| header.0.eq_ignore_ascii_case(&name));
                if known.is_none() && !adds {
                    return Err(Refused::Error);
                }
                known.map(|at| self.added.remove(at));
                if adds {
                    self.added.push((name, text(2)?));
                }
            }
        }
        Ok(())
    }

    /// The headers of a request that the module makes, behind `Host`. User agent: quectel-at 3.1.
    pub(super) fn headers(&self, with_body: bool) -> Vec<String> {
        let mut headers = vec![
            "Accept: */*".to_owned(),
            "User-Agent: QUECTEL_MODULE".to_owned(),
            "Connection: Keep-Alive".to_owned(),
        ];
        if with_body {
            headers.push(format!("Content-Type: {}", CONTENT_TYPES[self.content_type]));
        }
        if !self.login.is_empty() {
            headers.push(format!("Authorization: {}", basic_authorization(&self.login)));
        }
        if !self.custom_header.is_empty() {
            headers.push(self.custom_header.clone());
        }
        headers.extend(self.added.iter().map(|(name, value)| format!("{name}: {value}")));
        headers
    }
}

/// Two texts with a colon between them, the first not empty; `""` takes away what was set.
fn pair(parameters: &Parameters) -> Result<String, Refused> {
    let text = parameters.text(1, usize::MAX)?.ok_or(Refused::Error)?;
    let name = text.iter().position(|&byte| byte == b':');
    if !text.is_empty() && name.is_none_or(|length| length == 0) {
        return Err(Refused::Error);
    }
    String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)
}

/// What the test form says of a name.
fn range(name: &str, content_types: u32, contexts: u32) -> String {
    match name {
        "contextid" => format!("(1-{contexts})"),
        ADD => "<name>,<value>".to_owned(),
        REMOVE => "<name>".to_owned(),
        "sslctxid" => "(0-5)".to_owned(),
        "contenttype" => format!("(0-{content_types})"),
        "auth" => "<username:password>".to_owned(),
        "custom_header" => "<custom_value>".to_owned(),
        _ => "(0,1)".to_owned(),
    }
}

/// `AT+QHTTPCFG="<name>"[,<value>]`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let options = &module.options.http;
    let contexts = module.profile.limits.contexts;
    let content_types = if options.new_content_types { CONTENT_TYPES.len() as u32 - 1 } else { OLD_CONTENT_TYPES };
    let known = |name: &&str| *name != "custom_header" || options.custom_header_known;
    let mut names = module.own.model.qhttpcfg_names.iter().copied().filter(known);
    let parameters = match form {
        Form::Test => {
            return lines(names.map(|name| format!("+QHTTPCFG: \"{name}\",{}", range(name, content_types, contexts))));
        }
        Form::Read => {
            let settings = names.filter(|name| ![ADD, REMOVE].contains(name));
            return lines(settings.map(|name| format!("+QHTTPCFG: \"{name}\",{}", module.own.http.config.value(name))));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let name = parameters.need_text(0, 32)?;
    let name = names.find(|known| known.as_bytes().eq_ignore_ascii_case(name)).ok_or(Refused::Error)?;
    parameters.at_most(if name == ADD { 3 } else { 2 })?;
    if parameters.len() == 1 && ![ADD, REMOVE].contains(&name) {
        return line(format!("+QHTTPCFG: \"{name}\",{}", module.own.http.config.value(name)));
    }
    module.http_free()?;
    module.own.http.config.set(name, parameters, contexts, content_types)?;
    ok()
}
