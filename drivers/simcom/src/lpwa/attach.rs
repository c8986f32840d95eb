//! SIM, registration, application network.

use wanlink_at::driver::attach::{self, RULES};
use wanlink_at::driver::{Parts, flag};
use wanlink_at::{Answer, Step, Verdict, listen, step, table};
use wanlink_core::Network;

use super::{Error, Input, Lpwa, Operation, Running, State};

mod note {
    pub(super) use wanlink_at::driver::attach::note::*;

    pub(super) const CONTEXT: u8 = 1;
    pub(super) const ACTIVATE: u8 = 2;
    pub(super) const ACTIVATED: u8 = 3;
}

/// Flags: whether the access point wants user and password.
const PLAIN: u8 = 1;
const LOGIN: u8 = 2;

/// Arguments: APN, user, password, kind of authentication, PIN.
const SIM_STEPS: &[Step] = &[
    step("+CPIN?", 50).info().note(note::SIM).retry(15, 10).at("simcom-at 2.3"),
    listen(note::PIN_DUE, 0),
    step("+CPIN=\"{e}\"", 50).result(0, 50).named("+CPIN: READY").optional().note(note::PIN).at("simcom-at 2.3"),
    // A changed APN is taken at the next registration only: write it with the radio off, and only when it differs, since
    // it is kept in flash.
    step("+CGDCONT?", 10).note(note::APN).retry(5, 4).at("simcom-at 2.3"),
    step("+CFUN=4", 100).at("simcom-at 2.3"),
    step("+CGDCONT=1,\"IP\",\"{a}\"", 10).retry(10, 4).at("simcom-at 2.3"),
];

/// Contexts 13 and 14 may have an old APN, which keeps it from registering (simcom-at 11).
const SIM7000_APN_STEPS: &[Step] = &[
    step("+CGDCONT=13,\"IP\",\"{a}\"", 10).ignore().at("simcom-at 2.3"),
    step("+CGDCONT=14,\"IP\",\"{a}\"", 10).ignore().at("simcom-at 2.3"),
];

const REGISTER_STEPS: &[Step] = &[
    step("+CFUN=1", 100).note(note::RADIO).at("simcom-at 2.3"),
    step("+CEREG?", 3).info().note(note::LTE).retry(2, 3).at("simcom-at 2.3"),
    step("+CGREG?", 3).info().note(note::GPRS).ignore().at("simcom-at 2.3"),
    // Progress comes by URC. Asking again twice a minute is only for a URC that was lost on the line.
    listen(note::REGISTERED, 300),
    // Not `CGATT`, which says 1 while the application network is down, and not `CGACT`, which breaks it (simcom-at 2.3,
    // 2.6).
    step("+CNACT?", 30).note(note::CONTEXT).at("simcom-at 2.6"),
];

const SIM7080_STEPS: &[Step] = &[
    step("+CNCFG=0,1,\"{a}\"", 10).when(PLAIN).retry(3, 4).ignore().at("simcom-at 2.6"),
    step("+CNCFG=0,1,\"{a}\",\"{b}\",\"{c}\",{d}", 10).when(LOGIN).retry(3, 4).ignore().at("simcom-at 2.6"),
    step("+CNACT=0,1", 100).result(0, 600).named("+APP PDP: 0,").note(note::ACTIVATE).at("simcom-at 2.6"),
];

const SIM7000_STEPS: &[Step] = &[
    step("+CNCFG=1,\"{a}\",\"{b}\",\"{c}\",{d}", 10).when(LOGIN).retry(3, 4).ignore().at("simcom-at 2.6"),
    step("+CNACT=1,\"{a}\"", 100).result(0, 600).named("+APP PDP:").note(note::ACTIVATE).at("simcom-at 2.6"),
];

/// ERROR also says that it was up already: the list decides.
const UP_STEPS: &[Step] = &[step("+CNACT?", 30).note(note::ACTIVATED).at("simcom-at 2.6"), listen(note::UP, 0)];

pub(super) const fn sim7080<F: Lpwa>() -> Operation<F> {
    operation(table![SIM_STEPS, REGISTER_STEPS, SIM7080_STEPS, UP_STEPS])
}

pub(super) const fn sim7000<F: Lpwa>() -> Operation<F> {
    operation(table![SIM_STEPS, SIM7000_APN_STEPS, REGISTER_STEPS, SIM7000_STEPS, UP_STEPS])
}

const fn operation<F: Lpwa>(table: &'static [u8]) -> Operation<F> {
    Operation { prepare, rules: RULES, ..Operation::new(table, flag::ATTACH, take) }
}

fn prepare<'a, F: Lpwa>(input: &Input<'a, 'a, F>, state: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    if let &Input::Network(&Network { auth, .. }) = input {
        parts.flags |= if auth.is_some() { LOGIN } else { PLAIN };
    }
    attach::prepare(input, state, parts)
}

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::CONTEXT | note::ACTIVATED, Answer::Info(line)) => {
            run.state.context_up |= F::is_up(line);
            if run.state.context_up { Verdict::To(note::UP) } else { Verdict::Default }
        }
        (note::ACTIVATE, Answer::Result(line)) if !is_active(line) => run.state.fail(Error::NoContext),
        (note::ACTIVATE, Answer::Error(_) | Answer::Silence) => Verdict::To(note::ACTIVATED),
        (note::CONTEXT | note::ACTIVATED, Answer::Error(_)) => run.state.fail(Error::NoContext),
        _ => attach::take(run, note, answer),
    }
}

/// Of a line `+APP PDP: 0,ACTIVE` or `+APP PDP: 0,DEACTIVE`, the number missing with SIM7000.
pub(super) fn is_active(line: &[u8]) -> bool {
    !line.ends_with(b"DEACTIVE")
}
