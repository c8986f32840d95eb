//! Faults of the HTTPS side and of dynamic registration.

use super::Every;

/// What becomes of one secret that was handed out by registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretFate {
    Sent,
    Lost,
    Doubled,
}

#[derive(Debug, Default)]
pub(crate) struct HttpFaults {
    /// Status of the next failing requests, and how many.
    pub(crate) fail: Option<(u16, u32)>,
    /// Code of the next refused requests, and how many.
    pub(crate) refuse: Option<(u16, u32)>,
    /// Answers until the one that is replaced by a close; 0 is off.
    pub(crate) close_in: u32,
    /// How long each answer is held back.
    pub(crate) answer_delay_us: u64,
    /// Messages that a token is good for; 0 is off.
    pub(crate) token_posts: u32,
    /// How many of the next registrations are throttled.
    pub(crate) throttle: u32,
    pub(crate) lose_secrets: Every,
    pub(crate) double_secrets: Every,
}

impl HttpFaults {
    /// The status with which the next request fails, if it does.
    pub(crate) fn next_failure(&mut self) -> Option<u16> {
        next(&mut self.fail)
    }

    /// The code with which the next request is refused, if it is.
    pub(crate) fn next_refusal(&mut self) -> Option<u16> {
        next(&mut self.refuse)
    }

    /// Whether the connection is closed in place of the next answer.
    pub(crate) fn next_closes(&mut self) -> bool {
        let due = self.close_in == 1;
        self.close_in = self.close_in.saturating_sub(1);
        due
    }

    /// Whether the next registration is throttled.
    pub(crate) fn next_throttled(&mut self) -> bool {
        let due = self.throttle > 0;
        self.throttle = self.throttle.saturating_sub(1);
        due
    }

    pub(crate) fn next_secret(&mut self) -> SecretFate {
        if self.lose_secrets.is_due() {
            SecretFate::Lost
        } else if self.double_secrets.is_due() {
            SecretFate::Doubled
        } else {
            SecretFate::Sent
        }
    }
}

fn next(fault: &mut Option<(u16, u32)>) -> Option<u16> {
    let (number, left) = fault.as_mut()?;
    *left = left.checked_sub(1)?;
    Some(*number)
}
