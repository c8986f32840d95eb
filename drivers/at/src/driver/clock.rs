//! The clock that the network sets (NITZ).

use core::time::Duration;

use crate::{Answer, Verdict, field, number};

/// Takes the line that tells the time in UTC.
pub fn take(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
    if let Answer::Info(line) = answer {
        *time = field(line, 0).and_then(parse).map(|seconds| Duration::new(seconds.into(), 0));
    }
    Verdict::Default
}

/// Whether a `+QLTS` line tells a time and not that of a clock that was never set. A part of [`parse`], for programs that
/// ask for no more.
pub fn is_set(line: &[u8]) -> bool {
    field(line, 0).and_then(year).is_some()
}

fn year(text: &[u8]) -> Option<u32> {
    part(text, 0, 4).filter(|year| (2020..2070).contains(year))
}

/// Seconds since 1970 of `2026/11/22,20:15:07+32,0`; `None` when it is no time or one before 2020.
fn parse(text: &[u8]) -> Option<u32> {
    let (year, month) = (year(text)?, part(text, 5, 2)?);
    let (day, hour) = (part(text, 8, 2)?, part(text, 11, 2)?);
    let (minute, second) = (part(text, 14, 2)?, part(text, 17, 2)?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    valid.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn part(text: &[u8], at: usize, length: usize) -> Option<u32> {
    number(text.get(at..at + length)?)?.try_into().ok()
}

/// Days since 1970 in the Gregorian calendar, for years in which each fourth is a leap year (1901 to 2099).
fn days(year: u32, month: u32, day: u32) -> u32 {
    // Counted from March, so that the leap day is the last of its year.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    (year - 1968) * 1461 / 4 + (153 * month + 2) / 5 + day - 1 - 671
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_known_dates() {
        for (date, expected) in [
            ((2020, 1, 1), 18262),
            ((2020, 2, 29), 18321),
            ((2020, 3, 1), 18322),
            ((2026, 11, 22), 20779),
            ((2069, 12, 31), 36524),
        ] {
            assert_eq!(days(date.0, date.1, date.2), expected, "{date:?}");
        }
    }

    #[test]
    fn a_clock_that_was_never_set_is_none() {
        assert_eq!(parse(b"2026/11/22,20:15:07+32,0"), Some(1_795_378_507));
        for text in [&b""[..], b"1980/01/06,00:00:00+00,0", b"2026/13/01,00:00:00+00", b"2026/1", b"garbage"] {
            assert_eq!(parse(text), None);
        }
        for (line, expected) in [
            (&b"+QLTS: \"2026/11/22,20:15:07+32,0\""[..], true),
            (b"+QLTS: \"\"", false),
            (b"+QLTS: \"1980/01/06,00:00:00+00,0\"", false),
        ] {
            assert_eq!(is_set(line), expected);
        }
    }
}
