//! What the errors of drivers mean.

use wanlink_at::driver::{Error, Family, SimFault};
use wanlink_core::Error as _;

use super::{Cure, Explain, USAGE, of};
use crate::exit::Exit;

impl<F: Family> Explain for Error<F> {
    fn cure(&self) -> Cure {
        let is_unresolved = match self {
            Self::Open(4) => true,
            Self::Unreachable(code) => F::is_unresolved(*code),
            _ => false,
        };
        let (exit, kind, meaning, cure) = match self {
            Self::Port(_) => (
                Exit::Module,
                "port_gone",
                "the cable was pulled, or the other end was closed",
                "plug it in again and start anew",
            ),
            Self::PortStuck => (
                Exit::Module,
                "port_stuck",
                "its flow control never lets go",
                "wire RTS and CTS, or switch flow control off in the module",
            ),
            Self::Silent { .. } => (
                Exit::Module,
                "no_answer",
                "the module is off, not wired to this port, or set to another rate",
                "check power, wiring and --baud",
            ),
            Self::Restarted => {
                (Exit::Module, "restart", "its supply broke down, or it was reset", "check the power supply: 2 A peaks")
            }
            Self::Sim(fault) => return sim(*fault),
            Self::Denied => (
                Exit::Module,
                "denied",
                "the subscription is not active, or is not for this network",
                "activate it; check the bands that the module may use, and roaming",
            ),
            Self::NoContext => (
                Exit::Module,
                "no_context",
                "the network refuses the data context, or took it away",
                "check --apn and the data plan",
            ),
            Self::Open(_) | Self::Unreachable(_) if is_unresolved => (
                Exit::Unreachable,
                "dns",
                "the name server knows no such host, or cannot be reached",
                "check --product-key, --region, --instance, and any option that names a host",
            ),
            Self::Open(_) | Self::Unreachable(_) => (
                Exit::Unreachable,
                "unreachable",
                "nobody takes the connection there, or the network blocks it",
                "check host and port, and whether the data plan lets this port through",
            ),
            Self::Http(_) => (
                Exit::Unreachable,
                "no_reply",
                "the server does not answer the request, or its answer broke off",
                "try again; check coverage, host and port",
            ),
            Self::NoConnack => (
                Exit::Unreachable,
                "no_connack",
                "the connection is open, and the other end silent or gone",
                "check that host and port are those of an MQTT broker, and --tls",
            ),
            Self::NotAcknowledged => (
                Exit::Unreachable,
                "not_acknowledged",
                "the connection is dead, or the platform drops the message",
                "check coverage, and the platform's limits of rate and size",
            ),
            Self::SessionLost(_) | Self::NotConnected | Self::Disconnected => (
                Exit::Unreachable,
                "session_lost",
                "the platform or the network closed it",
                "connect again; another device with the same identity throws this one out",
            ),
            Self::Certificate => (
                Exit::Certificate,
                "refused_certificate",
                "context, name and TCP to the same host and port are good, so this is inferred",
                "check that host and port are the platform's, that --ca holds its root, and the dates of both",
            ),
            Self::Upload => (
                Exit::Certificate,
                "no_root",
                "bytes were lost on the serial port, or the module has no room",
                "check the wiring and --baud; delete files of other programs from the module",
            ),
            Self::NoClock => (
                Exit::Certificate,
                "no_clock",
                "the network has not told it",
                "wait for the network's time, or set the module's clock",
            ),
            Self::NoHostCheck => (
                Exit::Certificate,
                "no_host_check",
                "without it anybody with a certificate of the same root could be the server",
                "update the module's firmware",
            ),
            Self::NoNativeLogin => (
                Exit::Usage,
                "no_native_login",
                "not every firmware of this model has it",
                "take --path mqtt: the login is then made here; or ask the module's maker for firmware with it",
            ),
            Self::TooLong(_) | Self::TransmitBuffer(_) | Self::Malformed(_) => return USAGE,
            _ => return of(self.kind()),
        };
        Cure::new(exit, kind, meaning, cure)
    }
}

fn sim(fault: SimFault) -> Cure {
    let (kind, meaning, cure) = match fault {
        SimFault::Absent => ("no_sim", "the holder is empty, or its contacts are bad", "insert a SIM, chip side in"),
        SimFault::PinNeeded => ("pin_needed", "it is locked", "give --pin, or set WANLINK_PIN"),
        SimFault::PinRefused => (
            "pin_refused",
            "the PIN is wrong; three wrong ones block the SIM",
            "compare it with the card's letter before the next try",
        ),
        SimFault::PukNeeded => ("puk_needed", "too many wrong PINs", "unblock it with its PUK in a phone"),
        _ => ("sim_failed", "the card or its holder is broken", "try the card in a phone, and another card here"),
    };
    Cure::new(Exit::Module, kind, meaning, cure)
}

#[cfg(test)]
mod tests {
    use wanlink_core::Argument;
    use wanlink_quectel::{Command, QuectelFamily, SimFault};

    use crate::cure::Explain;

    type Error = wanlink_quectel::Error<QuectelFamily>;

    #[test]
    fn what_stops_a_first_connection_has_a_kind_of_its_own() {
        let errors = [
            (Error::Sim(SimFault::Absent), 3),
            (Error::Sim(SimFault::PinNeeded), 3),
            (Error::Sim(SimFault::PinRefused), 3),
            (Error::Sim(SimFault::PukNeeded), 3),
            (Error::Denied, 3),
            (Error::NoContext, 3),
            (Error::Silent { command: Command::new("") }, 3),
            (Error::Restarted, 3),
            (Error::PortStuck, 3),
            (Error::Sim(SimFault::Failed), 3),
            (Error::NotAcknowledged, 5),
            (Error::SessionLost(1), 5),
            (Error::Port(embedded_io_async::ErrorKind::BrokenPipe), 3),
            (Error::Open(4), 5),
            (Error::Open(5), 5),
            (Error::Http(702), 5),
            (Error::NoConnack, 5),
            (Error::Connack(4), 4),
            (Error::SubscriptionRefused, 4),
            (Error::Certificate, 7),
            (Error::Upload, 7),
            (Error::NoClock, 7),
            (Error::NoHostCheck, 7),
            (Error::NoNativeLogin, 2),
            (Error::Malformed(Argument::Topic), 2),
        ];
        let cures = errors.map(|(error, exit)| {
            assert_eq!(error.cure().exit as u8, exit, "{error}");
            crate::cure::tests::is_on_the_page(error.cure());
            error.cure()
        });
        for (at, cure) in cures.iter().enumerate() {
            assert!(cures[at + 1..].iter().all(|other| other.kind != cure.kind), "{} twice", cure.kind);
        }
    }

    #[test]
    fn a_socket_that_fails_has_the_cures_of_a_session() {
        for (socket, session) in [
            (Error::Unreachable(565), Error::Open(4)),
            (Error::Unreachable(566), Error::Open(5)),
            (Error::Unreachable(714), Error::Open(4)),
            (Error::Unreachable(716), Error::Open(5)),
            (Error::Disconnected, Error::SessionLost(1)),
        ] {
            assert_eq!(socket.cure(), session.cure());
        }
    }
}
