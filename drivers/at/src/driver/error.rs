//! The driver's error: the evidence, and the kind that says what can help.

use core::fmt;

use wanlink_core::{Argument, ErrorKind, Refusal, TooLong};

use super::command::Command;
use super::family::Family;
use crate::{Code, End, Engine};

/// What is wrong with the SIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SimFault {
    /// No card (CME 10).
    Absent,
    /// It wants a PIN, and none was given.
    PinNeeded,
    /// It refused the PIN; it is not sent again.
    PinRefused,
    /// It wants the PUK: too many wrong PINs.
    PukNeeded,
    /// It does not get ready, or is broken.
    Failed,
}

/// Why a method failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<F: Family> {
    /// The port failed.
    Port(embedded_io_async::ErrorKind),
    /// The port takes no bytes: its flow control never lets go.
    PortStuck,
    /// No answer to this command within the time of its manual.
    Silent {
        /// The command's name.
        command: Command<F>,
    },
    /// The module answered this command with an error.
    Module {
        /// The command's name.
        command: Command<F>,
        /// The code of `+CME ERROR`, if there was one.
        code: Option<Code>,
    },
    /// The module restarted by itself.
    Restarted,
    /// The SIM stands in the way.
    Sim(SimFault),
    /// The network denies registration.
    Denied,
    /// The data context does not come up, or is gone.
    NoContext,
    /// The connection to the broker cannot be opened: 4 the name cannot be resolved, 5 nobody answers there, -1 where that
    /// could not be found out, or is good and the open fails all the same. Other numbers are the vendor's.
    Open(i8),
    /// The broker refused the login with this CONNACK return code.
    Connack(u8),
    /// The broker did not answer the login.
    NoConnack,
    /// The login came to nothing although context, name and TCP to the same host and port are good, and the module does not
    /// say why: inferred to be the broker's refusal. Inside TLS it can be the server's certificate where the model does not
    /// tell the two apart. The number is the vendor's, 0 when there is none.
    LoginFailed(u8),
    /// The login asks for a session that the broker keeps, and the model's client only starts clean ones. Nothing was
    /// sent.
    CleanOnly,
    /// The broker refused the subscription.
    SubscriptionRefused,
    /// A packet was not acknowledged after all retransmissions.
    NotAcknowledged,
    /// The session ended; the cause is the vendor's, 0 when it is not known.
    SessionLost(u8),
    /// There is no session.
    NotConnected,
    /// An argument is longer than the model takes. Nothing was sent.
    TooLong(TooLong),
    /// The command line is longer than the transmit buffer of this size in bytes. Nothing was sent.
    TransmitBuffer(u16),
    /// An argument cannot be what it is said to be: it is empty, or has a quote, a line end or another control
    /// character that would end it, or it is a topic to publish to with a wildcard, or a PIN that is not 4 to 8 digits.
    /// Nothing was sent.
    Malformed(Argument),
    /// A power pin failed, or the one that is needed is not wired.
    Pin,
    /// TLS failed although context, name and TCP to the same host and port are good, twice, and with a root that was
    /// uploaded anew: inferred, since the module does not say it. The server's certificate is not trusted, is for another
    /// name or out of its dates, or the two have no version or cipher in common.
    Certificate,
    /// The root certificate did not arrive on the module as it is. The next connect uploads it again.
    Upload,
    /// Dates of certificates are required to be looked at, and the module does not know the time. Nothing was opened.
    NoClock,
    /// This firmware cannot check that a certificate is for the server's name: a verified connection is refused rather than
    /// made weaker. Nothing was opened.
    NoHostCheck,
    /// This firmware does not log in to the platform by itself. Nothing was opened.
    NoNativeLogin,
    /// A socket could not be opened, or a name not resolved; the code is the vendor's.
    Unreachable(u16),
    /// The module could not open a socket now, with this code of the vendor's: no memory, busy.
    Busy(u16),
    /// The connection of the socket is over, and not by the other end in its orderly way.
    Disconnected,
    /// The module's send buffer is full and stays so: the other end has taken nothing for 38 s. None of the data was
    /// taken.
    SendBufferFull,
    /// The inbox has no room for a byte: it is full of messages, or of bytes of other sockets, that nobody fetches.
    InboxFull,
    /// A request came to nothing, with this code of the vendor's: not in time, busy, cut short. A context that is gone and a
    /// server that is not there have errors of their own.
    Http(u16),
    /// All sockets are open.
    NoSocket,
    /// The module was switched, restarted or reset as often as it may be within a day, since each time wears its flash.
    /// Nothing was sent.
    CyclesSpent,
    /// The socket was closed.
    NotOpen,
}

impl<F: Family> wanlink_core::Error for Error<F> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAcknowledged
            | Self::NoConnack
            | Self::NotConnected
            | Self::Unreachable(_)
            | Self::Disconnected => ErrorKind::Reconnect,
            Self::Open(code) => F::kind_of_open(*code),
            Self::SessionLost(cause) => F::kind_of_loss(*cause),
            Self::NoContext => ErrorKind::Reattach,
            Self::Module { .. }
            | Self::Upload
            | Self::NoClock
            | Self::Busy(_)
            | Self::SendBufferFull
            | Self::InboxFull
            | Self::CyclesSpent
            | Self::Http(_) => ErrorKind::Retry,
            Self::Silent { .. } | Self::Restarted | Self::PortStuck => ErrorKind::Restart,
            Self::Sim(_) => ErrorKind::Refused(Refusal::Sim),
            Self::Denied => ErrorKind::Refused(Refusal::Network),
            Self::LoginFailed(_) => ErrorKind::Refused(Refusal::Unexplained),
            Self::Connack(code) => ErrorKind::Refused(Refusal::Connack(*code)),
            Self::SubscriptionRefused => ErrorKind::Refused(Refusal::Subscription),
            Self::Port(_)
            | Self::TooLong(_)
            | Self::TransmitBuffer(_)
            | Self::Malformed(_)
            | Self::CleanOnly
            | Self::Pin
            | Self::NoSocket
            | Self::NotOpen => ErrorKind::Misuse,
            Self::Certificate => ErrorKind::Refused(Refusal::Certificate),
            Self::NoHostCheck | Self::NoNativeLogin => ErrorKind::Unsupported,
        }
    }
}

impl<F: Family> core::error::Error for Error<F> {}

impl<F: Family> fmt::Display for Error<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(kind) => write!(f, "the serial port failed: {kind:?}"),
            Self::PortStuck => f.write_str("the serial port takes no bytes, check RTS and CTS"),
            Self::Silent { command } => write!(f, "the module does not answer AT{command}"),
            Self::Module { command, code: Some(code) } => {
                write!(f, "the module refuses AT{command} with code {}", code.get())
            }
            Self::Module { command, code: None } => write!(f, "the module refuses AT{command}"),
            Self::Restarted => f.write_str("the module restarted"),
            Self::Sim(SimFault::Absent) => f.write_str("there is no SIM"),
            Self::Sim(SimFault::PinNeeded) => f.write_str("the SIM wants a PIN"),
            Self::Sim(SimFault::PinRefused) => f.write_str("the SIM refused the PIN, it is not sent again"),
            Self::Sim(SimFault::PukNeeded) => f.write_str("the SIM is blocked and wants its PUK"),
            Self::Sim(SimFault::Failed) => f.write_str("the SIM does not get ready"),
            Self::Denied => f.write_str("the network denies registration"),
            Self::NoContext => f.write_str("the data context does not come up"),
            Self::Open(4) => f.write_str("the broker's name cannot be resolved"),
            Self::Open(result) => write!(f, "the broker cannot be reached, result {result}"),
            Self::Connack(code) => write!(f, "the broker refuses the login with CONNACK {code}"),
            Self::NoConnack => f.write_str("the broker does not answer the login"),
            Self::LoginFailed(0) => f.write_str("the broker probably refuses the login, the module does not say why"),
            Self::LoginFailed(code) => write!(f, "the broker probably refuses the login, code {code}"),
            Self::CleanOnly => f.write_str("this model's MQTT client only starts clean sessions"),
            Self::SubscriptionRefused => f.write_str("the broker refuses the subscription"),
            Self::NotAcknowledged => f.write_str("the broker does not acknowledge"),
            Self::SessionLost(0) => f.write_str("the session with the broker is gone"),
            Self::SessionLost(cause) => write!(f, "the session with the broker is gone, cause {cause}"),
            Self::NotConnected => f.write_str("there is no session, connect first"),
            Self::TooLong(too_long) => too_long.fmt(f),
            Self::TransmitBuffer(size) => write!(f, "the command is longer than the transmit buffer of {size} bytes"),
            Self::Malformed(what) => write!(f, "the {what} is malformed"),
            Self::Pin => f.write_str("a power pin failed or is not wired"),
            Self::Certificate => f.write_str("TLS fails, the server's certificate is probably not trusted"),
            Self::Upload => f.write_str("the root certificate did not arrive on the module"),
            Self::NoClock => f.write_str("dates of certificates are required, and the module does not know the time"),
            Self::NoHostCheck => f.write_str("this firmware cannot check the server's name in its certificate"),
            Self::NoNativeLogin => f.write_str("this firmware does not log in to the platform by itself"),
            Self::Unreachable(code) if F::is_unresolved(*code) => f.write_str("the host's name cannot be resolved"),
            Self::Unreachable(code) => write!(f, "the host cannot be reached, code {code}"),
            Self::Busy(code) => write!(f, "the module cannot open a socket now, code {code}"),
            Self::Disconnected => f.write_str("the connection is over"),
            Self::SendBufferFull => f.write_str("the other end takes no data, and the module's send buffer is full"),
            Self::InboxFull => f.write_str("the inbox is full of what nobody fetches"),
            Self::Http(code) => write!(f, "the request came to nothing, code {code}"),
            Self::CyclesSpent => f.write_str("the module was restarted as often as it may be within a day"),
            Self::NoSocket => f.write_str("all sockets are open"),
            Self::NotOpen => f.write_str("the socket is closed"),
        }
    }
}

impl<F: Family> From<TooLong> for Error<F> {
    fn from(too_long: TooLong) -> Self {
        Self::TooLong(too_long)
    }
}

impl<F: Family> Error<F> {
    // Each await copies it.
    const SMALL: () = assert!(size_of::<Self>() <= 8);

    /// Why an operation ended that no state of the driver explains.
    pub(crate) fn of(engine: &Engine<'_, F>) -> Self {
        const { Self::SMALL };
        let command = engine.command().into();
        match engine.end() {
            End::Port => Self::Port(engine.port_error()),
            End::Stuck => Self::PortStuck,
            End::Silent => Self::Silent { command },
            End::Error => Self::Module { command, code: engine.code() },
            End::NoPrompt => Self::Module { command, code: None },
            End::Restarted => Self::Restarted,
            End::Done | End::Ended => Self::SessionLost(0),
            End::TooLong => Self::TransmitBuffer(engine.transmit_capacity().try_into().unwrap_or(u16::MAX)),
        }
    }
}
