//! SIM, registration, data context.

use wanlink_at::{Answer, Arg, Step, Verdict, cme_code, field, listen, pack, packed_len, step};
use wanlink_core::{Argument, Network, Progress};

use crate::error::{Error, SimFault};
use crate::operation::{Input, Operation, Parts, Rule, Running, begins_with, flag};
use crate::state::{Pin, Registration, State};

const RULES: &[Rule] = &[
    // 3GPP TS 23.003, 9.1.
    Rule::new(0, Argument::Apn, 100).or_empty(),
    // TCP 2.3.1.
    Rule::new(1, Argument::ApnUser, 127).or_empty(),
    Rule::new(2, Argument::ApnPassword, 127).or_empty(),
];

mod note {
    pub(super) const SIM: u8 = 1;
    pub(super) const PIN: u8 = 2;
    pub(super) const PIN_DUE: u8 = 11;
    pub(super) const APN: u8 = 3;
    pub(super) const RADIO: u8 = 4;
    pub(super) const LTE: u8 = 5;
    pub(super) const GPRS: u8 = 6;
    pub(super) const REGISTERED: u8 = 7;
    pub(super) const CONTEXT: u8 = 8;
    pub(super) const ACTIVATE: u8 = 9;
    pub(super) const ACTIVATED: u8 = 10;
    pub(super) const UP: u8 = 12;
}

/// Arguments: APN, user, password, kind of authentication, PIN.
const ATTACH_STEPS: &[Step] = &[
    step("+CPIN?", 50).info().note(note::SIM).retry(15, 10).at("AT 5.2"),
    listen(note::PIN_DUE, 0),
    step("+CPIN=\"{e}\"", 50).result(0, 50).named("+CPIN: READY").optional().note(note::PIN).at("AT 5.2"),
    // A changed APN is taken at the next registration only: write it with the radio off, and only when it differs.
    step("+CGDCONT?", 3).note(note::APN).retry(5, 4).at("AT 8.2"),
    step("+CFUN=4", 150).at("AT 2.21"),
    step("+CGDCONT=1,\"IP\",\"{a}\"", 10).retry(10, 4).at("AT 8.2"),
    step("+CFUN=1", 150).note(note::RADIO).at("AT 2.21"),
    // Refused right after a boot, and perhaps while the context is up: then it is not needed.
    step("+QICSGP=1,1,\"{a}\",\"{b}\",\"{c}\",{d}", 10).retry(10, 4).ignore().at("TCP 2.3.1"),
    step("+CEREG?", 3).info().note(note::LTE).retry(2, 3).at("AT 6.9"),
    step("+CGREG?", 3).info().note(note::GPRS).ignore().at("AT 6.8"),
    // Progress comes by URC. Asking again twice a minute is only for a URC that was lost on the line.
    listen(note::REGISTERED, 300),
    step("+QIACT?", 30).note(note::CONTEXT).at("TCP 2.3.3"),
    // A context that the network took away has to be put down before it comes up again (TCP 2.4.1).
    step("+QIDEACT=1", 400).ignore().at("TCP 2.3.4"),
    step("+QIACT=1", 1500).note(note::ACTIVATE).at("TCP 2.3.2"),
    // ERROR also says that the context was up already: the list of active ones decides.
    step("+QIACT?", 30).note(note::ACTIVATED).at("TCP 2.3.3"),
    listen(note::UP, 0),
];
pub(crate) static ATTACH: Operation = {
    static TABLE: [u8; packed_len(ATTACH_STEPS)] = pack(ATTACH_STEPS);
    Operation { prepare, rules: RULES, ..Operation::new(&TABLE, flag::ATTACH, take) }
};

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Network(&Network { apn, auth, pin, .. }) = input else { return Ok(()) };
    let (user, password) = auth.map_or(("", ""), |auth| (auth.user, auth.password));
    if let Some(pin) = pin {
        // A PIN has 4 to 8 digits (3GPP TS 31.102); anything else would cost one of three tries.
        if !(4..=8).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::Malformed(Argument::Pin));
        }
        parts.args[4] = Arg::Secret(pin.as_bytes());
    }
    parts.args[0] = Arg::Text(apn.as_bytes());
    parts.args[1] = Arg::Text(user.as_bytes());
    parts.args[2] = Arg::Secret(password.as_bytes());
    // None, or whatever of PAP and CHAP the network takes (TCP 2.3.1).
    parts.args[3] = Arg::Number(if auth.is_some() { 3 } else { 0 });
    (state.context_up, state.told, state.denied) = (false, None, false);
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    if run.state.pin == Pin::Due {
        run.state.pin = Pin::Sent;
    }
    match (note, answer) {
        (note::SIM, answer) => sim(run, answer),
        (note::PIN_DUE, _) => {
            run.state.pin = Pin::Due;
            Verdict::Go
        }
        (note::PIN, Answer::Error(reason)) => {
            run.state.pin = Pin::Refused;
            run.state.fail(Error::Sim(match cme_code(reason) {
                Some(12) => SimFault::PukNeeded,
                _ => SimFault::PinRefused,
            }))
        }
        (note::PIN, Answer::Result(_)) => sim_ready(run, Verdict::Default),
        (note::APN, Answer::Info(line)) => {
            let ours =
                begins_with(line, &[1]) && field(line, 2).is_some_and(|apn| apn.eq_ignore_ascii_case(run.text(0)));
            if ours { Verdict::To(note::RADIO) } else { Verdict::Default }
        }
        (note::LTE | note::GPRS, Answer::Info(line)) => {
            run.state.register(usize::from(note == note::GPRS), line, 1);
            Verdict::Default
        }
        (note::REGISTERED, answer) => registration(run, answer),
        (note::CONTEXT | note::ACTIVATED, Answer::Info(line)) => {
            run.state.context_up |= begins_with(line, &[1, 1]);
            if run.state.context_up { Verdict::To(note::UP) } else { Verdict::Default }
        }
        (note::ACTIVATE, Answer::Error(_)) => Verdict::To(note::ACTIVATED),
        (note::CONTEXT | note::ACTIVATED, Answer::Error(_)) => run.state.fail(Error::NoContext),
        (note::UP, _) if !run.state.context_up => run.state.fail(Error::NoContext),
        (note::UP, _) => {
            run.state.notice = None;
            run.tell(Progress::ContextUp);
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

/// The card is ready: the PIN that was sent, if one was, is the right one.
fn sim_ready(run: &mut Running<'_, '_>, next: Verdict) -> Verdict {
    if run.state.pin == Pin::Sent {
        (run.state.pin, run.state.pin_in_doubt) = (Pin::Unsent, false);
    }
    run.state.cause = None;
    run.tell(Progress::SimReady);
    next
}

fn sim(run: &mut Running<'_, '_>, answer: Answer<'_>) -> Verdict {
    let fault = match answer {
        // Not a `match` over the texts, which would compare byte by byte.
        Answer::Info(line) => match field(line, 0).unwrap_or_default() {
            ready if ready == b"READY" => return sim_ready(run, Verdict::To(note::APN)),
            wanted if wanted == b"SIM PIN" => {
                if run.text(4).is_empty() {
                    SimFault::PinNeeded
                } else if run.state.pin != Pin::Unsent {
                    SimFault::PinRefused
                } else {
                    return Verdict::Default;
                }
            }
            wanted if wanted == b"SIM PUK" => SimFault::PukNeeded,
            _ => SimFault::Failed,
        },
        Answer::Error(reason) => match cme_code(reason) {
            Some(10) => {
                run.state.forget_pin();
                SimFault::Absent
            }
            Some(12) => SimFault::PukNeeded,
            // 14 is busy; 13 and others are seen while the card starts, too: the tries are the bound.
            _ => SimFault::Failed,
        },
        // Not the card is at fault then.
        _ => {
            run.state.cause = None;
            return Verdict::Default;
        }
    };
    let verdict = run.state.fail(Error::Sim(fault));
    if fault == SimFault::Failed { Verdict::Again } else { verdict }
}

fn registration(run: &mut Running<'_, '_>, answer: Answer<'_>) -> Verdict {
    let [lte, gprs] = run.state.registration;
    let now = if lte.is_up() || gprs == Registration::Unknown { lte } else { gprs };
    if run.state.told != Some(now) {
        run.state.told = Some(now);
        run.tell(match now {
            Registration::Denied => Progress::Denied,
            Registration::Home => Progress::Registered { roaming: false },
            Registration::Roaming => Progress::Registered { roaming: true },
            Registration::Unknown | Registration::Searching => Progress::Searching,
        });
    }
    match answer {
        _ if run.state.is_registered() => Verdict::Go,
        Answer::Silence if now == Registration::Denied && run.state.denied => run.state.fail(Error::Denied),
        Answer::Silence => {
            run.state.denied = now == Registration::Denied;
            Verdict::To(note::LTE)
        }
        _ => Verdict::Default,
    }
}
