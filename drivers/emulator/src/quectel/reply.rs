//! What a command leads to.

use super::files::Upload;
use super::mqtt_messages::Publish;
use super::sockets::SocketId;
use crate::engine::console::Size;

/// A command that is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Bare `ERROR`.
    Error,
    /// `+CME ERROR`, as CMEE says.
    Cme(u16),
}

/// An answer: information lines, one of them perhaps with counted bytes, and the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) counted: bool,
    /// A test form of the QMT commands, whose end may follow after a single CR LF (quectel-at 0).
    pub(super) tight: bool,
    /// What says that all is well: `OK`, with few exceptions.
    pub(super) done: &'static str,
    /// All is well, or what stands in its place.
    pub(super) end: Result<(), Refused>,
}

impl Reply {
    pub(super) const fn ok() -> Self {
        Self { lines: Vec::new(), counted: false, tight: false, done: "OK", end: Ok(()) }
    }

    pub(super) fn refused(refused: Refused) -> Self {
        Self { end: Err(refused), ..Self::ok() }
    }

    pub(super) fn line(text: impl Into<Vec<u8>>) -> Self {
        Self { lines: vec![text.into()], ..Self::ok() }
    }

    pub(super) fn lines(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self { lines: lines.into_iter().map(Into::into).collect(), ..Self::ok() }
    }
}

/// A result that comes as a line of its own, before or after the OK of its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultKey {
    Open(usize),
    Connect(usize),
    Disconnect(usize),
    Close(usize),
    /// Client and message id.
    Message(usize, u32),
}

/// Work that is done when a blocking command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// All was done before.
    Nothing,
    ActivateContext(usize),
    DeactivateContext(usize),
    Functionality(u8),
    SelectOperator(u8),
    ListOperators,
    Attach(bool),
    /// Waits so long for each next byte of an HTTP answer, in microseconds.
    ReadAnswer(u64),
}

/// What a data entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Publish(Publish),
    Upload(Upload),
    /// For this socket.
    Send(SocketId),
    /// A URL, within so many microseconds.
    HttpUrl(u64),
    /// The data of a GET or POST, within so many microseconds.
    HttpRequest(u64),
}

/// What a command does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Answers after the usual latency.
    Reply(Reply),
    /// Blocks the port so long, then does the job and answers as it came out.
    Blocks(u64, Job),
    /// Prompts, and takes data.
    Prompt(Purpose, Size),
    /// OK, and a result line on its own.
    Owes(ResultKey),
    /// Answers when the HTTP client says so.
    Later,
}

/// What a handler gives back; `?` on a bad parameter answers ERROR.
pub(super) type Handled = Result<Outcome, Refused>;

pub(super) const fn ok() -> Handled {
    Ok(Outcome::Reply(Reply::ok()))
}

pub(super) fn line(text: impl Into<Vec<u8>>) -> Handled {
    Ok(Outcome::Reply(Reply::line(text)))
}

pub(super) fn lines(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Handled {
    Ok(Outcome::Reply(Reply::lines(lines)))
}

/// A test form of the QMT commands.
pub(super) fn tight(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Handled {
    Ok(Outcome::Reply(Reply { tight: true, ..Reply::lines(lines) }))
}

/// The text of a CME code (quectel-at 7; of the HTTP client 3.3).
pub(super) const fn cme_text(code: u16) -> &'static str {
    match code {
        0 => "phone failure",
        3 => "operation not allowed",
        4 => "operation not supported",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        16 => "incorrect password",
        30 => "no network service",
        405 => "file not found",
        406 => "invalid file name",
        407 => "file already exist",
        420 => "no space for file",
        421 => "file operation timeout",
        703 => "busy",
        705 => "no GET/POST request",
        708 => "no network configuration",
        709 => "network deactivated",
        711 => "URL error",
        712 => "empty URL",
        714 => "DNS error",
        716 => "socket connect",
        726 => "input timeout",
        _ => "unknown",
    }
}

/// The text of a TCP/IP error (quectel-at 4).
pub(super) const fn tcp_text(code: u16) -> &'static str {
    match code {
        0 => "operate successfully",
        552 => "invalid parameters",
        558 => "socket write failed",
        561 => "open PDP context failed",
        562 => "close PDP context failed",
        563 => "socket identity has been used",
        564 => "DNS busy",
        565 => "DNS parse failed",
        566 => "socket connect failed",
        567 => "socket has been closed",
        568 => "operation busy",
        569 => "operation timeout",
        570 => "PDP context broken down",
        572 => "operation not allowed",
        573 => "APN not configured",
        _ => "unknown error",
    }
}
