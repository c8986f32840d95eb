//! What goes over a session: the part that all families have in common.

use wanlink_core::__private::is_mutant;
use wanlink_core::Qos;

use super::error::Error;
use super::family::Family;
use super::operation::{Input, Parts, Running, flag};
use super::state::{Session, State};
use crate::{Answer, Arg, Verdict};

/// Flags: which of the steps.
pub const SUBSCRIBES: u8 = flag::SESSION | 1;
/// See [`SUBSCRIBES`].
pub const UNSUBSCRIBES: u8 = flag::SESSION | 2;
/// See [`SUBSCRIBES`].
pub const PUBLISHES: u8 = flag::SESSION | 4;
/// Of [`LISTEN`](Family::LISTEN).
pub const LISTENS: u8 = 8;
/// Of [`RECEIVE`](super::MqttFamily::RECEIVE).
pub const READY: u8 = flag::SESSION | LISTENS;

pub mod note {
    //! Notes of the table, in its order; those of a family's own are below 64.

    /// A listening step of no length: is there a session?
    pub const ENTER: u8 = 64;
    /// A listening step without a bound: until something comes.
    pub const LISTEN: u8 = 65;
    /// The question whether the session is there, which sets [`State::confirmed`](super::State::confirmed).
    pub const STATUS: u8 = 66;
    /// A listening step of no length: the question was answered.
    pub const CONFIRMED: u8 = 67;
}

/// Fills in message id, topic or filter, QoS, length.
///
/// # Errors
/// None.
pub fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    let &Input::Topic { topic, payload, qos } = input else { return Ok(()) };
    // A publish of QoS 0 has no packet identifier (MQTT 3.1.1, 2.3.1).
    let has_id = payload.is_none() || qos == Qos::AtLeastOnce;
    parts.args[0] = Arg::Number(if has_id { state.next_id() } else { 0 });
    parts.args[1] = Arg::Text(topic.as_bytes());
    parts.args[2] = Arg::Number(qos as u32);
    parts.body = payload.unwrap_or_default();
    parts.args[3] = Arg::Number(parts.body.len() as u32);
    Ok(())
}

/// Takes the answers to the steps with these notes.
pub fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    let needs_session = state.flags & flag::SESSION != 0;
    match (note, answer) {
        (note::ENTER, _) if needs_session => {
            (state.confirmed, state.notice) = (false, None);
            match state.check_session() {
                Ok(()) => Verdict::Go,
                Err(cause) => state.fail(cause),
            }
        }
        (note::ENTER, _) => Verdict::Go,
        (note::LISTEN, Answer::Record) => Verdict::Done,
        (note::LISTEN, _) if needs_session && state.doubt.is_some() => Verdict::To(note::STATUS),
        // If something came meanwhile, it goes on listening.
        (note::LISTEN, Answer::Silence) => Verdict::To(note::LISTEN),
        (note::LISTEN, Answer::Tick) if state.notice.is_some() && !needs_session => Verdict::Done,
        // Who refuses the question knows of no session; an error that was somebody else's costs a login.
        (note::STATUS, Answer::Error(_)) => Verdict::To(note::CONFIRMED),
        // That is the error then.
        (note::STATUS, Answer::Silence) => {
            state.cause = None;
            Verdict::Default
        }
        (note::CONFIRMED, _) => confirm(state),
        _ => Verdict::Default,
    }
}

/// The module told whether the session is there.
fn confirm<F: Family>(state: &mut State<F>) -> Verdict {
    let doubt = state.doubt.take();
    if !state.confirmed {
        state.session = Session::Lost(doubt.unwrap_or(0));
    }
    match (state.check_session(), state.cause) {
        (Err(cause), _) | (Ok(()), Some(cause)) => state.fail(cause),
        (Ok(()), None) => Verdict::Done,
    }
}

/// The broker did not acknowledge: whether the session lives is not known.
pub fn unanswered<F: Family>(state: &mut State<F>) -> Verdict {
    if is_mutant("silence counts as a PUBACK") {
        return Verdict::Done;
    }
    state.session = Session::Unknown;
    state.fail(Error::NotAcknowledged)
}
