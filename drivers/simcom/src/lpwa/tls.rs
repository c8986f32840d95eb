//! TLS: the root's file, the TLS contexts, opening a session inside them, and what a failed handshake leads to.

use wanlink_at::driver::connect::tls_flag::{ANYONE, DATES, REQUIRED, ROOT};
use wanlink_at::driver::connect::{IN_STEP, prepare_tls, refuse};
use wanlink_at::driver::{Parts, clock, flag};
use wanlink_at::{Answer, Step, Verdict, int, listen, step, table};

use super::connect::{self, OPEN_STEPS, SET_UP_STEPS, note};
use super::diagnose::{BEGIN_STEPS as DIAGNOSE_STEPS, TCP_STEPS};
use super::socket::result;
use super::{Error, Input, Lpwa, Operation, Running, State};

/// Arguments: host as the first, the root's file name and its length as the eighth and the ninth.
///
/// Contexts 0 and 1 alike: whether number 1 of a client is context 0 or 1 differs by client, and by manual (simcom-at 5).
/// What decides whom we trust cannot be read back, and must not get lost behind an `OK` that came twice: each command that
/// says it stands behind a question, here and where roots are named.
/// Names of settings in lower case: some firmware refuses those of the manual (simcom-at 8).
pub(super) const CONTEXT_STEPS: &[Step] = &[
    step("+CSSLCFG=\"ignorertctime\",0,1", 10).at("simcom-at 8"),
    step("+CSSLCFG=\"ignorertctime\",1,1", 10).at("simcom-at 8"),
    step("+CCLK?", 3).info().when(DATES).note(note::CLOCK).retry(2, 3).at("simcom-at 2.5"),
    step("+CSSLCFG=\"ignorertctime\",0,0", 10).when(DATES).at("simcom-at 8"),
    IN_STEP.when(DATES),
    step("+CSSLCFG=\"ignorertctime\",1,0", 10).when(DATES).at("simcom-at 8"),
    // Refused if an earlier life did not end it.
    step("+CFSINIT", 10).when(ROOT).ignore().note(note::FILE).at("simcom-at 8"),
    step("+CFSGFIS=3,\"{h}\"", 10).when(ROOT).note(note::SIZE).at("simcom-at 9"),
    listen(note::STALE, 0).when(ROOT),
    step("+CFSDFILE=3,\"{h}\"", 10).when(ROOT).ignore().at("simcom-at 9"),
    // The certificate at 115200 baud takes a fraction of it.
    step("+CFSWFILE=3,\"{h}\",0,{i},10000", 150).download().when(ROOT).at("simcom-at 8"),
    step("+CFSGFIS=3,\"{h}\"", 10).info().when(ROOT).note(note::ARRIVED).at("simcom-at 9"),
    step("+CFSTERM", 10).when(ROOT).ignore().at("simcom-at 8"),
    // The module's own copy, which is what it looks at; the file tells the next start that there is one.
    step("+CSSLCFG=\"convert\",2,\"{h}\"", 50).when(ROOT).note(note::CONVERT).at("simcom-at 8"),
    listen(note::CONVERTED, 0).when(ROOT),
    step("+CFSTERM", 10).when(ROOT).ignore().note(note::FOUND).at("simcom-at 8"),
    step("+CSSLCFG=\"sslversion\",0,3", 10).note(note::SECURE).at("simcom-at 8"),
    step("+CSSLCFG=\"sslversion\",1,3", 10).at("simcom-at 8"),
    step("+CSSLCFG=\"sni\",0,\"{a}\"", 10).at("simcom-at 8"),
    step("+CSSLCFG=\"sni\",1,\"{a}\"", 10).at("simcom-at 8"),
];

/// Without a root's name any server is taken.
pub(super) const SETTING_STEPS: &[Step] = &[
    IN_STEP.when(ROOT),
    step("+SMSSL=1,\"{h}\",\"\"", 10).when(ROOT).note(note::SETTING).at("simcom-at 5"),
    step("+SMSSL=1,\"\",\"\"", 10).when(ANYONE).note(note::SETTING).at("simcom-at 5"),
];

/// The same handshake with a socket, which says what is wrong with it.
pub(super) const SHAKE_STEPS: &[Step] = &[
    step("+CASSLCFG=12,\"SSL\",1", 10).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"CRINDEX\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"CACERT\",\"{h}\"", 10).when(ROOT).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"CACERT\",\"\"", 10).when(ANYONE).ignore().at("simcom-at 7.3"),
    step("+CAOPEN=12,0,\"TCP\",\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::SHAKE).at("simcom-at 7.3"),
    step("+CACLOSE=12", 100).ignore().at("simcom-at 7.3"),
    listen(note::SHAKEN, 0),
];

pub(super) const SIM7000_SHAKE_STEPS: &[Step] = &[
    step("+CASSLCFG=12,\"ssl\",1", 10).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"protocol\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"crindex\",0", 10).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"cacert\",\"{h}\"", 10).when(ROOT).ignore().at("simcom-at 7.3"),
    step("+CASSLCFG=12,\"cacert\",\"\"", 10).when(ANYONE).ignore().at("simcom-at 7.3"),
    step("+CAOPEN=12,\"{a}\",{b}", 1500).result(1, 10).ignore().note(note::SHAKE).at("simcom-at 7.3"),
    step("+CACLOSE=12", 100).ignore().at("simcom-at 7.3"),
    listen(note::SHAKEN, 0),
];

/// Inside TLS. The rules are those of the model.
pub(super) const fn connect<F: Lpwa>() -> Operation<F> {
    let table = table![SET_UP_STEPS, CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS, SHAKE_STEPS, TCP_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take) }
}

pub(super) fn prepare<'a, F: Lpwa>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    // What is not known here is not made weaker, nor is what was not given.
    let &Input::Login { tls: Some(tls), .. } = input else { return Err(Error::NoHostCheck) };
    connect::prepare(input, state, parts)?;
    prepare_tls(tls, parts)
}

pub(super) fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        // The handshake is good: what is left is the login.
        (note::SHAKEN, _) if run.state.cause.is_none() => connect::fail(run.state),
        (note::SHAKEN, _) if run.state.cause == Some(Error::Certificate) => refuse(run.state, Error::Certificate),
        (note::SHAKEN, _) => Verdict::Go,
        // Somebody refused, or there is no network: that is no matter of TLS. A login that got no answer may have been
        // taken, and its messages with it, so that it is not sent again behind their back.
        (note::SHAKE, Answer::Result(line)) if result::is_clear_of_tls(int(line, 1)) => {
            refuse(run.state, Error::Open(5))
        }
        (note::SHAKE, _) => shaken(run.state, answer),
        // Context, name and TCP are good, and the handshake is not.
        (note::DIAGNOSED, _) if run.state.cause.is_none() => match once_more(run.state) {
            Some(again) => again,
            None => refuse(run.state, Error::Certificate),
        },
        (note::CLOCK | note::SIZE | note::STALE | note::ARRIVED | note::CONVERT | note::CONVERTED, _) => {
            take_context(run, note, answer)
        }
        _ => connect::take(run, note, answer),
    }
}

/// What a socket says of the same handshake.
pub(super) fn shaken<F: Lpwa>(state: &mut State<F>, answer: Answer<'_>) -> Verdict {
    if let Answer::Result(line) = answer {
        state.cause = match int(line, 1) {
            Some(0) => None,
            // It says what is wrong: no other file of the root would help.
            Some(result::EXPIRED | result::WRONG_NAME | result::EXPIRED_AND_WRONG_NAME) => Some(Error::Certificate),
            _ => Some(Error::Open(5)),
        };
    }
    Verdict::Default
}

/// Only the handshake failed. The file may have another content than its name says: once more with a new one.
pub(super) fn once_more<F: Lpwa>(state: &mut State<F>) -> Option<Verdict> {
    if state.uploaded || state.flags & ROOT == 0 {
        return None;
    }
    (state.diagnosed, state.is_stale) = (false, true);
    Some(Verdict::To(note::FILE))
}

/// Takes the answers to the steps of the context.
pub(super) fn take_context<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let length = run.body.len() as i32;
    let state = &mut *run.state;
    match (note, answer) {
        (note::CLOCK, Answer::Info(line)) if clock::is_set_local(line) => Verdict::Default,
        (note::CLOCK, Answer::Info(_)) if state.flags & REQUIRED != 0 => state.fail(Error::NoClock),
        (note::CLOCK, Answer::Info(_)) => Verdict::To(note::FILE),
        // A file of this name and length is this certificate, unless its upload was broken off.
        (note::SIZE, Answer::Info(line)) if int(line, 0) == Some(length) && !state.is_stale => Verdict::To(note::FOUND),
        (note::SIZE, Answer::Error(_)) => Verdict::Go,
        (note::STALE, _) => {
            state.is_stale = true;
            Verdict::Go
        }
        (note::ARRIVED, Answer::Info(line)) if int(line, 0) != Some(length) => state.fail(Error::Upload),
        (note::CONVERT, Answer::Error(_)) => state.fail(Error::Upload),
        (note::CONVERTED, _) => {
            (state.is_stale, state.uploaded) = (false, true);
            Verdict::To(note::SECURE)
        }
        _ => Verdict::Default,
    }
}
