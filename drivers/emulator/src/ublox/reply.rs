//! What is u-blox's own in the answers.

use std::convert::Infallible;

use super::Ublox;
use super::certificates::Import;
use super::files::Download;
use super::mqtt_messages::Publish;
use crate::module::reply;

pub(super) type Handled = reply::Handled<Ublox>;

/// No command owes a result line: OK comes at once, and the result is an unsolicited line (ublox-at 3, 4).
pub(crate) type ResultKey = Infallible;

/// Work that is done when a blocking command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// `AT+UPSDA=0,3`
    ActivateProfile,
    /// `AT+UPSDA=0,4`
    DeactivateProfile,
    /// `AT+CGACT=1,<cid>` of a bearer that is up already.
    ActivateAgain,
}

/// What a data entry is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For this socket.
    Write(usize),
    Download(Download),
    Import(Import),
    Publish(Publish),
}

/// The text of a code (ublox-at 8; in the spelling of the newer families).
pub(super) const fn cme_text(code: u16) -> &'static str {
    if let Some(text) = reply::cme_text(code) {
        return text;
    }
    match code {
        15 => "SIM wrong",
        31 => "network timeout",
        50 => "incorrect parameters",
        148 => "unspecified GPRS error",
        1550 => "GPRS generic operation error",
        1551 => "GPRS invalid APN",
        1552 => "GPRS authentication failure",
        1612 => "FILE NOT FOUND",
        1613 => "CANNOT OPEN FILE",
        1624 => "FILE NOT FOUND",
        1635 | 1637 => "NO MORE MEMORY",
        1638 => "INVALID FILENAME",
        1649 => "FFS TIMEOUT",
        1650 => "Command line too long",
        1910 => "USECMNG input timeout",
        1911 => "USECMNG size over limit",
        1912 => "USECMNG no memory",
        1913 => "USECMNG invalid certificate/key format",
        1916 => "USECMNG certificate/key name not found",
        1917 => "USECMNG certificate/key name exists",
        3000 => "Command aborted",
        4000 => "APN mismatch",
        4001 => "IP type configuration mismatch",
        _ => "unknown",
    }
}
