//! TLS: the root's place in the module's store, the security profile, opening a session inside it, and what a failed
//! handshake leads to.

use wanlink_at::driver::connect::tls_flag::{ANYONE, DATES, REQUIRED, ROOT};
use wanlink_at::driver::connect::{prepare_tls, refuse};
use wanlink_at::driver::{Parts, clock, flag};
use wanlink_at::{Answer, Step, Verdict, listen, step, table};

use super::connect::{self, BEGIN_STEPS, NOT_SECURE, OPEN_STEPS, note};
use super::diagnose::DIAGNOSE_STEPS;
use crate::{Error, Input, Operation, Running, State};

/// Arguments: the host, and the root's name and its length, as the eighth and the ninth. Profile 0 of five.
///
/// Levels: 0 anybody, 1 the chain, 2 and the name, 3 and the dates. Every value is set: what the factory set differs by
/// family.
pub(super) const CONTEXT_STEPS: &[Step] = &[
    step("+USECPRF=0", 10).at("INT 6"),
    step("+USECPRF=0,0,2", 10).when(ROOT).at("INT 6"),
    step("+CCLK?", 10).info().when(DATES).note(note::CLOCK).retry(2, 3).at("AT 5"),
    step("+USECPRF=0,0,3", 10).when(ROOT | DATES).at("INT 6"),
    // With its checksum, MD5 of the DER. The name carries a hash of the content: who has the name has the content.
    step("+USECMNG=4,0,\"{h}\"", 100).when(ROOT).note(note::FILE).at("INT 6"),
    listen(note::STALE, 0).when(ROOT),
    step("+USECMNG=2,0,\"{h}\"", 100).when(ROOT).ignore().at("INT 6"),
    // The module checks that it is a certificate, all of it, before it is kept.
    step("+USECMNG=0,0,\"{h}\",{i}", 200).prompt_byte(b'>').info().when(ROOT).note(note::UPLOAD).at("INT 6"),
    // TLS 1.2 and above, and whatever suites the module likes.
    step("+USECPRF=0,1,3", 10).note(note::SECURE).at("INT 6"),
    step("+USECPRF=0,2,0", 10).at("INT 6"),
    step("+USECPRF=0,3,\"{h}\"", 10).when(ROOT).at("INT 6"),
    step("+USECPRF=0,4,\"{a}\"", 10).when(ROOT).at("INT 6"),
    // SARA-R410M does not know it; without it a host of many names shows a wrong certificate, which is refused.
    step("+USECPRF=0,10,\"{a}\"", 10).ignore().at("INT 6"),
    step("+USECPRF=0,0,0", 10).when(ANYONE).at("INT 6"),
];

const SETTING_STEPS: &[Step] = &[step("+UMQTT=11,1,0", 10).note(note::SETTING).at("INT 5")];

/// Inside TLS. The rules are those of the model.
pub(crate) const CONNECT: Operation = {
    let table = table![BEGIN_STEPS, CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take) }
};

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    // What is not known here is not made weaker, nor is what was not given.
    let &Input::Login { tls: Some(tls), .. } = input else { return Err(Error::NoHostCheck) };
    connect::prepare(input, state, parts)?;
    prepare_tls(tls, parts)
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        // Context, name and TCP are good: it is TLS. The module may have a root whose content is not what its name says.
        (note::DIAGNOSED, _) if state.cause.is_none() && state.own.code == NOT_SECURE => {
            again(state, note::LOGIN).unwrap_or_else(|| refuse(state, Error::Certificate))
        }
        // TLS, or the identity. Whoever counts logins may have to wait before the next: only then is there a new root.
        (note::DIAGNOSED, _) if state.cause.is_none() && may_be_tls(state.own.code) => {
            if state.flags & ROOT != 0 && !state.uploaded && !state.own.suspected {
                (state.is_stale, state.own.suspected) = (true, true);
            }
            connect::take(run, note, answer)
        }
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD, _) => take_context(run, note, answer),
        _ => connect::take(run, note, answer),
    }
}

/// Whether a login with this code can have failed at TLS: 4 is said of anything (LENA-R8), 0 is nothing.
fn may_be_tls(code: u8) -> bool {
    matches!(code, 0 | 4)
}

/// What is to be tried once more after TLS failed: with a new root in place of one that was there before, or the same
/// again, once. `open` is the note of what opens.
pub(super) fn again(state: &mut State, open: u8) -> Option<Verdict> {
    if state.own.tried_again {
        return None;
    }
    state.own.tried_again = true;
    let is_new = state.uploaded || state.flags & ROOT == 0;
    Some(Verdict::To(if is_new { open } else { note::STALE }))
}

/// Takes the answers to the steps of the context.
pub(super) fn take_context(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::CLOCK, Answer::Info(line)) if clock::is_set_local(line) => Verdict::Default,
        (note::CLOCK, Answer::Info(_)) if state.flags & REQUIRED != 0 => state.fail(Error::NoClock),
        (note::CLOCK, Answer::Info(_)) => Verdict::To(note::FILE),
        (note::FILE, Answer::Info(_)) if !state.is_stale => Verdict::To(note::SECURE),
        (note::FILE, Answer::Error(_)) => Verdict::Go,
        (note::STALE, _) => {
            state.is_stale = true;
            Verdict::Go
        }
        (note::UPLOAD, Answer::Info(_)) => {
            (state.is_stale, state.uploaded) = (false, true);
            Verdict::Default
        }
        (note::UPLOAD, Answer::Error(_)) => state.fail(Error::Upload),
        _ => Verdict::Default,
    }
}
