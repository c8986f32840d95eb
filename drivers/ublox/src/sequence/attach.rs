//! SIM, registration, data context, and what the module's own clients need of it.

use wanlink_at::driver::attach::{self, RULES};
use wanlink_at::driver::{Parts, begins_with, flag};
use wanlink_at::{Answer, Arg, Step, Verdict, cme_code, field, int, listen, step, table};

use crate::own::{has, radio_off};
use crate::{Error, Input, Operation, Running, State, quirk};

mod note {
    pub(super) use wanlink_at::driver::attach::note::*;

    pub(super) const UNLOCKED: u8 = 1;
    pub(super) const OFF: u8 = 2;
    pub(super) const CONTEXT: u8 = 3;
    pub(super) const ACTIVATE: u8 = 4;
    pub(super) const CLIENTS: u8 = 5;
    pub(super) const PROFILE: u8 = 6;
    pub(super) const MAP: u8 = 7;
    pub(super) const MAPPED: u8 = 8;
    pub(super) const PROFILE_UP: u8 = 9;
    pub(super) const CHECK: u8 = 10;
    pub(super) const SETTLE: u8 = 11;
    pub(super) const WRITTEN: u8 = 12;
}

/// Flags: with user and password, or without, in the form that the model wants.
const LOGIN: u8 = 1;
const NOBODY: u8 = 2;
const NOBODY_QUOTED: u8 = 4;

/// Arguments: APN, user, password, kind of authentication, PIN; user and password in the model's order; the level that
/// switches the radio off.
const ATTACH_STEPS: &[Step] = &[
    // Busy for up to 30 s after a boot.
    step("+CPIN?", 100).info().note(note::SIM).retry(15, 20).at("AT 9"),
    listen(note::PIN_DUE, 0),
    step("+CPIN=\"{e}\"", 100).note(note::PIN).at("AT 9"),
    listen(note::UNLOCKED, 0),
    // APN and login are taken at the next registration only: write them with the radio off, and only when they differ.
    step("+CGDCONT?", 10).note(note::APN).retry(5, 4).at("AT 11"),
    listen(note::OFF, 0),
    step("+CFUN={h}", 1800).at("AT 5"),
    step("+CGDCONT=1,\"IP\",\"{a}\"", 10).retry(10, 4).at("AT 11"),
    step("+UAUTHREQ=1,{d},\"{f}\",\"{g}\"", 10).when(LOGIN).at("AT 11"),
    step("+UAUTHREQ=1,0", 10).when(NOBODY).ignore().at("AT 11"),
    step("+UAUTHREQ=1,0,\"\",\"\"", 10).when(NOBODY_QUOTED).ignore().at("AT 11"),
    // At least a second between two changes.
    listen(note::WRITTEN, 10),
    step("+CFUN=1", 1800).note(note::RADIO).at("AT 5"),
    step("+CEREG?", 10).info().note(note::LTE).retry(2, 3).at("AT 7"),
    // LENA-R8 leaves the mode out of its answer, which looks like the unsolicited line then.
    step("+CGREG?", 10).note(note::GPRS).ignore().at("AT 7"),
    // Progress comes by URC. Asking again twice a minute is only for a URC that was lost on the line.
    listen(note::REGISTERED, 300),
    // The context comes with the registration, as a rule.
    step("+CGACT?", 100).note(note::CONTEXT).at("AT 11"),
    // ERROR while the module is not ready. SARA-R422 wants to be told though it is up, else its clients say that it is not.
    step("+CGACT=1,1", 1500).note(note::ACTIVATE).retry(5, 10).at("AT 11"),
    listen(note::CLIENTS, 0),
    step("+UPSND=0,8", 10).info().note(note::PROFILE).at("INT 2"),
    // IPv4, as the context was defined.
    step("+UPSD=0,0,0", 10).note(note::MAP).at("INT 2"),
    step("+UPSD=0,100,1", 10).at("INT 2"),
    listen(note::MAPPED, 0),
    step("+UPSDA=0,3", 1800).result(0, 300).named("+UUPSDA").note(note::PROFILE_UP).at("INT 2"),
    // Refused when it is up already; and its line may be lost.
    step("+UPSND=0,8", 10).info().note(note::CHECK).at("INT 2"),
    // A look-up or a login right behind the activation fails: a second.
    listen(note::SETTLE, 10),
    listen(note::UP, 0),
];
pub(crate) static ATTACH: Operation =
    Operation { prepare, rules: RULES, ..Operation::new(table![ATTACH_STEPS], flag::ATTACH, take) };

fn prepare<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    attach::prepare(input, state, parts)?;
    let [_, user, password, kind, ..] = parts.args;
    let user_first = has(state, quirk::USER_FIRST);
    (parts.args[5], parts.args[6]) = if user_first { (user, password) } else { (password, user) };
    parts.args[7] = Arg::Number(radio_off(state));
    parts.flags |= match kind {
        Arg::Number(0) if user_first => NOBODY_QUOTED,
        Arg::Number(0) => NOBODY,
        _ => LOGIN,
    };
    state.own.fresh = false;
    Ok(())
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::UNLOCKED, _) => {
            // It is ready a moment later, and does not say so.
            let verdict = attach::take(run, note, answer);
            if verdict == Verdict::Fail { verdict } else { Verdict::To(note::SIM) }
        }
        (note::APN, Answer::Info(line)) => {
            let is_ours = begins_with(line, &[1]) && field(line, 2).is_some_and(|apn| is_apn(apn, run.text(0)));
            let has_login = run.state.flags & LOGIN == 0 || run.state.own.auth == mark(run);
            if is_ours && has_login { Verdict::To(note::RADIO) } else { Verdict::Default }
        }
        (note::OFF, _) => {
            run.state.own.auth = 0;
            Verdict::Go
        }
        (note::WRITTEN, Answer::Silence) => {
            run.state.own.auth = mark(run);
            Verdict::Go
        }
        (note::REGISTERED, _) => {
            run.state.own.fresh |= !run.state.is_registered();
            attach::take(run, note, answer)
        }
        (note::CONTEXT, Answer::Info(line)) => {
            let is_up = begins_with(line, &[1, 1]) && !has(run.state, quirk::MAPPING);
            if is_up { Verdict::To(note::CLIENTS) } else { Verdict::Default }
        }
        (note::ACTIVATE, Answer::Error(reason)) => {
            let verdict = run.state.fail(Error::NoContext);
            // The network refused it; else the module was not ready.
            if matches!(cme_code(reason), Some(1550..=1599)) { verdict } else { Verdict::Again }
        }
        (note::CLIENTS, _) => {
            run.state.cause = None;
            if has(run.state, quirk::PROFILE) {
                Verdict::Go
            } else if has(run.state, quirk::MAPPING) {
                run.state.own.fresh = true;
                Verdict::To(note::MAP)
            } else {
                up(run)
            }
        }
        (note::PROFILE | note::CHECK, Answer::Info(line)) if int(line, 2) == Some(1) => up(run),
        (note::PROFILE, Answer::Info(_)) => {
            run.state.own.fresh = true;
            Verdict::Default
        }
        (note::MAPPED, _) if has(run.state, quirk::MAPPING) => up(run),
        (note::MAPPED, _) => Verdict::Go,
        (note::PROFILE_UP, Answer::Result(line)) => match int(line, 0) {
            Some(0) => up(run),
            _ => run.state.fail(Error::NoContext),
        },
        (note::PROFILE_UP, Answer::Error(_) | Answer::Silence) => Verdict::To(note::CHECK),
        (note::SETTLE, Answer::Tick) if run.state.own.fresh => Verdict::Default,
        (note::SETTLE, _) => Verdict::Go,
        _ => attach::take(run, note, answer),
    }
}

fn up(run: &mut Running<'_, '_>) -> Verdict {
    run.state.context_up = true;
    Verdict::To(note::SETTLE)
}

/// Whether this is our access point as it is read back: SARA-R5 puts the network behind it, `.mnc040.mcc901.gprs`.
fn is_apn(read: &[u8], ours: &[u8]) -> bool {
    let Some((name, network)) = read.split_at_checked(ours.len()) else { return false };
    let network_begins = network.get(..4).is_none_or(|begin| begin.eq_ignore_ascii_case(b".mnc"));
    name.eq_ignore_ascii_case(ours) && (network.is_empty() || (network.len() > 4 && network_begins))
}

/// A mark of user and password, never 0: whether they are those that the module has (FNV-1a).
fn mark(run: &Running<'_, '_>) -> u32 {
    let texts = [run.text(1), b"\0", run.text(2)];
    let bytes = texts.iter().copied().flatten();
    bytes.fold(0x811c_9dc5_u32, |mark, &byte| (mark ^ u32::from(byte)).wrapping_mul(0x0100_0193)) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_point_is_known_again_with_the_network_behind_it() {
        for (read, ours, expected) in [
            (&b"cmiot"[..], &b"cmiot"[..], true),
            (b"CMIOT.mnc000.mcc460.gprs", b"cmiot", true),
            (b"cmiot.example", b"cmiot", false),
            (b"cmiot2", b"cmiot", false),
            (b"cm", b"cmiot", false),
            (b"", b"", true),
            (b".mnc000.mcc460.gprs", b"", true),
        ] {
            assert_eq!(is_apn(read, ours), expected);
        }
    }
}
