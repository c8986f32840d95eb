//! Names of commands in errors.

use core::fmt;

/// A command by its name, as it stands behind `AT`: `+CSQ`. Two are equal when their names are.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Command(wanlink_at::Command);

/// Every command that a table sends; linked where errors are shown.
const NAMES: &[&str] = &[
    "",
    "&D0",
    "+CEREG",
    "+CFUN",
    "+CGDCONT",
    "+CGMM",
    "+CGMR",
    "+CGREG",
    "+CGSN",
    "+CMEE",
    "+CPIN",
    "+CSQ",
    "+CTZU",
    "+QCCID",
    "+QFDEL",
    "+QFLST",
    "+QFUPL",
    "+QIACT",
    "+QICLOSE",
    "+QICSGP",
    "+QIDEACT",
    "+QIDNSGIP",
    "+QIGETERROR",
    "+QIOPEN",
    "+QIRD",
    "+QISEND",
    "+QISTATE",
    "+QLTS",
    "+QMTCFG",
    "+QMTCLOSE",
    "+QMTCONN",
    "+QMTDISC",
    "+QMTOPEN",
    "+QMTPUB",
    "+QMTSUB",
    "+QMTUNS",
    "+QPOWD",
    "+QSSLCFG",
    "+QSSLCLOSE",
    "+QSSLOPEN",
    "+QSSLRECV",
    "+QSSLSEND",
    "+QSSLSTATE",
    "+QURCCFG",
    "E0V1Q0",
    "V1Q0",
];

impl Command {
    /// The command of this name.
    #[must_use]
    pub const fn new(name: &str) -> Self {
        Self(wanlink_at::Command::new(name))
    }

    /// The name; empty for a command that is not the driver's.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0.name(NAMES).unwrap_or_default()
    }
}

impl From<wanlink_at::Command> for Command {
    fn from(command: wanlink_at::Command) -> Self {
        Self(command)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::{
        attach, clock, connect, describe, recover, resolve, socket, socket_tls, start, tls, traffic,
    };
    use wanlink_core::Rung;

    #[test]
    fn every_name_is_known_and_none_is_taken_for_another() {
        let rungs = [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset].map(recover::operation);
        let others = [
            &start::START,
            &describe::DESCRIBE,
            &describe::SIGNAL,
            &clock::CLOCK,
            &attach::ATTACH,
            &connect::CONNECT,
            &tls::CONNECT,
            &connect::DISCONNECT,
            &traffic::PUBLISH,
            &recover::STOP,
            &resolve::RESOLVE,
            &socket::LIST,
            &socket::OPEN,
            &socket_tls::OPEN,
            &socket::WRITE,
            &socket::READ,
            &socket::CLOSE,
        ];
        for operation in rungs.iter().chain(&others) {
            for name in wanlink_at::commands(operation.table) {
                let name = core::str::from_utf8(name).unwrap();
                // Bytes for a module that waits for data are no command.
                assert!(NAMES.contains(&name) || name.starts_with('{'), "{name}");
            }
        }
        for name in NAMES {
            assert_eq!(Command::new(name).as_str(), *name);
        }
        assert_eq!(Command::new("+CUNKNOWN").as_str(), "");
    }
}
