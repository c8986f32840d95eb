//! What is SIMCom's own in the answers.

use super::certificates::Upload;
use super::file_system::FileUpload;
use super::mqtt_entries::Entered;
use super::sm_client::SmPublish;
use super::sockets::SocketId;
use super::{Module, Simcom};
use crate::module::options::FailureOrder;
use crate::module::reply::{self, Outcome, Refused, Reply};

pub(super) type Handled = reply::Handled<Simcom>;

/// An operation of an MQTT client that has a result line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Connect,
    Disconnect,
    Publish,
    Subscribe,
    Unsubscribe,
}

impl Step {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "+CMQTTCONNECT",
            Self::Disconnect => "+CMQTTDISC",
            Self::Publish => "+CMQTTPUB",
            Self::Subscribe => "+CMQTTSUB",
            Self::Unsubscribe => "+CMQTTUNSUB",
        }
    }
}

/// Names a result line that a command owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    MqttStart,
    MqttStop,
    /// Of this client.
    Mqtt(Step, usize),
    NetOpen,
    NetClose,
    CchStart,
    CchStop,
    Open(SocketId),
    Send(SocketId),
    Close(SocketId),
    HttpAction,
    ShRequest,
}

/// Work that is done when a blocking command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {}

/// What a data entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A text of this MQTT client.
    Mqtt(usize, Entered),
    Certificate(Upload),
    /// For this socket.
    Send(SocketId),
    /// The body of a request, within so many microseconds.
    HttpBody(u64),
    /// A file, within its own time.
    File(FileUpload),
    /// A publish, within so many microseconds.
    SmPublish(SmPublish, u64),
    /// For this socket, within so many microseconds.
    CaSend(SocketId, u64),
    /// The body of a request, within so many microseconds.
    ShBody(u64),
}

/// The text of a CME code that 3GPP has not, or that SIMCom words in its own way (2.4).
pub(super) fn cme_text(code: u16) -> &'static str {
    match code {
        15 => "SIM wrong",
        31 => "network timeout",
        32 => "network not allowed - emergency calls only",
        50 => "incorrect parameters",
        100 => "unknown",
        148 => "unspecified GPRS error",
        149 => "PDP authentication failure",
        160 => "DNS failed",
        161 => "socket open failed",
        180 => "not attached",
        188 => "file not found",
        313 => "SIM failure",
        765 => "invalid input value",
        767 => "operation failed",
        772 => "SIM powered down",
        _ => reply::cme_text(code).unwrap_or("unknown error"),
    }
}

impl Module {
    /// A refusal that tells its code, in the order that this module has.
    pub(super) fn fails(&mut self, line: String) -> Handled {
        Ok(Outcome::Reply(self.failure(line)))
    }

    pub(super) fn failure(&mut self, line: String) -> Reply {
        match self.options.simcom.failure_order {
            FailureOrder::ResultThenError => Reply { end: Err(Refused::Error), ..Reply::line(line) },
            FailureOrder::ErrorThenResult => {
                self.urc(line);
                Reply::refused(Refused::Error)
            }
            FailureOrder::ErrorOnly => Reply::refused(Refused::Error),
        }
    }
}
