//! Data that passes through a module, as a trace shows it: a secret may begin in one line and end in another.

use super::REDACTED;

/// Shows bytes without the secrets that are whole in them, or cut off at their end.
pub(super) type Redact<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// As much of what went before as a name needs that is cut in two, with what stands around it.
const OF_A_NAME: usize = 48;
/// As much as a secret needs that has begun, and as an MQTT CONNECT needs, whose password comes last.
const OF_A_SECRET: usize = 1_536;
/// What an MQTT CONNECT has at its begin, behind a length of two bytes.
const CONNECT: &[u8] = b"MQTT\x04";

/// Commands whose data is a part of a stream that goes on with the next of them; the data of any other is a whole.
const STREAMS: [&[u8]; 6] =
    [b"AT+QISEND=", b"AT+QSSLSEND=", b"AT+CIPSEND=", b"AT+CCHSEND=", b"AT+CASEND=", b"AT+USOWR="];
/// Lines in front of counted data of a stream, and how many numbers stand behind the count.
const COUNTED: [(&[u8], usize); 8] = [
    (b"+QIRD: ", 0),
    (b"+QSSLRECV: ", 0),
    (b"+QIURC: \"recv\",", 0),
    (b"+CIPRXGET: 2,", 1),
    (b"+CCHRECV: DATA,", 0),
    (b"+CMQTTRXPAYLOAD: ", 0),
    (b"+HTTPREAD: ", 0),
    (b"+SHREAD: ", 0),
];
/// Heads of lines that go on with the data themselves, how many numbers stand before the count, and what begins the data.
const INLINE: [(&[u8], usize, &[u8]); 2] = [(b"+CARECV: ", 0, b","), (b"+USORD: ", 1, b",\"")];
/// No line announces more; one that does is damaged.
const MOST_COUNTED: usize = 1_500;

/// Data of one direction that belongs together.
#[derive(Clone, Debug, Default)]
struct Stream(Vec<u8>);

impl Stream {
    /// Shows what comes next.
    fn show(&mut self, data: &[u8], redact: Redact<'_>) -> Vec<u8> {
        // Line ends are no part of a secret: a host may break data off with hundreds of them.
        if data.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.0.extend_from_slice(data);
            return data.to_vec();
        }
        let before = redact(&self.0);
        let goes_on = before.ends_with(REDACTED.as_bytes()) && redact(&[&self.0, &data[..1]].concat()) == before;
        let mark = if goes_on { REDACTED.as_bytes() } else { b"" };
        self.0.extend_from_slice(data);
        let all = redact(&self.0);
        self.forget(all.ends_with(REDACTED.as_bytes()));
        match all.strip_prefix(before.as_slice()) {
            Some(rest) => [mark, rest].concat(),
            None => redact(data),
        }
    }

    /// Most data holds no secret, and little of it needs to be looked at again.
    fn forget(&mut self, in_secret: bool) {
        let length = self.0.len();
        let since_connect = || {
            let at = self.0.windows(CONNECT.len()).rposition(|window| window == CONNECT)?;
            Some(length - at.saturating_sub(2)).filter(|&since| since < OF_A_SECRET)
        };
        let keep = if in_secret { OF_A_SECRET } else { since_connect().unwrap_or(OF_A_NAME) };
        self.0.drain(..length.saturating_sub(keep));
    }
}

/// What the host types: commands, and data behind them.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    stream: Stream,
    whole: Stream,
    in_stream: bool,
}

impl Typed {
    /// Shows a line, or the end of data that has none.
    pub(super) fn show(&mut self, line: &[u8], redact: Redact<'_>) -> Vec<u8> {
        let begins = |start: &[u8]| line.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
        if begins(b"AT") {
            self.in_stream = STREAMS.iter().any(|start| begins(start));
            self.whole = Stream::default();
            return redact(line);
        }
        let data = if self.in_stream { &mut self.stream } else { &mut self.whole };
        data.show(line, redact)
    }
}

/// What the module says: lines, and counted data between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    stream: Stream,
    /// Bytes of counted data that have not come.
    owed: usize,
}

impl Said {
    /// Shows a burst, or a part of one.
    pub(super) fn show(&mut self, mut burst: &[u8], redact: Redact<'_>) -> Vec<u8> {
        let mut shown = Vec::new();
        while !burst.is_empty() {
            let (data, rest) = burst.split_at(self.owed.min(burst.len()));
            self.owed -= data.len();
            shown.extend(self.stream.show(data, redact));
            let (end, count) = counted(rest).unwrap_or((rest.len(), 0));
            shown.extend(redact(&rest[..end]));
            self.owed += count;
            burst = &rest[end..];
        }
        shown
    }
}

/// Where the first counted data begins, and how much there is of it.
fn counted(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        if let Some((head, count)) = inline(&bytes[at..]) {
            return Some((at + head, count));
        }
        let length = bytes[at..].windows(2).position(|pair| pair == b"\r\n")?;
        let (line, end) = (&bytes[at..at + length], at + length + 2);
        // Of a notice that says only whose data there is, the last number is no count.
        let notice = line.contains(&b'"') && line.iter().filter(|&&byte| byte == b',').count() < 2;
        let behind = COUNTED.iter().find(|(head, _)| line.starts_with(head)).map(|(_, behind)| *behind);
        let count = behind.and_then(|behind| number(line.rsplit(|byte| !byte.is_ascii_digit()).nth(behind)?));
        if let Some(count) = count.filter(|_| !notice) {
            return Some((end, count));
        }
        at = end;
    }
}

/// How long the head of a line is that goes on with data, and how much there is of it.
fn inline(line: &[u8]) -> Option<(usize, usize)> {
    INLINE.iter().find_map(|(head, before, mark)| {
        let mut numbers = line.strip_prefix(*head)?.split(|byte| !byte.is_ascii_digit());
        let begin = head.len() + numbers.by_ref().take(*before).map(|digits| digits.len() + 1).sum::<usize>();
        let digits = numbers.next()?;
        let end = begin + digits.len();
        line[end..].starts_with(mark).then_some((end + mark.len(), number(digits)?))
    })
}

/// A count that can be one.
fn number(digits: &[u8]) -> Option<usize> {
    let count = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (1..=MOST_COUNTED).contains(&count).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Direction, Recorder, secret_at};

    fn redact(bytes: &[u8]) -> Vec<u8> {
        hide(bytes, |_| 3)
    }

    /// Each secret as so many stars.
    fn hide(bytes: &[u8], stars: fn(usize) -> usize) -> Vec<u8> {
        let (mut shown, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let hidden = secret_at(bytes, at);
            let range = hidden.clone().unwrap_or(at..at + 1);
            shown.extend_from_slice(&bytes[at..range.start]);
            match hidden {
                Some(_) => shown.extend(std::iter::repeat_n(b'*', stars(range.len()))),
                None => shown.extend_from_slice(&bytes[range.clone()]),
            }
            at = range.end;
        }
        shown
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// What stands in front of counted data, and behind them.
    fn framed(head: &str, piece: &[u8]) -> Vec<u8> {
        let (before, behind) = head.split_once('#').expect("the count is marked");
        let (behind, end) = behind.split_once('$').expect("the data are marked");
        [format!("\r\n{before}{}{behind}", piece.len()).as_bytes(), piece, end.as_bytes()].concat()
    }

    #[test]
    fn every_dialect_s_counted_data_is_one_stream() {
        let data = "{\"productKey\":\"k\",\n\"deviceSecret\":\n\"xyzwvqpj\",\"deviceName\":\"d\"}\r\n";
        for head in [
            "+QIRD: #\r\n$\r\n",
            "+QSSLRECV: #\r\n$\r\n",
            "+QIURC: \"recv\",0,#\r\n$\r\n",
            "+CIPRXGET: 2,0,#,17\r\n$\r\n",
            "+CCHRECV: DATA,1,#\r\n$\r\n",
            "+CMQTTRXPAYLOAD: 0,#\r\n$\r\n",
            "+HTTPREAD: #\r\n$",
            "+HTTPREAD: DATA,#\r\n$\r\n",
            "+SHREAD: #\r\n$\r\n",
            "+CARECV: #,$\r\n",
            "+USORD: 0,#,\"$\"\r\n",
        ] {
            for size in 1..=data.len() {
                let mut recorder = Recorder::default();
                for piece in data.as_bytes().chunks(size) {
                    recorder.record(0, Direction::ToHost, &framed(head, piece), &|_, bytes| redact(bytes));
                }
                let shown = recorder.trace(&|_, bytes| redact(bytes)).to_string();
                let secret = "xyzwvqpj".as_bytes().windows(2).any(|part| shown.contains(&text(part)));
                assert!(!secret, "{head}, {size}: {shown}");
            }
        }
    }

    #[test]
    fn counted_data_is_one_stream_however_it_is_cut() {
        let data = "{\"productKey\":\"k\",\n\"deviceSecret\":\n\"xyzwvqpj\",\"deviceName\":\"d\"}\r\n";
        for size in 1..=data.len() {
            for cut in [1, 7, usize::MAX] {
                let mut recorder = Recorder::default();
                for piece in data.as_bytes().chunks(size) {
                    let head = format!("\r\n+QSSLRECV: {}\r\n", piece.len());
                    let burst = [head.as_bytes(), piece, b"\r\n\r\nOK\r\n\r\n+QSSLURC: \"recv\",0\r\n"].concat();
                    burst
                        .chunks(cut)
                        .for_each(|part| recorder.record(0, Direction::ToHost, part, &|_, bytes| redact(bytes)));
                }
                let shown = recorder.take().into_iter().map(|entry| text(&entry.bytes)).collect::<String>();
                let secret = "xyzwvqpj".as_bytes().windows(2).any(|part| shown.contains(&text(part)));
                assert!(
                    !secret && shown.ends_with("\r\n\r\nOK\r\n\r\n+QSSLURC: \"recv\",0\r\n"),
                    "{size} {cut}: {shown}"
                );
                if size == data.len() {
                    assert!(shown.contains("\"deviceSecret\":\n\"***\",\"deviceName\":\"d\"}\r\n"), "{cut}: {shown}");
                }
            }
        }
    }

    #[test]
    fn stars_may_be_as_many_as_the_secret_is_long() {
        let data = "{\"deviceSecret\":\"xyzwvqpj\",\"deviceName\":\"d\"}\r\n";
        for size in 1..=data.len() {
            let mut recorder = Recorder::default();
            let mut length = 0;
            for piece in data.as_bytes().chunks(size) {
                let burst = [format!("\r\n+QIRD: {}\r\n", piece.len()).as_bytes(), piece, b"\r\n\r\nOK\r\n"].concat();
                length += burst.len();
                recorder.record(0, Direction::ToHost, &burst, &|_, bytes| hide(bytes, |length| length));
            }
            let shown = recorder.take().into_iter().map(|entry| text(&entry.bytes)).collect::<String>();
            let secret = "xyzwvqpj".as_bytes().windows(2).any(|part| shown.contains(&text(part)));
            assert!(!secret && shown.len() == length, "{size}: {shown}");
        }
    }

    #[test]
    fn typed_data_goes_on_where_it_is_a_stream() {
        let mut typed = Typed::default();
        let mut shown = |lines: &[&str]| -> Vec<String> {
            lines.iter().map(|line| text(&typed.show(line.as_bytes(), &redact))).collect()
        };
        // A length of 13 in an MQTT packet is a line end.
        let connect = ["AT+QISEND=0,44\r", "\x10\x2a\0\x04MQTT\x04B\0\x3c\0\r", "id of 13 byte\0\x10sec", "ret"];
        let end = ["AT+QIRD=0\r", "AT+QISEND=0,10\r", "secret\r more", "AT+CSQ\r"];
        let first = shown(&connect);
        assert_eq!(first[2..], ["id of 13 byte\0\x10***", "***"]);
        assert_eq!(shown(&end), ["AT+QIRD=0\r", "AT+QISEND=0,10\r", "***re", "AT+CSQ\r"]);
        // A form ends with its data; the lines of one piece of data belong together.
        let posts = ["AT+QHTTPPOST=11\r", "sign=c0ffee", "AT+QHTTPPOST=25\r", "sign\r", "\npassword: 01\r"];
        assert_eq!(shown(&posts)[1..], ["sign=***", "AT+QHTTPPOST=25\r", "sign\r", "\npassword: ***\r"]);
    }

    #[test]
    fn lines_that_are_no_data_are_shown_as_they_are() {
        let mut said = Said::default();
        for burst in [
            "\r\n+CSQ: 24,99\r\n\r\nOK\r\n",
            "\r\n+QIRD: 0\r\n\r\nOK\r\n",
            "\r\n+QIURC: \"recv\",5\r\n",
            "\r\n> ",
            "\r\n+QIRD: 18446744073709551615\r\n",
        ] {
            assert_eq!(text(&said.show(burst.as_bytes(), &redact)), burst);
        }
        assert_eq!(
            text(&said.show(b"\r\n+QIURC: \"recv\",0,3\r\nabc\r\n\r\nRDY\r\n", &redact)).matches("RDY").count(),
            1
        );
    }
}
