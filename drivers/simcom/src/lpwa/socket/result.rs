//! What the module says of an opening.

use crate::lpwa::{Error, Lpwa};

/// Results of `AT+CAOPEN` (simcom-at 7.3).
const NO_MEMORY: i32 = 2;
pub(super) const NO_MORE: i32 = 3;
pub(super) const PARAMETER: i32 = 4;
pub(in crate::lpwa) const DNS: i32 = 20;
pub(in crate::lpwa) const INACTIVE: i32 = 21;
const REFUSED: i32 = 23;
pub(in crate::lpwa) const EXPIRED: i32 = 24;
pub(in crate::lpwa) const WRONG_NAME: i32 = 25;
pub(in crate::lpwa) const EXPIRED_AND_WRONG_NAME: i32 = 26;
pub(super) const CONNECT_FAILED: i32 = 27;

/// Whether this result of a TLS socket is one of what lies below TLS.
pub(in crate::lpwa) const fn is_clear_of_tls(code: Option<i32>) -> bool {
    matches!(code, Some(DNS | INACTIVE | REFUSED))
}

/// Whether this result of a TLS socket may be one of TCP as well; 11 is in no table and was seen with TLS.
pub(super) fn is_unclear(code: Option<i32>) -> bool {
    !matches!(
        code,
        Some(
            0 | NO_MEMORY
                | NO_MORE
                | PARAMETER
                | DNS
                | INACTIVE
                | REFUSED
                | EXPIRED
                | WRONG_NAME
                | EXPIRED_AND_WRONG_NAME
        )
    )
}

/// What a result says that can help.
pub(in crate::lpwa) fn error<F: Lpwa>(code: Option<i32>) -> Error<F> {
    let number = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    match code {
        Some(INACTIVE) => Error::NoContext,
        Some(EXPIRED | WRONG_NAME | EXPIRED_AND_WRONG_NAME) => Error::Certificate,
        // A number that stays held, too: a new context cures it, or a restart (simcom-at 7.3).
        Some(NO_MEMORY | NO_MORE | PARAMETER) => Error::Busy(number),
        _ => Error::Unreachable(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lpwa::Sim7080Family;

    #[test]
    fn results_lead_to_the_step_that_can_help() {
        for code in 0..40 {
            let expected = match code {
                2..=4 => Error::Busy(code as u16),
                21 => Error::NoContext,
                24..=26 => Error::Certificate,
                _ => Error::Unreachable(code as u16),
            };
            assert_eq!(error::<Sim7080Family>(Some(code)), expected);
        }
        assert_eq!(error::<Sim7080Family>(None), Error::Unreachable(0));
    }

    #[test]
    fn what_tells_its_reason_is_not_looked_into() {
        for code in 0..40 {
            let clear = matches!(code, 0 | 2..=4 | 20 | 21 | 23..=26);
            assert_eq!(is_unclear(Some(code)), !clear, "{code}");
        }
    }
}
