//! Finding the module: the part of [`START`](super::Family::START) that all families have in common.

use embassy_time::Instant;

use super::command::Command;
use super::error::Error;
use super::family::Family;
use super::operation::{Input, Parts, Running};
use super::state::State;
use crate::{Answer, Arg, Verdict};

pub mod note {
    //! Notes of the table, in its order.

    /// A listening step of no length: where it begins.
    pub const ENTER: u8 = 64;
    /// A listening step without a bound: the power key is pressed.
    pub const PRESS: u8 = 65;
    /// Filler for a module that waits for data, see [`RETURNS`](super::RETURNS).
    pub const UNPLUG: u8 = 66;
    /// Is somebody there? An error or silence is ignored.
    pub const PROBE: u8 = 67;
    /// A question whose answer is no `OK`, since the first may be the late answer to a dropped command.
    pub const FOUND: u8 = 68;
    /// A listening step of no length: nobody was found.
    pub const MISSED: u8 = 69;
    /// Where settings begin.
    pub const SET_UP: u8 = 70;
    /// A listening step of no length: all is set.
    pub const STARTED: u8 = 71;
}

/// Carriage returns: nothing at all to a module that takes commands, filler to one that waits for data.
pub static RETURNS: [u8; 64] = [b'\r'; 64];

/// Argument: [`RETURNS`].
///
/// # Errors
/// None.
pub fn prepare<'a, F: Family>(_: &Input<'a, 'a, F>, _: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    parts.args[0] = Arg::Text(&RETURNS);
    Ok(())
}

/// Takes the answers to the steps with these notes.
pub fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ENTER, _) => {
            // The pin of a dropped start may still be pressed.
            run.pins.key(false);
            run.pins.reset(false);
            if run.pins.is_on() == Some(false) { miss(run) } else { Verdict::To(note::PROBE) }
        }
        (note::MISSED, _) => miss(run),
        (note::PRESS, Answer::Tick) => match run.pins.key(true) {
            Some(true) => Verdict::Default,
            Some(false) => run.state.fail(Error::Pin),
            // The module switches on with its supply.
            None => Verdict::To(note::PROBE),
        },
        (note::PRESS, Answer::Silence) => {
            if run.pins.key(false) != Some(true) {
                return run.state.fail(Error::Pin);
            }
            run.state.expect_boot();
            Verdict::To(note::PROBE)
        }
        (note::FOUND, Answer::Info(_)) => Verdict::To(note::SET_UP),
        (note::STARTED, _) => {
            (run.state.set_up, run.state.down, run.state.asleep) = (true, false, None);
            run.state.ended();
            // The module may have booted right before.
            run.state.expect_boot();
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

/// The module is not there: wait for it while it boots, free it of data that it may wait for, press its key, press once
/// more.
fn miss<F: Family>(run: &mut Running<'_, '_, F>) -> Verdict {
    const SEARCHES: u8 = 3;
    if Instant::now() < run.state.boots_until {
        return Verdict::To(note::PROBE);
    }
    run.state.searched += 1;
    if run.state.searched == 1 && run.pins.is_on() != Some(false) {
        return Verdict::To(note::UNPLUG);
    }
    run.state.searched = run.state.searched.max(2);
    if run.state.searched > SEARCHES {
        return run.state.fail(Error::Silent { command: Command::new("") });
    }
    run.state.expect_boot();
    Verdict::To(note::PRESS)
}
