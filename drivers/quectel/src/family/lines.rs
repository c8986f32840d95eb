//! What unsolicited lines change, and where codes lead to. All families of Quectel have these.

use embassy_time::Instant;
use wanlink_at::driver::{Family, Session, flag};
use wanlink_at::{Effect, fields, int};
use wanlink_core::ErrorKind;

use crate::urc::id;
use crate::{Error, State};

pub(crate) fn urc<F: Family>(state: &mut State<F>, id: u8, line: &[u8]) -> Effect {
    match id {
        id::STAT if int(line, 0) == Some(0) => session_ended(state, line),
        id::TCPIP if fields(line).next() == Some(b"\"pdpdeact\"") && int(line, 1) == Some(1) => state.lose_context(),
        id::SLEEP => state.fall_asleep(),
        id::TCPIP | id::TLS => state.sockets.hook.map_or(Effect::None, |hook| (hook.line)(state, id, line)),
        _ => Effect::None,
    }
}

/// `+QMTOPEN` results (MQTT Application Note 3.3.2): all but 3, the context, leave it as it is.
pub(crate) fn kind_of_open(code: i8) -> ErrorKind {
    if matches!(code, -1 | 1 | 2 | 4 | 5) { ErrorKind::Reconnect } else { ErrorKind::Reattach }
}

/// Causes of `+QMTSTAT` (MQTT Application Note 4): after 2 and 7 the context has to come up first.
pub(crate) fn kind_of_loss(cause: u8) -> ErrorKind {
    if matches!(cause, 2 | 7) { ErrorKind::Reattach } else { ErrorKind::Reconnect }
}

/// Tables of errors (TCP/IP Application Note 4, HTTP(S) Application Note 4).
pub(crate) fn is_unresolved(code: u16) -> bool {
    matches!(code, 565 | 714)
}

/// `+QMTSTAT: 0,<cause>`
fn session_ended<F: Family>(state: &mut State<F>, line: &[u8]) -> Effect {
    let cause = int(line, 1).and_then(|n| u8::try_from(n).ok()).unwrap_or(0);
    let may_be_late = cause == 1 && Instant::now() < state.late_until;
    match state.session {
        // It tells of the session before this one, or of this one: only the module knows.
        Session::Up if may_be_late => {
            state.doubt = Some(cause);
            Effect::Woken
        }
        Session::Up => state.lose_session(cause),
        // The broker refused or is silent: the result line may not come any more.
        Session::LoggingIn if !may_be_late => {
            state.session = Session::Unknown;
            state.cut_short(flag::SESSION, Error::NoConnack)
        }
        _ => Effect::None,
    }
}
