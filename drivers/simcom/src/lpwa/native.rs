//! A session for which the module makes the login itself: it is told who the device is, or who it is to become.

use wanlink_at::driver::connect::IN_STEP;
use wanlink_at::driver::flag;
use wanlink_at::{Answer, Step, Verdict, step, table};

use super::connect::{self, BEGIN_STEPS, OPEN_STEPS, PLAIN_STEPS, SETTINGS_STEPS, note};
use super::diagnose::{BEGIN_STEPS as DIAGNOSE_STEPS, TCP_STEPS};
use super::tls::{self, CONTEXT_STEPS, SETTING_STEPS, SHAKE_STEPS};
use super::{Error, Lpwa, Operation, Running};

/// Arguments as those of a connect: device name, product key and device secret are client id, user and password. The last
/// of the settings: what was typed for a login of ours before it counts no more. It is never read back: that would show
/// the secret.
///
/// It must not get lost behind an `OK` that came twice: the platform would refuse a stranger, and for good.
const DEVICE_STEPS: &[Step] =
    &[IN_STEP, step("+SMALIAUTH=\"{d}\",\"{c}\",\"{e}\"", 10).note(note::NATIVE).retry(2, 3).at("simcom-at 4")];

/// The same with the secret of the product, of a device that registers.
const NEW_DEVICE_STEPS: &[Step] =
    &[IN_STEP, step("+SMALIDYNA=\"{d}\",\"{c}\",\"{e}\"", 10).note(note::NATIVE).retry(2, 3).at("simcom-at 4")];

/// Without TLS. The rules are those of the model.
pub(super) const fn sign_in<F: Lpwa>() -> Operation<F> {
    let table = table![BEGIN_STEPS, SETTINGS_STEPS, PLAIN_STEPS, DEVICE_STEPS, OPEN_STEPS, DIAGNOSE_STEPS, TCP_STEPS];
    Operation { prepare: connect::prepare, ..Operation::new(table, flag::SESSION, take) }
}

/// Inside TLS. The rules are those of the model.
pub(super) const fn sign_in_tls<F: Lpwa>() -> Operation<F> {
    let table = table![
        BEGIN_STEPS,
        SETTINGS_STEPS,
        CONTEXT_STEPS,
        SETTING_STEPS,
        DEVICE_STEPS,
        OPEN_STEPS,
        DIAGNOSE_STEPS,
        SHAKE_STEPS,
        TCP_STEPS
    ];
    Operation { prepare: tls::prepare, ..Operation::new(table, flag::SESSION, take_in_tls) }
}

/// To be registered, which the platform does inside TLS only. The rules are those of the registration.
pub(super) const fn register<F: Lpwa>() -> Operation<F> {
    let table = table![
        BEGIN_STEPS,
        SETTINGS_STEPS,
        CONTEXT_STEPS,
        SETTING_STEPS,
        NEW_DEVICE_STEPS,
        OPEN_STEPS,
        DIAGNOSE_STEPS,
        SHAKE_STEPS,
        TCP_STEPS
    ];
    Operation { prepare: tls::prepare, ..Operation::new(table, flag::SESSION, take_in_tls) }
}

fn take<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    if note == note::NATIVE { set(run, answer) } else { connect::take(run, note, answer) }
}

fn take_in_tls<F: Lpwa>(run: &mut Running<'_, '_, F>, note: u8, answer: Answer<'_>) -> Verdict {
    if note == note::NATIVE { set(run, answer) } else { tls::take(run, note, answer) }
}

/// Takes an answer to the setting. What refuses may be an answer that came late: it is asked again.
fn set<F: Lpwa>(run: &mut Running<'_, '_, F>, answer: Answer<'_>) -> Verdict {
    let is_refused = matches!(answer, Answer::Error(_));
    run.state.cause = is_refused.then_some(Error::NoNativeLogin);
    if is_refused { Verdict::Again } else { Verdict::Default }
}
