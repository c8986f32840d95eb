//! A whole operation as a constant, and what is at hand while it runs.
//!
//! [`Quectel::ask`](crate::Quectel) runs an operation, the one place of the driver that awaits the module. All else of an
//! operation is its table and two sync functions, in [`sequence`](crate::sequence).

use embassy_time::Instant;
use wanlink_at::{Answer, Arg, Effect, Notes, Verdict, int};
use wanlink_core::{Argument, Login, Network, Progress, Qos, Server, Tls, TooLong, UNSTATED};

use crate::error::Error;
use crate::pins::PowerPins;
use crate::state::State;
use crate::task::Task;

/// What is sent, with what, and how its answers are taken.
pub(crate) struct Operation {
    pub(crate) table: &'static [u8],
    /// Those of a [`Job`](wanlink_at::Job), and those of [`flag`].
    pub(crate) flags: u8,
    /// Fills the arguments of its table with what it was given.
    pub(crate) prepare: Prepare,
    /// What those arguments have to be.
    pub(crate) rules: &'static [Rule],
    /// Takes the answers to its steps: one `match` over its notes.
    pub(crate) take: Take,
}

pub(crate) type Prepare = for<'a> fn(&Input<'a, 'a>, &mut State, &mut Parts<'a>) -> Result<(), Error>;
pub(crate) type Take = fn(&mut Running<'_, '_>, u8, Answer<'_>) -> Verdict;

/// Arguments of an operation's templates: `{a}` is the first.
pub(crate) type Args<'a> = [Arg<'a>; 9];

/// None.
pub(crate) const NO_ARGS: Args<'static> = [Arg::Number(0); 9];

/// What [`Operation::prepare`] fills.
pub(crate) struct Parts<'a> {
    pub(crate) args: Args<'a>,
    /// What is sent after a prompt.
    pub(crate) body: &'a [u8],
    /// Those of the operation, and those of its form.
    pub(crate) flags: u8,
}

/// What a method was given. As it came: an operation that carried all its arguments would be copied at each call.
pub(crate) enum Input<'a, 'b> {
    Nothing,
    Network(&'a Network<'a>),
    Login { host: &'a str, port: u16, tls: Option<&'a Tls<'a>>, login: &'b Login<'b> },
    Topic { topic: &'a str, payload: Option<&'b [u8]>, qos: Qos },
    Task(&'a Task<'a, 'a>),
    Name(&'a str),
    Post { server: &'a Server<'a, Tls<'a>>, url: usize, length: usize },
}

/// Who is told what an operation learns, beside the state.
pub(crate) enum Listener<'a> {
    Nobody,
    Progress(&'a mut (dyn FnMut(Progress) + 'a)),
    Answers(&'a mut (dyn FnMut(u8, Answer<'_>) -> Verdict + 'a)),
}

impl Operation {
    /// One without arguments.
    pub(crate) const fn new(table: &'static [u8], flags: u8, take: Take) -> Self {
        Self { table, flags, prepare: |_, _, _| Ok(()), rules: &[], take }
    }

    /// Fills the parts and checks them.
    pub(crate) fn set_up<'a>(
        &self,
        input: &Input<'a, 'a>,
        state: &mut State,
        parts: &mut Parts<'a>,
    ) -> Result<(), Error> {
        (self.prepare)(input, state, parts)?;
        check(&parts.args, self.rules)
    }

    /// A question that changes nothing, and whose answers the listener takes.
    pub(crate) const fn question(table: &'static [u8]) -> Self {
        Self::new(table, 0, |run, note, answer| match &mut run.listener {
            Listener::Answers(take) => take(note, answer),
            _ => Verdict::Default,
        })
    }
}

pub(crate) mod flag {
    //! Flags of an operation. The low four bits are its own, for steps that not all of its forms have.

    /// It needs the session: its loss, and that of the context, end it.
    pub(crate) const SESSION: u8 = 0x40;
    /// It brings SIM and network up: a card that is taken out ends it.
    pub(crate) const ATTACH: u8 = 0x20;
    /// It needs the context: its loss ends it.
    pub(crate) const SOCKET: u8 = SESSION | ATTACH;
    /// It is of use although the module restarted and was not set up again, and a restart is what it is for.
    pub(crate) const ANYWAY: u8 = 0x10;
}

/// An operation that runs, as the engine talks to it.
#[repr(C)]
pub(crate) struct Running<'a, 'b> {
    pub(crate) state: &'a mut State,
    pub(crate) pins: &'a mut dyn PowerPins,
    pub(crate) args: &'a Args<'a>,
    pub(crate) body: &'a [u8],
    pub(crate) take: Take,
    pub(crate) listener: Listener<'b>,
}

impl Running<'_, '_> {
    /// The argument of this index if it is a text.
    pub(crate) fn text(&self, index: usize) -> &[u8] {
        match self.args.get(index) {
            Some(Arg::Text(text) | Arg::Secret(text)) => text,
            _ => &[],
        }
    }

    /// The argument of this index if it is the number of a socket.
    pub(crate) fn number(&self, index: usize) -> u8 {
        match self.args.get(index) {
            Some(&Arg::Number(number)) => number as u8,
            _ => u8::MAX,
        }
    }

    pub(crate) fn tell(&mut self, progress: Progress) {
        if let Listener::Progress(told) = &mut self.listener {
            told(progress);
        }
    }
}

impl Notes for Running<'_, '_> {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        (self.take)(self, note, answer)
    }

    fn until(&mut self, _note: u8, last_read: Instant) -> Instant {
        self.state.until(last_read)
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        self.state.urc(id, line)
    }

    fn restarted(&mut self) {
        // No pulse has anything to do any more.
        self.pins.key(false);
        self.pins.reset(false);
        self.state.restarted();
    }
}

/// What a text argument has to be.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    what: Argument,
    limit: u16,
    index: u8,
    may_be_empty: bool,
    may_have_wildcards: bool,
}

impl Rule {
    /// The text of this index, as errors name it, has at least one byte, and at most so many as the module takes.
    pub(crate) const fn new(index: u8, what: Argument, limit: u16) -> Self {
        Self { what, limit, index, may_be_empty: false, may_have_wildcards: true }
    }

    pub(crate) const fn or_empty(self) -> Self {
        Self { may_be_empty: true, ..self }
    }

    /// It has none of the wildcards of topic filters.
    pub(crate) const fn plain(self) -> Self {
        Self { may_have_wildcards: false, ..self }
    }
}

/// Checks the texts that will stand between quotes.
pub(crate) fn check(args: &[Arg<'_>], rules: &[Rule]) -> Result<(), Error> {
    for &Rule { what, limit, index, may_be_empty, may_have_wildcards } in rules {
        let Some(&(Arg::Text(text) | Arg::Secret(text))) = args.get(usize::from(index)) else { continue };
        let length = text.len();
        if limit != UNSTATED && length > limit.into() {
            return Err(TooLong::new(what, limit.into(), length).into());
        }
        // There is no way to escape a quote (wire rules).
        let is_right = |&b: &u8| match b {
            b'+' | b'#' => may_have_wildcards,
            b'"' | ..b' ' | 0x7f => false,
            _ => true,
        };
        if !text.iter().all(is_right) || (length == 0 && !may_be_empty) {
            return Err(Error::Malformed(what));
        }
    }
    Ok(())
}

/// Whether a line begins with these numbers.
pub(crate) fn begins_with(line: &[u8], numbers: &[i32]) -> bool {
    numbers.iter().enumerate().all(|(index, &number)| int(line, index) == Some(number))
}

/// Takes one answer as an operation without arguments and listener does.
#[cfg(test)]
pub(crate) fn taken(state: &mut State, take: Take, note: u8, answer: Answer<'_>) -> Verdict {
    let pins = &mut crate::pins::NoPins;
    Running { state, pins, args: &NO_ARGS, body: &[], take, listener: Listener::Nobody }.note(note, answer)
}
