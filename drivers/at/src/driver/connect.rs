//! Opening a session: the arguments that all families have in common.

use wanlink_core::__private::is_mutant;
use wanlink_core::{Login, Tls, Trust, Validity};

use super::error::Error;
use super::family::Family;
use super::operation::{Input, Parts};
use super::state::{Session, State};
use crate::{Arg, Step, Verdict, step};

pub mod tls_flag {
    //! Flags of an operation whose table has the steps of a TLS context.

    /// The root's file decides whose certificates are taken.
    pub const ROOT: u8 = 1;
    /// Anybody's are taken.
    pub const ANYONE: u8 = 2;
    /// Dates are looked at if the module knows the time.
    pub const DATES: u8 = 4;
    /// Without the time there is no connection.
    pub const REQUIRED: u8 = 8;
}

/// Fills in host, port, client id, user, password, keep-alive of at most `keep_alive_s` seconds, clean session.
///
/// # Errors
/// None.
pub fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
    keep_alive_s: core::ops::RangeInclusive<u16>,
) -> Result<(), Error<F>> {
    let &Input::Login { host, port, login, .. } = input else { return Ok(()) };
    let &Login { client_id, user, password, keep_alive_s: wanted, clean_session } = login;
    state.keep_alive_s = wanted.clamp(*keep_alive_s.start(), *keep_alive_s.end());
    let args = &mut parts.args;
    args[0] = Arg::Text(host.as_bytes());
    args[1] = Arg::Number(port.into());
    args[2] = Arg::Text(client_id.as_bytes());
    args[3] = Arg::Text(user.as_bytes());
    args[4] = Arg::Secret(password.as_bytes());
    args[5] = Arg::Number(state.keep_alive_s.into());
    args[6] = Arg::Number(clean_session.into());
    Ok(())
}

/// Fills in what the steps of a TLS context need: the root's file name and its length, as the eighth and the ninth
/// argument, the root as the body, and the [flags](tls_flag).
///
/// # Errors
/// [`Error::NoHostCheck`] for a trust that is not known here: it is not made weaker.
pub fn prepare_tls<'a, F: Family>(tls: &'a Tls<'a>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    match tls.trust {
        Trust::Root(root) => {
            parts.args[7] = Arg::Text(root.name().as_bytes());
            parts.args[8] = Arg::Number(root.pem().len() as u32);
            parts.body = root.pem();
            parts.flags |= tls_flag::ROOT;
        }
        Trust::Anyone => parts.flags |= tls_flag::ANYONE,
        _ => return Err(Error::NoHostCheck),
    }
    if is_mutant("anybody's certificate is taken") {
        parts.flags = parts.flags & !tls_flag::ROOT | tls_flag::ANYONE;
    }
    parts.flags |= match tls.validity {
        Validity::Ignored => 0,
        Validity::IfClockKnown => tls_flag::DATES,
        _ => tls_flag::DATES | tls_flag::REQUIRED,
    };
    Ok(())
}

/// A question that no `OK` of before answers.
///
/// Behind an `OK` that came twice each command is answered by what is meant for the one before, until a module drops one
/// that comes while it works on another. What stands behind this step is not dropped so.
pub const IN_STEP: Step = step("+CSQ", 3).info().retry(2, 3).at("3GPP TS 27.007, 8.5");

/// The login succeeded.
pub fn accept<F: Family>(state: &mut State<F>) -> Verdict {
    (state.session, state.doubt, state.notice) = (Session::Up, None, None);
    Verdict::Done
}

/// The login failed: what follows from the module is no news then.
pub fn refuse<F: Family>(state: &mut State<F>, cause: Error<F>) -> Verdict {
    state.session = Session::Unknown;
    state.ended();
    state.fail(cause)
}
