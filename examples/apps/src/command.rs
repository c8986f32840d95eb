//! What the platform can ask for, as plain text.

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `report`: send a reading now.
    Report,
    /// `interval <seconds>`: send one that often from now on; a second to a day.
    Interval(u32),
    /// Anything else.
    Unknown,
}

/// A day, in seconds.
const LONGEST: u32 = 86_400;

impl Command {
    /// Reads the payload of a message.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Self {
        if payload == b"report" {
            return Self::Report;
        }
        match payload.strip_prefix(b"interval ").and_then(number) {
            Some(seconds @ 1..=LONGEST) => Self::Interval(seconds),
            _ => Self::Unknown,
        }
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        assert_eq!(Command::parse(b"report"), Command::Report);
        assert_eq!(Command::parse(b"interval 1"), Command::Interval(1));
        assert_eq!(Command::parse(b"interval 86400"), Command::Interval(86_400));
    }

    #[test]
    fn everything_else_is_unknown() {
        for text in ["", "Report", "report ", "interval", "interval ", "interval 0", "interval 86401", "interval -5"] {
            assert_eq!(Command::parse(text.as_bytes()), Command::Unknown, "{text}");
        }
        assert_eq!(Command::parse(b"interval 99999999999999999999"), Command::Unknown);
        assert_eq!(Command::parse(b"interval 5\xff"), Command::Unknown);
    }
}
