//! SIM, registration, data context.

use wanlink_at::{Answer, Step, Verdict, cme_code, field, int, listen, pack, packed_len, step};
use wanlink_core::Progress;

use crate::error::{Error, SimFault};
use crate::state::{Pin, Registration, State};

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
];
pub(crate) static ATTACH: [u8; packed_len(ATTACH_STEPS)] = pack(ATTACH_STEPS);

/// What the answers are compared with, and whom they are told.
pub(crate) struct Attach<'a> {
    pub(crate) apn: &'a [u8],
    pub(crate) has_pin: bool,
    pub(crate) progress: &'a mut dyn FnMut(Progress),
    /// The registration that was told last.
    pub(crate) told: Option<Registration>,
    /// The network denied registration once already and was given its time.
    pub(crate) denied: bool,
}

impl Attach<'_> {
    pub(crate) fn take(&mut self, state: &mut State, note: u8, answer: Answer<'_>) -> Verdict {
        if state.pin == Pin::Due {
            state.pin = Pin::Sent;
        }
        match (note, answer) {
            (note::SIM, answer) => self.sim(state, answer),
            (note::PIN_DUE, _) => {
                state.pin = Pin::Due;
                Verdict::Go
            }
            (note::PIN, Answer::Error(reason)) => {
                state.pin = Pin::Refused;
                state.fail(Error::Sim(match cme_code(reason) {
                    Some(12) => SimFault::PukNeeded,
                    _ => SimFault::PinRefused,
                }))
            }
            (note::PIN, Answer::Result(_)) => self.sim_ready(state, Verdict::Default),
            (note::APN, Answer::Info(line)) => {
                let ours =
                    int(line, 0) == Some(1) && field(line, 2).is_some_and(|apn| apn.eq_ignore_ascii_case(self.apn));
                if ours { Verdict::To(note::RADIO) } else { Verdict::Default }
            }
            (note::LTE | note::GPRS, Answer::Info(line)) => {
                state.register(usize::from(note == note::GPRS), line, 1);
                Verdict::Default
            }
            (note::REGISTERED, answer) => self.registration(state, answer),
            (note::CONTEXT | note::ACTIVATED, Answer::Info(line)) => {
                state.context_up |= int(line, 0) == Some(1) && int(line, 1) == Some(1);
                if state.context_up { Verdict::Done } else { Verdict::Default }
            }
            (note::ACTIVATE, Answer::Error(_)) => Verdict::To(note::ACTIVATED),
            _ => Verdict::Default,
        }
    }

    /// The card is ready: the PIN that was sent, if one was, is the right one.
    fn sim_ready(&mut self, state: &mut State, next: Verdict) -> Verdict {
        if state.pin == Pin::Sent {
            state.pin = Pin::Unsent;
        }
        state.cause = None;
        (self.progress)(Progress::SimReady);
        next
    }

    fn sim(&mut self, state: &mut State, answer: Answer<'_>) -> Verdict {
        match answer {
            Answer::Info(line) => match field(line, 0) {
                Some(b"READY") => self.sim_ready(state, Verdict::To(note::APN)),
                Some(b"SIM PIN") if !self.has_pin => state.fail(Error::Sim(SimFault::PinNeeded)),
                Some(b"SIM PIN") if state.pin != Pin::Unsent => state.fail(Error::Sim(SimFault::PinRefused)),
                Some(b"SIM PIN") => Verdict::Default,
                Some(b"SIM PUK") => state.fail(Error::Sim(SimFault::PukNeeded)),
                _ => not_yet(state),
            },
            Answer::Error(reason) => match cme_code(reason) {
                Some(10) => state.fail(Error::Sim(SimFault::Absent)),
                Some(12) => state.fail(Error::Sim(SimFault::PukNeeded)),
                // 14 is busy; 13 and others are seen while the card starts, too: the tries are the bound.
                _ => not_yet(state),
            },
            // Not the card is at fault then.
            _ => {
                state.cause = None;
                Verdict::Default
            }
        }
    }

    fn registration(&mut self, state: &mut State, answer: Answer<'_>) -> Verdict {
        let [lte, gprs] = state.registration;
        let now = if lte.is_up() || gprs == Registration::Unknown { lte } else { gprs };
        if self.told != Some(now) {
            self.told = Some(now);
            (self.progress)(match now {
                Registration::Denied => Progress::Denied,
                Registration::Home => Progress::Registered { roaming: false },
                Registration::Roaming => Progress::Registered { roaming: true },
                Registration::Unknown | Registration::Searching => Progress::Searching,
            });
        }
        match answer {
            _ if state.is_registered() => Verdict::Go,
            Answer::Silence if now == Registration::Denied && self.denied => state.fail(Error::Denied),
            Answer::Silence => {
                self.denied = now == Registration::Denied;
                Verdict::To(note::LTE)
            }
            _ => Verdict::Default,
        }
    }
}

/// The SIM is not ready; that is the error when it stays so.
fn not_yet(state: &mut State) -> Verdict {
    state.cause = Some(Error::Sim(SimFault::Failed));
    Verdict::Again
}

/// Kind of authentication for `QICSGP` (TCP 2.3.1): none, or whatever of PAP and CHAP the network takes.
pub(crate) const fn kind_of_authentication(wanted: bool) -> u32 {
    if wanted { 3 } else { 0 }
}

/// Whether a text may stand between quotes: there is no way to escape one (wire rules).
pub(crate) fn is_quotable(text: &str) -> bool {
    text.bytes().all(|b| b >= b' ' && b != b'"' && b != 0x7f)
}

/// A PIN has 4 to 8 digits (3GPP TS 31.102); anything else would cost one of three tries.
pub(crate) fn is_pin(pin: &str) -> bool {
    (4..=8).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit())
}
