//! Opening a session with the broker, and ending it.

use wanlink_at::{Answer, Arg, Step, Verdict, int, listen, pack, packed_len, step};
use wanlink_core::{Argument, MqttLimits};

use crate::error::Error;
use crate::operation::{Args, Input, Operation, Rule, Running, flag};
use crate::state::{Session, State};

/// The longest keep-alive that the module takes, in seconds (MQTT 3.3.1); a longer one is cut to it.
const KEEP_ALIVE_S: u16 = 3600;

mod note {
    pub(super) const ENTER: u8 = 1;
    pub(super) const FREE: u8 = 2;
    pub(super) const OLD: u8 = 3;
    pub(super) const SETTING: u8 = 4;
    pub(super) const OPEN: u8 = 5;
    pub(super) const LOGIN: u8 = 6;
    pub(super) const CLOSED: u8 = 7;
}

/// Arguments: host, port, client id, user, password, keep-alive, clean session.
const CONNECT_STEPS: &[Step] = &[
    listen(note::ENTER, 0),
    // A client that the module calls occupied: close it, give the module its two seconds.
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::FREE).at("MQTT 3.3.3"),
    listen(0, 20).ignore(),
    step("+QMTDISC=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.3"),
    step("+QMTCFG=\"version\",0,4", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"pdpcid\",0,1", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"ssl\",0,0", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"keepalive\",0,{f}", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"session\",0,{g}", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"timeout\",0,10,3,0", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTCFG=\"recv/mode\",0,0,1", 3).note(note::SETTING).at("MQTT 3.3.1"),
    step("+QMTOPEN=0,\"{a}\",{b}", 50).result(1, 1250).note(note::OPEN).at("MQTT 3.3.2"),
    // At once: the platform hangs up on a silence here.
    step("+QMTCONN=0,\"{c}\",\"{d}\",\"{e}\"", 50).result(1, 400).note(note::LOGIN).at("MQTT 3.3.4"),
];
/// The [rules](rules) are those of the model.
pub(crate) const CONNECT: Operation = {
    static TABLE: [u8; packed_len(CONNECT_STEPS)] = pack(CONNECT_STEPS);
    Operation { prepare, ..Operation::new(&TABLE, flag::SESSION, take) }
};

/// TLS, which this driver has not yet: refused before a byte is sent.
pub(crate) const NO_TLS: Operation = Operation { prepare: |_, _, _| Err(Error::NoTls), ..Operation::new(&[], 0, take) };

const DISCONNECT_STEPS: &[Step] = &[
    listen(note::CLOSED, 0),
    step("+QMTDISC=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.5"),
    step("+QMTCLOSE=0", 20).result(1, 310).ignore().note(note::OLD).at("MQTT 3.3.3"),
];
pub(crate) static DISCONNECT: Operation = {
    static TABLE: [u8; packed_len(DISCONNECT_STEPS)] = pack(DISCONNECT_STEPS);
    Operation::new(&TABLE, 0, take)
};

/// What the texts of a login have to be.
pub(crate) const fn rules(limits: &MqttLimits) -> [Rule; 4] {
    [
        Rule { what: Argument::HostName, limit: limits.host, index: 0, may_be_empty: false },
        Rule { what: Argument::ClientId, limit: limits.client_id, index: 2, may_be_empty: false },
        Rule { what: Argument::UserName, limit: limits.user, index: 3, may_be_empty: true },
        Rule { what: Argument::Password, limit: limits.password, index: 4, may_be_empty: true },
    ]
}

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, args: &mut Args<'a>) -> Result<(), Error> {
    let &Input::Login { host, port, login } = input else { return Ok(()) };
    state.keep_alive_s = login.keep_alive_s.min(KEEP_ALIVE_S);
    *args = [
        Arg::Text(host.as_bytes()),
        Arg::Number(port.into()),
        Arg::Text(login.client_id.as_bytes()),
        Arg::Text(login.user.as_bytes()),
        Arg::Secret(login.password.as_bytes()),
        Arg::Number(state.keep_alive_s.into()),
        Arg::Number(login.clean_session.into()),
    ];
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::ENTER, _) => {
            state.freed = false;
            let old = core::mem::replace(&mut state.session, Session::Opening) != Session::Closed;
            if old {
                state.ended();
            }
            return Verdict::To(if old { note::OLD } else { note::SETTING });
        }
        (note::CLOSED, _) if state.session == Session::Closed => return Verdict::Done,
        (note::CLOSED, _) => {
            state.session = Session::Unknown;
            state.ended();
            return Verdict::Go;
        }
        // Our own close may still be told by a late `+QMTSTAT` (MQTT 4).
        (note::FREE | note::OLD, Answer::Result(_)) => state.ended(),
        (note::OPEN, Answer::Result(line)) => match int(line, 1) {
            Some(0) => state.session = Session::LoggingIn,
            Some(2) if !state.freed => return free(state),
            result => return state.fail(Error::Open(result.and_then(|r| r.try_into().ok()).unwrap_or(-1))),
        },
        (note::LOGIN, Answer::Result(line)) => return login(state, line),
        (note::OPEN, Answer::Silence) => return state.fail(Error::Open(-1)),
        (note::LOGIN, Answer::Silence) => return refuse(state, Error::NoConnack),
        // A client that is open refuses its settings, or says that it is occupied.
        (note::SETTING | note::OPEN | note::LOGIN, Answer::Error(_)) if !state.freed => return free(state),
        _ => {}
    }
    Verdict::Default
}

/// Frees the client, once.
fn free(state: &mut State) -> Verdict {
    state.freed = true;
    state.session = Session::Opening;
    state.ended();
    Verdict::To(note::FREE)
}

/// The login failed: what follows from the module is no news then.
fn refuse(state: &mut State, cause: Error) -> Verdict {
    state.session = Session::Unknown;
    state.ended();
    state.fail(cause)
}

/// `+QMTCONN: 0,<result>[,<return code>]`; the code may be missing when it is 0.
fn login(state: &mut State, line: &[u8]) -> Verdict {
    let failure = match (int(line, 1), int(line, 2)) {
        (Some(0), None | Some(0)) => {
            (state.session, state.doubt, state.notice) = (Session::Up, None, None);
            return Verdict::Go;
        }
        (Some(1), _) => return Verdict::Wait,
        (Some(0), Some(code)) => Error::Connack(code.try_into().unwrap_or(u8::MAX)),
        _ => Error::NoConnack,
    };
    refuse(state, failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::taken;

    #[test]
    fn results_of_a_login() {
        for (line, verdict, cause) in [
            (&b"+QMTCONN: 0,0,0"[..], Verdict::Go, None),
            // Some firmware leaves the code out where it is 0 (MQTT 3.3.4).
            (b"+QMTCONN: 0,0", Verdict::Go, None),
            (b"+QMTCONN: 0,1", Verdict::Wait, None),
            (b"+QMTCONN: 0,1,2", Verdict::Wait, None),
            (b"+QMTCONN: 0,2", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0", Verdict::Fail, Some(Error::NoConnack)),
            (b"+QMTCONN: 0,0,5", Verdict::Fail, Some(Error::Connack(5))),
            (b"+QMTCONN: 0,0,-1", Verdict::Fail, Some(Error::Connack(255))),
            (b"+QMTCONN: 0,0,300", Verdict::Fail, Some(Error::Connack(255))),
        ] {
            let mut state = State::default();
            assert_eq!((taken(&mut state, take, note::LOGIN, Answer::Result(line)), state.cause), (verdict, cause));
            assert_eq!(state.session == Session::Up, verdict == Verdict::Go);
        }
    }

    #[test]
    fn results_of_an_open() {
        for (line, verdict, cause) in [
            (&b"+QMTOPEN: 0,0"[..], Verdict::Default, None),
            (b"+QMTOPEN: 0,-1", Verdict::Fail, Some(Error::Open(-1))),
            (b"+QMTOPEN: 0,5", Verdict::Fail, Some(Error::Open(5))),
            (b"+QMTOPEN: 0,1000", Verdict::Fail, Some(Error::Open(-1))),
            (b"+QMTOPEN: 0", Verdict::Fail, Some(Error::Open(-1))),
        ] {
            let mut state = State::default();
            assert_eq!((taken(&mut state, take, note::OPEN, Answer::Result(line)), state.cause), (verdict, cause));
        }
    }
}
