//! Turns chunks of bytes into the lines of a trace.

use super::noise::Noise;
use super::passage::{Said, Typed};
use super::{Direction, Entry, Trace};

/// Shows a line of a direction without its secrets.
pub type Redact<'a> = &'a dyn Fn(Direction, &[u8]) -> Vec<u8>;

/// A line that grew this long is written without waiting for its end.
const LONGEST_LINE: usize = 8192;

/// Collects what goes over a wire, in pieces of any size, and writes one trace line per command, burst or payload.
///
/// A secret may arrive in two chunks, so nothing is shown before its line is complete: then the line as a whole goes
/// through the redaction of whoever records, which is told its direction. Data of a socket has no lines: it is shown as it goes on behind what went
/// before.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    trace: Trace,
    to_module: Pending,
    to_host: Pending,
    typed: Typed,
    said: Said,
}

#[derive(Clone, Debug, Default)]
struct Pending {
    at_us: u64,
    bytes: Vec<u8>,
    noise: Noise,
}

impl Recorder {
    /// Adds bytes that went over the wire at `at_us`; `redact` is applied to each complete line.
    pub fn record(&mut self, at_us: u64, direction: Direction, bytes: &[u8], redact: Redact<'_>) {
        match direction {
            Direction::ToModule => self.host_wrote(at_us, bytes, redact),
            Direction::ToHost => self.module_wrote(at_us, bytes, bytes, redact),
            Direction::Note => self.trace.entries.push(Entry { at_us, direction, bytes: bytes.to_vec() }),
        }
    }

    /// Adds bytes of the module that noise has changed; `clean` are as many, as they were before. They are redacted as
    /// if there were no noise, which may lie on the very name by which a secret is known.
    pub fn record_noisy(&mut self, at_us: u64, bytes: &[u8], clean: &[u8], redact: Redact<'_>) {
        self.module_wrote(at_us, bytes, clean, redact);
    }

    /// The trace so far, with what is still incomplete as its last lines.
    #[must_use]
    pub fn trace(&self, redact: Redact<'_>) -> Trace {
        let mut copy = self.clone();
        copy.flush(Direction::ToModule, redact);
        copy.flush(Direction::ToHost, redact);
        copy.trace
    }

    /// Takes the lines that are complete, for whoever writes them down as they come.
    #[must_use]
    pub fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.trace.entries)
    }

    fn host_wrote(&mut self, at_us: u64, bytes: &[u8], redact: Redact<'_>) {
        if ends_in_prompt(&self.to_host.bytes) {
            self.flush(Direction::ToHost, redact);
        }
        for &byte in bytes {
            self.to_module.at_us = at_us;
            self.to_module.bytes.push(byte);
            if byte == b'\r' || self.to_module.bytes.len() >= LONGEST_LINE {
                self.flush(Direction::ToModule, redact);
            }
        }
    }

    fn module_wrote(&mut self, at_us: u64, noisy: &[u8], bytes: &[u8], redact: Redact<'_>) {
        // A payload has no line end: the module's next word ends it. A command line that a URC crosses does not end.
        let command = self.to_module.bytes.iter().zip(b"AT").all(|(typed, letter)| typed.eq_ignore_ascii_case(letter));
        // Data may be echoed too.
        let echo = self.to_module.bytes.ends_with(bytes);
        if !command && !echo {
            self.flush(Direction::ToModule, redact);
        }
        self.to_host.at_us = at_us;
        self.to_host.noise.add(self.to_host.bytes.len(), noisy, bytes);
        self.to_host.bytes.extend_from_slice(bytes);
        if self.to_host.bytes.ends_with(b"\n") || self.to_host.bytes.len() >= LONGEST_LINE {
            self.flush(Direction::ToHost, redact);
        }
    }

    fn flush(&mut self, direction: Direction, redact: Redact<'_>) {
        let to_module = direction == Direction::ToModule;
        let pending = if to_module { &mut self.to_module } else { &mut self.to_host };
        let (bytes, noise) = (std::mem::take(&mut pending.bytes), std::mem::take(&mut pending.noise));
        if !bytes.is_empty() {
            let redact = |line: &[u8]| redact(direction, line);
            let mut shown = if to_module { self.typed.show(&bytes, &redact) } else { self.said.show(&bytes, &redact) };
            noise.put_on(&mut shown, &bytes);
            self.trace.entries.push(Entry { at_us: pending.at_us, direction, bytes: shown });
        }
    }
}

/// Whether the last line is nothing but a prompt (`>`, `> `, `@`): then the host's next bytes are data.
fn ends_in_prompt(bytes: &[u8]) -> bool {
    let last = bytes.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    matches!(last, b">" | b"> " | b"@")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stars(_: Direction, line: &[u8]) -> Vec<u8> {
        String::from_utf8_lossy(line).replace("secret", "***").into_bytes()
    }

    #[test]
    fn lines_are_put_together_before_they_are_redacted() {
        let mut recorder = Recorder::default();
        for (at, direction, bytes) in [
            (1, Direction::ToModule, "AT+P=\"sec"),
            (2, Direction::ToHost, "\r\n+CSQ: 1\r\n"),
            (3, Direction::ToModule, "ret\"\rAT"),
            (4, Direction::ToHost, "AT+P=\"se"),
            (5, Direction::ToHost, "cret\"\r\r\n"),
        ] {
            recorder.record(at, direction, bytes.as_bytes(), &stars);
        }
        let text = recorder.trace(&stars).to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "0.000002 < \\r\\n+CSQ: 1\\r\\n",
                "0.000003 > AT+P=\"***\"\\r",
                "0.000005 < AT+P=\"***\"\\r\\r\\n",
                "0.000003 > AT"
            ]
        );
    }

    #[test]
    fn complete_lines_are_taken_once_and_others_stay() {
        let mut recorder = Recorder::default();
        recorder.record(1, Direction::ToModule, b"AT\rAT+C", &stars);
        assert_eq!(recorder.take().len(), 1);
        assert_eq!(recorder.take(), []);
        recorder.record(2, Direction::ToModule, b"SQ\r", &stars);
        assert_eq!(recorder.take()[0].to_string(), "0.000002 > AT+CSQ\\r");
    }

    #[test]
    fn an_echo_byte_by_byte_shows_nothing_either() {
        let mut recorder = Recorder::default();
        for byte in b"AT+P=\"secret\"\r" {
            recorder.record(1, Direction::ToModule, &[*byte], &stars);
            recorder.record(1, Direction::ToHost, &[*byte], &stars);
        }
        let text = recorder.trace(&stars).to_string();
        assert_eq!(text, "0.000001 > AT+P=\"***\"\\r\n0.000001 < AT+P=\"***\"\\r\n");
    }

    #[test]
    fn echoed_data_is_one_line_all_the_same() {
        let mut recorder = Recorder::default();
        for byte in b"secret" {
            recorder.record(1, Direction::ToModule, &[*byte], &stars);
            recorder.record(1, Direction::ToHost, &[*byte], &stars);
        }
        recorder.record(2, Direction::ToHost, b"\r\nOK\r\n", &stars);
        let text = recorder.trace(&stars).to_string();
        assert_eq!(text, "0.000001 > ***\n0.000002 < ***\\r\\nOK\\r\\n\n");
    }

    #[test]
    fn a_prompt_and_a_payload_are_lines_of_their_own() {
        let mut recorder = Recorder::default();
        recorder.record(1, Direction::ToHost, b"\r\n> ", &stars);
        recorder.record(2, Direction::ToModule, b"hel", &stars);
        recorder.record(3, Direction::ToModule, b"lo", &stars);
        recorder.record(4, Direction::ToHost, b"\r\nOK\r\n", &stars);
        let text = recorder.trace(&stars).to_string();
        assert_eq!(text, "0.000001 < \\r\\n>\\x20\n0.000003 > hello\n0.000004 < \\r\\nOK\\r\\n\n");
    }
}
