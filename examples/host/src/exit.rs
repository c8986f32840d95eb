//! Exit codes: a contract for scripts.

use std::process::ExitCode;

use wanlink_core::{ErrorKind, Refusal};

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A simulated run broke an invariant.
    Broken = 1,
    /// The command line is wrong, or asks for what the module cannot do.
    Usage = 2,
    /// Module, SIM or network.
    Module = 3,
    /// Refused by the platform.
    Refused = 4,
    /// Unreachable, or time is over.
    Unreachable = 5,
    /// A local file.
    File = 6,
    /// The certificate is not trusted, or TLS failed.
    Certificate = 7,
}

impl Exit {
    /// The code for an error of this kind that ended the work.
    #[must_use]
    pub const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Refused(
                Refusal::Connack(_) | Refusal::Subscription | Refusal::Unexplained | Refusal::Code(_),
            ) => Self::Refused,
            ErrorKind::Refused(Refusal::Certificate) => Self::Certificate,
            ErrorKind::Retry | ErrorKind::Reconnect => Self::Unreachable,
            ErrorKind::Unsupported => Self::Usage,
            _ => Self::Module,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
