//! A packed step, read back.

use crate::command::Command;
use crate::forms::Forms;
use crate::line;
use crate::step::{EXTENDED, EXTENSION, HEADER, policy, prompt, shape};

/// A packed step, as the interpreter reads it. Header and extension stay as they are packed: to take them apart would be a
/// store for each byte.
#[repr(C)] // Flags first, see `Engine`.
#[derive(Clone, Copy)]
pub(crate) struct Packed {
    header: [u8; HEADER],
    extension: [u8; EXTENSION],
    pub(crate) prompt: u8,
    pub(crate) result_ds: u16,
    /// Where the next step starts.
    pub(crate) next: usize,
    text: Option<&'static [u8]>,
    name: Option<&'static [u8]>,
}

impl Packed {
    /// The step of a call that has none.
    pub(crate) const NONE: Self = Self::new(0, 0);

    /// The engine's own question, see `Engine::probe`.
    pub(crate) const PROBE: Self = Self::new(shape::FINAL | shape::INFO, 10);

    /// A step without a text.
    pub(crate) const fn new(shape: u8, bound_ds: u16) -> Self {
        let [low, high] = bound_ds.to_le_bytes();
        let (header, extension) = ([shape, 0, 0, 0, low], [high, 0, 0]);
        Self { header, extension, prompt: prompt::OF_DIALECT, result_ds: 0, next: 0, text: None, name: None }
    }

    /// Reads the step that starts at `at`; `None` behind the last one.
    pub(crate) fn read(table: &'static [u8], at: usize) -> Option<Self> {
        let (&header, mut rest) = table.get(at..)?.split_first_chunk::<HEADER>()?;
        let mut step = Self { header, ..Self::NONE };
        #[cfg(feature = "_tables")]
        {
            rest = crate::tables::behind_chapter(rest)?;
        }
        if header[2] & EXTENDED != 0 {
            let (&extension, after) = rest.split_first_chunk()?;
            (step.extension, rest) = (extension, after);
            step.header[2] &= !EXTENDED;
        }
        if step.is(shape::RESULT) {
            let (&bound, after) = rest.split_first_chunk::<2>()?;
            (step.result_ds, rest) = (u16::from_le_bytes(bound), after);
        }
        if step.is(shape::PROMPT) {
            let (&kind, after) = rest.split_first()?;
            (step.prompt, rest) = (kind, after);
        }
        if step.is(shape::NAMED) {
            let (&length, after) = rest.split_first()?;
            let (name, after) = after.split_at_checked(length.into())?;
            (step.name, rest) = (Some(name), after);
        }
        let (text, rest) = rest.split_at_checked(header[3].into())?;
        step.text = Some(text);
        step.next = table.len() - rest.len();
        Some(step)
    }

    pub(crate) fn text(&self) -> &'static [u8] {
        self.text.unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &'static [u8] {
        self.name.unwrap_or_default()
    }

    pub(crate) fn shape(&self) -> u8 {
        self.header[0]
    }

    pub(crate) fn is(&self, bits: u8) -> bool {
        self.shape() & bits != 0
    }

    pub(crate) fn policy(&self) -> u8 {
        self.header[1] & 15
    }

    pub(crate) fn tries(&self) -> u8 {
        self.header[1] >> 4
    }

    pub(crate) fn gap_ds(&self) -> u8 {
        self.extension[1]
    }

    pub(crate) fn when(&self) -> u8 {
        self.extension[2]
    }

    pub(crate) fn note(&self) -> u8 {
        self.header[2]
    }

    pub(crate) fn bound_ds(&self) -> u16 {
        u16::from_le_bytes([self.header[4], self.extension[0]])
    }

    /// Whether `line` has the name of the step's lines, which may be the command's own, and repeats the command's numbers.
    pub(crate) fn owns<F: Forms>(&self, has_name: bool, line: &[u8], command: &[u8]) -> bool {
        let is_named = if has_name {
            let mut names = self.name().split(|&byte| F::NAMES && byte == b'|');
            names.any(|name| line.starts_with(name))
        } else {
            line::has_name_of(line, command)
        };
        is_named && line::same_numbers(line, command, self.policy() & policy::NUMBERS)
    }

    /// The command's name, for errors.
    pub(crate) fn command(&self) -> Command {
        Command::of(line::name(self.text()))
    }
}

/// Whether no step of a packed operation has a form that is denied.
pub(crate) const fn allows_steps<F: Forms>(table: &[u8]) -> bool {
    let mut at = 0;
    while at < table.len() {
        let (shape, extended, length) = (table[at], table[at + 2] & EXTENDED != 0, table[at + 3]);
        at += HEADER;
        #[cfg(feature = "_tables")]
        {
            at += 1 + table[at] as usize;
        }
        if extended {
            at += EXTENSION;
        }
        if shape & shape::RESULT != 0 {
            at += 2;
        }
        if shape & shape::PROMPT != 0 {
            at += 1;
        }
        if shape & shape::NAMED != 0 {
            let name = at + 1;
            at = name + table[at] as usize;
            if !F::NAMES && has_several_names(table, name, at) {
                return false;
            }
        }
        if !F::INFO_BESIDE_RESULT && shape & INFO_BESIDE_RESULT == INFO_BESIDE_RESULT {
            return false;
        }
        at += length as usize;
    }
    true
}

const INFO_BESIDE_RESULT: u8 = shape::INFO | shape::RESULT | shape::NAMED;

const fn has_several_names(table: &[u8], mut at: usize, end: usize) -> bool {
    while at < end {
        if table[at] == b'|' {
            return true;
        }
        at += 1;
    }
    false
}

/// The names of the commands of a packed operation.
pub fn commands(table: &'static [u8]) -> impl Iterator<Item = &'static [u8]> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let step = Packed::read(table, at)?;
        at = step.next;
        Some(line::name(step.text()))
    })
}
