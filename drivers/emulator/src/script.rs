//! A peer that follows a script: expect these bytes, send those.

use std::collections::VecDeque;

use crate::peer::Peer;
use crate::trace::{Compared, Direction, Trace, compare, escape};

#[derive(Clone, Debug)]
enum Step {
    Expect { bytes: Vec<u8>, compare: fn(&[u8], &[u8]) -> Compared },
    Send { after_us: u64, bytes: Vec<u8> },
}

/// Plays the module's side of a transcript, for tests of exact bytes.
///
/// A step begins when the one before is done. Bytes that the host writes while the script still has to send are kept
/// for the next expectation; bytes that differ from what is expected, or that come after the last step, panic with
/// both sides shown.
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: VecDeque<Step>,
    done: usize,
    /// When the current step began.
    since_us: u64,
    now_us: u64,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Script {
    /// A script without steps: any byte of the host is one too many.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects exactly these bytes from the host.
    #[must_use]
    pub fn expect(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push_back(Step::Expect { bytes: bytes.as_ref().to_vec(), compare: compare_exactly });
        self
    }

    /// Sends these bytes as soon as the step before is done.
    #[must_use]
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Self {
        self.send_after(0, bytes)
    }

    /// Sends these bytes `after_us` microseconds after the step before is done.
    #[must_use]
    pub fn send_after(mut self, after_us: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push_back(Step::Send { after_us, bytes: bytes.as_ref().to_vec() });
        self
    }

    /// The module's side of a recorded trace: `>` is expected, `<` is sent at its recorded distance from the line
    /// before. A redacted secret matches any text up to the byte that follows it, or to the end of the line.
    #[must_use]
    pub fn from_trace(trace: &Trace) -> Self {
        let mut script = Self::new();
        let mut last_us = 0;
        for entry in &trace.entries {
            let after_us = entry.at_us.saturating_sub(last_us);
            let bytes = entry.bytes.clone();
            match entry.direction {
                Direction::ToModule => script.steps.push_back(Step::Expect { bytes, compare }),
                Direction::ToHost => script.steps.push_back(Step::Send { after_us, bytes }),
                Direction::Note => continue,
            }
            last_us = entry.at_us;
        }
        script
    }

    /// Whether every step is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps.is_empty()
    }

    /// # Panics
    /// When a step is left, and says which.
    pub fn assert_done(&self) {
        if let Some(step) = self.steps.front() {
            let what = match step {
                Step::Expect { bytes, .. } => format!("the host to write `{}`", escape(bytes)),
                Step::Send { bytes, .. } => format!("to send `{}`", escape(bytes)),
            };
            panic!("step {} of the script is still waiting for {what}", self.done + 1);
        }
    }

    fn step_done(&mut self, at_us: u64) {
        self.steps.pop_front();
        self.done += 1;
        self.since_us = at_us;
    }

    fn advance(&mut self) {
        while let Some(step) = self.steps.front() {
            match step {
                Step::Expect { bytes, compare } => match compare(bytes, &self.input) {
                    Compared::Whole(count) => {
                        self.input.drain(..count);
                        self.step_done(self.now_us);
                    }
                    Compared::Partly => return,
                    Compared::Differs => panic!(
                        "step {} of the script\n  expected `{}`\n  but got  `{}`",
                        self.done + 1,
                        escape(bytes),
                        escape(&self.input)
                    ),
                },
                Step::Send { after_us, bytes } => {
                    let due = self.since_us + after_us;
                    if due > self.now_us {
                        return;
                    }
                    self.output.extend_from_slice(bytes);
                    self.step_done(due);
                }
            }
        }
        assert!(self.input.is_empty(), "after the last step of the script the host wrote `{}`", escape(&self.input));
    }
}

impl Peer for Script {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.now_us = now_us;
        self.input.extend_from_slice(bytes);
        self.advance();
    }

    fn poll(&mut self, now_us: u64) {
        self.now_us = now_us;
        self.advance();
    }

    fn next(&self) -> Option<u64> {
        match self.steps.front() {
            Some(Step::Send { after_us, .. }) => Some(self.since_us + after_us),
            _ => None,
        }
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

/// As [`trace::compare`](compare), where no byte stands for others.
fn compare_exactly(expected: &[u8], input: &[u8]) -> Compared {
    let same = expected.iter().zip(input).take_while(|(one, other)| one == other).count();
    if same == expected.len() {
        Compared::Whole(same)
    } else if same == input.len() {
        Compared::Partly
    } else {
        Compared::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plays_its_steps_in_order_and_in_time() {
        let mut script = Script::new().send("\r\nRDY\r\n").expect("AT\r").send_after(50, "OK").send_after(50, "!");
        script.poll(0);
        assert_eq!(script.output(), b"\r\nRDY\r\n");
        script.input(10, b"A");
        script.input(20, b"T\r");
        assert_eq!(script.next(), Some(70));
        script.poll(69);
        assert_eq!(script.output(), b"");
        script.poll(130);
        assert_eq!(script.output(), b"OK!");
        script.assert_done();
    }

    #[test]
    #[should_panic(expected = "step 2 of the script\n  expected `AT+CSQ\\r`\n  but got  `AT+C?\\r`")]
    fn shows_both_sides_of_a_difference() {
        let mut script = Script::new().send("").expect("AT+CSQ\r");
        script.input(0, b"AT+C?\r");
    }

    #[test]
    #[should_panic(expected = "after the last step of the script the host wrote `X`")]
    fn refuses_surplus_input() {
        Script::new().expect("AT\r").input(0, b"AT\rX");
    }

    #[test]
    #[should_panic(expected = "step 1 of the script is still waiting for the host to write `AT\\r`")]
    fn says_what_is_left() {
        Script::new().expect("AT\r").assert_done();
    }

    #[test]
    fn follows_a_trace_and_lets_secrets_differ() {
        let trace: Trace = "1.000000 > AT+CPIN=\"***\"\\r\n1.000300 < \\r\\nOK\\r\\n\n".parse().unwrap();
        let mut script = Script::from_trace(&trace);
        script.input(5, b"AT+CPIN=\"12");
        script.input(7, b"34\"\r");
        assert_eq!(script.next(), Some(307));
        script.poll(307);
        assert_eq!(script.output(), b"\r\nOK\r\n");
        script.assert_done();
    }
}
