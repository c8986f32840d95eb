//! When a fault happens, as text.

use super::{Fault, FaultError};
use std::fmt;
use std::str::FromStr;

/// A [`Fault`] and its time, as `FAULT[@AT_MS[+FOR_MS]]`: `slow=500`, `refuse=3@2000`, `wrong-name@0+10000`. For
/// [`Platform::schedule`](crate::Platform::schedule).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedFault {
    /// What.
    pub fault: Fault,
    /// Milliseconds after the start.
    pub at_ms: u32,
    /// After so many milliseconds it is taken back; `None` is never.
    pub for_ms: Option<u32>,
}

impl FromStr for TimedFault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let Some((fault, time)) = text.split_once('@') else {
            return Ok(Self { fault: text.parse()?, at_ms: 0, for_ms: None });
        };
        let fault = fault.parse()?;
        let (at, length) = time.split_once('+').map_or((time, None), |(at, length)| (at, Some(length)));
        let ms = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let at_ms = ms(at);
        let for_ms = length.map(ms);
        match (at_ms, for_ms) {
            (Some(at_ms), None) => Ok(Self { fault, at_ms, for_ms: None }),
            (Some(at_ms), Some(Some(for_ms))) => Ok(Self { fault, at_ms, for_ms: Some(for_ms) }),
            _ => Err(FaultError(format!("{text}: behind `@` stands AT_MS or AT_MS+FOR_MS, as in `{fault}@2000+500`"))),
        }
    }
}

impl fmt::Display for TimedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.fault, self.at_ms)?;
        self.for_ms.map_or(Ok(()), |ms| write!(f, "+{ms}"))
    }
}
