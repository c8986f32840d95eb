//! Why a connection does not come up: the module's client says ERROR and no more.
//!
//! Asked are the application network, the name, and a socket to the same host and port. What that finds is the error.

use wanlink_at::{Answer, Step, Verdict, int, listen, step};

use super::connect::note;
use super::socket::result;
use super::{Error, Lpwa, Running};

/// Arguments: host and port, as the first two. Socket 12 is nobody's: those of programs end with 11.
pub(super) const BEGIN_STEPS: &[Step] = &[
    step("+CNACT?", 30).note(note::DIAGNOSE).at("simcom-at 2.6"),
    listen(note::NO_CONTEXT, 0),
    step("+CDNSGIP=\"{a}\",1,15000", 10).result(0, 400).ignore().note(note::RESOLVE).at("simcom-at 7.1"),
    step("+CACLOSE=12", 100).ignore().note(note::PROBE).at("simcom-at 7.3"),
    step("+CACID=12", 10).ignore().at("simcom-at 7.3"),
];

pub(super) const TCP_STEPS: &[Step] = &[
    step("+CASSLCFG=12,\"SSL\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN=12,0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::REACH).at("simcom-at 7.3"),
    step("+CACLOSE=12", 100).ignore().at("simcom-at 7.3"),
    listen(note::DIAGNOSED, 0),
];

pub(super) const SIM7000_TCP_STEPS: &[Step] = &[
    step("+CASSLCFG=12,\"ssl\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CAOPEN=12,\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::REACH).at("simcom-at 7.3"),
    step("+CACLOSE=12", 100).ignore().at("simcom-at 7.3"),
    listen(note::DIAGNOSED, 0),
];

pub(super) fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::DIAGNOSE, Answer::Info(line)) if F::is_up(line) => {
            // Until something better is known.
            state.cause = Some(Error::Open(5));
            let is_address = run.text(0).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
            Verdict::To(if is_address { note::PROBE } else { note::RESOLVE })
        }
        (note::NO_CONTEXT, _) => state.fail(Error::NoContext),
        (note::RESOLVE, Answer::Result(line)) if int(line, 0) != Some(1) => state.fail(Error::Open(4)),
        (note::REACH, Answer::Result(line)) => {
            state.cause = match int(line, 1) {
                Some(0) => None,
                Some(result::DNS) => Some(Error::Open(4)),
                Some(result::INACTIVE) => Some(Error::NoContext),
                _ => Some(Error::Open(5)),
            };
            Verdict::Default
        }
        _ => Verdict::Default,
    }
}
