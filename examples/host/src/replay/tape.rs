//! A trace, sorted into what each side of a replay needs.

use std::collections::VecDeque;

use wanlink_emulator::Trace;
use wanlink_emulator::trace::Direction;

use crate::call::Call;
use crate::note::Note;

/// What is read so soon behind the begin of a call that wrote nothing may have waited in the port: the call met it there.
const WAITED_US: u64 = 20_000;

/// A call of the driver.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) at_us: u64,
    pub(super) call: Call,
    /// Lines of the host that stand before it.
    pub(super) after: usize,
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

/// A driver, and what it was asked for. A device that registers has one for that, and another one for its path.
#[derive(Debug)]
pub(super) struct Part {
    /// Model and path.
    pub(super) driver: (String, String),
    pub(super) calls: Vec<Called>,
}

/// A trace, sorted.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub(super) parts: Vec<Part>,
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
        if tape.calls() == 0 {
            return Err("it does not note the calls of a driver, as traces of `wanlink connect` do".to_owned());
        }
        Ok(tape)
    }

    /// How many calls there are.
    pub(super) fn calls(&self) -> usize {
        self.parts.iter().map(|part| part.calls.len()).sum()
    }

    fn note(&mut self, at_us: u64, text: &[u8]) -> Result<(), String> {
        let note = Note::parse(text)
            .map_err(|error| format!("{}.{:06} s: not a call: {error}", at_us / 1_000_000, at_us % 1_000_000))?;
        match note {
            Note::Driver { module, path } => self.parts.push(Part { driver: (module, path), calls: Vec::new() }),
            Note::Call(call) => {
                let after = self.host.len();
                if let Some(part) = self.parts.last_mut() {
                    part.calls.push(Called { at_us, call, after, returned: None });
                }
            }
            Note::Returned(error) => {
                let (module, written) = (&mut self.module, self.host.len());
                if let Some(last) = self.parts.last_mut().and_then(|part| part.calls.last_mut()) {
                    last.returned = Some((at_us, error));
                    let met = last.at_us..=last.at_us + WAITED_US;
                    let is_silent = last.after == written;
                    let behind = module.iter_mut().rev().take_while(|said| met.contains(&said.at_us));
                    behind.filter(|_| is_silent).for_each(|said| said.at_us = met.start().saturating_sub(1));
                }
            }
            Note::End => self.cut = false,
            Note::Other => {}
        }
        Ok(())
    }
}
