//! Why a connection failed, where the module says only that it did: a bare `ERROR`, one of the four answers that a SIM7600
//! may give.
//!
//! The name, then TCP to the same host and port: the first that fails is the error. It takes [two
//! minutes](DIAGNOSE_STEPS) at most, and nothing where the module tells a code.

use wanlink_at::{Answer, Step, Verdict, int, listen, step};

use super::connect::note;
use super::{Error, Running};

/// Bounds: 10 s for the name, 60 s for the network of sockets, 35 s to open one.
///
/// The socket is the last of the ten, lest it meets one that somebody else has open. What it reads is never pushed.
pub(super) const DIAGNOSE_STEPS: &[Step] = &[
    listen(note::DIAGNOSE, 0),
    step("+CDNSGIP=\"{a}\"", 100).info().ignore().note(note::RESOLVE).at("simcom-at 7.1"),
    listen(note::NETWORK, 0),
    step("+CIPRXGET=1", 90).ignore().at("simcom-at 7.1"),
    step("+NETOPEN", 600).result(0, 600).ignore().at("simcom-at 2.6"),
    step("+CIPCLOSE=9", 90).result(1, 90).ignore().at("simcom-at 7.1"),
    step("+CIPOPEN=9,\"TCP\",\"{a}\",{b}", 350).result(1, 350).ignore().note(note::REACH).at("simcom-at 7.1"),
    step("+CIPCLOSE=9", 90).result(1, 90).ignore().at("simcom-at 7.1"),
    listen(note::DIAGNOSED, 0),
];

pub(super) fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let is_address = run.text(0).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let state = &mut *run.state;
    match (note, answer) {
        (note::DIAGNOSE, _) => {
            // Until something better is known.
            (state.diagnosed, state.cause) = (true, Some(Error::Open(5)));
            if is_address { Verdict::To(note::NETWORK) } else { Verdict::Go }
        }
        (note::RESOLVE, Answer::Error(_)) => state.fail(Error::Open(4)),
        (note::NETWORK, _) => Verdict::Go,
        (note::REACH, Answer::Result(line)) => {
            if int(line, 1) == Some(0) {
                state.cause = None;
            }
            Verdict::Default
        }
        (note::DIAGNOSED, _) => state.fail(state.cause.unwrap_or(Error::Open(-1))),
        _ => Verdict::Default,
    }
}
