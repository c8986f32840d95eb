//! Opening a session with the broker, and ending it.

use wanlink_at::driver::connect::{self, accept, refuse};
use wanlink_at::driver::{Parts, Session, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, step, table};
use wanlink_core::Argument;

use super::diagnose::{self, DIAGNOSE_STEPS};
use super::family::{CmqttFamily, Entered};
use super::{Error, Input, Operation, Running, State};

/// The longest keep-alive that the module takes, in seconds (simcom-at 3), and what goes for none at all.
const KEEP_ALIVE_S: u16 = 64_800;

pub(super) mod note {
    //! Notes of the tables that open a session or a socket, those of [`diagnose`](super::diagnose), of [`tls`](super::super::tls),
    //! of [`native`](super::super::native) and of [`https`](super::super::https) among them.
    pub(crate) const ENTER: u8 = 1;
    pub(crate) const CLIENT: u8 = 2;
    pub(crate) const OLD: u8 = 3;
    pub(crate) const SERVICE: u8 = 4;
    pub(crate) const START: u8 = 5;
    pub(crate) const ACQUIRE: u8 = 6;
    pub(crate) const ACQUIRE_4: u8 = 7;
    pub(crate) const ACQUIRED: u8 = 8;
    pub(crate) const SETTING: u8 = 9;
    pub(crate) const LOGIN: u8 = 10;
    pub(crate) const DIAGNOSE: u8 = 11;
    pub(crate) const RESOLVE: u8 = 12;
    pub(crate) const NETWORK: u8 = 13;
    pub(crate) const REACH: u8 = 14;
    pub(crate) const DIAGNOSED: u8 = 15;
    pub(crate) const CLOCK: u8 = 16;
    pub(crate) const FILE: u8 = 17;
    pub(crate) const STALE: u8 = 18;
    pub(crate) const UPLOAD: u8 = 19;
    pub(crate) const SECURE: u8 = 20;
    pub(crate) const CLOSED: u8 = 21;
    pub(crate) const ENDED: u8 = 22;
    pub(crate) const SETTINGS: u8 = 23;
    pub(crate) const UPLOADED: u8 = 24;
    pub(crate) const FREE: u8 = 25;
    pub(crate) const OPEN: u8 = 26;
    pub(crate) const SET_UP: u8 = 27;
    pub(crate) const OPENING: u8 = 28;
    pub(crate) const URL: u8 = 29;
    pub(crate) const URL_443: u8 = 30;
    pub(crate) const DONE: u8 = 31;
    pub(crate) const HEADERS: u8 = 32;
    pub(crate) const HEADERS_1: u8 = 33;
    pub(crate) const HEADERS_2: u8 = 34;
    pub(crate) const HEADERS_3: u8 = 35;
    pub(crate) const HEADERS_4: u8 = 36;
    pub(crate) const HEADED: u8 = 37;
    pub(crate) const BODY: u8 = 38;
    pub(crate) const DATA: u8 = 39;
    pub(crate) const READ: u8 = 40;
    pub(crate) const SURE: u8 = 41;
    pub(crate) const LISTED: u8 = 42;
    pub(crate) const UNLISTED: u8 = 43;
    pub(crate) const NATIVE: u8 = 44;
    pub(crate) const SECOND: u8 = 45;
}

pub(super) const BEGIN_STEPS: &[Step] = &[listen(note::ENTER, 0)];

/// The service without a client in use. Arguments of a connect: host, port, client id, user, password, keep-alive, clean
/// session.
pub(super) const SERVICE_STEPS: &[Step] = &[
    listen(note::CLIENT, 0),
    step("+CMQTTDISC=0,60", 650).result(1, 650).ignore().note(note::OLD).at("simcom-at 3"),
    step("+CMQTTREL=0", 90).ignore().at("simcom-at 3"),
    listen(note::SERVICE, 0),
    step("+CMQTTSTOP", 120).result(0, 120).ignore().at("simcom-at 3"),
    // It brings the context up by itself.
    step("+CMQTTSTART", 1200).result(0, 1200).note(note::START).retry(2, 10).at("simcom-at 3"),
    listen(note::ACQUIRE, 0),
];

pub(super) const PLAIN_STEPS: &[Step] = &[
    step("+CMQTTACCQ=0,\"{c}\",0", 90).note(note::SETTING).at("simcom-at 3"),
    // Without it the module speaks MQTT 3.1.
    step("+CMQTTCFG=\"version\",0,4", 90).note(note::SETTING).at("simcom-at 3"),
    listen(note::ACQUIRED, 0),
    step("+CMQTTACCQ=0,\"{c}\",0,4", 90).note(note::ACQUIRE_4).at("simcom-at 3"),
];

pub(super) const SETTINGS_STEPS: &[Step] = &[
    listen(note::SETTINGS, 0),
    // A payload is whatever it is.
    step("+CMQTTCFG=\"checkUTF8\",0,0", 90).note(note::SETTING).at("simcom-at 3"),
    step("+CMQTTCFG=\"optimeout\",0,60", 90).note(note::SETTING).at("simcom-at 3"),
];

pub(super) const LOGIN_STEPS: &[Step] = &[
    // `tcp://`, also with TLS. With some firmware the `OK` comes when the socket is open, or with the result.
    step("+CMQTTCONNECT=0,\"tcp://{a}:{b}\",{f},{g},\"{d}\",\"{e}\"", 1250)
        .result(1, 1250)
        .note(note::LOGIN)
        .at("simcom-at 3"),
];

/// Without TLS. The rules are those of the model.
pub(super) const CONNECT: Operation = {
    let table = table![BEGIN_STEPS, SERVICE_STEPS, PLAIN_STEPS, SETTINGS_STEPS, LOGIN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take) }
};

const DISCONNECT_STEPS: &[Step] = &[
    listen(note::CLOSED, 0),
    step("+CMQTTDISC=0,60", 650).result(1, 650).ignore().note(note::OLD).at("simcom-at 3"),
    step("+CMQTTREL=0", 90).ignore().at("simcom-at 3"),
    step("+CMQTTSTOP", 120).result(0, 120).ignore().at("simcom-at 3"),
    listen(note::ENDED, 0),
];
pub(super) static DISCONNECT: Operation = Operation::new(table![DISCONNECT_STEPS], 0, take);

pub(super) fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    prepare_login(input, state, parts)?;
    let &Input::Login { login, .. } = input else { return Ok(()) };
    // The module takes no text without a byte.
    if login.user.is_empty() {
        return Err(Error::Malformed(Argument::UserName));
    }
    if login.password.is_empty() {
        return Err(Error::Malformed(Argument::Password));
    }
    Ok(())
}

/// As [`prepare`], of a login whoever makes it.
pub(super) fn prepare_login<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    connect::prepare(input, state, parts, 0..=KEEP_ALIVE_S)?;
    // Nor does it take no pings at all.
    if state.keep_alive_s == 0 {
        parts.args[5] = Arg::Number(KEEP_ALIVE_S.into());
    }
    Ok(())
}

pub(super) fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            (state.freed, state.diagnosed, state.uploaded) = (false, false, false);
            state.session = Session::Opening;
            return Verdict::Go;
        }
        (note::CLIENT, _) => return if state.own.client { Verdict::Go } else { Verdict::To(note::SERVICE) },
        (note::SERVICE, _) => {
            state.own.client = false;
            return if state.own.service { Verdict::To(note::ACQUIRE) } else { Verdict::Go };
        }
        // The session before this one is over, and may still be told of.
        (note::OLD, Answer::Result(_)) => state.ended(),
        (note::START, Answer::Result(line)) => match int(line, 0) {
            Some(0) => state.own.service = true,
            Some(STARTED) if !state.freed => return free(state),
            _ => return state.fail(Error::NoContext),
        },
        (note::ACQUIRE, _) => {
            (state.own.client, state.own.entered) = (true, Entered::Nothing);
            let is_old = state.times.quirks & CmqttFamily::VERSION_IN_ACQUIRE != 0;
            return if is_old { Verdict::To(note::ACQUIRE_4) } else { Verdict::Go };
        }
        (note::ACQUIRED, _) => return Verdict::To(note::SETTINGS),
        (note::SETTINGS, _) => return Verdict::Go,
        (note::LOGIN, Answer::Result(line)) => return login(state, int(line, 1)),
        (note::LOGIN, Answer::Silence) => return refuse(state, Error::NoConnack),
        // A service that runs already, a client that is in use. What else it may be, the module does not say.
        (note::START | note::ACQUIRE_4 | note::SETTING | note::LOGIN, Answer::Error(_)) if !state.freed => {
            return free(state);
        }
        (note::LOGIN, Answer::Error(_)) if !state.diagnosed => return Verdict::To(note::DIAGNOSE),
        (note::CLOSED, _) => {
            if state.session == Session::Closed && !state.own.client && !state.own.service {
                return Verdict::Done;
            }
            state.session = Session::Unknown;
            state.ended();
            return Verdict::Go;
        }
        (note::ENDED, _) => {
            (state.own.client, state.own.service) = (false, false);
            return Verdict::Done;
        }
        _ => return diagnose::take(run, note, answer),
    }
    Verdict::Default
}

/// Ends whatever there is, client and service, once.
pub(super) fn free(state: &mut State) -> Verdict {
    state.freed = true;
    (state.own.client, state.own.service) = (true, false);
    state.ended();
    Verdict::To(note::CLIENT)
}

/// Codes of the CMQTT family (simcom-at 3).
const STARTED: i32 = 23;
/// TLS handshake, certificate, TLS session.
pub(super) const TLS_FAILED: core::ops::RangeInclusive<i32> = 32..=34;

/// `+CMQTTCONNECT: 0,<code>`
fn login(state: &mut State, code: Option<i32>) -> Verdict {
    let failure = match code {
        Some(0) => return accept(state),
        // No connection, busy, in use, not acquired, not released.
        Some(11 | 14 | 19..=21) if !state.freed => return free(state),
        Some(7..=9) => Error::NoContext,
        // "the broker's name cannot be resolved", "nobody answers there".
        Some(25) => Error::Open(4),
        Some(3) => Error::Open(5),
        // The broker closed instead of an answer.
        Some(26) => Error::NoConnack,
        Some(refusal @ 27..=31) => Error::Connack(refusal as u8 - 26),
        // Those two have another meaning here.
        Some(4 | 5) | None => Error::Open(-1),
        Some(code) => Error::Open(code.try_into().unwrap_or(-1)),
    };
    refuse(state, failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_at::driver::taken;

    #[test]
    fn results_of_a_login() {
        for (line, verdict, cause) in [
            (&b"+CMQTTCONNECT: 0,0"[..], Verdict::Done, None),
            (b"+CMQTTCONNECT: 0,14", Verdict::To(note::CLIENT), None),
            (b"+CMQTTCONNECT: 0,3", Verdict::Fail, Some(Error::Open(5))),
            (b"+CMQTTCONNECT: 0,5", Verdict::Fail, Some(Error::Open(-1))),
            (b"+CMQTTCONNECT: 0,9", Verdict::Fail, Some(Error::NoContext)),
            (b"+CMQTTCONNECT: 0,17", Verdict::Fail, Some(Error::Open(17))),
            (b"+CMQTTCONNECT: 0,25", Verdict::Fail, Some(Error::Open(4))),
            (b"+CMQTTCONNECT: 0,26", Verdict::Fail, Some(Error::NoConnack)),
            (b"+CMQTTCONNECT: 0,27", Verdict::Fail, Some(Error::Connack(1))),
            (b"+CMQTTCONNECT: 0,31", Verdict::Fail, Some(Error::Connack(5))),
            (b"+CMQTTCONNECT: 0,1000", Verdict::Fail, Some(Error::Open(-1))),
            (b"+CMQTTCONNECT: 0", Verdict::Fail, Some(Error::Open(-1))),
        ] {
            let mut state = State::default();
            assert_eq!((taken(&mut state, take, note::LOGIN, Answer::Result(line)), state.cause), (verdict, cause));
            assert_eq!(state.session == Session::Up, verdict == Verdict::Done);
        }
    }

    #[test]
    fn a_service_that_runs_already_is_stopped_once() {
        let mut state = State::default();
        let started = Answer::Result(b"+CMQTTSTART: 23");
        assert_eq!(taken(&mut state, take, note::START, started), Verdict::To(note::CLIENT));
        assert_eq!(
            (taken(&mut state, take, note::START, started), state.cause),
            (Verdict::Fail, Some(Error::NoContext))
        );
    }
}
