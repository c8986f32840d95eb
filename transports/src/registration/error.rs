//! Why there is no result.

use wanlink_core::__private::is_mutant;
use wanlink_core::{Error, ErrorKind, Refusal};

use super::code::RegistrationCode;
use crate::identity::IdentityError;
use crate::json::JsonError;

/// Why a reply gave no identity. Holds nothing of the reply but its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RegistrationError {
    /// The platform refused.
    Refused(RegistrationCode),
    /// The reply is no JSON object: it was cut, or something between us and the platform answered.
    Json(JsonError),
    /// The reply lacks this member, or it is no text.
    Missing(&'static str),
    /// The reply is for another device.
    OtherDevice,
    /// What the platform gave cannot be logged in with.
    Invalid(IdentityError),
}

impl Error for RegistrationError {
    /// [`Retry`](ErrorKind::Retry) only where the platform may answer better after a pause, or did not answer at all.
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Json(_) => ErrorKind::Retry,
            Self::Refused(code) if code.cause().may_pass() || is_mutant("a refused request is repeated") => {
                ErrorKind::Retry
            }
            Self::Refused(RegistrationCode::Connack(code)) => ErrorKind::Refused(Refusal::Connack(*code)),
            // A code of more than 16 bits is no known one.
            Self::Refused(RegistrationCode::Https(code)) => {
                ErrorKind::Refused(u16::try_from(*code).map_or(Refusal::Unexplained, Refusal::Code))
            }
            _ => ErrorKind::Refused(Refusal::Unexplained),
        }
    }
}

impl core::fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Refused(code) => {
                write!(f, "the platform refused to register the device ({code}): {}", code.cause())
            }
            Self::Json(error) => write!(f, "the reply to the registration cannot be read: {error}"),
            Self::Missing(member) => write!(f, "the reply to the registration lacks `{member}`"),
            Self::OtherDevice => f.write_str("the reply to the registration is for another device"),
            Self::Invalid(error) => write!(f, "the registration gave what no login can hold: {error}"),
        }
    }
}

impl core::error::Error for RegistrationError {}

impl From<JsonError> for RegistrationError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<IdentityError> for RegistrationError {
    fn from(error: IdentityError) -> Self {
        Self::Invalid(error)
    }
}
