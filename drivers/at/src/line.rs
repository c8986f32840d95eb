//! What stands in a line: names, fields, final results.

use crate::dialect::{Urc, find, find_urc};
use crate::mutants::{self, Mutant};

/// The lines that end a command (3GPP TS 27.007, 9; ITU-T V.250, 5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Final<'a> {
    Ok,
    /// What followed `ERROR: `; empty for a bare one.
    Error(&'a [u8]),
    /// It asks for the command's data instead.
    Data,
}

pub(crate) fn as_final(line: &[u8]) -> Option<Final<'_>> {
    // A list for the finder of unsolicited lines is a third of the size of a `match`. The id is where the reason begins.
    const FINALS: &[Urc] = &[
        Urc::new(OK, "OK"),
        Urc::new(OK, "SEND OK"),
        Urc::new(BARE, "ERROR"),
        // Quectel's full send buffer is no plain error: its reason is `FAIL`.
        Urc::new(5, "SEND FAIL"),
        Urc::new(BARE, "NO CARRIER"),
        Urc::new(BARE, "ABORTED"),
        Urc::new(11, "+CME ERROR:"),
        Urc::new(11, "+CMS ERROR:"),
        // Quectel's prompt for files and requests, and SIMCom's.
        Urc::new(DATA, "CONNECT"),
        Urc::new(DATA, "DOWNLOAD"),
    ];
    const OK: u8 = 0;
    const BARE: u8 = 127;
    const DATA: u8 = 126;
    const PACKED: &[u8] = crate::urcs![FINALS];
    match find_urc(PACKED, line)? {
        (OK, _) => Some(Final::Ok),
        (DATA, _) => Some(Final::Data),
        (reason, _) => Some(Final::Error(line.get(reason.into()..).unwrap_or_default().trim_ascii())),
    }
}

/// Code of a `+CME ERROR`, whether the module gave it as a number or as one of the texts that change what a driver does
/// (3GPP TS 27.007, 9.2; case differs by vendor). Other texts have none.
#[must_use]
pub fn cme_code(reason: &[u8]) -> Option<u16> {
    // Packed, they need neither pointers nor lengths of 4 bytes.
    const TEXTS: &[Urc] =
        &[Urc::new(3, "operation not allowed"), Urc::new(10, "SIM not inserted"), Urc::new(12, "SIM PUK required")];
    const PACKED: &[u8] = crate::urcs![TEXTS];
    if let Some(code) = number(reason) {
        return u16::try_from(code).ok();
    }
    find(PACKED, |text| text.eq_ignore_ascii_case(reason)).map(u16::from)
}

/// The whole of `text` as a decimal number, which may be negative.
#[must_use]
pub fn number(text: &[u8]) -> Option<i32> {
    let text = text.trim_ascii();
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value: i32 = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i32::from(digit - b'0'))?;
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

/// The fields of an information line, those after `+NAME:`; a comma in quotes does not part them.
#[must_use]
pub fn fields(line: &[u8]) -> Fields<'_> {
    fields_after(line, b':')
}

/// The fields behind the first of these bytes; from the beginning, when there is none.
fn fields_after(line: &[u8], mark: u8) -> Fields<'_> {
    let after = line.iter().position(|&byte| byte == mark).map_or(0, |at| at + 1);
    Fields { rest: line.get(after..) }
}

/// Field `index` of an information line, counted from 0, blanks and quotes taken off.
#[must_use]
pub fn field(line: &[u8], index: usize) -> Option<&[u8]> {
    let text = fields(line).nth(index)?;
    Some(text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")).unwrap_or(text))
}

/// Field `index` of an information line as a number.
#[must_use]
pub fn int(line: &[u8], index: usize) -> Option<i32> {
    number(field(line, index)?)
}

/// Iterator over the fields of a line, quotes left on.
pub struct Fields<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let mut quoted = false;
        let end = rest.iter().position(|&byte| {
            quoted ^= byte == b'"';
            byte == b',' && !quoted
        });
        let (field, rest) = match end {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(field.trim_ascii())
    }
}

/// The name of a command line without `AT`: the bytes before `=`, `?` or the end.
pub(crate) fn name(command: &[u8]) -> &[u8] {
    let end = command.iter().position(|b| matches!(b, b'=' | b'?' | b'\r')).unwrap_or(command.len());
    command.get(..end).unwrap_or(command)
}

/// Whether `line` has the name of this command.
pub(crate) fn has_name_of(line: &[u8], command: &[u8]) -> bool {
    let name = name(command);
    !name.is_empty() && line.starts_with(name) && line.get(name.len()) == Some(&b':')
}

/// Whether the first `count` fields of a line are those of the command that it would answer.
pub(crate) fn same_numbers(line: &[u8], command: &[u8], count: u8) -> bool {
    let mut own = fields_after(command, b'=');
    let mut theirs = fields(line);
    let count = if mutants::on(Mutant::NumbersIgnored) { 0 } else { count };
    for _ in 0..count {
        let (Some(own), Some(theirs)) = (own.next(), theirs.next()) else { return false };
        if own != theirs {
            return false;
        }
    }
    true
}

/// Whether a line that could be an answer to a read command or a URC of the same name has the form of the answer.
///
/// 3GPP TS 27.007, 10.1.22: the answer is `<n>,<stat>..`, so its second field is a short number; the URC has a quoted
/// string, an unquoted hexadecimal area code of four digits, or nothing there.
pub(crate) fn has_answer_form(line: &[u8]) -> bool {
    fields(line).nth(1).is_some_and(|second| second.len() <= 2 && number(second).is_some())
}

/// Whether a line may be data, or have them behind its name: of an answer to a life of the host which is over, say, or of
/// a socket when noise lay on the head of its line. Data have bytes that no line has, words of the length of a secret, or
/// quotes where a line has none.
#[cfg(feature = "trace")]
pub(crate) fn may_be_data(line: &[u8]) -> bool {
    if mutants::on(Mutant::DataTraced) {
        return false;
    }
    let is_named = line.first().is_some_and(|first| b"+^*%#@$&".contains(first));
    let mut words = line.split(|byte| !byte.is_ascii_alphanumeric());
    line.iter().any(|byte| !matches!(byte, b' '..=b'~'))
        || words.any(|word| word.len() > LONGEST_WORD)
        || (line.contains(&b'"') && !(is_named && quotes_are_outside(line)))
}

/// An ICCID has 20 digits, a secret 32 at least.
#[cfg(feature = "trace")]
const LONGEST_WORD: usize = 24;

/// Whether quotes stand around whole fields only.
#[cfg(feature = "trace")]
fn quotes_are_outside(line: &[u8]) -> bool {
    let mut before = b',';
    let mut is_text = false;
    for (index, &byte) in line.iter().enumerate() {
        if byte == b'"' {
            let behind = line.get(index + 1).copied().unwrap_or(b',');
            if !matches!(if is_text { behind } else { before }, b',' | b' ' | b':' | b'=' | b'(' | b')') {
                return false;
            }
            is_text = !is_text;
        }
        before = byte;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_respect_quotes_and_blanks() {
        let line = b"+COPS: 0,0,\"CHINA, MOBILE\",7";
        assert_eq!(field(line, 2), Some(&b"CHINA, MOBILE"[..]));
        assert_eq!((int(line, 3), field(line, 4)), (Some(7), None));
        assert_eq!(int(b"+QPING:569", 0), Some(569), "no blank after the colon");
        assert_eq!(int(b"+QMTOPEN: 0,-1", 1), Some(-1));
        assert_eq!(field(b"+CEREG: 4,1,,,,", 3), Some(&b""[..]));
    }

    #[test]
    fn numbers_do_not_wrap() {
        assert_eq!(number(b"2147483647"), Some(i32::MAX));
        assert_eq!(number(b"2147483648"), None);
        assert_eq!((number(b""), number(b"-"), number(b"1a")), (None, None, None));
    }

    #[test]
    fn finals_and_their_reasons() {
        assert_eq!(as_final(b"OK"), Some(Final::Ok));
        assert_eq!(as_final(b"OKAY"), None);
        assert_eq!(as_final(b"+CME ERROR: 10"), Some(Final::Error(b"10")));
        assert_eq!(as_final(b"+CME ERROR:SIM busy"), Some(Final::Error(b"SIM busy")));
        assert_eq!((as_final(b"SEND OK"), as_final(b"SEND FAIL")), (Some(Final::Ok), Some(Final::Error(b"FAIL"))));
        assert_eq!((cme_code(b"14"), cme_code(b"sim puk REQUIRED"), cme_code(b"SIM busy")), (Some(14), Some(12), None));
    }

    #[test]
    fn answer_and_urc_of_one_name_differ_by_form() {
        for answer in [&b"+CEREG: 2,1"[..], b"+CEREG: 2,1,\"5A1C\",\"0B2D3F01\",7", b"+CEREG: 4,11,,,"] {
            assert!(has_answer_form(answer));
        }
        for urc in [&b"+CEREG: 2"[..], b"+CEREG: 1,\"5A1C\",\"0B2D3F01\",7", b"+CEREG: 1,3330,25C1630,7"] {
            assert!(!has_answer_form(urc));
        }
    }

    #[test]
    fn results_match_by_the_commands_own_numbers() {
        let command = b"+QMTPUB=0,7,1,0,\"t\",5";
        assert!(same_numbers(b"+QMTPUB: 0,7,0", command, 2));
        assert!(!same_numbers(b"+QMTPUB: 0,70,0", command, 2) && !same_numbers(b"+QMTPUB: 0", command, 2));
        assert!(same_numbers(b"+QMTPUB: anything", command, 0));
        assert_eq!(name(b"+CEREG?\r"), b"+CEREG");
    }

    #[cfg(feature = "trace")]
    #[test]
    fn what_may_be_data_is_told_from_lines() {
        for line in [
            &b"+CGDCONT: 1,\"IP\",\"cmiot\",\"0.0.0.0\",0,0"[..],
            b"+CSSLCFG: 0,3,1,1,60,\"wl-29f67351.pem\",\"\",\"\",\"\",1",
            b"+QIURC: \"dnsgip\",0,1,600",
            b"+CTZU: (0,1),(\"a\",\"b\")",
            b"+ICCID: 89860320045510000017",
            b"866349040000017",
            b"SIMCOM_SIM7600G-H",
            b"+CREG: 0,1,333C,25C1630,7",
        ] {
            assert!(!may_be_data(line), "{:?}", core::str::from_utf8(line));
        }
        for line in [
            &b"{\"deviceSecret\":\"c41d8b3f06e2497ab5d08f13e7a96c25\"}"[..],
            // As SIM7080 prints what it reads: its count damaged; for an earlier life of the host; a second part of it; the
            // secret alone.
            b"+CARECV: 1x5, \x02\0\0w{\"deviceSecret\":\"c41d8b3f06e2497ab5d08f13e7a96c25\"}",
            b"+CARECV: 127, \x02\0\x002y\0\r/ext/register{\"productKey\":\"k\"}",
            b"+CARECV: x1,eSecret\":\"c41d8b3f06e2497ab5d\"}",
            b"+CARECV: x2,c41d8b3f06e2497ab5d08f13e7a96c25",
            // A login that is echoed.
            b"\x10\x22\0\x04MQTT c41d8b3f",
            b"productKey=k&sign=c41d8b3f06e2497ab5d08f13e7a96c25",
        ] {
            assert!(may_be_data(line), "{:?}", core::str::from_utf8(line));
        }
    }
}
