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

/// Whether a line tells a time and not that of a clock that was never set. A part of [`take`], for programs that ask for no
/// more.
pub fn is_set(line: &[u8]) -> bool {
    field(line, 0).and_then(year).is_some()
}

/// Takes a `+CCLK` line, which tells local time and how far that is from UTC (3GPP TS 27.007, 8.15).
pub fn take_local(time: &mut Option<Duration>, answer: Answer<'_>) -> Verdict {
    if let Answer::Info(line) = answer {
        *time = field(line, 0).and_then(parse_local).map(|seconds| Duration::new(seconds.into(), 0));
    }
    Verdict::Default
}

/// As [`is_set`], of a `+CCLK` line.
pub fn is_set_local(line: &[u8]) -> bool {
    field(line, 0).and_then(short_year).is_some()
}

fn year(text: &[u8]) -> Option<u32> {
    part(text, 0, 4).filter(|year| (2020..2070).contains(year))
}

/// Years of clocks that were never set are 1970, 1980, 2004, 2014.
fn short_year(text: &[u8]) -> Option<u32> {
    part(text, 0, 2).filter(|year| (20..70).contains(year)).map(|year| 2000 + year)
}

/// Seconds since 1970 of `2026/11/22,20:15:07+32,0`; `None` when it is no time or one before 2020.
fn parse(text: &[u8]) -> Option<u32> {
    seconds(year(text)?, text.get(5..)?)
}

/// As [`parse`], of `26/11/22,20:15:07+32`: behind local time stand the quarters of an hour that it is ahead of UTC.
fn parse_local(text: &[u8]) -> Option<u32> {
    let local = seconds(short_year(text)?, text.get(3..)?)?;
    let ahead = 900 * part(text, 18, 2)?;
    match text.get(17)? {
        b'+' => local.checked_sub(ahead),
        b'-' => local.checked_add(ahead),
        _ => None,
    }
}

/// Seconds since 1970 of `11/22,20:15:07` in this year.
fn seconds(year: u32, text: &[u8]) -> Option<u32> {
    let (month, day) = (part(text, 0, 2)?, part(text, 3, 2)?);
    let (hour, minute, second) = (part(text, 6, 2)?, part(text, 9, 2)?, part(text, 12, 2)?);
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

    #[test]
    fn local_time_is_told_in_utc() {
        for (text, expected) in [
            (&b"26/11/22,20:15:07+32"[..], Some(1_795_378_507 - 8 * 3600)),
            (b"26/11/22,20:15:07-08", Some(1_795_378_507 + 2 * 3600)),
            (b"26/11/22,20:15:07+00", Some(1_795_378_507)),
            (b"70/01/01,00:00:00+00", None),
            (b"80/01/06,00:00:00+00", None),
            (b"14/01/01,00:00:00+32", None),
            (b"26/11/22,20:15:07", None),
            (b"26/11/22,20:15:07 32", None),
            (b"", None),
        ] {
            assert_eq!(parse_local(text), expected);
        }
        assert!(is_set_local(b"+CCLK: \"26/11/22,20:15:07+32\"") && !is_set_local(b"+CCLK: \"80/01/06,00:00:00+00\""));
    }
}
