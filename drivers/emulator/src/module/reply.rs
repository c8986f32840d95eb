//! What a command leads to.

use super::dialect::Dialect;
use crate::engine::console::Size;

/// A command that is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Bare `ERROR`.
    Error,
    /// `+CME ERROR`, as CMEE says.
    Cme(u16),
}

/// An answer: information lines, one of them perhaps with counted bytes, and the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) counted: bool,
    /// A test form of the QMT commands, whose end may follow after a single CR LF (quectel-at 0).
    pub(crate) tight: bool,
    /// What says that all is well: `OK`, with few exceptions.
    pub(crate) done: &'static str,
    /// All is well, or what stands in its place.
    pub(crate) end: Result<(), Refused>,
}

impl Reply {
    pub(crate) const fn ok() -> Self {
        Self { lines: Vec::new(), counted: false, tight: false, done: "OK", end: Ok(()) }
    }

    pub(crate) fn refused(refused: Refused) -> Self {
        Self { end: Err(refused), ..Self::ok() }
    }

    pub(crate) fn line(text: impl Into<Vec<u8>>) -> Self {
        Self { lines: vec![text.into()], ..Self::ok() }
    }

    pub(crate) fn lines(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        Self { lines: lines.into_iter().map(Into::into).collect(), ..Self::ok() }
    }
}

/// Work that is done when a blocking command ends.
#[derive(Debug)]
pub(crate) enum Job<D: Dialect> {
    /// All was done before.
    Nothing,
    ActivateContext(usize),
    DeactivateContext(usize),
    Functionality(u8),
    SelectOperator(u8),
    ListOperators,
    Attach(bool),
    /// What only this dialect has.
    Own(D::Job),
}

/// What a command does next.
#[derive(Debug)]
pub(crate) enum Outcome<D: Dialect> {
    /// Answers after the usual latency.
    Reply(Reply),
    /// Blocks the port so long, then does the job and answers as it came out.
    Blocks(u64, Job<D>),
    /// Prompts, and takes data.
    Prompt(D::Purpose, Size),
    /// OK, and a result line on its own.
    Owes(D::Key),
    /// Answers when whoever does the work says so.
    Later,
}

/// What a handler gives back; `?` on a bad parameter answers ERROR.
pub(crate) type Handled<D> = Result<Outcome<D>, Refused>;

pub(crate) const fn ok<D: Dialect>() -> Handled<D> {
    Ok(Outcome::Reply(Reply::ok()))
}

pub(crate) fn line<D: Dialect>(text: impl Into<Vec<u8>>) -> Handled<D> {
    Ok(Outcome::Reply(Reply::line(text)))
}

pub(crate) fn lines<D: Dialect>(lines: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Handled<D> {
    Ok(Outcome::Reply(Reply::lines(lines)))
}

/// The text of a code of 3GPP TS 27.007, where there is one.
pub(crate) const fn cme_text(code: u16) -> Option<&'static str> {
    Some(match code {
        0 => "phone failure",
        3 => "operation not allowed",
        4 => "operation not supported",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        16 => "incorrect password",
        30 => "no network service",
        _ => return None,
    })
}
