//! What is linked of an operation and of a dialect, read for people: `wanlink explain`. Only there with the private
//! feature `_tables`, with which a packed step has its chapter right behind its header.

use wanlink_core::{SocketRequest, Tls};

use crate::block::Block;
use crate::command::Command;
use crate::dialect::TWIN;
use crate::driver::{Family, Operation, SocketFamily, Task, describe};
use crate::packed::Packed;
use crate::run::PROBES;
use crate::step::{HEADER, policy, prompt, shape};

/// What asks for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The [dialect's](crate::Dialect::prompt) byte.
    OfDialect,
    /// This byte.
    Byte(u8),
    /// This line.
    Line(&'static str),
}

/// An information line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Info {
    /// It has the command's name.
    OfCommand,
    /// It begins with this.
    Named(&'static str),
    /// It has no name.
    Bare,
}

/// A result line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What it begins with, if that is not the command's name.
    pub name: Option<&'static str>,
    /// The longest wait for it behind the final line, in tenths of a second.
    pub bound_ds: u16,
    /// It may be missing.
    pub is_optional: bool,
}

/// A packed step.
#[derive(Clone, Copy)]
pub struct Row {
    step: Packed,
    chapter: &'static str,
}

impl Row {
    /// The command's template, without `AT`.
    #[must_use]
    pub fn text(&self) -> &'static str {
        text(self.step.text())
    }

    /// The command's name, for errors.
    #[must_use]
    pub fn command(&self) -> Command {
        self.step.command()
    }

    /// Where it is written; empty for what no manual knows of.
    #[must_use]
    pub fn chapter(&self) -> &'static str {
        self.chapter
    }

    /// See [`listen`](crate::listen).
    #[must_use]
    pub fn listens(&self) -> bool {
        self.step.is(shape::LISTEN)
    }

    /// The longest wait for the final line or prompt, in tenths of a second.
    #[must_use]
    pub fn bound_ds(&self) -> u16 {
        self.step.bound_ds()
    }

    /// Whether a final line belongs to the answer.
    #[must_use]
    pub fn has_final(&self) -> bool {
        self.step.is(shape::FINAL)
    }

    /// Whether a final line or a prompt comes before its result line, and has a bound of its own.
    #[must_use]
    pub fn is_answered_first(&self) -> bool {
        self.step.is(shape::FINAL | shape::PROMPT)
    }

    /// What asks for data, if anything does.
    #[must_use]
    pub fn prompt(&self) -> Option<Prompt> {
        self.step.is(shape::PROMPT).then_some(match self.step.prompt {
            prompt::OF_DIALECT => Prompt::OfDialect,
            prompt::CONNECT => Prompt::Line("CONNECT"),
            prompt::DOWNLOAD => Prompt::Line("DOWNLOAD"),
            byte => Prompt::Byte(byte),
        })
    }

    /// Whether what follows the prompt are data of the module.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.step.is(shape::INFO) && self.is_stream()
    }

    /// The information line that has to come, if one has to.
    #[must_use]
    pub fn info(&self) -> Option<Info> {
        let is_named = self.step.is(shape::NAMED) && !self.step.is(shape::RESULT);
        (self.step.is(shape::INFO) && !self.is_stream()).then(|| match (self.step.is(shape::BARE), is_named) {
            (true, _) => Info::Bare,
            (false, true) => Info::Named(text(self.step.name())),
            (false, false) => Info::OfCommand,
        })
    }

    /// The result line, if there is one.
    #[must_use]
    pub fn result(&self) -> Option<Outcome> {
        self.step.is(shape::RESULT).then(|| Outcome {
            name: self.step.is(shape::NAMED).then(|| text(self.step.name())),
            bound_ds: self.step.result_ds,
            is_optional: self.step.is(shape::OPTIONAL),
        })
    }

    /// How many of the command's first fields its lines repeat.
    #[must_use]
    pub fn repeats(&self) -> u8 {
        self.step.policy() & policy::NUMBERS
    }

    /// How often it is sent again, and how far apart in tenths of a second.
    #[must_use]
    pub fn retry(&self) -> (u8, u8) {
        (self.step.tries(), self.step.gap_ds())
    }

    /// An error or silence is no failure.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.step.policy() & policy::IGNORE != 0
    }

    /// It may be sent though an earlier command is unanswered.
    #[must_use]
    pub fn is_sync(&self) -> bool {
        self.step.policy() & policy::SYNC != 0
    }

    /// The flags without which it is left out.
    #[must_use]
    pub fn when(&self) -> u8 {
        self.step.when()
    }

    /// The driver's note that gets the answer; 0 is none.
    #[must_use]
    pub fn note(&self) -> u8 {
        self.step.note()
    }

    fn is_stream(&self) -> bool {
        self.step.shape() & shape::STREAM == shape::STREAM
    }
}

/// The steps of a packed operation.
pub fn rows(table: &'static [u8]) -> impl Iterator<Item = Row> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let (step, chapter) = (Packed::read(table, at)?, chapter(table.get(at + HEADER..)?)?.0);
        at = step.next;
        Some(Row { step, chapter: text(chapter) })
    })
}

/// What follows a chapter.
pub(crate) fn behind_chapter(packed: &[u8]) -> Option<&[u8]> {
    Some(chapter(packed)?.1)
}

fn chapter(packed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = packed.split_first()?;
    rest.split_at_checked(length.into())
}

/// Templates and names are texts.
fn text(bytes: &'static [u8]) -> &'static str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// Id and text of the unsolicited lines of a [dialect](crate::Dialect::urcs).
pub fn urcs(mut packed: &'static [u8]) -> impl Iterator<Item = (u8, &'static str)> {
    core::iter::from_fn(move || {
        let (&[id, length], rest) = packed.split_first_chunk::<2>()?;
        let (line, rest) = rest.split_at_checked(length.into())?;
        packed = rest;
        Some((id & !TWIN, text(line)))
    })
}

impl Block {
    /// Tag and pattern.
    #[must_use]
    pub fn shown(&self) -> (u8, &'static str) {
        (self.tag, text(self.pattern))
    }
}

/// What the engine asks by itself where an answer is missing, each without `AT`, and how long it waits for each, in tenths
/// of a second.
#[must_use]
pub fn probes() -> ([&'static str; PROBES.len()], u16) {
    (PROBES.map(text), Packed::PROBE.bound_ds())
}

/// What asks for the signal.
#[must_use]
pub const fn signal<F: Family>() -> Operation<F> {
    describe::signal()
}

/// A call on a socket before it began.
#[must_use]
pub fn task<'a, 't, F: SocketFamily>(
    operation: &'static Operation<F>,
    request: SocketRequest<'a>,
    tls: Option<&'t Tls<'t>>,
) -> Task<'a, 't, F> {
    Task::new(operation, request, tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FOREVER, Step, Urc, listen, step, table, urcs};

    const STEPS: &[Step] = &[
        step("+CGSN", 3).bare().retry(5, 10).at("2.7"),
        step("+CPIN=\"{e}\"", 50).result(1, 1800).named("+CPIN: READY").optional().ignore().at("5.2"),
        step("+UDNSRN=0", 700).info().named("+UUDNSRN").sync(),
        step("+QHTTPREAD=60", 650).connect().takes().note(6).when(2).at("HTTP 2.3.7"),
        step("+USOWR={a},{b}", 100).prompt_byte(b'@').info(),
        listen(9, FOREVER),
    ];
    const TABLE: &[u8] = table![STEPS];

    #[test]
    fn what_is_packed_is_shown_with_its_chapter() {
        let mut steps = STEPS.iter();
        for (row, step) in rows(TABLE).zip(&mut steps) {
            assert_eq!((row.text(), row.chapter(), row.bound_ds()), (step.text(), step.chapter(), step.bounds_ds().0));
        }
        assert!(steps.next().is_none());
        let [imei, pin, name, read, write, wait] = [0, 1, 2, 3, 4, 5].map(|at| rows(TABLE).nth(at).unwrap());
        assert_eq!(
            (imei.info(), imei.retry(), imei.result(), imei.has_final()),
            (Some(Info::Bare), (5, 10), None, true)
        );
        let ready = Outcome { name: Some("+CPIN: READY"), bound_ds: 1800, is_optional: true };
        assert_eq!((pin.result(), pin.repeats(), pin.is_ignored(), pin.info()), (Some(ready), 1, true, None));
        assert_eq!((name.info(), name.is_sync()), (Some(Info::Named("+UUDNSRN")), true));
        assert_eq!((read.prompt(), read.takes(), read.info()), (Some(Prompt::Line("CONNECT")), true, None));
        assert_eq!((read.when(), read.note()), (2, 6));
        assert_eq!(
            (write.prompt(), write.takes(), write.info()),
            (Some(Prompt::Byte(b'@')), false, Some(Info::OfCommand))
        );
        assert!(wait.listens() && !wait.has_final() && wait.bound_ds() == FOREVER);
    }

    #[test]
    fn unsolicited_lines_are_shown_with_their_ids() {
        const URCS: &[Urc] = &[Urc::new(1, "RDY"), Urc::new(4, "+CEREG:").twin()];
        assert!(urcs(urcs![URCS]).eq([(1, "RDY"), (4, "+CEREG:")]));
    }
}
