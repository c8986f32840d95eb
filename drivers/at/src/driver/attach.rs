//! SIM and registration: the part of [`ATTACH`](super::Family::ATTACH) that 3GPP makes common.

use wanlink_core::{Argument, Network, Progress};

use super::error::{Error, SimFault};
use super::family::Family;
use super::operation::{Input, Parts, Running};
use super::rule::{Rule, begins_with};
use super::state::{Pin, Registration, State};
use crate::{Answer, Arg, Verdict, cme_code, field};

/// Arguments: APN, user, password, kind of authentication (0 none, 3 whatever of PAP and CHAP the network takes), PIN.
pub const RULES: &[Rule] = &[
    // 3GPP TS 23.003, 9.1.
    Rule::new(0, Argument::Apn, 100).or_empty(),
    // The least that a vendor states (Quectel TCP/IP Application Note 2.3.1).
    Rule::new(1, Argument::ApnUser, 127).or_empty(),
    Rule::new(2, Argument::ApnPassword, 127).or_empty(),
];

pub mod note {
    //! Notes of the table, in its order; those of a family's own are below 64.

    /// `AT+CPIN?`
    pub const SIM: u8 = 64;
    /// A listening step of no length: the PIN is sent next.
    pub const PIN_DUE: u8 = 65;
    /// `AT+CPIN="{e}"`, whose result is the line that the card is ready.
    pub const PIN: u8 = 66;
    /// `AT+CGDCONT?`: to [`RADIO`] if the APN is there.
    pub const APN: u8 = 67;
    /// The radio is switched on.
    pub const RADIO: u8 = 68;
    /// `AT+CEREG?`
    pub const LTE: u8 = 69;
    /// `AT+CGREG?`
    pub const GPRS: u8 = 70;
    /// A listening step: until the module is registered.
    pub const REGISTERED: u8 = 71;
    /// A listening step of no length, the last: the context is up, or not.
    pub const UP: u8 = 72;
}

/// Fills the arguments in.
///
/// # Errors
/// [`Error::Malformed`] for a PIN that cannot be one.
pub fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
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

/// Takes the answers to the steps with these notes.
pub fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
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
fn sim_ready<F: Family>(run: &mut Running<'_, '_, F>, next: Verdict) -> Verdict {
    if run.state.pin == Pin::Sent {
        (run.state.pin, run.state.pin_in_doubt) = (Pin::Unsent, false);
    }
    run.state.cause = None;
    run.tell(Progress::SimReady);
    next
}

fn sim<F: Family>(run: &mut Running<'_, '_, F>, answer: Answer<'_>) -> Verdict {
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

fn registration<F: Family>(run: &mut Running<'_, '_, F>, answer: Answer<'_>) -> Verdict {
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
