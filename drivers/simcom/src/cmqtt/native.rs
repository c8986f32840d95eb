//! A session for which the module makes the login itself. It is told who the device is, and the client id that was
//! acquired, without user and password, is then that of the device.

use wanlink_at::driver::connect::{IN_STEP, prepare_tls, refuse};
use wanlink_at::driver::{Parts, flag};
use wanlink_at::{Answer, Step, Verdict, field, listen, step, table};

use super::connect::{self, BEGIN_STEPS, PLAIN_STEPS, SERVICE_STEPS, SETTINGS_STEPS, free, note};
use super::diagnose::DIAGNOSE_STEPS;
use super::tls::{self, CLIENT_STEPS, CONTEXT_STEPS, SETTING_STEPS};
use super::{Error, Input, Operation, Running, State};

/// The list of settings tells whether there is this one (simcom-at 4). Asked before anything else: where there is none, all
/// stays as it is.
const LIST: Step = step("+CMQTTCFG=?", 90).info().note(note::LISTED).at("simcom-at 4");

/// The line that tells it may be lost, so that a list without it is not believed before it came three times.
const PROBE_STEPS: &[Step] =
    &[LIST, listen(0, 10).ignore(), LIST, listen(0, 20).ignore(), LIST, listen(note::UNLISTED, 0)];

/// Arguments as those of a connect: device name, product key and device secret are client id, user and password. Kept by
/// the module until the client is released, and never read back: that would show the secret.
///
/// It must not get lost behind an `OK` that came twice: the platform would refuse a stranger, and for good.
const DEVICE_STEPS: &[Step] =
    &[IN_STEP, step("+CMQTTCFG=\"aliauth\",0,\"{d}\",\"{c}\",\"{e}\"", 90).note(note::NATIVE).at("simcom-at 4")];

const LOGIN_STEPS: &[Step] =
    &[step("+CMQTTCONNECT=0,\"tcp://{a}:{b}\",{f},{g}", 1250).result(1, 1250).note(note::LOGIN).at("simcom-at 3")];

/// Without TLS. The rules are those of the model.
pub(super) const SIGN_IN: Operation = {
    let table = table![
        PROBE_STEPS,
        BEGIN_STEPS,
        SERVICE_STEPS,
        PLAIN_STEPS,
        SETTINGS_STEPS,
        DEVICE_STEPS,
        LOGIN_STEPS,
        DIAGNOSE_STEPS
    ];
    Operation { prepare: connect::prepare_login, ..Operation::new(table, flag::SESSION, take) }
};

/// Inside TLS. The rules are those of the model.
pub(super) const SIGN_IN_TLS: Operation = {
    let table = table![
        PROBE_STEPS,
        BEGIN_STEPS,
        CONTEXT_STEPS,
        SERVICE_STEPS,
        CLIENT_STEPS,
        SETTINGS_STEPS,
        SETTING_STEPS,
        DEVICE_STEPS,
        LOGIN_STEPS,
        DIAGNOSE_STEPS
    ];
    Operation { prepare: prepare_in_tls, ..Operation::new(table, flag::SESSION, take_in_tls) }
};

fn prepare_in_tls<'a>(input: &Input<'a, 'a>, state: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    // What was not given is not made weaker.
    let &Input::Login { tls: Some(tls), .. } = input else { return Err(Error::NoHostCheck) };
    connect::prepare_login(input, state, parts)?;
    prepare_tls(tls, parts)
}

fn take(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    native(run.state, note, answer).unwrap_or_else(|| connect::take(run, note, answer))
}

fn take_in_tls(run: &mut Running<'_, '_>, note: u8, answer: Answer<'_>) -> Verdict {
    native(run.state, note, answer).unwrap_or_else(|| tls::take(run, note, answer))
}

/// Takes the answers to the steps that only this login has.
fn native(state: &mut State, note: u8, answer: Answer<'_>) -> Option<Verdict> {
    Some(match (note, answer) {
        (note::LISTED, Answer::Info(line)) if field(line, 0) == Some(b"aliauth") => Verdict::To(note::ENTER),
        // A firmware without such a list may have the setting.
        (note::LISTED, Answer::Error(_)) => Verdict::To(note::ENTER),
        (note::UNLISTED, _) => state.fail(Error::NoNativeLogin),
        // What refuses may be a client that is none: once more from the beginning.
        (note::NATIVE, Answer::Error(_)) if !state.freed => free(state),
        (note::NATIVE, Answer::Error(_)) => refuse(state, Error::NoNativeLogin),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wanlink_at::driver::taken;

    #[test]
    fn what_the_list_of_settings_says() {
        for (answer, verdict, cause) in [
            (Answer::Info(b"+CMQTTCFG: \"version\",(0-1),(3-4)"), Verdict::Default, None),
            (
                Answer::Info(b"+CMQTTCFG: \"aliauth\",(0-1),\"productkey\",\"devicename\",\"devicesecret\""),
                Verdict::To(note::ENTER),
                None,
            ),
            (Answer::Error(b""), Verdict::To(note::ENTER), None),
        ] {
            let mut state = State::default();
            assert_eq!((taken(&mut state, take, note::LISTED, answer), state.cause), (verdict, cause));
        }
        let mut state = State::default();
        assert_eq!(taken(&mut state, take, note::UNLISTED, Answer::Tick), Verdict::Fail);
        assert_eq!(state.cause, Some(Error::NoNativeLogin));
    }
}
