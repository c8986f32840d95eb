//! From the name of a fault and its numbers to the fault.

use super::named::{CUTS, Fault};
use super::{Away, TlsFault};
use crate::config::ReturnCode;
use std::fmt;
use std::str::FromStr;

/// A text that names no [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(pub(super) String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

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
            "expire-tokens" => none(Self::ExpireTokens),
            "forget-tokens" => none(Self::ForgetTokens),
            "token-posts" => one(None, Self::LimitTokenPosts),
            "http-error" => {
                let [status, count] = numbers.take([Some(500), Some(1)])?;
                let status = u16::try_from(status).ok().filter(|status| (400..600).contains(status));
                let status = status.ok_or_else(|| FaultError(format!("{text}: the status is 400 to 599")))?;
                Ok(Self::FailRequests { status, count })
            }
            "http-code" => {
                let [code, count] = numbers.take([Some(40_000), Some(1)])?;
                let code = u16::try_from(code).map_err(|_| FaultError(format!("{text}: the code is at most 65535")))?;
                Ok(Self::RefuseRequests { code, count })
            }
            "close-before-answer" => one(Some(1), Self::CloseBeforeAnswer),
            "delay-answer" => one(None, Self::DelayAnswers),
            "throttle-registration" => one(Some(1), Self::ThrottleRegistrations),
            "lose-secret" => one(Some(1), Self::LoseSecrets),
            "duplicate-secret" => one(Some(1), Self::DuplicateSecrets),
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
