//! Why an open failed, where the module says only that it did (`+QMTOPEN: 0,-1`).
//!
//! Context, name, TCP to the same host and port: the first that fails is the error. It takes [two minutes](DIAGNOSE_STEPS)
//! at most, and nothing where the open succeeds.

use wanlink_at::driver::{Family, begins_with};
use wanlink_at::{Answer, Step, Verdict, int, listen, step};

use super::connect::note;
use crate::{Error, Running};

/// Bounds: 3 s for the context, 60 s for the name, 10 s to free the socket, 35 s to open it, 10 s to close it.
///
/// The socket is the last of the twelve, lest it meets one that somebody else has open.
pub(super) const DIAGNOSE_STEPS: &[Step] = &[
    step("+QIACT?", 30).note(note::DIAGNOSE).at("TCP 2.3.3"),
    listen(note::NO_CONTEXT, 0),
    step("+QIDNSGIP=1,\"{a}\"", 10)
        .result(0, 600)
        .named("+QIURC: \"dnsgip\"")
        .ignore()
        .note(note::RESOLVE)
        .at("TCP 2.3.15"),
    step("+QICLOSE=11,1", 100).ignore().note(note::FREE_SOCKET).at("TCP 2.3.7"),
    step("+QIOPEN=1,11,\"TCP\",\"{a}\",{b},0,0", 50).result(0, 300).ignore().note(note::REACH).at("TCP 2.3.6"),
    // A socket is closed in each of its states, else its number stays taken (TCP 2.3.7).
    step("+QICLOSE=11,1", 100).ignore().at("TCP 2.3.7"),
    listen(note::DIAGNOSED, 0),
];

pub(super) fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::DIAGNOSE, Answer::Info(line)) if begins_with(line, &[1, 1]) => {
            // Until something better is known.
            state.cause = Some(Error::Open(5));
            let is_address = run.text(0).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
            Verdict::To(if is_address { note::FREE_SOCKET } else { note::RESOLVE })
        }
        (note::NO_CONTEXT, _) => state.fail(Error::NoContext),
        (note::RESOLVE, Answer::Result(line)) if int(line, 1) != Some(0) => state.fail(Error::Open(4)),
        (note::REACH, Answer::Result(line)) => {
            match int(line, 1) {
                Some(0) => state.cause = None,
                Some(565) => state.cause = Some(Error::Open(4)),
                _ => {}
            }
            Verdict::Default
        }
        (note::DIAGNOSED, _) => state.fail(state.cause.unwrap_or(Error::Open(-1))),
        _ => Verdict::Default,
    }
}
