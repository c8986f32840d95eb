//! Faults by their names, for command lines and simulations.

use super::{Away, TlsFault};
use crate::config::ReturnCode;
use crate::packet::PacketType;
use std::fmt;
use std::str::FromStr;

/// A fault, to be ordered with [`Platform::order`](crate::Platform::order). It concerns every device.
///
/// Its text is a name and its numbers, such as `drop-puback=3` or `refuse=4:2`; [`FORMS`](Self::FORMS) lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// [`Platform::kill_connections`](crate::Platform::kill_connections).
    KillConnections,
    /// [`Platform::close_all_silently`](crate::Platform::close_all_silently).
    CloseSilently,
    /// [`Platform::kick`](crate::Platform::kick).
    Kick {
        /// Time from a login to the second device's.
        after_ms: u32,
        /// How many logins.
        times: u32,
    },
    /// [`Platform::kill_before_puback`](crate::Platform::kill_before_puback).
    KillBeforePuback(u32),
    /// [`Platform::drop_puback`](crate::Platform::drop_puback).
    DropPuback(u32),
    /// [`Platform::duplicate_puback`](crate::Platform::duplicate_puback).
    DuplicatePuback(u32),
    /// [`Platform::delay_puback`](crate::Platform::delay_puback), in milliseconds.
    DelayPuback(u32),
    /// [`Platform::refuse_connects`](crate::Platform::refuse_connects).
    Refuse {
        /// The code.
        code: ReturnCode,
        /// How many CONNECTs.
        count: u32,
    },
    /// [`Platform::slow`](crate::Platform::slow), in milliseconds.
    Slow(u32),
    /// [`Platform::away`](crate::Platform::away).
    Away {
        /// How the platform is away.
        how: Away,
        /// How long.
        for_ms: u32,
    },
    /// [`Platform::cut`](crate::Platform::cut).
    Cut {
        /// A packet to a device.
        packet: PacketType,
        /// After so many bytes.
        keep: u32,
    },
    /// [`Platform::break_tls`](crate::Platform::break_tls).
    Tls(TlsFault),
}

/// A text that names no [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(pub(super) String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

/// The packets to a device, which can be cut.
const CUTS: [(&str, PacketType); 6] = [
    ("cut-connack", PacketType::Connack),
    ("cut-suback", PacketType::Suback),
    ("cut-unsuback", PacketType::Unsuback),
    ("cut-puback", PacketType::Puback),
    ("cut-publish", PacketType::Publish),
    ("cut-pingresp", PacketType::Pingresp),
];

impl Fault {
    /// How each fault is written, and what it does. Numbers in brackets may be left out.
    pub const FORMS: &[(&str, &str)] = &[
        ("kill-connections", "close every connection"),
        ("close-silently", "forget every connection without a close"),
        ("kick[=MS[:TIMES]]", "a second device of the same identity connects, MS after each of TIMES logins (0:1)"),
        ("kill-before-puback[=N]", "close the connection in place of the N-th PUBACK (1)"),
        ("drop-puback[=N]", "drop every N-th PUBACK (1)"),
        ("duplicate-puback[=N]", "send every N-th PUBACK twice (1)"),
        ("delay-puback=MS", "hold each PUBACK back so long"),
        ("refuse[=CODE[:COUNT]]", "answer the next COUNT CONNECTs with this code, 1 to 5 (3:1)"),
        ("slow=MS", "look at what a device sends so much later"),
        ("away-silent=MS", "answer nothing for so long; open connections stay mute for good"),
        ("away-closes=MS", "close every connection for so long"),
        ("cut-connack=N", "end the next CONNACK after N bytes, and the connection"),
        ("cut-suback=N", "the same with a SUBACK"),
        ("cut-unsuback=N", "the same with an UNSUBACK"),
        ("cut-puback=N", "the same with a PUBACK"),
        ("cut-publish=N", "the same with a PUBLISH"),
        ("cut-pingresp=N", "the same with a PINGRESP"),
        ("wrong-certificate", "TLS: a certificate of another authority"),
        ("wrong-name", "TLS: a certificate for another name"),
        ("expired-certificate", "TLS: a certificate that was valid until the day before"),
        ("not-yet-valid-certificate", "TLS: a certificate that will be valid in a year"),
        ("plain-text", "TLS: plain text in answer to the hello"),
        ("tls13-only", "TLS: 1.3 and nothing else"),
        ("cut-handshake", "TLS: close in the middle of the server's first flight"),
        ("no-close-notify", "TLS: end without close_notify"),
    ];
}

/// The numbers behind a name.
struct Numbers<'a> {
    text: &'a str,
    given: Vec<u32>,
}

impl<'a> Numbers<'a> {
    fn parse(text: &'a str, list: Option<&'a str>) -> Result<Self, FaultError> {
        let numbers = list.into_iter().flat_map(|list| list.split(':'));
        let given = numbers.map(|number| number.parse().ok().filter(|_| !number.starts_with('+')));
        let given = given.collect::<Option<_>>();
        given.map(|given| Self { text, given }).ok_or_else(|| FaultError(format!("{text}: numbers follow the `=`")))
    }

    /// As many as the form wants; `None` in the place of a number that has to be there.
    fn take<const N: usize>(&self, defaults: [Option<u32>; N]) -> Result<[u32; N], FaultError> {
        let text = self.text;
        if self.given.len() > N {
            return Err(FaultError(format!("{text}: at most {N} numbers belong here")));
        }
        let mut taken = [0; N];
        for (i, (slot, default)) in taken.iter_mut().zip(defaults).enumerate() {
            let number = self.given.get(i).copied().or(default);
            *slot = number.ok_or_else(|| FaultError(format!("{text}: a number is missing, as in `{text}=5`")))?;
        }
        Ok(taken)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, list) = text.split_once('=').map_or((text, None), |(name, list)| (name, Some(list)));
        let numbers = Numbers::parse(text, list)?;
        let none = |fault| numbers.take([]).map(|[]| fault);
        let one = |default, fault: fn(u32) -> Self| numbers.take([default]).map(|[n]| fault(n));
        let away = |how| numbers.take([None]).map(|[for_ms]| Self::Away { how, for_ms });
        match name {
            "kill-connections" => none(Self::KillConnections),
            "close-silently" => none(Self::CloseSilently),
            "kick" => {
                let [after_ms, times] = numbers.take([Some(0), Some(1)])?;
                Ok(Self::Kick { after_ms, times })
            }
            "kill-before-puback" => one(Some(1), Self::KillBeforePuback),
            "drop-puback" => one(Some(1), Self::DropPuback),
            "duplicate-puback" => one(Some(1), Self::DuplicatePuback),
            "delay-puback" => one(None, Self::DelayPuback),
            "refuse" => {
                let [code, count] = numbers.take([Some(3), Some(1)])?;
                let code = refusal(code).ok_or_else(|| FaultError(format!("{text}: the code is 1 to 5")))?;
                Ok(Self::Refuse { code, count })
            }
            "slow" => one(None, Self::Slow),
            "away-silent" => away(Away::Silent),
            "away-closes" => away(Away::Closes),
            _ => {
                if let Some((_, packet)) = CUTS.into_iter().find(|cut| cut.0 == name) {
                    return numbers.take([None]).map(|[keep]| Self::Cut { packet, keep });
                }
                let tls = TlsFault::ALL.into_iter().find(|fault| fault.name() == name);
                tls.map_or_else(|| Err(unknown(name)), |fault| none(Self::Tls(fault)))
            }
        }
    }
}

fn refusal(code: u32) -> Option<ReturnCode> {
    use ReturnCode::*;
    let codes = [BadProtocolVersion, IdentifierRejected, ServerUnavailable, BadUserNameOrPassword, NotAuthorized];
    codes.into_iter().find(|&known| known as u32 == code)
}

fn unknown(name: &str) -> FaultError {
    let known: Vec<_> = Fault::FORMS.iter().map(|form| form.0).collect();
    FaultError(format!("{name} is no fault of the platform; these are: {}", known.join(", ")))
}

impl fmt::Display for Fault {
    /// In a form that reads back as the same fault.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::KillConnections => f.write_str("kill-connections"),
            Self::CloseSilently => f.write_str("close-silently"),
            Self::Kick { after_ms, times } => write!(f, "kick={after_ms}:{times}"),
            Self::KillBeforePuback(nth) => write!(f, "kill-before-puback={nth}"),
            Self::DropPuback(nth) => write!(f, "drop-puback={nth}"),
            Self::DuplicatePuback(nth) => write!(f, "duplicate-puback={nth}"),
            Self::DelayPuback(ms) => write!(f, "delay-puback={ms}"),
            Self::Refuse { code, count } => write!(f, "refuse={}:{count}", code as u8),
            Self::Slow(ms) => write!(f, "slow={ms}"),
            Self::Away { how: Away::Silent, for_ms } => write!(f, "away-silent={for_ms}"),
            Self::Away { how: Away::Closes, for_ms } => write!(f, "away-closes={for_ms}"),
            Self::Cut { packet, keep } => {
                write!(f, "cut-{}={keep}", format!("{packet:?}").to_ascii_lowercase())
            }
            Self::Tls(fault) => fault.fmt(f),
        }
    }
}
