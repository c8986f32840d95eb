//! Who the module is, and how strong its signal.

use wanlink_at::{Answer, Step, Verdict, cme_code, field, int, pack, packed_len, step};
use wanlink_core::{Info, Signal};

use crate::operation::Operation;

mod note {
    pub(super) const MODEL: u8 = 1;
    pub(super) const FIRMWARE: u8 = 2;
    pub(super) const IMEI: u8 = 3;
    pub(super) const ICCID: u8 = 4;
    pub(super) const SIGNAL: u8 = 5;
}

const DESCRIBE_STEPS: &[Step] = &[
    step("+CGMM", 3).bare().note(note::MODEL).retry(2, 3).at("AT 2.2"),
    step("+CGMR", 3).bare().note(note::FIRMWARE).retry(2, 3).at("AT 2.3"),
    step("+CGSN", 3).bare().note(note::IMEI).retry(2, 3).at("AT 2.5"),
    // Needs the card, which may be busy, or not there.
    step("+QCCID", 3).info().note(note::ICCID).retry(10, 5).ignore().at("AT 5.4"),
];
pub(crate) static DESCRIBE: Operation = {
    static TABLE: [u8; packed_len(DESCRIBE_STEPS)] = pack(DESCRIBE_STEPS);
    Operation::question(&TABLE)
};

const SIGNAL_STEPS: &[Step] = &[step("+CSQ", 3).info().note(note::SIGNAL).retry(2, 3).at("AT 6.3")];
pub(crate) static SIGNAL: Operation = {
    static TABLE: [u8; packed_len(SIGNAL_STEPS)] = pack(SIGNAL_STEPS);
    Operation::question(&TABLE)
};

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
        // A bare line has no name: only its form tells it from a URC that nobody knows.
        note::IMEI if line.len() == 15 && line.iter().all(u8::is_ascii_digit) => info.set_imei(line),
        note::IMEI => return Verdict::Wait,
        _ => {
            let number = field(line, 0).unwrap_or_default();
            info.set_iccid(number.strip_suffix(b"F").unwrap_or(number));
        }
    }
    Verdict::Default
}

/// RSSI in dBm of a `+CSQ` line (3GPP TS 27.007, 8.5).
pub(crate) fn take_signal(signal: &mut Signal, answer: Answer<'_>) -> Verdict {
    if let Answer::Info(line) = answer {
        let level = int(line, 0).filter(|level| (0..=31).contains(level));
        signal.rssi_dbm = level.map(|level| 2 * level as i16 - 113);
    }
    Verdict::Default
}
