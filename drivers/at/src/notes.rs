//! What a driver does with answers: the only place where it parses.

use embassy_time::Instant;

use crate::stream::{Data, Room};

/// What came back for a step.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// An information line.
    Info(&'a [u8]),
    /// The result line.
    Result(&'a [u8]),
    /// An error as the final line: what followed `ERROR: `, empty for a bare one, see [`cme_code`](crate::cme_code); of
    /// `SEND FAIL` it is `FAIL`. One behind the result line, which said why, is not told.
    Error(&'a [u8]),
    /// The bound passed.
    Silence,
    /// A listening step begins, or an unsolicited line woke it.
    Tick,
    /// While a step listens: a record came into the inbox, or was lost.
    Record,
    /// A step that [sends](crate::Step::sends) wants its next bytes.
    Due(&'a Room<'a>),
    /// A step that [takes](crate::Step::takes) brings its next bytes.
    Data(&'a Data<'a>),
}

/// What an answer means for the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What the step's table says: an answer is a success, an error is retried, ignored or a failure, and a listening
    /// step goes on listening.
    Default,
    /// A success, whatever it was.
    Go,
    /// Not yet: this result was an intermediate one, or this line is not the answer. It is the unsolicited line that it
    /// would be without the command, or nobody's.
    Wait,
    /// Send the step again after its gap, as far as its tries reach.
    Again,
    /// Go on with the step that has this note, ahead or behind.
    To(u8),
    /// The operation is over with success.
    Done,
    /// The operation is over with [`Ending::Ended`](crate::Ending::Ended); the driver's state says why.
    Fail,
}

/// What an unsolicited line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing for the operation that runs.
    None,
    /// Something that a listening step may wait for.
    Woken,
    /// The operation that runs is over with [`Ending::Ended`](crate::Ending::Ended); the driver's state says why.
    End,
    /// The module restarted.
    Restarted,
}

/// A driver's state, as the engine talks to it.
pub trait Notes {
    /// Takes an answer to the step with this note. It is asked only for steps that have one.
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict;

    /// When a listening step of bound [`FOREVER`](crate::FOREVER) is over; asked when it begins. Never, unless the
    /// driver knows better: a pulse of its model's length, or a patience that began when the module last sent something.
    fn until(&mut self, _note: u8, _last_read: Instant) -> Instant {
        Instant::MAX
    }

    /// Takes the result of a command whose call was dropped.
    fn owed(&mut self, _line: &[u8]) {}

    /// Takes an unsolicited line of the dialect's list.
    fn urc(&mut self, id: u8, line: &[u8]) -> Effect;

    /// The module restarted: all it knew at run time is gone.
    fn restarted(&mut self);
}
