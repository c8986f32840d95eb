//! A whole operation as a constant, and what is at hand while it runs.
//!
//! [`Driver::ask`](super::Driver::ask) runs an operation, the one place of a driver that awaits the module. All else of an
//! operation is its table and two sync functions.

use core::cell::Cell;

use embassy_time::Instant;
use wanlink_core::{Login, Network, Post, Progress, Qos, Saving, Server, Tls};

use super::error::Error;
use super::family::Family;
use super::pins::PowerPins;
use super::rule::{Rule, check};
use super::state::State;
use super::task::Task;
use crate::packed::allows_steps;
use crate::{Answer, Arg, Effect, Notes, Verdict, later};

/// What is sent, with what, and how its answers are taken.
pub struct Operation<F: Family> {
    /// The packed steps.
    pub table: &'static [u8],
    /// Those of a [`Job`](crate::Job), and those of [`flag`].
    pub flags: u8,
    /// Fills the arguments of its table with what it was given.
    pub prepare: Prepare<F>,
    /// What those arguments have to be.
    pub rules: &'static [Rule],
    /// Takes the answers to its steps: one `match` over its notes.
    pub take: Take<F>,
}

/// See [`Operation::prepare`].
pub type Prepare<F> = for<'a> fn(&Input<'a, 'a, F>, &mut State<F>, &mut Parts<'a>) -> Result<(), Error<F>>;
/// See [`Operation::take`].
pub type Take<F> = fn(&mut Running<'_, '_, F>, u8, Answer<'_>) -> Verdict;

/// Arguments of an operation's templates: `{a}` is the first.
pub type Args<'a> = [Arg<'a>; 9];

/// None.
pub const NO_ARGS: Args<'static> = [Arg::Number(0); 9];

/// What [`Operation::prepare`] fills.
pub struct Parts<'a> {
    /// What fills the templates.
    pub args: Args<'a>,
    /// What is sent after a prompt.
    pub body: &'a [u8],
    /// Those of the operation, and those of its form.
    pub flags: u8,
    /// For an [`Arg::Later`](crate::Arg::Later).
    pub later: &'a Cell<u8>,
}

/// What a method was given. As it came: an operation that carried all its arguments would be copied at each call.
pub enum Input<'a, 'b, F: Family> {
    /// Nothing.
    Nothing,
    /// How to reach the network.
    Network(&'a Network<'a>),
    /// Where and as whom to log in.
    Login {
        /// The broker's host.
        host: &'a str,
        /// Its port.
        port: u16,
        /// What TLS has to be, if there is any.
        tls: Option<&'a Tls<'a>>,
        /// As whom.
        login: &'b Login<'b>,
    },
    /// What to publish, or a filter without a payload.
    Topic {
        /// Topic or filter.
        topic: &'a str,
        /// What is published.
        payload: Option<&'b [u8]>,
        /// Its quality of service.
        qos: Qos,
    },
    /// What the owner of a socket asks for.
    Task(&'a Task<'a, 'a, F>),
    /// How power shall be saved.
    Saving(&'a Saving),
    /// A name to be resolved.
    Name(&'a str),
    /// What to post.
    Post {
        /// Where.
        server: &'a Server<'a, Tls<'a>>,
        /// With which path and headers.
        post: &'a Post<'a>,
        /// Length of the address in bytes, where the module has to be told it.
        url: usize,
        /// Length of what is sent as the body of the command, in bytes.
        length: usize,
    },
}

/// Who is told what an operation learns, beside the state.
pub enum Listener<'a> {
    /// Nobody.
    Nobody,
    /// The caller of [`attach`](wanlink_core::Module::attach).
    Progress(&'a mut (dyn FnMut(Progress) + 'a)),
    /// Whoever takes the answers.
    Answers(&'a mut (dyn FnMut(u8, Answer<'_>) -> Verdict + 'a)),
}

impl<F: Family> Operation<F> {
    /// One without arguments.
    pub const fn new(table: &'static [u8], flags: u8, take: Take<F>) -> Self {
        assert!(allows_steps::<F>(table), "a step has a form that its family denies");
        Self { table, flags, prepare: |_, _, _| Ok(()), rules: &[], take }
    }

    /// Fills the parts and checks them.
    pub fn set_up<'a>(
        &self,
        input: &Input<'a, 'a, F>,
        state: &mut State<F>,
        parts: &mut Parts<'a>,
    ) -> Result<(), Error<F>> {
        (self.prepare)(input, state, parts)?;
        check(&parts.args, self.rules)
    }

    /// A question that changes nothing, and whose answers the listener takes.
    pub const fn question(table: &'static [u8]) -> Self {
        Self::new(table, 0, |run, note, answer| match &mut run.listener {
            Listener::Answers(take) => take(note, answer),
            _ => Verdict::Default,
        })
    }
}

pub mod flag {
    //! Flags of an operation. The low four bits are its own, for steps that not all of its forms have.

    /// It needs the session: its loss, and that of the context, end it.
    pub const SESSION: u8 = 0x40;
    /// It brings SIM and network up: a card that is taken out ends it.
    pub const ATTACH: u8 = 0x20;
    /// It needs the context: its loss ends it.
    pub const SOCKET: u8 = SESSION | ATTACH;
    /// It is of use although the module restarted and was not set up again, and a restart is what it is for.
    pub const ANYWAY: u8 = 0x10;
}

/// An operation that runs, as the engine talks to it.
#[repr(C)]
pub struct Running<'a, 'b, F: Family> {
    /// What is known of the module.
    pub state: &'a mut State<F>,
    /// Its power pins.
    pub pins: &'a mut dyn PowerPins,
    /// What fills the templates.
    pub args: &'a Args<'a>,
    /// What is sent after a prompt.
    pub body: &'a [u8],
    /// Takes the answers.
    pub take: Take<F>,
    /// Who is told.
    pub listener: Listener<'b>,
}

impl<F: Family> Running<'_, '_, F> {
    /// The argument of this index if it is a text.
    pub fn text(&self, index: usize) -> &[u8] {
        match self.args.get(index) {
            Some(Arg::Text(text) | Arg::Secret(text)) => text,
            _ => &[],
        }
    }

    /// The argument of this index if it is the number of a socket.
    pub fn number(&self, index: usize) -> u8 {
        match self.args.get(index) {
            Some(&Arg::Number(number)) => number as u8,
            _ => u8::MAX,
        }
    }

    /// Sets the argument of this index, an [`Arg::Later`](crate::Arg::Later).
    pub fn set(&self, index: usize, number: u8) {
        if let Some(Arg::Later(later)) = self.args.get(index) {
            later.set(number);
        }
    }

    /// Tells the caller of an attach where it is.
    pub fn tell(&mut self, progress: Progress) {
        if let Listener::Progress(told) = &mut self.listener {
            told(progress);
        }
    }
}

impl<F: Family> Notes for Running<'_, '_, F> {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        (self.take)(self, note, answer)
    }

    fn until(&mut self, note: u8, last_read: Instant) -> Instant {
        match F::pause_ms(note) {
            Some(pause_ms) => later(Instant::now(), pause_ms.into()),
            None => self.state.until(last_read),
        }
    }

    fn owed(&mut self, line: &[u8]) {
        F::owed(self.state, line);
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

/// Takes one answer as an operation without arguments and listener does; for the tests of a family's tables.
pub fn taken<F: Family>(state: &mut State<F>, take: Take<F>, note: u8, answer: Answer<'_>) -> Verdict {
    let pins = &mut super::NoPins;
    Running { state, pins, args: &NO_ARGS, body: &[], take, listener: Listener::Nobody }.note(note, answer)
}
