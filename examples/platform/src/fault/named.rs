//! Faults by their names, for command lines and simulations.

use super::{Away, TlsFault};
use crate::config::ReturnCode;
use crate::packet::PacketType;
use std::fmt;

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
    /// [`Platform::expire_tokens`](crate::Platform::expire_tokens).
    ExpireTokens,
    /// [`Platform::forget_tokens`](crate::Platform::forget_tokens).
    ForgetTokens,
    /// [`Platform::limit_token_posts`](crate::Platform::limit_token_posts).
    LimitTokenPosts(u32),
    /// [`Platform::fail_requests`](crate::Platform::fail_requests).
    FailRequests {
        /// The HTTP status.
        status: u16,
        /// How many requests.
        count: u32,
    },
    /// [`Platform::refuse_requests`](crate::Platform::refuse_requests).
    RefuseRequests {
        /// The platform's code.
        code: u16,
        /// How many requests.
        count: u32,
    },
    /// [`Platform::close_before_answer`](crate::Platform::close_before_answer).
    CloseBeforeAnswer(u32),
    /// [`Platform::delay_answers`](crate::Platform::delay_answers), in milliseconds.
    DelayAnswers(u32),
    /// [`Platform::throttle_registrations`](crate::Platform::throttle_registrations).
    ThrottleRegistrations(u32),
    /// [`Platform::lose_secrets`](crate::Platform::lose_secrets).
    LoseSecrets(u32),
    /// [`Platform::duplicate_secrets`](crate::Platform::duplicate_secrets).
    DuplicateSecrets(u32),
}

/// What goes to a device, and can be cut.
pub(super) const CUTS: [(&str, PacketType); 7] = [
    ("cut-connack", PacketType::Connack),
    ("cut-suback", PacketType::Suback),
    ("cut-unsuback", PacketType::Unsuback),
    ("cut-puback", PacketType::Puback),
    ("cut-publish", PacketType::Publish),
    ("cut-pingresp", PacketType::Pingresp),
    ("cut-response", PacketType::Response),
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
        ("cut-response=N", "HTTPS: the same with an answer"),
        ("wrong-certificate", "TLS: a certificate of another authority"),
        ("wrong-name", "TLS: a certificate for another name"),
        ("expired-certificate", "TLS: a certificate that was valid until the day before"),
        ("not-yet-valid-certificate", "TLS: a certificate that will be valid in a year"),
        ("plain-text", "TLS: plain text in answer to the hello"),
        ("tls13-only", "TLS: 1.3 and nothing else"),
        ("cut-handshake", "TLS: close in the middle of the server's first flight"),
        ("no-close-notify", "TLS: end without close_notify"),
        ("expire-tokens", "HTTPS: every token that was handed out is expired"),
        ("forget-tokens", "HTTPS: every token that was handed out is unknown"),
        ("token-posts=N", "HTTPS: a token is good for N messages"),
        ("http-error[=STATUS[:COUNT]]", "HTTPS: answer the next COUNT requests with this status, 400 to 599 (500:1)"),
        ("http-code[=CODE[:COUNT]]", "HTTPS: answer the next COUNT requests with this code of the platform (40000:1)"),
        ("close-before-answer[=N]", "HTTPS: close the connection in place of the N-th answer (1)"),
        ("delay-answer=MS", "HTTPS: hold each answer back so long"),
        ("throttle-registration[=COUNT]", "registration: refuse the next COUNT as too many (1)"),
        ("lose-secret[=N]", "registration: do every N-th without telling the device its secret (1)"),
        ("duplicate-secret[=N]", "registration: send every N-th secret twice, over MQTT (1)"),
    ];
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
            Self::ExpireTokens => f.write_str("expire-tokens"),
            Self::ForgetTokens => f.write_str("forget-tokens"),
            Self::LimitTokenPosts(most) => write!(f, "token-posts={most}"),
            Self::FailRequests { status, count } => write!(f, "http-error={status}:{count}"),
            Self::RefuseRequests { code, count } => write!(f, "http-code={code}:{count}"),
            Self::CloseBeforeAnswer(nth) => write!(f, "close-before-answer={nth}"),
            Self::DelayAnswers(ms) => write!(f, "delay-answer={ms}"),
            Self::ThrottleRegistrations(count) => write!(f, "throttle-registration={count}"),
            Self::LoseSecrets(nth) => write!(f, "lose-secret={nth}"),
            Self::DuplicateSecrets(nth) => write!(f, "duplicate-secret={nth}"),
        }
    }
}
