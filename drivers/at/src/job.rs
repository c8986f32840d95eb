//! An operation, and how it can end.

use crate::command::{Code, Command};
use crate::transmit::Arg;

/// An operation to run.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The packed steps.
    pub table: &'static [u8],
    /// What fills the templates: `{a}` is the first.
    pub args: &'a [Arg<'a>],
    /// What steps with [`when`](crate::Step::when) ask for, and [`Job::BRING_UP`].
    pub flags: u8,
    /// What is sent after a prompt.
    pub body: &'a [u8],
}

impl Job<'_> {
    /// Flag of an operation that sets the module up: a restart does not end it but lets it begin again, and an echo is
    /// no sign of a restart.
    pub const BRING_UP: u8 = 0x80;
}

/// Why an operation ended without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Ending {
    /// No answer to this command within its bound.
    Silent(Command),
    /// The module answered with an error; `code` is that of `+CME ERROR` or `+CMS ERROR`.
    Error {
        /// The command's name.
        command: Command,
        /// The error's code, if it had one.
        code: Option<Code>,
    },
    /// The command was accepted without the prompt that its data needs; no byte of them was sent.
    NoPrompt(Command),
    /// The module restarted.
    Restarted,
    /// A note or an unsolicited line ended it; the driver's state says why.
    Ended,
    /// The command line does not fit the transmit buffer of this size, in bytes (65,535 also for more). Nothing was sent.
    TooLong(u16),
}
