//! Publishing with EC25, EC200U and their like, each in its own form. Which one is the model's business: that a command of
//! this name exists says nothing of what its sixth parameter means.

use wanlink_at::driver::Parts;
use wanlink_at::driver::traffic::{self, PUBLISHES, prepare};
use wanlink_at::{Answer, Code, Step, Verdict, cme_code, listen, step, table};
use wanlink_core::Qos;

use super::traffic::note::{CONFIRMED, ENTER, PUBLISHED, STATUS};
use super::traffic::take;
use crate::ec::{EcFamily, Qc, Ua};
use crate::{Command, Error, Input, Operation, Running, State};

/// Notes, besides.
const OLD: u8 = 4;
const SENT: u8 = 5;

/// Old firmware only has `AT+QMTPUB`, with a length, too (quectel-at 2.2); new firmware has it no more.
///
/// Arguments as for all that goes over a session: message id, topic, QoS, length.
const QC_STEPS: &[Step] = &[
    listen(ENTER, 0),
    // Some firmware calls the result as the old command was called.
    step("+QMTPUBEX=0,{a},{c},0,\"{b}\",{d}", 150)
        .prompt()
        .result(2, 400)
        .named("+QMTPUBEX:|+QMTPUB:")
        .note(PUBLISHED)
        .at("quectel-at 2.2"),
    step("+QMTPUB=0,{a},{c},0,\"{b}\",{d}", 150).prompt().result(2, 400).note(OLD).at("quectel-at 2.2"),
    step("+QMTCONN?", 3).note(STATUS).retry(1, 3).at("MQTT 3.3.4"),
    listen(CONFIRMED, 0),
];
/// The rules are those of the model.
pub(crate) const QC: Operation<EcFamily<Qc>> =
    Operation { prepare, ..Operation::new(table![QC_STEPS], PUBLISHES, take_qc) };

fn take_qc(run: &mut Running<'_, '_, EcFamily<Qc>>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (PUBLISHED, Answer::Error(_)) => Verdict::To(OLD),
        (OLD, Answer::Error(reason)) => {
            let code = cme_code(reason).and_then(Code::new);
            run.state.cause = Some(Error::Module { command: Command::new("+QMTPUB"), code });
            Verdict::To(STATUS)
        }
        (OLD, _) => take(run, PUBLISHED, answer),
        _ => take(run, note, answer),
    }
}

/// Flags: one of the steps.
const ONCE: u8 = 1;
const ACKNOWLEDGED: u8 = 2;

/// There is no `AT+QMTPUB`.
const UA_STEPS: &[Step] = &[
    listen(ENTER, 0),
    // Some firmware says nothing but OK of QoS 0: "wait <=3 s, then count as sent" (quectel-at 2.2).
    step("+QMTPUBEX=0,0,0,0,\"{b}\",{d}", 150)
        .prompt()
        .result(2, 30)
        .optional()
        .when(ONCE)
        .note(PUBLISHED)
        .at("quectel-at 2.2"),
    listen(SENT, 0).when(ONCE),
    step("+QMTPUBEX=0,{a},{c},0,\"{b}\",{d}", 150)
        .prompt()
        .result(2, 400)
        .when(ACKNOWLEDGED)
        .note(PUBLISHED)
        .at("quectel-at 2.2"),
    step("+QMTCONN?", 3).note(STATUS).retry(1, 3).at("MQTT 3.3.4"),
    listen(CONFIRMED, 0),
];
/// The rules are those of the model.
pub(crate) const UA: Operation<EcFamily<Ua>> =
    Operation { prepare: prepare_ua, ..Operation::new(table![UA_STEPS], PUBLISHES, take_ua) };

fn prepare_ua<'a>(
    input: &Input<'a, 'a, EcFamily<Ua>>,
    state: &mut State<EcFamily<Ua>>,
    parts: &mut Parts<'a>,
) -> Result<(), Error<EcFamily<Ua>>> {
    parts.flags |= if let Input::Topic { qos: Qos::AtMostOnce, .. } = input { ONCE } else { ACKNOWLEDGED };
    traffic::prepare(input, state, parts)
}

fn take_ua(run: &mut Running<'_, '_, EcFamily<Ua>>, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (SENT, _) => Verdict::Done,
        (PUBLISHED, Answer::Error(reason)) => {
            let code = cme_code(reason).and_then(Code::new);
            run.state.cause = Some(Error::Module { command: Command::new("+QMTPUBEX"), code });
            Verdict::To(STATUS)
        }
        _ => take(run, note, answer),
    }
}
