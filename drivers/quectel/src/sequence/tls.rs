//! TLS: the root's file, the TLS context, opening a session inside it, and what a failed handshake leads to.

use wanlink_at::driver::connect::prepare_tls;
use wanlink_at::driver::connect::tls_flag::{ANYONE, DATES, REQUIRED, ROOT};
use wanlink_at::driver::{Family, Parts, clock, flag};
use wanlink_at::{Answer, Step, Verdict, field, int, listen, step, steps, table};

use super::clock::ASK_SERVER;
use super::connect::{self, BEGIN_STEPS, OPEN_STEPS, note};
use super::diagnose::DIAGNOSE_STEPS;
use crate::ec::{EcFamily, Group};
use crate::{Command, Error, Input, Operation, Running, State};

/// Arguments: the root's file name and its length, as the eighth and the ninth. TLS context 2 of six.
const DATES_STEPS: &[Step] = &[
    step("+QSSLCFG=\"ignorelocaltime\",2,1", 3).at("SSL 2.3.1"),
    step("+QLTS=1", 3).info().when(DATES).note(note::CLOCK).retry(2, 3).at("AT 9.5"),
    step("+QSSLCFG=\"ignorelocaltime\",2,0", 3).when(DATES).at("SSL 2.3.1"),
];

/// The same, and a network that tells no time leaves the clock to a time server. One that did not answer is not asked again
/// for the sake of dates that may be left out.
const EC_DATES_STEPS: &[Step] = &[
    step("+QSSLCFG=\"ignorelocaltime\",2,1", 3).at("SSL 2.3.1"),
    step("+QLTS=1", 3).info().when(DATES).note(note::CLOCK).retry(2, 3).at("AT 9.5"),
    step("+CCLK?", 3).info().when(DATES).note(note::LOCAL).retry(2, 3).at("quectel-at 1.6"),
    step(ASK_SERVER, 10).result(0, 300).when(DATES).ignore().at("quectel-at 1.6"),
    step("+CCLK?", 3).info().when(DATES).note(note::SERVED).retry(2, 3).at("quectel-at 1.6"),
    step("+QSSLCFG=\"ignorelocaltime\",2,0", 3).when(DATES).note(note::DATED).at("SSL 2.3.1"),
];

const FILE_STEPS: &[Step] = &[
    step("+QFLST=\"{h}\"", 10).when(ROOT).note(note::FILE).at("FILE 2.2"),
    listen(note::STALE, 0).when(ROOT),
    step("+QFDEL=\"{h}\"", 10).when(ROOT).ignore().at("FILE 2.4"),
    // The certificate at 115200 baud takes a fraction of it.
    step("+QFUPL=\"{h}\",{i},10", 150).connect().info().when(ROOT).note(note::UPLOAD).at("FILE 2.3"),
    step("+QSSLCFG=\"sslversion\",2,3", 3).note(note::SECURE).at("SSL 2.3.1"),
    step("+QSSLCFG=\"ciphersuite\",2,0XFFFF", 3).at("SSL 2.3.1"),
    step("+QSSLCFG=\"negotiatetime\",2,60", 3).at("SSL 2.3.1"),
    // Old firmware does not know it; without it a host of many names shows a wrong certificate, which is refused.
    step("+QSSLCFG=\"sni\",2,1", 3).ignore().at("SSL 2.3.1"),
    step("+QSSLCFG=\"cacert\",2,\"{h}\"", 3).when(ROOT).at("SSL 2.3.1"),
    step("+QSSLCFG=\"seclevel\",2,1", 3).when(ROOT).at("SSL 2.3.1"),
    // Old firmware does not know it, nor do EC25 and EC200U.
    step("+QSSLCFG=\"checkhost\",2,1", 3).when(ROOT).ignore().at("SSL 2.3.1"),
    // An OK that comes twice makes each command take the answer to the one before, and a module may drop a command that
    // comes while it works on another. So what decides whom we trust is read back: no OK of before answers a question, and
    // behind an ERROR it is asked again, when all answers of before are there.
    step("+QSSLCFG=\"seclevel\",2", 3).same(2).info().retry(2, 3).when(ROOT).note(note::SURE).at("SSL 2.3.1"),
];

const HOST_STEPS: &[Step] =
    &[step("+QSSLCFG=\"checkhost\",2", 3).same(2).info().retry(2, 3).when(ROOT).note(note::SURE).at("SSL 2.3.1")];

const ANYONE_STEPS: &[Step] = &[step("+QSSLCFG=\"seclevel\",2,0", 3).when(ANYONE).at("SSL 2.3.1")];

/// The TLS context of BG95.
pub(super) const CONTEXT_STEPS: &[Step] = steps![DATES_STEPS, FILE_STEPS, HOST_STEPS, ANYONE_STEPS];

/// That of EC25, EC200U and their like: whether the server's name is checked is the firmware's own business.
pub(super) const EC_CONTEXT_STEPS: &[Step] = steps![EC_DATES_STEPS, FILE_STEPS, ANYONE_STEPS];

/// The command that was to set it got lost.
const fn not_set<F: Family>() -> Error<F> {
    Error::Module { command: Command::new("+QSSLCFG"), code: None }
}

pub(super) const SETTING_STEPS: &[Step] = &[step("+QMTCFG=\"ssl\",0,1,2", 3).note(note::SETTING).at("MQTT 3.3.1")];

/// Inside TLS. The rules are those of the model.
pub(crate) const fn connect<F: Family>() -> Operation<F> {
    let table = table![BEGIN_STEPS, CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take) }
}

pub(crate) const fn connect_ec<G: Group>() -> Operation<EcFamily<G>> {
    let table = table![BEGIN_STEPS, EC_CONTEXT_STEPS, SETTING_STEPS, OPEN_STEPS, DIAGNOSE_STEPS];
    Operation { prepare, ..Operation::new(table, flag::SESSION, take_ec) }
}

pub(super) fn prepare<'a, F: Family>(
    input: &Input<'a, 'a, F>,
    state: &mut State<F>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<F>> {
    // What is not known here is not made weaker, nor is what was not given.
    let &Input::Login { tls: Some(tls), .. } = input else { return Err(Error::NoHostCheck) };
    connect::prepare(input, state, parts)?;
    prepare_tls(tls, parts)
}

pub(super) fn take<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        // Context, name and TCP are good, and the same again.
        (note::OPEN, Answer::Result(line)) if state.diagnosed && int(line, 1) == Some(-1) => {
            state.fail(Error::Certificate)
        }
        (note::DIAGNOSED, _) if state.cause.is_none() => once_more(state, note::OPEN),
        (note::CLOCK | note::FILE | note::STALE | note::UPLOAD | note::SURE, _) => take_context(run, note, answer),
        _ => connect::take(run, note, answer),
    }
}

/// Only TLS failed. The file may have another content than its name says: once more with a new one, or with the note of
/// what opens.
pub(super) fn once_more<F: Family>(state: &State<F>, open: u8) -> Verdict {
    let is_new = state.uploaded || state.flags & ROOT == 0;
    Verdict::To(if is_new { open } else { note::STALE })
}

/// Takes the answers to the steps of the context.
pub(super) fn take_context<F: Family>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    let state = &mut *run.state;
    match (note, answer) {
        (note::CLOCK, Answer::Info(line)) if clock::is_set(line) => Verdict::Default,
        (note::CLOCK, Answer::Info(_)) if state.flags & REQUIRED != 0 => state.fail(Error::NoClock),
        (note::CLOCK, Answer::Info(_)) => Verdict::To(note::FILE),
        // A file of this name and length is this certificate, unless its upload was broken off.
        (note::FILE, Answer::Info(line)) if int(line, 1) == Some(run.body.len() as i32) && !state.is_stale => {
            Verdict::To(note::SECURE)
        }
        (note::FILE, Answer::Error(_)) => Verdict::Go,
        (note::STALE, _) => {
            state.is_stale = true;
            Verdict::Go
        }
        (note::UPLOAD, Answer::Info(line)) => {
            let arrived = int(line, 0) == Some(run.body.len() as i32)
                && field(line, 1).and_then(hexadecimal) == Some(checksum(run.body));
            if !arrived {
                return state.fail(Error::Upload);
            }
            (state.is_stale, state.uploaded) = (false, true);
            Verdict::Default
        }
        (note::SURE, Answer::Error(_)) => {
            state.fail(Error::NoHostCheck);
            Verdict::Again
        }
        (note::SURE, Answer::Info(line)) if int(line, 2) != Some(1) => state.fail(not_set()),
        (note::SURE, _) => {
            state.cause = None;
            Verdict::Default
        }
        _ => Verdict::Default,
    }
}

pub(super) fn take_ec<G: Group>(run: &mut Running<'_, '_, EcFamily<G>>, note: u8, answer: Answer<'_>) -> Verdict {
    take_clock(run, note, answer).unwrap_or_else(|| take(run, note, answer))
}

/// Takes the answers to [`EC_DATES_STEPS`]; `None` for those to others.
pub(super) fn take_clock<G: Group>(
    run: &mut Running<'_, '_, EcFamily<G>>,
    note: u8,
    answer: Answer<'_>,
) -> Option<Verdict> {
    let state = &mut *run.state;
    let is_required = state.flags & REQUIRED != 0;
    let verdict = match (note, answer) {
        (note::CLOCK, Answer::Info(line)) if clock::is_set(line) => Verdict::To(note::DATED),
        (note::LOCAL | note::SERVED, Answer::Info(line)) if clock::is_set_local(line) => Verdict::To(note::DATED),
        (note::LOCAL, Answer::Info(_)) if state.own.no_time_server && !is_required => Verdict::To(note::FILE),
        (note::SERVED, Answer::Info(_)) => {
            state.own.no_time_server = true;
            if is_required { state.fail(Error::NoClock) } else { Verdict::To(note::FILE) }
        }
        (note::CLOCK | note::LOCAL, _) => Verdict::Default,
        _ => return None,
    };
    Some(verdict)
}

/// XOR over pairs of bytes, the first of a pair in the high half; so is an odd last one.
fn checksum(content: &[u8]) -> u16 {
    content
        .iter()
        .enumerate()
        .fold(0, |sum, (at, &byte)| sum ^ if at % 2 == 0 { u16::from(byte) << 8 } else { byte.into() })
}

/// At most four digits, not padded.
fn hexadecimal(text: &[u8]) -> Option<u16> {
    let mut value: u16 = 0;
    for &byte in text {
        let digit = (byte as char).to_digit(16)?;
        value = value.checked_mul(16)? | digit as u16;
    }
    if text.is_empty() { None } else { Some(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QuectelFamily;
    use wanlink_at::driver::taken;

    /// The value that a BG96 and an EC25 printed for this file (quectel-at 6).
    #[test]
    fn checksum_of_amazon_root_ca_1() {
        let pem = include_bytes!("../../../emulator/tests/certificates/amazon-root-ca-1.pem");
        assert_eq!((pem.len(), checksum(pem)), (1188, 0x2d13));
        assert_eq!((checksum(&[0x12]), checksum(&[0x12, 0x34, 0xff])), (0x1200, 0xed34));
    }

    /// Of an empty file, as the test gives no other.
    #[test]
    fn an_upload_that_did_not_arrive_as_it_is() {
        for (line, expected) in [
            (&b"+QFUPL: 0,0"[..], Verdict::Default),
            (b"+QFUPL: 0,1", Verdict::Fail),
            (b"+QFUPL: 1,0", Verdict::Fail),
            (b"+QFUPL: 0", Verdict::Fail),
        ] {
            let mut state: State<QuectelFamily> = State { is_stale: true, ..State::default() };
            let verdict = taken(&mut state, take, note::UPLOAD, Answer::Info(line));
            assert_eq!(verdict, expected, "{line:?}");
            let arrived = expected == Verdict::Default;
            assert_eq!((state.uploaded, state.is_stale), (arrived, !arrived));
            assert_eq!(state.cause, (!arrived).then_some(Error::Upload));
        }
    }

    #[test]
    fn checksums_are_hexadecimal_and_not_padded() {
        assert_eq!(
            (hexadecimal(b"2d13"), hexadecimal(b"372"), hexadecimal(b"0")),
            (Some(0x2d13), Some(0x372), Some(0))
        );
        assert_eq!((hexadecimal(b""), hexadecimal(b"2g"), hexadecimal(b"12345")), (None, None, None));
    }
}
