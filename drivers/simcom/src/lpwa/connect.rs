//! Opening a session with the broker, and ending it.
//!
//! `AT+SMCONN` blocks the port until it knows: OK, or a bare ERROR without a reason, which is looked for then.

use core::ops::RangeInclusive;

use embassy_time::Instant;
use wanlink_at::driver::connect::{self, accept, refuse};
use wanlink_at::driver::{Parts, Session, flag};
use wanlink_at::{Answer, Effect, Step, Verdict, int, listen, step, steps, table};

use super::diagnose::{self, BEGIN_STEPS as DIAGNOSE_STEPS, TCP_STEPS};
use super::{Error, Input, Lpwa, Operation, Running, State};

/// simcom-at 5.
const KEEP_ALIVE_S: RangeInclusive<u16> = 0..=u16::MAX;

pub(super) mod note {
    //! Notes of the tables that open a session, a socket or a connection for requests, those of
    //! [`diagnose`](crate::lpwa::diagnose), of [`tls`](crate::lpwa::tls) and of [`native`](crate::lpwa::native) among them.
    pub(in crate::lpwa) const ENTER: u8 = 1;
    pub(in crate::lpwa) const OLD: u8 = 2;
    pub(in crate::lpwa) const SETTING: u8 = 3;
    pub(in crate::lpwa) const OPEN: u8 = 4;
    pub(in crate::lpwa) const OPENED: u8 = 5;
    pub(in crate::lpwa) const STATE: u8 = 6;
    pub(in crate::lpwa) const CLOSED: u8 = 7;
    pub(in crate::lpwa) const DIAGNOSE: u8 = 8;
    pub(in crate::lpwa) const NO_CONTEXT: u8 = 9;
    pub(in crate::lpwa) const RESOLVE: u8 = 10;
    pub(in crate::lpwa) const PROBE: u8 = 11;
    pub(in crate::lpwa) const SHAKE: u8 = 12;
    pub(in crate::lpwa) const SHAKEN: u8 = 13;
    pub(in crate::lpwa) const REACH: u8 = 14;
    pub(in crate::lpwa) const DIAGNOSED: u8 = 15;
    pub(in crate::lpwa) const CLOCK: u8 = 16;
    pub(in crate::lpwa) const FILE: u8 = 17;
    pub(in crate::lpwa) const SIZE: u8 = 18;
    pub(in crate::lpwa) const STALE: u8 = 19;
    pub(in crate::lpwa) const ARRIVED: u8 = 20;
    pub(in crate::lpwa) const CONVERT: u8 = 21;
    pub(in crate::lpwa) const CONVERTED: u8 = 22;
    pub(in crate::lpwa) const FOUND: u8 = 23;
    pub(in crate::lpwa) const SECURE: u8 = 24;
    pub(in crate::lpwa) const NATIVE: u8 = 25;
}

/// Up to where the broker is. Arguments of a connect: host, port, client id, user, password, keep-alive, clean session.
pub(super) const BEGIN_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    step("+SMDISC", 600).ignore().note(note::OLD).at("simcom-at 5"),
    step("+SMCONF=\"URL\",\"{a}\",{b}", 10).note(note::SETTING).at("simcom-at 5"),
];

const LOGIN_STEPS: &[Step] = &[
    step("+SMCONF=\"CLIENTID\",\"{c}\"", 10).note(note::SETTING).at("simcom-at 5"),
    step("+SMCONF=\"USERNAME\",\"{d}\"", 10).note(note::SETTING).at("simcom-at 5"),
    step("+SMCONF=\"PASSWORD\",\"{e}\"", 10).note(note::SETTING).at("simcom-at 5"),
];

pub(super) const SETTINGS_STEPS: &[Step] = &[
    step("+SMCONF=\"KEEPTIME\",{f}", 10).note(note::SETTING).at("simcom-at 5"),
    step("+SMCONF=\"CLEANSS\",{g}", 10).note(note::SETTING).at("simcom-at 5"),
    // A message as hexadecimal digits has neither quote nor line end: it cannot be taken for an answer.
    step("+SMCONF=\"SUBHEX\",1", 10).note(note::SETTING).at("simcom-at 5"),
    // What an earlier life may have left.
    step("+SMCONF=\"ASYNCMODE\",0", 10).ignore().at("simcom-at 5"),
    step("+SMPUBHEX=0", 10).ignore().at("simcom-at 5"),
];

/// TLS of an earlier session outlives it.
pub(super) const PLAIN_STEPS: &[Step] = &[step("+SMSSL=0,\"\",\"\"", 10).ignore().at("simcom-at 5")];

/// "Up to minutes when an old session is still open."
pub(super) const OPEN_STEPS: &[Step] = &[
    step("+SMCONN", 1500).note(note::OPEN).at("simcom-at 5"),
    listen(note::OPENED, 0),
    // ERROR also says that it was connected.
    step("+SMSTATE?", 10).info().ignore().note(note::STATE).at("simcom-at 5"),
];

/// Up to the settings of TLS.
pub(super) const SET_UP_STEPS: &[Step] = steps![BEGIN_STEPS, LOGIN_STEPS, SETTINGS_STEPS];

/// Without TLS. The rules are those of the model.
pub(super) const fn plain<F: Lpwa>() -> Operation<F> {
    Operation {
        prepare,
        ..Operation::new(table![SET_UP_STEPS, PLAIN_STEPS, OPEN_STEPS, DIAGNOSE_STEPS, TCP_STEPS], flag::SESSION, take)
    }
}

const CLOSE_STEPS: &[Step] =
    &[listen(note::CLOSED, 0), step("+SMDISC", 600).ignore().note(note::OLD).at("simcom-at 5")];

pub(super) const fn disconnect<F: Lpwa>() -> Operation<F> {
    Operation::new(table![CLOSE_STEPS], 0, take)
}

pub(super) fn prepare<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    connect::prepare(input, state, parts, KEEP_ALIVE_S)
}

pub(super) fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.diagnosed, state.uploaded) = (false, false, false);
            let old = core::mem::replace(&mut state.session, Session::Opening) != Session::Closed;
            if old {
                state.ended();
            }
            Verdict::To(if old { note::OLD } else { note::SETTING })
        }
        (note::CLOSED, _) if state.session == Session::Closed => Verdict::Done,
        (note::CLOSED, _) => {
            state.session = Session::Unknown;
            state.ended();
            Verdict::Go
        }
        // A client that is connected refuses its settings.
        (note::SETTING, Answer::Error(_)) if !state.freed => free(state),
        (note::OPEN, Answer::Error(_)) => Verdict::To(note::STATE),
        (note::OPEN, Answer::Silence) => refuse(state, Error::Open(-1)),
        (note::OPENED, _) => accept(state),
        (note::STATE, Answer::Info(line)) if int(line, 0) != Some(0) && !state.freed => free(state),
        (note::STATE, _) if state.diagnosed => fail(state),
        (note::STATE, _) => {
            state.diagnosed = true;
            Verdict::To(note::DIAGNOSE)
        }
        // Context, name and TCP are good: what is left is the login.
        (note::DIAGNOSED, _) => fail(state),
        _ => diagnose::take(run, note, answer),
    }
}

/// For the reason that was found; without one, the broker refused the login.
pub(super) fn fail<F: Lpwa>(state: &mut State<F>) -> Verdict {
    let cause = state.cause.unwrap_or(Error::LoginFailed(0));
    refuse(state, cause)
}

/// Ends the session of an earlier life, once.
fn free<F: Lpwa>(state: &mut State<F>) -> Verdict {
    state.freed = true;
    state.ended();
    Verdict::To(note::OLD)
}

/// `+SMSTATE: 0`
pub(super) fn ended<F: Lpwa>(state: &mut State<F>) -> Effect {
    match state.session {
        // It tells of the session before this one, or of this one: only the module knows.
        Session::Up if Instant::now() < state.late_until => {
            state.doubt = Some(0);
            Effect::Woken
        }
        Session::Up => state.lose_session(0),
        _ => Effect::None,
    }
}
