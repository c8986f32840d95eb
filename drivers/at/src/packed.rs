//! A packed step, read back.

use crate::command::Command;
use crate::line;
use crate::step::{HEADER, policy, prompt, shape};

/// A packed step, as the interpreter reads it.
#[derive(Clone, Copy)]
pub(crate) struct Packed {
    pub(crate) text: &'static [u8],
    pub(crate) name: &'static [u8],
    pub(crate) bound_ds: u16,
    pub(crate) result_ds: u16,
    pub(crate) shape: u8,
    pub(crate) policy: u8,
    pub(crate) tries: u8,
    pub(crate) gap_ds: u8,
    pub(crate) when: u8,
    pub(crate) note: u8,
    pub(crate) prompt: u8,
    /// Where the next step starts.
    pub(crate) next: usize,
}

impl Packed {
    /// The step of a call that has none.
    pub(crate) const NONE: Self = Self {
        text: b"",
        name: b"",
        bound_ds: 0,
        result_ds: 0,
        shape: 0,
        policy: 0,
        tries: 0,
        gap_ds: 0,
        when: 0,
        note: 0,
        prompt: prompt::OF_DIALECT,
        next: 0,
    };

    /// The engine's own question, see `Engine::probe`.
    pub(crate) const PROBE: Self =
        Self { bound_ds: 10, shape: shape::FINAL | shape::INFO, policy: policy::SYNC, ..Self::NONE };

    /// Reads the step that starts at `at`; `None` behind the last one.
    pub(crate) fn read(table: &'static [u8], at: usize) -> Option<Self> {
        let mut rest = table.get(at..)?;
        let (header, after) = rest.split_first_chunk::<HEADER>()?;
        let &[length, low, high, shape, policy, gap_ds, when, note] = header;
        rest = after;
        let mut result_ds = 0;
        if shape & shape::RESULT != 0 {
            let (&bound, after) = rest.split_first_chunk::<2>()?;
            (result_ds, rest) = (u16::from_le_bytes(bound), after);
        }
        let mut prompt = prompt::OF_DIALECT;
        if shape & shape::PROMPT != 0 {
            let (&kind, after) = rest.split_first()?;
            (prompt, rest) = (kind, after);
        }
        let mut name: &'static [u8] = &[];
        if shape & shape::NAMED != 0 {
            let (&length, after) = rest.split_first()?;
            (name, rest) = after.split_at_checked(length.into())?;
        }
        let (text, rest) = rest.split_at_checked(length.into())?;
        Some(Self {
            text,
            name,
            bound_ds: u16::from_le_bytes([low, high]),
            result_ds,
            shape,
            policy: policy & 15,
            tries: policy >> 4,
            gap_ds,
            when,
            note,
            prompt,
            next: table.len() - rest.len(),
        })
    }

    pub(crate) fn is(&self, bits: u8) -> bool {
        self.shape & bits != 0
    }

    /// Whether `line` has the name of the step's lines, which may be the command's own, and repeats the command's numbers.
    pub(crate) fn owns(&self, has_name: bool, line: &[u8], command: &[u8]) -> bool {
        let is_named = if has_name { line.starts_with(self.name) } else { line::has_name_of(line, command) };
        is_named && line::same_numbers(line, command, self.policy & policy::NUMBERS)
    }

    /// The command's name, for errors.
    pub(crate) fn command(&self) -> Command {
        Command::of(line::name(self.text))
    }
}
