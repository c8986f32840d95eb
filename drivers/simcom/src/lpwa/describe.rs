//! Who the module is.

use wanlink_at::driver::describe::{take_iccid, take_imei};
use wanlink_at::{Answer, Step, Verdict, cme_code, step, table};
use wanlink_core::Info;

use super::{Lpwa, Operation};
use crate::sequence::describe::set_model;

mod note {
    pub(super) const MODEL: u8 = 1;
    pub(super) const FIRMWARE: u8 = 2;
    pub(super) const IMEI: u8 = 3;
    pub(super) const ICCID: u8 = 4;
}

const DESCRIBE_STEPS: &[Step] = &[
    step("+CGMM", 3).bare().note(note::MODEL).retry(2, 3).at("simcom-at 2.3"),
    step("+CGMR", 3).bare().note(note::FIRMWARE).retry(2, 3).at("simcom-at 2.3"),
    step("+CGSN", 3).bare().note(note::IMEI).retry(2, 3).at("simcom-at 2.3"),
    // Needs the card, which may be busy, or not there.
    step("+CCID", 20).bare().note(note::ICCID).retry(10, 5).ignore().at("simcom-at 2.3"),
];

/// Reads the four texts.
pub(super) const fn describe<F: Lpwa>() -> Operation<F> {
    Operation::question(table![DESCRIBE_STEPS])
}

pub(super) fn take(info: &mut Info, note: u8, answer: Answer<'_>) -> Verdict {
    let line = match answer {
        Answer::Info(line) => line,
        Answer::Error(reason) if note == note::ICCID && cme_code(reason) == Some(10) => return Verdict::Go,
        _ => return Verdict::Default,
    };
    match note {
        note::MODEL => set_model(info, line),
        note::FIRMWARE => info.set_firmware(line.strip_prefix(b"Revision:").unwrap_or(line)),
        note::IMEI => return take_imei(info, line),
        // A line without a name: only its form tells it from others.
        _ if line.len() < 18 || !line.iter().all(u8::is_ascii_hexdigit) => return Verdict::Wait,
        _ => return take_iccid(info, line),
    }
    Verdict::Default
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_number_of_a_card_is_waited_behind() {
        let mut info = Info::default();
        for line in [&b"SMS Ready"[..], b"", b"8986", b"866349040000017"] {
            assert_eq!(take(&mut info, note::ICCID, Answer::Info(line)), Verdict::Wait);
        }
        assert_eq!(take(&mut info, note::ICCID, Answer::Info(b"8986032004551000001F")), Verdict::Default);
        assert_eq!(info.iccid(), "8986032004551000001");
    }

    #[test]
    fn a_revision_is_told_without_its_name() {
        let mut info = Info::default();
        take(&mut info, note::FIRMWARE, Answer::Info(b"Revision:1951B16SIM7080"));
        assert_eq!(info.firmware(), "1951B16SIM7080");
    }
}
