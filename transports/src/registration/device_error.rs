//! Why a device has no identity.

use wanlink_core::{Error, ErrorKind, Refusal, TooLong};

use super::code::{ALREADY_ACTIVE, Cause};
use super::error::RegistrationError;
use crate::error::{LinkError, Lost};
use crate::store::StoreError;

/// Error of a [`Device`](super::Device) on a driver whose error is `E`, with a store on a medium whose error is `S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeviceError<E, S> {
    /// The driver's error, with its evidence.
    Module(E),
    /// The store failed. When it was to keep what the platform gave, that is lost, and the next call asks anew.
    Store(StoreError<S>),
    /// The store has an identity or a token of another product or device, which was left there.
    OtherDevice,
    /// The store has a device token where an identity was asked for, or an identity where a token was. Nothing was sent:
    /// the device is registered, and logs in with that.
    OtherCredential,
    /// The device logged in before, so the platform registers it no more; and its secret is not in the store. Told over
    /// HTTPS only.
    AlreadyActive,
    /// The platform refused for another cause, or its reply is none.
    Registration(RegistrationError),
    /// The platform accepted the login and sent nothing within 15 seconds.
    Silent,
    /// As [`Silent`](Self::Silent), and messages were lost on the way: the inbox may be too small.
    Lost(Lost),
    /// The request is of the other [`AuthType`](super::AuthType). Nothing was sent.
    AuthType,
    /// Longer than the model takes. Nothing was sent.
    TooLong(TooLong),
    /// The link that carried the login failed by itself: the server closed the connection, was silent, or broke the
    /// protocol.
    Link(LinkError<E>),
}

impl<E: Error, S: core::error::Error + 'static> Error for DeviceError<E, S> {
    /// [`Retry`](ErrorKind::Retry) only where the same call may end better after a pause. A store that failed needs
    /// somebody to look at it: [`Misuse`](ErrorKind::Misuse).
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Module(error) => error.kind(),
            Self::Registration(error) => error.kind(),
            Self::AlreadyActive => ErrorKind::Refused(Refusal::Code(ALREADY_ACTIVE)),
            Self::Silent | Self::Lost(_) => ErrorKind::Retry,
            Self::Link(error) => error.kind(),
            Self::Store(_) | Self::OtherDevice | Self::OtherCredential | Self::AuthType | Self::TooLong(_) => {
                ErrorKind::Misuse
            }
        }
    }
}

impl<E: core::fmt::Display, S: core::fmt::Display> core::fmt::Display for DeviceError<E, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Module(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::OtherDevice => f.write_str("the store belongs to another device; erase it to register this one"),
            Self::OtherCredential => f.write_str(
                "the store has a device token for an identity, or the reverse; log in with that, or erase it to register",
            ),
            Self::AlreadyActive => f.write_str(
                "the device logged in before and is not registered again; restore its secret or reset it in the console",
            ),
            Self::Registration(error) => error.fmt(f),
            Self::Silent => f.write_str("the platform accepted the registration and sent nothing within 15 seconds"),
            Self::Lost(error) => write!(f, "the reply to the registration did not arrive: {error}"),
            Self::AuthType => f.write_str("an identity wants AuthType::Register, a device token AuthType::Regnwl"),
            Self::TooLong(error) => error.fmt(f),
            Self::Link(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error, S: core::error::Error + 'static> core::error::Error for DeviceError<E, S> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Module(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::Link(error) => error.source(),
            _ => None,
        }
    }
}

impl<E, S> From<RegistrationError> for DeviceError<E, S> {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Refused(code) if code.cause() == Cause::AlreadyActive => Self::AlreadyActive,
            _ => Self::Registration(error),
        }
    }
}

impl<E, S> From<StoreError<S>> for DeviceError<E, S> {
    fn from(error: StoreError<S>) -> Self {
        Self::Store(error)
    }
}

impl<E, S> From<TooLong> for DeviceError<E, S> {
    fn from(error: TooLong) -> Self {
        Self::TooLong(error)
    }
}
