//! What an error means and what to do about it. These texts live on the host and in the docs, not in firmware.

mod driver;
mod https;
mod local;
mod registration;

use wanlink_core::{Error, ErrorKind, Refusal};
use wanlink_transports::{LinkError, Reason};

use crate::exit::Exit;

pub(crate) use self::local::{
    AUTHORITY, EXPOSED_KEY, FILE, KICKED, LINE, LISTEN, NO_NETWORK, NO_NUMBER, NO_TRACE, NOTHING_STORED, OTHER_DEVICE,
    PORT, PUBLISH_REFUSED, SLOW, TIME_OVER, TOKEN_ONLY, UNKNOWN_MODULE, USAGE, WRONG_MODULE,
};

/// Meaning and cure of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cure {
    /// The kind's name in `--json`.
    pub kind: &'static str,
    /// The number behind it: of a CONNACK, of the platform's answer over HTTPS, or of HTTP itself.
    pub code: Option<u32>,
    /// How the program ends when this ended its work.
    pub exit: Exit,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub cure: &'static str,
}

impl Cure {
    const fn new(exit: Exit, kind: &'static str, meaning: &'static str, cure: &'static str) -> Self {
        Self { kind, code: None, exit, meaning, cure }
    }

    fn with(self, code: impl Into<u32>) -> Self {
        Self { code: Some(code.into()), ..self }
    }
}

/// An error that may say more than its kind.
pub trait Explain: Error {
    /// What it means, and what to do.
    fn cure(&self) -> Cure {
        of(self.kind())
    }
}

impl<E: Explain> Explain for LinkError<E> {
    fn cure(&self) -> Cure {
        match self {
            Self::Module(error) => error.cure(),
            Self::TooLong(_) | Self::Topic(_) => USAGE,
            Self::Closed(reason) => closed(*reason),
            Self::Answer(status) => https::status(*status),
            Self::Code(code) => https::code(*code),
            _ => of(self.kind()),
        }
    }
}

/// Whether it is the platform's word on a request, and no pause changes it.
pub(crate) fn is_lasting(cure: Cure) -> bool {
    cure.kind == https::REFUSED_REQUEST && !cure.code.is_some_and(https::may_pass)
}

/// Looks an error up by its kind.
#[must_use]
pub fn of(kind: ErrorKind) -> Cure {
    let exit = Exit::of(kind);
    let (name, meaning, cure) = match kind {
        ErrorKind::Retry => ("retry", "a command failed once", "try again"),
        ErrorKind::Reconnect => {
            ("reconnect", "the session with the broker is gone", "connect again; check host, port and coverage")
        }
        ErrorKind::Reattach => (
            "reattach",
            "the data context or the registration is gone",
            "attach again; check the APN and the data plan",
        ),
        ErrorKind::Restart => (
            "restart",
            "the module restarted or does not answer",
            "check its power supply, the wiring and the baud rate",
        ),
        ErrorKind::Refused(refusal) => return refused(refusal),
        ErrorKind::Unsupported => {
            ("unsupported", "this module's firmware cannot do it", "update the firmware or take another path")
        }
        _ => ("misuse", "an argument or the order of calls is wrong", "see the message"),
    };
    Cure { kind: name, code: None, exit, meaning, cure }
}

/// A connection of our own MQTT client is over, for which a module's client has codes of its own.
fn closed(reason: Reason) -> Cure {
    let (kind, meaning, cure) = match reason {
        Reason::Silent | Reason::Malformed(_) => (
            "no_connack",
            "the connection is open, and the other end silent, or no MQTT broker",
            "check that host and port are those of an MQTT broker, and --tls",
        ),
        _ => (
            "session_lost",
            "the platform or the network closed it",
            "connect again; another device with the same identity throws this one out",
        ),
    };
    Cure::new(Exit::Unreachable, kind, meaning, cure)
}

fn refused(refusal: Refusal) -> Cure {
    let exit = Exit::of(ErrorKind::Refused(refusal));
    let (kind, meaning, cure) = match refusal {
        Refusal::Connack(code) => return connack(code),
        Refusal::Code(code) => return https::code(code),
        Refusal::Subscription => (
            "refused_subscription",
            "the platform refuses the subscription",
            "define the topic in the product with the right to subscribe, and use this device's own name in it",
        ),
        Refusal::Certificate => (
            "refused_certificate",
            "the server's certificate is not trusted",
            "check that host and port are the platform's, that --ca holds its root, and the clock",
        ),
        Refusal::Sim => ("refused_sim", "the SIM stands in the way", "insert it, give its PIN, or unblock it"),
        Refusal::Network => {
            ("denied", "the network denies registration", "check the subscription, the band and roaming")
        }
        _ => ("refused", "the platform refuses without a reason", "check product key, device name and secret"),
    };
    Cure { kind, code: None, exit, meaning, cure }
}

/// CONNACK return codes as this platform uses them (MQTT 3.1.1, table 3.1; the platform's troubleshooting page).
fn connack(code: u8) -> Cure {
    let exit = Exit::of(ErrorKind::Refused(Refusal::Connack(code)));
    let (meaning, cure) = match code {
        1 => ("the platform does not speak this version of MQTT", "set the module's MQTT version to 3.1.1"),
        2 => ("the client id is malformed", "check the part between its bars: securemode, signmethod, timestamp"),
        3 => {
            ("the service is not available, or the keep-alive is out of range", "wait; keep-alive must be 30 to 1200 s")
        }
        4 => (
            "product key, device name or device secret is wrong",
            "compare all three with the console; the secret belongs to this one device",
        ),
        5 => ("the device is not allowed to connect", "enable it in the console; check region and instance"),
        _ => ("the platform refuses the login", "see the platform's list of CONNACK codes"),
    };
    Cure::new(exit, "refused_login", meaning, cure).with(code)
}

#[cfg(test)]
pub(crate) mod tests {
    use wanlink_transports::Malformed;

    use super::*;

    /// The page has a row for its kind, and the same exit code there.
    pub(crate) fn is_on_the_page(cure: Cure) {
        let page = include_str!("../../../docs/troubleshooting.md");
        let (kind, exit) = (format!("`{}`", cure.kind), (cure.exit as u8).to_string());
        let is_row = |line: &str| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            cells.next().is_some_and(|kinds| kinds.split(", ").any(|of| of == kind)) && cells.next() == Some(&exit)
        };
        assert!(page.lines().any(is_row), "docs/troubleshooting.md tells no {kind} with exit code {exit}");
    }

    /// The numbers in the rows of this kind, in their order: of the codes that the message tells.
    pub(super) fn codes_on_the_page(kind: &str) -> Vec<u32> {
        let page = include_str!("../../../docs/troubleshooting.md");
        let (mut codes, mut is_of_kind) = (Vec::new(), false);
        for line in page.lines() {
            let cells: Vec<_> = line.split('|').map(str::trim).skip(1).collect();
            let [kinds, _, sees, ..] = cells[..] else {
                is_of_kind = false;
                continue;
            };
            is_of_kind = kinds == format!("`{kind}`") || is_of_kind && kinds.is_empty();
            if is_of_kind {
                codes.extend(sees.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok()));
            }
        }
        codes.sort_unstable();
        codes
    }

    #[test]
    fn each_code_of_a_refused_login_has_a_row_in_the_docs() {
        assert_eq!(codes_on_the_page("refused_login"), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn each_kind_is_told_in_the_docs() {
        let local = [
            USAGE,
            KICKED,
            PUBLISH_REFUSED,
            TIME_OVER,
            NOTHING_STORED,
            OTHER_DEVICE,
            TOKEN_ONLY,
            PORT,
            NO_NETWORK,
            NO_NUMBER,
            FILE,
            LISTEN,
            LINE,
            NO_TRACE,
        ];
        let reasons = [Reason::Silent, Reason::Malformed(Malformed::Type), Reason::Remote];
        let refusals = [
            Refusal::Connack(4),
            Refusal::Unexplained,
            Refusal::Subscription,
            Refusal::Certificate,
            Refusal::Sim,
            Refusal::Network,
        ];
        let kinds = [
            ErrorKind::Retry,
            ErrorKind::Reconnect,
            ErrorKind::Reattach,
            ErrorKind::Restart,
            ErrorKind::Unsupported,
            ErrorKind::Misuse,
        ];
        local.into_iter().chain(reasons.map(closed)).for_each(is_on_the_page);
        kinds.into_iter().chain(refusals.map(ErrorKind::Refused)).map(of).for_each(is_on_the_page);
    }

    #[test]
    fn each_connack_code_of_the_platform_has_a_meaning_of_its_own() {
        let texts: Vec<_> = (1..=5).map(|code| of(ErrorKind::Refused(Refusal::Connack(code))).meaning).collect();
        for (at, text) in texts.iter().enumerate() {
            assert!(!texts[at + 1..].contains(text), "{text}");
        }
    }
}
