//! Who the module is, and how strong its signal.

use wanlink_at::driver::describe::{take_iccid, take_imei};
use wanlink_at::{Answer, Step, Verdict, cme_code, field, step, table};
use wanlink_core::Info;

use crate::Operation;

mod note {
    pub(super) const MODEL: u8 = 1;
    pub(super) const FIRMWARE: u8 = 2;
    pub(super) const IMEI: u8 = 3;
    pub(super) const ICCID: u8 = 4;
}

const DESCRIBE_STEPS: &[Step] = &[
    step("+CGMM", 100).bare().note(note::MODEL).retry(2, 3).at("AT 3"),
    // Of modem and application: `03.15,A00.01`.
    step("I9", 100).bare().note(note::FIRMWARE).retry(2, 3).at("AT 3"),
    step("+CGSN", 100).bare().note(note::IMEI).retry(2, 3).at("AT 3"),
    // Needs the card, which may be busy, or not there.
    step("+CCID", 100).info().note(note::ICCID).retry(10, 5).ignore().at("AT 3"),
];
pub(crate) static DESCRIBE: Operation = Operation::question(table![DESCRIBE_STEPS]);

/// Collects the four texts.
pub(crate) fn take(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
    let line = match answer {
        Answer::Info(line) => line,
        Answer::Error(reason) if note == note::ICCID && cme_code(reason) == Some(10) => return Verdict::Go,
        _ => return Verdict::Default,
    };
    match note {
        note::MODEL => info.set_model(line),
        note::FIRMWARE => info.set_firmware(line),
        note::IMEI => return take_imei(info, line),
        _ => return take_iccid(info, field(line, 0).unwrap_or_default()),
    }
    Verdict::Default
}
