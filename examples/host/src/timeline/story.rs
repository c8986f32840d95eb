//! A trace, sorted into calls, commands and what is heard between them.

use wanlink_emulator::Trace;
use wanlink_emulator::trace::{Direction, Entry, escape};

use crate::note::Note;

/// Lines that end an answer in one of the dialects.
const GOOD: [&str; 5] = ["OK", "SEND OK", "SHUT OK", "CLOSE OK", "DOWNLOAD"];
const BAD: [&str; 2] = ["ERROR", "SEND FAIL"];
const CODED: [&[u8]; 2] = [b"+CME ERROR", b"+CMS ERROR"];
/// A text that is longer is cut.
const LONGEST: usize = 100;

/// A call of the driver.
#[derive(Debug, PartialEq)]
pub(super) struct Call {
    pub(super) at_us: u64,
    /// `None`: dropped.
    pub(super) until_us: Option<u64>,
    pub(super) name: String,
    pub(super) error: Option<String>,
}

/// Something at a moment.
#[derive(Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) at_us: u64,
    pub(super) text: String,
}

/// How a command ended, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ended {
    Good(u64),
    Refused(u64),
    Never,
}

/// A command, with its payload.
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    pub(super) at_us: u64,
    pub(super) text: String,
    pub(super) ended: Ended,
    /// Bytes to the module, and from it, up to the next command.
    pub(super) sent: usize,
    pub(super) received: usize,
    /// What came between its answer and the next command: results, unsolicited lines.
    pub(super) heard: Vec<Moment>,
    /// What of its answer has not made a whole line yet.
    rest: Vec<u8>,
}

impl Command {
    fn new(at_us: u64, text: String, sent: usize) -> Self {
        Self { at_us, text, ended: Ended::Never, sent, received: 0, heard: Vec::new(), rest: Vec::new() }
    }

    pub(super) fn until_us(&self) -> Option<u64> {
        match self.ended {
            Ended::Good(until) | Ended::Refused(until) => Some(until),
            Ended::Never => None,
        }
    }

    fn hear(&mut self, entry: &Entry) {
        self.received += entry.bytes.len();
        self.rest.extend(&entry.bytes);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.take(entry.at_us, line);
            }
        }
    }

    fn take(&mut self, at_us: u64, line: &[u8]) {
        let is_one = |all: &[&str]| all.iter().any(|text| line == text.as_bytes());
        match self.ended {
            Ended::Never if is_one(&GOOD) => self.ended = Ended::Good(at_us),
            Ended::Never if is_one(&BAD) || CODED.iter().any(|coded| line.starts_with(coded)) => {
                self.ended = Ended::Refused(at_us);
            }
            Ended::Never => {}
            _ => self.heard.push(Moment { at_us, text: cut(line) }),
        }
    }
}

/// The sums of a trace.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Account {
    pub(super) waiting_us: u64,
    pub(super) refused: usize,
    pub(super) unanswered: usize,
    pub(super) sent: usize,
    pub(super) received: usize,
}

/// A trace, sorted.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) begin_us: u64,
    pub(super) end_us: u64,
    pub(super) calls: Vec<Call>,
    pub(super) commands: Vec<Command>,
    /// Faults and whatever else was noted.
    pub(super) notes: Vec<Moment>,
}

impl Story {
    pub(super) fn of(trace: Trace) -> Self {
        let times = || trace.entries.iter().map(|entry| entry.at_us);
        let (begin_us, end_us) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let mut story = Self { begin_us, end_us, ..Self::default() };
        for entry in &trace.entries {
            match entry.direction {
                Direction::ToModule => story.written(entry),
                Direction::ToHost => story.current(entry.at_us).hear(entry),
                Direction::Note => story.noted(entry),
            }
        }
        story
    }

    /// The command that is under way: before the first one, nothing that was written.
    fn current(&mut self, at_us: u64) -> &mut Command {
        if self.commands.is_empty() {
            self.commands.push(Command { ended: Ended::Good(at_us), ..Command::new(at_us, "(before)".to_owned(), 0) });
        }
        let last = self.commands.len() - 1;
        &mut self.commands[last]
    }

    fn written(&mut self, entry: &Entry) {
        // What is no command is the payload of the one before.
        if entry.bytes.len() >= 2 && entry.bytes[..2].eq_ignore_ascii_case(b"AT") {
            let text = cut(entry.bytes.trim_ascii_end());
            self.commands.push(Command::new(entry.at_us, text, entry.bytes.len()));
        } else {
            self.current(entry.at_us).sent += entry.bytes.len();
        }
    }

    fn noted(&mut self, entry: &Entry) {
        let at_us = entry.at_us;
        match Note::parse(&entry.bytes) {
            Ok(Note::Call(call)) => {
                let name = serde_json::to_value(&call).ok();
                let name = name.as_ref().and_then(|call| call["call"].as_str()).unwrap_or("call").to_owned();
                self.calls.push(Call { at_us, until_us: None, name, error: None });
            }
            Ok(Note::Returned(error)) => {
                if let Some(call) = self.calls.last_mut() {
                    (call.until_us, call.error) = (Some(at_us), error);
                }
            }
            Ok(Note::End) => {}
            Ok(Note::Driver { .. } | Note::Other) | Err(_) => {
                self.notes.push(Moment { at_us, text: cut(&entry.bytes) });
            }
        }
    }

    pub(super) fn account(&self) -> Account {
        self.commands.iter().fold(Account::default(), |sum, command| Account {
            waiting_us: sum.waiting_us + command.until_us().map_or(0, |until| until - command.at_us),
            refused: sum.refused + usize::from(matches!(command.ended, Ended::Refused(_))),
            unanswered: sum.unanswered + usize::from(command.ended == Ended::Never),
            sent: sum.sent + command.sent,
            received: sum.received + command.received,
        })
    }
}

/// Bytes as a trace shows them, and not more than fits.
fn cut(bytes: &[u8]) -> String {
    let text = escape(bytes);
    if text.len() <= LONGEST { text } else { format!("{}...", &text[..LONGEST]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "\
0.000000 ! driver bg95 mqtt
0.000000 ! call {\"call\":\"signal\"}
0.010000 > AT+CSQ\\r
0.040000 < \\r\\n+CSQ: 24,99\\r\\n\\r\\nO
0.041000 < K\\r\\n
0.042000 ! returned
1.000000 ! lose_network
2.000000 ! call {\"call\":\"ready\"}
2.500000 > AT+QMTPUB=0,1,1,0,\"t\",2\\r
2.510000 < \\r\\n>\\x20
2.511000 > hi
2.600000 < \\r\\nOK\\r\\n
2.900000 < \\r\\n+QMTPUB: 0,1,0\\r\\n
3.000000 ! returned the session with the broker is gone
4.000000 > AT+X\\r
4.010000 < \\r\\n+CME ERROR: 4\\r\\n
5.000000 > AT\\r
";

    #[test]
    fn a_trace_is_sorted_into_calls_commands_and_what_is_heard() {
        let story = Story::of(TRACE.parse().unwrap());
        assert_eq!((story.begin_us, story.end_us), (0, 5_000_000));
        let calls: Vec<_> =
            story.calls.iter().map(|call| (&*call.name, call.until_us, call.error.as_deref())).collect();
        assert_eq!(
            calls,
            [("signal", Some(42_000), None), ("ready", Some(3_000_000), Some("the session with the broker is gone"))]
        );
        let texts: Vec<_> = story.commands.iter().map(|command| &*command.text).collect();
        assert_eq!(texts, ["AT+CSQ", "AT+QMTPUB=0,1,1,0,\"t\",2", "AT+X", "AT"]);
        let ends: Vec<_> = story.commands.iter().map(|command| command.ended).collect();
        let wanted = [Ended::Good(41_000), Ended::Good(2_600_000), Ended::Refused(4_010_000), Ended::Never];
        assert_eq!(ends, wanted);
        let publish = &story.commands[1];
        assert_eq!((publish.sent, publish.received), (24 + 2, 4 + 6 + 18));
        assert_eq!(publish.heard, [Moment { at_us: 2_900_000, text: "+QMTPUB: 0,1,0".to_owned() }]);
        let notes: Vec<_> = story.notes.iter().map(|note| &*note.text).collect();
        assert_eq!(notes, ["driver bg95 mqtt", "lose_network"]);
        let account = story.account();
        assert_eq!((account.refused, account.unanswered, account.waiting_us), (1, 1, 31_000 + 100_000 + 10_000));
    }

    #[test]
    fn a_module_that_speaks_first_has_a_line_of_its_own() {
        let story = Story::of("0.500000 < \\r\\nRDY\\r\\n\n1.000000 > AT\\r\n".parse().unwrap());
        assert_eq!(story.commands[0].heard, [Moment { at_us: 500_000, text: "RDY".to_owned() }]);
        assert_eq!(story.commands[1].text, "AT");
    }
}
