//! Why a login or a handshake failed, where the module says only that it did: a class and a code that mean anything
//! (`AT+UMQTTER`).
//!
//! Context, name, TCP to the same host and port: the first that fails is the error. It takes a second or two as a rule, and
//! the [bounds](DIAGNOSE_STEPS) of name and connection where nobody answers; nothing where the login succeeds.

use embassy_time::{Duration, Instant};
use wanlink_at::driver::begins_with;
use wanlink_at::{Answer, Step, Verdict, int, listen, step};

use super::connect::{LATER, note};
use crate::own::has;
use crate::{Error, Running, quirk};

/// A connection blocks the port for its own time, 130 s: to ask for something else meanwhile is of no use.
pub(super) const DIAGNOSE_STEPS: &[Step] = &[
    listen(note::DIAGNOSE, 0),
    // Of a diagnosis that was dropped.
    step("+USOCL={g}", 1200).ignore().note(note::FREE).at("INT 3"),
    listen(note::CONTEXT, 0),
    step("+UPSND=0,8", 10).info().note(note::PROFILE).at("INT 2"),
    step("+CGACT?", 100).note(note::BEARER).at("AT 11"),
    listen(note::NO_CONTEXT, 0),
    // A quick ERROR says that it is busy; one that took its time is not asked for again.
    step("+UDNSRN=0,\"{a}\"", 1200).retry(2, 10).note(note::RESOLVE).at("INT 3"),
    step("+USOCR=6", 10).info().note(note::SOCKET).at("INT 3"),
    step("+USOCO={g},\"{a}\",{b}", 1350).note(note::REACH).at("INT 3"),
    listen(note::REACHED, 0),
    step("+USOCL={g}", 1200).ignore().note(note::CLOSE).at("INT 3"),
    listen(note::FREED, 0),
    listen(note::DIAGNOSED, 0),
];

/// "A quick ERROR (< 2 s) means busy: retry after 1 s" (`ublox-at` 5).
const BUSY: Duration = Duration::from_secs(2);
const RETRY: Duration = Duration::from_secs(1);

pub(super) fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::DIAGNOSE, _) => {
            run.state.cause = None;
            let Some(number) = run.state.own.probe else { return Verdict::To(note::CONTEXT) };
            run.set(LATER, number);
            Verdict::Go
        }
        (note::CONTEXT, _) => {
            run.state.own.probe = None;
            if has(run.state, quirk::PROFILE) { Verdict::Go } else { Verdict::To(note::BEARER) }
        }
        // A profile outlives the context below it, if nobody told the module of its end.
        (note::PROFILE, Answer::Info(line)) if int(line, 2) == Some(1) => Verdict::Default,
        (note::PROFILE, Answer::Info(_)) => Verdict::To(note::NO_CONTEXT),
        (note::BEARER, Answer::Info(line)) if begins_with(line, &[1, 1]) => context_is_up(run),
        (note::NO_CONTEXT, _) => run.state.fail(Error::NoContext),
        (note::RESOLVE, Answer::Error(_)) => {
            let verdict = run.state.fail(Error::Open(4));
            let now = Instant::now();
            let is_busy = now.saturating_duration_since(run.state.own.asked) < BUSY;
            run.state.own.asked = now.saturating_add(RETRY);
            if is_busy { Verdict::Again } else { verdict }
        }
        (note::SOCKET, Answer::Info(line)) => {
            let number = int(line, 0).and_then(|number| number.try_into().ok()).unwrap_or(u8::MAX);
            run.set(LATER, number);
            run.state.own.probe = Some(number);
            // Until something better is known.
            run.state.cause = Some(Error::Open(5));
            Verdict::Default
        }
        (note::SOCKET, Answer::Error(_)) => run.state.fail(Error::Open(-1)),
        (note::REACH, Answer::Error(_)) => Verdict::To(note::CLOSE),
        (note::REACHED, _) => {
            run.state.cause = None;
            Verdict::Go
        }
        (note::FREED, _) => {
            run.state.own.probe = None;
            Verdict::Go
        }
        _ => Verdict::Default,
    }
}

fn context_is_up(run: &mut Running<'_, '_>) -> Verdict {
    let is_address = run.text(0).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    run.state.own.asked = Instant::now();
    Verdict::To(if is_address { note::SOCKET } else { note::RESOLVE })
}
