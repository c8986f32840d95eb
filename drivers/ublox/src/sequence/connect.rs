//! Opening a session with the broker, and ending it.

use core::ops::RangeInclusive;

use wanlink_at::driver::connect::{self, accept, refuse};
use wanlink_at::driver::{Parts, Session, flag};
use wanlink_at::{Answer, Arg, Code, Step, Verdict, cme_code, int, listen, step, table};

use super::diagnose::{self, DIAGNOSE_STEPS};
use crate::own::has;
use crate::{Command, Error, Input, Operation, Running, State, quirk};

/// No limit is stated.
const KEEP_ALIVE_S: RangeInclusive<u16> = 0..=u16::MAX;

pub(crate) mod note {
    //! Notes of the tables that open a session or a socket, those of [`diagnose`](crate::sequence::diagnose) and of
    //! [`tls`](crate::sequence::tls) among them.
    pub(crate) const ENTER: u8 = 1;
    pub(crate) const OLD: u8 = 2;
    pub(crate) const SETTING: u8 = 3;
    pub(crate) const CLEAN: u8 = 4;
    pub(crate) const SERVER: u8 = 5;
    pub(crate) const LOGIN: u8 = 6;
    pub(crate) const PINGS: u8 = 7;
    pub(crate) const ACCEPTED: u8 = 8;
    pub(crate) const WHY: u8 = 9;
    pub(crate) const CLOSED: u8 = 10;
    pub(crate) const DIAGNOSE: u8 = 11;
    pub(crate) const FREE: u8 = 12;
    pub(crate) const CONTEXT: u8 = 13;
    pub(crate) const PROFILE: u8 = 14;
    pub(crate) const BEARER: u8 = 15;
    pub(crate) const NO_CONTEXT: u8 = 16;
    pub(crate) const RESOLVE: u8 = 17;
    pub(crate) const SOCKET: u8 = 18;
    pub(crate) const REACH: u8 = 19;
    pub(crate) const REACHED: u8 = 20;
    pub(crate) const CLOSE: u8 = 21;
    pub(crate) const DIAGNOSED: u8 = 22;
    pub(crate) const CLOCK: u8 = 23;
    pub(crate) const FILE: u8 = 24;
    pub(crate) const STALE: u8 = 25;
    pub(crate) const UPLOAD: u8 = 26;
    pub(crate) const SECURE: u8 = 27;
    pub(crate) const SET_UP: u8 = 28;
    pub(crate) const PROTECT: u8 = 29;
    pub(crate) const CONNECT: u8 = 30;
    pub(crate) const CONNECT_ASYNC: u8 = 31;
    pub(crate) const BODY: u8 = 33;
    pub(crate) const SEND: u8 = 34;
    pub(crate) const POST: u8 = 35;
    pub(crate) const SIZE: u8 = 36;
    pub(crate) const FREED: u8 = 37;
    /// A pause: from the setting of TLS to the connection.
    pub(crate) const SECURED: u8 = 32;
}

/// Where a number stands that an answer brings: that of a socket.
pub(crate) const LATER: usize = 6;

/// Up to the settings. Arguments of a connect: host, port, client id, user, password, keep-alive, a socket's number.
pub(super) const BEGIN_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // Refused without a session.
    step("+UMQTTC=0", 150).result(1, 1200).named("+UUMQTTC").ignore().note(note::OLD).at("INT 5"),
    // There is no default for it on all firmware.
    step("+UMQTT=0,\"{c}\"", 10).note(note::SETTING).at("INT 5"),
    step("+UMQTT=4,\"{d}\",\"{e}\"", 10).note(note::SETTING).at("INT 5"),
    // The keep-alive of the login; it makes the module send no ping.
    step("+UMQTT=10,{f}", 10).note(note::SETTING).at("INT 5"),
    listen(note::CLEAN, 0),
    step("+UMQTT=12,1", 10).note(note::SETTING).at("INT 5"),
    listen(note::SERVER, 0),
];

/// A setting of an earlier session outlives it.
const PLAIN_STEPS: &[Step] = &[step("+UMQTT=11,0", 10).note(note::SETTING).at("INT 5")];

pub(super) const OPEN_STEPS: &[Step] = &[
    // Behind the setting of TLS, which may move the port. The name may be looked up at once.
    step("+UMQTT=2,\"{a}\",{b}", 1200).note(note::SETTING).at("INT 5"),
    step("+UMQTTC=1", 150).result(1, 1200).named("+UUMQTTC").note(note::LOGIN).at("INT 5"),
    // Pings go out after this only, which the end of a session takes back.
    step("+UMQTTC=8,1", 150).note(note::PINGS).at("INT 5"),
    listen(note::ACCEPTED, 0),
    step("+UMQTTER", 10).info().note(note::WHY).at("INT 5"),
];

/// Without TLS. The rules are those of the model.
pub(crate) const CONNECT: Operation = {
    Operation {
        prepare,
        ..Operation::new(table![BEGIN_STEPS, PLAIN_STEPS, OPEN_STEPS, DIAGNOSE_STEPS], flag::SESSION, take)
    }
};

const DISCONNECT_STEPS: &[Step] =
    &[listen(note::CLOSED, 0), step("+UMQTTC=0", 150).result(1, 1200).named("+UUMQTTC").ignore().at("INT 5")];
pub(crate) static DISCONNECT: Operation = Operation::new(table![DISCONNECT_STEPS], 0, take);

pub(super) fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Login { login, .. } = input else { return Ok(()) };
    if !login.clean_session {
        return Err(Error::CleanOnly);
    }
    connect::prepare(input, state, parts, KEEP_ALIVE_S)?;
    parts.args[LATER] = Arg::Later(parts.later);
    Ok(())
}

pub(super) fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.diagnosed, state.uploaded, state.own.tried_again) = (false, false, false, false);
            let old = core::mem::replace(&mut state.session, Session::Opening) != Session::Closed;
            Verdict::To(if old { note::OLD } else { note::SETTING })
        }
        (note::CLOSED, _) if state.session == Session::Closed => Verdict::Done,
        (note::CLOSED, _) => {
            state.session = Session::Unknown;
            Verdict::Go
        }
        // A client that is logged in refuses its settings, and another login.
        (note::SETTING | note::LOGIN, Answer::Error(_)) if !state.freed => {
            state.freed = true;
            Verdict::To(note::OLD)
        }
        (note::CLEAN, _) if has(state, quirk::CLEAN_ORDERED) => Verdict::Go,
        (note::CLEAN, _) => Verdict::To(note::SERVER),
        (note::SERVER, _) => Verdict::Go,
        (note::LOGIN, Answer::Result(line)) if int(line, 1) == Some(1) => {
            state.own.suspected = false;
            if state.keep_alive_s == 0 {
                return accept(state);
            }
            state.session = Session::LoggingIn;
            Verdict::Default
        }
        (note::LOGIN, Answer::Result(_)) => Verdict::To(note::WHY),
        (note::LOGIN, Answer::Silence) => refuse(state, Error::NoConnack),
        (note::PINGS, Answer::Error(reason)) => {
            let code = cme_code(reason).and_then(Code::new);
            refuse(state, Error::Module { command: Command::new("+UMQTTC"), code })
        }
        (note::ACCEPTED, _) => accept(state),
        (note::WHY, Answer::Info(line)) => failed(state, int(line, 1)),
        // Until it is known better.
        (note::WHY, _) => refuse(state, Error::LoginFailed(0)),
        (note::DIAGNOSED, _) => {
            let cause = state.cause.unwrap_or(match state.own.code {
                TIMED_OUT => Error::NoConnack,
                NO_SERVICE => Error::Open(-1),
                code => Error::LoginFailed(code),
            });
            refuse(state, cause)
        }
        _ => diagnose::take(run, note, answer),
    }
}

/// Codes of class 13, MQTT (INT 5, and the vendor's library); the rest is not known.
const TIMED_OUT: u8 = 33;
const NO_SERVICE: u8 = 34;
const NO_CONTEXT: u8 = 50;
pub(super) const NOT_SECURE: u8 = 8;

/// A login failed; its code may be anything, or nothing.
fn failed(state: &mut State, code: Option<i32>) -> Verdict {
    state.own.code = code.and_then(|code| code.try_into().ok()).unwrap_or(0);
    if state.own.code == NO_CONTEXT {
        return refuse(state, Error::NoContext);
    }
    // Context, name and TCP are good, and the same again.
    if state.diagnosed {
        return Verdict::To(note::DIAGNOSED);
    }
    state.diagnosed = true;
    Verdict::To(note::DIAGNOSE)
}
