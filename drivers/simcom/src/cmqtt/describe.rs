//! Who the module is.

use wanlink_at::driver::describe::{take_iccid, take_imei};
use wanlink_at::{Answer, Step, Verdict, cme_code, field, step, table};
use wanlink_core::Info;

use super::Operation;
use crate::sequence::describe::set_model;

mod note {
    pub(super) const MODEL: u8 = 1;
    pub(super) const FIRMWARE: u8 = 2;
    pub(super) const IMEI: u8 = 3;
    pub(super) const ICCID: u8 = 4;
}

const DESCRIBE_STEPS: &[Step] = &[
    step("+CGMM", 10).bare().note(note::MODEL).retry(2, 3).at("simcom-at 2.3"),
    // With its name on all firmware that was seen.
    step("+CGMR", 10).bare().note(note::FIRMWARE).retry(2, 3).at("simcom-at 2.3"),
    step("+CGSN", 10).bare().note(note::IMEI).retry(2, 3).at("simcom-at 2.3"),
    // Needs the card, which may be busy, or not there.
    step("+CICCID", 90).info().named("+ICCID").note(note::ICCID).retry(10, 10).ignore().at("simcom-at 2.3"),
];
pub(super) static DESCRIBE: Operation = Operation::question(table![DESCRIBE_STEPS]);

/// Collects the four texts.
pub(super) fn take(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
    let line = match answer {
        Answer::Info(line) => line,
        Answer::Error(reason) if note == note::ICCID && cme_code(reason) == Some(10) => return Verdict::Go,
        _ => return Verdict::Default,
    };
    match note {
        note::MODEL => set_model(info, line),
        note::FIRMWARE => info.set_firmware(line.strip_prefix(b"+CGMR:").unwrap_or(line).trim_ascii()),
        note::IMEI => return take_imei(info, line),
        _ => return take_iccid(info, field(line, 0).unwrap_or_default()),
    }
    Verdict::Default
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firmware_with_or_without_its_name() {
        for line in [&b"+CGMR: A35B01A7600C"[..], b"+CGMR:A35B01A7600C", b"A35B01A7600C"] {
            let mut info = Info::default();
            take(&mut info, note::FIRMWARE, Answer::Info(line));
            assert_eq!(info.firmware(), "A35B01A7600C");
        }
    }
}
