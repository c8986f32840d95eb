//! `AT+UHTTPC`: one request, whose answer goes into a file (ublox-at 4).

use super::http_profile::{HttpProfile, profile_at};
use super::reply::Handled;
use super::sockets::NOT_ALLOWED;
use super::{Module, Ublox};
use crate::engine::internet::LinkId;
use crate::http::request::{Method, Request};
use crate::http::response::Response;
use crate::http::url::Url;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+UHTTPC", request)];

const LONGEST_PATH: usize = 128;
/// "data <= 128 chars, no quotes"
const LONGEST_DATA: usize = 128;
const LONGEST_TYPE: usize = 64;

const TYPES: [&str; 6] = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/octet-stream",
    "multipart/form-data",
    "application/json",
    "application/xml",
];

/// A request on its way, and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) command: u32,
    pub(super) method: Method,
    pub(super) link: Option<LinkId>,
    pub(super) file: String,
    /// The bytes that go out when the connection is there.
    pub(super) bytes: Vec<u8>,
    /// They are out.
    pub(super) sent: bool,
    pub(super) response: Response,
}

/// One profile, and what it does.
#[derive(Debug, Default)]
pub(super) struct Http {
    pub(super) profile: HttpProfile,
    pub(super) exchange: Option<Exchange>,
    /// Of the last answer.
    pub(super) status: Option<u16>,
}

/// What is sent, and as what.
struct Content {
    bytes: Vec<u8>,
    kind: Option<String>,
}

/// `<type>[,"<type's name>"]` at this place.
fn content_type(parameters: &Parameters, index: usize) -> Result<Option<String>, Refused> {
    let kind = parameters.need(index, 0, 6)? as usize;
    let own = parameters.text(index + 1, LONGEST_TYPE)?;
    match (TYPES.get(kind), own) {
        (Some(known), None) => Ok(Some((*known).to_owned())),
        (None, Some(own)) => Ok(Some(String::from_utf8_lossy(own).into_owned())),
        _ => Err(Refused::Error),
    }
}

/// `AT+UHTTPC=<profile>,<command>,"<path>","<file of the answer>"[,"<file or data>",<type>[,"<type>"]]`
fn request(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    let index = profile_at(parameters, 0)?;
    let command = parameters.need(1, 0, 5)?;
    let path = parameters.need_text(2, LONGEST_PATH)?;
    let path = String::from_utf8(path.to_vec()).map_err(|_| Refused::Error)?;
    let file = match parameters.text(3, usize::MAX)? {
        Some(b"") => format!("http_last_response_{index}"),
        _ => module.file_at(parameters, 3, None)?,
    };
    let method = match command {
        0 => Method::Head,
        1 => Method::Get,
        2 => Method::Delete,
        3 => Method::Put,
        _ => Method::Post,
    };
    let content = match command {
        0..=2 => {
            parameters.at_most(4)?;
            Content { bytes: Vec::new(), kind: None }
        }
        5 => Content { bytes: parameters.need_text(4, LONGEST_DATA)?.to_vec(), kind: content_type(parameters, 5)? },
        _ => {
            let source = module.file_at(parameters, 4, None)?;
            let kind = content_type(parameters, 5)?;
            Content { bytes: module.file_content(&source)?.to_vec(), kind }
        }
    };
    parameters.at_most(7)?;
    module.http_free(index)?;
    module.http_begins(index, command, method, &path, file, &content)
}

impl Module {
    /// "One request at a time per profile."
    pub(super) fn http_free(&self, index: usize) -> Result<(), Refused> {
        if self.own.http[index].exchange.is_none() { Ok(()) } else { Err(NOT_ALLOWED) }
    }

    fn http_begins(
        &mut self,
        index: usize,
        command: u32,
        method: Method,
        path: &str,
        file: String,
        content: &Content,
    ) -> Handled {
        let profile = &self.own.http[index].profile;
        let scheme = if profile.tls.is_some() { "https" } else { "http" };
        let place = match profile.port() {
            80 if profile.tls.is_none() => profile.host.clone(),
            443 if profile.tls.is_some() => profile.host.clone(),
            port => format!("{}:{port}", profile.host),
        };
        let url = Url::parse(format!("{scheme}://{place}{path}").as_bytes()).ok_or(Refused::Error)?;
        let headers = profile.headers(content.kind.as_deref());
        let bytes = Request { method, url: &url, headers }.bytes(&content.bytes);
        let (link, sent, response) = (None, false, Response::default());
        let exchange = Exchange { command, method, link, file, bytes, sent, response };
        (self.own.http[index].exchange, self.own.http[index].status) = (Some(exchange), None);
        self.http_connects(index);
        ok()
    }
}
