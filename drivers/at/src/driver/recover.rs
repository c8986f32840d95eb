//! Steps of recovery and switching off: what all families have in common.

use super::error::Error;
use super::family::Family;
use super::operation::{Operation, Running, flag};
use super::state::Session;
use crate::{Answer, FOREVER, Step, Verdict, listen, table};

pub mod note {
    //! Notes of the tables.

    /// A listening step of no length: context and session are about to go.
    pub const ENTER: u8 = 64;
    /// The command that brings the context up.
    pub const ACTIVATE: u8 = 65;
    /// A listening step of no length: it is up.
    pub const ACTIVATED: u8 = 66;
    /// A listening step without a bound: the reset line is pulled.
    pub const PULL: u8 = 67;
    /// A listening step of no length: the module may be off already.
    pub const STOP: u8 = 68;
}

const RESET_STEPS: &[Step] = &[listen(note::PULL, FOREVER)];

/// Reset by pin.
#[must_use]
pub const fn reset<F: Family>() -> Operation<F> {
    Operation::new(table![RESET_STEPS], flag::ANYWAY, take)
}

/// Takes the answers to the steps with these notes.
pub fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ENTER, _) => {
            run.state.context_up = false;
            run.state.sockets.hook = None;
            F::context_lost(&mut run.state.own);
            if run.state.session != Session::Closed {
                run.state.session = Session::Unknown;
            }
            Verdict::Go
        }
        (note::ACTIVATE, Answer::Error(_)) => run.state.fail(Error::NoContext),
        (note::ACTIVATED, _) => {
            run.state.context_up = true;
            Verdict::Done
        }
        (note::PULL, Answer::Tick) if run.pins.reset(true) != Some(true) => run.state.fail(Error::Pin),
        (note::PULL, Answer::Silence) if run.pins.reset(false) != Some(true) => run.state.fail(Error::Pin),
        (note::PULL, Answer::Silence) => Verdict::Done,
        (note::STOP, _) if run.pins.is_on() == Some(false) => Verdict::Done,
        (note::STOP, _) => Verdict::Go,
        _ => Verdict::Default,
    }
}
