//! TLS: the root's file, the TLS context, opening a session inside it, and what a failed handshake leads to.

use embassy_time::Duration;
use wanlink_at::driver::connect::tls_flag::{ANYONE, DATES, REQUIRED, ROOT};
use wanlink_at::driver::connect::{prepare_tls, refuse};
use wanlink_at::driver::{Parts, clock, flag};
use wanlink_at::{Answer, Step, Verdict, field, int, listen, step, table};

use super::connect::{self, BEGIN_STEPS, LOGIN_STEPS, SERVICE_STEPS, SETTINGS_STEPS, TLS_FAILED, note};
use super::diagnose::DIAGNOSE_STEPS;
use super::{Command, Error, Input, Operation, Running, State};

/// Arguments: the root's file name and its length, as the eighth and the ninth. TLS context 0 of ten.
///
/// No checksum of a file can be had: its name is all that tells what is in it.
pub(super) const CONTEXT_STEPS: &[Step] = &[
    step("+CSSLCFG=\"ignorelocaltime\",0,1", 90).at("simcom-at 8"),
    step("+CCLK?", 10).info().when(DATES).note(note::CLOCK).retry(2, 3).at("simcom-at 2.5"),
    step("+CSSLCFG=\"ignorelocaltime\",0,0", 90).when(DATES).at("simcom-at 8"),
    step("+CCERTLIST", 90).when(ROOT).note(note::FILE).at("simcom-at 8"),
    listen(note::STALE, 0).when(ROOT),
    step("+CCERTDELE=\"{h}\"", 90).when(ROOT).ignore().at("simcom-at 8"),
    step("+CCERTDOWN=\"{h}\",{i}", 1200).prompt_byte(b'>').when(ROOT).note(note::UPLOAD).at("simcom-at 8"),
    listen(note::UPLOADED, 0).when(ROOT),
    step("+CSSLCFG=\"sslversion\",0,3", 90).note(note::SECURE).at("simcom-at 8"),
    step("+CSSLCFG=\"negotiatetime\",0,60", 90).at("simcom-at 8"),
    // Off from the factory. Without it a host of many names shows a wrong certificate, which is refused.
    step("+CSSLCFG=\"enableSNI\",0,1", 90).ignore().at("simcom-at 8"),
    step("+CSSLCFG=\"cacert\",0,\"{h}\"", 90).when(ROOT).at("simcom-at 8"),
    step("+CSSLCFG=\"authmode\",0,1", 90).when(ROOT).at("simcom-at 8"),
    // An OK that comes twice makes each command take the answer to the one before, and a module may drop a command that
    // comes while it works on another. So what decides whom we trust is read back: no OK of before answers a question.
    step("+CSSLCFG=0", 90).same(1).info().when(ROOT).note(note::SURE).retry(2, 3).at("simcom-at 8"),
    step("+CSSLCFG=\"authmode\",0,0", 90).when(ANYONE).at("simcom-at 8"),
];

pub(super) const CLIENT_STEPS: &[Step] = &[
    step("+CMQTTACCQ=0,\"{c}\",1", 90).note(note::SETTING).at("simcom-at 3"),
    step("+CMQTTCFG=\"version\",0,4", 90).note(note::SETTING).at("simcom-at 3"),
    listen(note::ACQUIRED, 0),
    step("+CMQTTACCQ=0,\"{c}\",1,4", 90).note(note::ACQUIRE_4).at("simcom-at 3"),
];

/// A failed CONNECT forgets it.
pub(super) const SETTING_STEPS: &[Step] = &[step("+CMQTTSSLCFG=0,0", 90).note(note::SETTING).at("simcom-at 3")];

/// Inside TLS. The rules are those of the model.
pub(super) const CONNECT: Operation = {
    let table = table![
        BEGIN_STEPS,
        CONTEXT_STEPS,
        SERVICE_STEPS,
        CLIENT_STEPS,
        SETTINGS_STEPS,
        SETTING_STEPS,
        LOGIN_STEPS,
        DIAGNOSE_STEPS
    ];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take) }
};

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    // What is not known here is not made weaker, nor is what was not given.
    let &Input::Login { tls: Some(tls), .. } = input else { return Err(Error::NoHostCheck) };
    connect::prepare(input, state, parts)?;
    prepare_tls(tls, parts)
}

pub(super) fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::LOGIN, Answer::Result(line)) if int(line, 1).is_some_and(|code| TLS_FAILED.contains(&code)) => {
            handshake_failed(state)
        }
        // Name and TCP are good.
        (note::DIAGNOSED, _) if state.cause.is_none() => handshake_failed(state),
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD | note::UPLOADED | note::SURE, _) => {
            take_context(run, note, answer)
        }
        _ => connect::take(run, note, answer),
    }
}

/// The file may have another content than its name says: once more with a new one, and then no more.
fn handshake_failed(state: &mut State) -> Verdict {
    if state.uploaded || state.flags & ROOT == 0 {
        return refuse(state, Error::Certificate);
    }
    Verdict::To(note::STALE)
}

/// The command that was to set it got lost.
const NOT_SET: Error = Error::Module { command: Command::new("+CSSLCFG"), code: None };

/// The longest time of a handshake, and what it takes less than that to refuse a certificate.
const SLOW: Duration = Duration::from_secs(55);

/// Whether a handshake failed because the other end fell silent: the module says the same of that.
pub(super) fn is_slow(state: &State) -> bool {
    state.own.since.elapsed() >= SLOW
}

/// Takes the answers to the steps of the context.
pub(super) fn take_context(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    let is_ours = |line| field(line, 0) == Some(run.text(7));
    match (note, answer) {
        (note::CLOCK, Answer::Info(line)) if clock::is_set_local(line) => Verdict::Default,
        (note::CLOCK, Answer::Info(_)) if run.state.flags & REQUIRED != 0 => run.state.fail(Error::NoClock),
        (note::CLOCK, Answer::Info(_)) => Verdict::To(note::FILE),
        // A file of this name is this certificate, unless its upload was broken off.
        (note::FILE, Answer::Info(line)) if is_ours(line) && !run.state.is_stale => Verdict::To(note::SECURE),
        (note::FILE, Answer::Error(_)) => Verdict::Go,
        (note::STALE, _) => {
            run.state.is_stale = true;
            Verdict::Go
        }
        (note::UPLOAD, Answer::Error(_)) => run.state.fail(Error::Upload),
        // Version, mode, dates, time, root.
        (note::SURE, Answer::Info(line)) if !(int(line, 2) == Some(1) && field(line, 5) == Some(run.text(7))) => {
            run.state.fail(NOT_SET)
        }
        (note::UPLOADED, _) => {
            (run.state.is_stale, run.state.uploaded) = (false, true);
            Verdict::Go
        }
        _ => Verdict::Default,
    }
}
