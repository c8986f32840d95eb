//! A trace, sorted into what each side of a replay needs.

use std::collections::VecDeque;

use wanlink_emulator::Trace;
use wanlink_emulator::trace::Direction;

use crate::call::Call;
use crate::note::Note;

/// A call of the driver.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) at_us: u64,
    pub(super) call: Call,
    /// When it returned, and the text of its error; `None` when it was dropped.
    pub(super) returned: Option<(u64, Option<String>)>,
}

/// Bytes of one side.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) at_us: u64,
    pub(super) bytes: Vec<u8>,
    /// Lines of the host that stand before it.
    pub(super) after: usize,
}

/// A trace, sorted.
#[derive(Debug, Default)]
pub(super) struct Tape {
    /// Model and path.
    pub(super) driver: (String, String),
    pub(super) calls: Vec<Called>,
    pub(super) host: VecDeque<Said>,
    pub(super) module: VecDeque<Said>,
    /// Whether the trace was cut off.
    pub(super) cut: bool,
    pub(super) end_us: u64,
}

impl Tape {
    /// Sorts a trace; says in one line why it cannot be replayed.
    pub(super) fn sort(trace: Trace) -> Result<Self, String> {
        let mut tape = Self { cut: true, ..Self::default() };
        for entry in trace.entries {
            let (at_us, after) = (entry.at_us, tape.host.len());
            tape.end_us = tape.end_us.max(at_us);
            match entry.direction {
                Direction::ToModule => tape.host.push_back(Said { at_us, bytes: entry.bytes, after }),
                Direction::ToHost => tape.module.push_back(Said { at_us, bytes: entry.bytes, after }),
                Direction::Note => tape.note(at_us, &entry.bytes)?,
            }
        }
        if tape.driver.0.is_empty() || tape.calls.is_empty() {
            return Err("it does not note the calls of a driver, as traces of `wanlink connect` do".to_owned());
        }
        Ok(tape)
    }

    fn note(&mut self, at_us: u64, text: &[u8]) -> Result<(), String> {
        let note = Note::parse(text)
            .map_err(|error| format!("{}.{:06} s: not a call: {error}", at_us / 1_000_000, at_us % 1_000_000))?;
        match note {
            Note::Driver { module, path } => self.driver = (module, path),
            Note::Call(call) => self.calls.push(Called { at_us, call, returned: None }),
            Note::Returned(error) => {
                if let Some(last) = self.calls.last_mut() {
                    last.returned = Some((at_us, error));
                }
            }
            Note::End => self.cut = false,
            Note::Other => {}
        }
        Ok(())
    }
}
