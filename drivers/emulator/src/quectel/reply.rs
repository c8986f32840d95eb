//! What is Quectel's own in the answers.

use super::Quectel;
use super::files::Upload;
use super::mqtt_messages::Publish;
use super::sockets::SocketId;
use crate::module::reply::{self, Outcome, Reply};

pub(super) type Handled = reply::Handled<Quectel>;

/// A result that comes as a line of its own, before or after the OK of its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResultKey {
    Open(usize),
    Connect(usize),
    Disconnect(usize),
    Close(usize),
    /// Client and message id.
    Message(usize, u32),
}

impl ResultKey {
    pub(super) const fn client(self) -> usize {
        match self {
            Self::Open(client)
            | Self::Connect(client)
            | Self::Disconnect(client)
            | Self::Close(client)
            | Self::Message(client, _) => client,
        }
    }
}

/// Work that is done when a blocking command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Waits so long for each next byte of an HTTP answer, in microseconds.
    ReadAnswer(u64),
}

/// What a data entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Publish(Publish),
    Upload(Upload),
    /// For this socket.
    Send(SocketId),
    /// A URL, within so many microseconds.
    HttpUrl(u64),
    /// The data of a GET or POST, within so many microseconds.
    HttpRequest(u64),
}

/// A test form of the QMT commands.
pub(super) fn tight(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Handled {
    Ok(Outcome::Reply(Reply { tight: true, ..Reply::lines(lines) }))
}

/// The text of a CME code (quectel-at 7; of the HTTP client 3.3).
pub(super) const fn cme_text(code: u16) -> &'static str {
    if let Some(text) = reply::cme_text(code) {
        return text;
    }
    match code {
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
