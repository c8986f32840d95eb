//! SIM, registration, data context.

use wanlink_at::driver::attach::{self, RULES};
use wanlink_at::driver::{Parts, begins_with, flag};
use wanlink_at::{Answer, Step, Verdict, listen, step, table};

use super::{Error, Input, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::attach::note::*;

    pub(super) const CONTEXT: u8 = 1;
    pub(super) const ACTIVATE: u8 = 2;
    pub(super) const ACTIVATED: u8 = 3;
}

/// Flags: whether the APN wants a login.
const LOGIN: u8 = flag::ATTACH | 1;
const NO_LOGIN: u8 = flag::ATTACH | 2;

/// Arguments: APN, user, password, kind of authentication, PIN.
const ATTACH_STEPS: &[Step] = &[
    // Codes 13, 14 and 313 are those of a card that starts.
    step("+CPIN?", 90).info().note(note::SIM).retry(15, 10).at("simcom-at 2.2"),
    listen(note::PIN_DUE, 0),
    step("+CPIN=\"{e}\"", 90).result(0, 90).named("+CPIN: READY").optional().note(note::PIN).at("simcom-at 2.3"),
    // The APN of another card survives in the module's flash: written when it differs, with the radio off.
    step("+CGDCONT?", 90).note(note::APN).retry(5, 4).at("simcom-at 2.3"),
    step("+CFUN=4", 150).at("simcom-at 2.3"),
    step("+CGDCONT=1,\"IP\",\"{a}\"", 90).retry(10, 4).at("simcom-at 2.3"),
    // The password stands before the user.
    step("+CGAUTH=1,0", 90).when(NO_LOGIN).note(note::RADIO).retry(2, 4).ignore().at("simcom-at 2.6"),
    step("+CGAUTH=1,1,\"{c}\",\"{b}\"", 90).when(LOGIN).retry(2, 4).at("simcom-at 2.6"),
    step("+CFUN=1", 150).at("simcom-at 2.3"),
    step("+CEREG?", 90).info().note(note::LTE).retry(2, 3).at("simcom-at 2.3"),
    step("+CGREG?", 90).info().note(note::GPRS).ignore().at("simcom-at 2.3"),
    // Progress comes by URC. Asking again twice a minute is only for a URC that was lost on the line.
    listen(note::REGISTERED, 300),
    // LTE gives the context with the registration; else, and with a login that was not there before, it is asked for.
    step("+CGACT?", 90).note(note::CONTEXT).at("simcom-at 2.3"),
    step("+CGACT=1,1", 1500).note(note::ACTIVATE).at("simcom-at 2.3"),
    listen(note::ACTIVATED, 0),
    listen(note::UP, 0),
];
pub(super) static ATTACH: Operation =
    Operation { prepare, rules: RULES, ..Operation::new(table![ATTACH_STEPS], flag::ATTACH, take) };

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    attach::prepare(input, state, parts)?;
    let &Input::Network(network) = input else { return Ok(()) };
    let has_login = network.auth.is_some_and(|auth| !(auth.user.is_empty() && auth.password.is_empty()));
    parts.flags |= if has_login { LOGIN } else { NO_LOGIN };
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::CONTEXT, Answer::Info(line)) if begins_with(line, &[1, 1]) => {
            run.state.context_up = true;
            Verdict::To(note::UP)
        }
        (note::CONTEXT | note::ACTIVATE, Answer::Error(_)) => run.state.fail(Error::NoContext),
        (note::ACTIVATED, _) => {
            run.state.context_up = true;
            Verdict::Go
        }
        _ => attach::take(run, note, answer),
    }
}
