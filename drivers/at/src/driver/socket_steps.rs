//! The steps of sockets that all families have in common.

use super::error::Error;
use super::family::Family;
use super::operation::{Input, Parts, Running};
use super::sockets::{Asked, FETCHES, Phase, Protocol, TCP, TLS};
use super::state::State;
use crate::{Answer, Arg, Verdict};

pub mod note {
    //! Notes of the tables; those of a family's own are below 64.

    /// A listening step of no length: the data are sent next.
    pub const DUE: u8 = 64;
    /// A listening step of no length, the last of what was to be done.
    pub const DONE: u8 = 65;
    /// A listening step without a bound: until the module may have room.
    pub const FULL: u8 = 66;
    /// A listening step without a bound: until there may be something to read.
    pub const WAIT: u8 = 67;
    /// The command that reads. Nothing to read is [`nothing_waits`](super::nothing_waits).
    pub const READ: u8 = 68;
    /// The question whether the socket is open.
    pub const STATE: u8 = 69;
    /// A listening step of no length: the question was answered; without a word of the socket, it is gone.
    pub const STATED: u8 = 70;
    /// The command that closes.
    pub const CLOSE: u8 = 71;
}

/// Fills in host, port, number.
///
/// # Errors
/// None.
pub fn prepare_open<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Task(task) = input else { return Ok(()) };
    let (host, port) = task.host();
    parts.args[0] = Arg::Text(host.as_bytes());
    parts.args[1] = Arg::Number(port.into());
    parts.args[2] = Arg::Number(task.number.into());
    Ok(())
}

/// Fills in number, length, data and [flags](TCP).
///
/// # Errors
/// None.
pub fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    _: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Task(task) = input else { return Ok(()) };
    parts.args[0] = Arg::Number(task.number.into());
    parts.args[1] = Arg::Number(task.count as u32);
    parts.body = task.data();
    parts.flags |= task.flags | if task.protocol == Protocol::Tls { TLS } else { TCP };
    Ok(())
}

/// Takes the answers to the steps with these notes.
pub fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let number = run.number(0);
    let fetches = run.state.flags & FETCHES != 0;
    let sockets = &mut run.state.sockets;
    let is_open = sockets.is_open(number);
    match (note, answer) {
        (note::DONE, _) => Verdict::Done,
        (note::DUE, _) => match &mut sockets.writing {
            Some(writing) if is_open => {
                writing.is_due = true;
                Verdict::Go
            }
            _ => run.state.fail(Error::Disconnected),
        },
        (note::FULL, Answer::Silence) => Verdict::To(note::DUE),
        (note::FULL, Answer::Tick) if !is_open => run.state.fail(Error::Disconnected),
        (note::WAIT, Answer::Tick) => match sockets.phase(number) {
            phase @ (Phase::Readable | Phase::Doubted | Phase::Closing | Phase::Draining) => {
                if phase == Phase::Closing {
                    sockets.set_phase(number, Phase::Draining);
                }
                sockets.asked = Asked::Due(number);
                Verdict::Go
            }
            Phase::Idle if !fetches => Verdict::Default,
            _ => Verdict::Done,
        },
        // It may be in doubt now.
        (note::WAIT, Answer::Silence) => Verdict::To(note::WAIT),
        (note::READ, Answer::Error(_)) => {
            sockets.asked = Asked::Nothing;
            sockets.cut(number);
            run.state.fail(Error::Disconnected)
        }
        (note::STATED, _) if sockets.phase(number) == Phase::Doubted => {
            sockets.cut(number);
            Verdict::Done
        }
        (note::STATED, _) => Verdict::To(note::WAIT),
        (note::CLOSE, Answer::Error(_)) => Verdict::Done,
        _ => Verdict::Default,
    }
}

/// The module said that there are no bytes.
pub fn nothing_waits<F: Family>(run: &mut Running<'_, '_, F>, number: u8) -> Verdict {
    let sockets = &mut run.state.sockets;
    sockets.asked = Asked::Nothing;
    sockets.was_read(number);
    match sockets.phase(number) {
        // Whether it is still open, the module has to say, too.
        Phase::Doubted => return Verdict::To(note::STATE),
        // It closed after the question: there may have been more before.
        Phase::Closing => {}
        Phase::Draining => sockets.set_phase(number, Phase::Ended),
        _ => sockets.set_phase(number, Phase::Idle),
    }
    Verdict::To(note::WAIT)
}
