//! Who the module is, and how strong its signal.

use wanlink_core::{Info, Signal};

use super::family::Family;
use super::operation::Operation;
use crate::{Answer, Step, Verdict, int, step, table};

/// Numbers of the identity: a bare line of 15 digits has no name, and only its form tells it from a URC that nobody knows.
pub fn take_imei(info: &mut Info, line: &[u8]) -> Verdict {
    if line.len() != 15 || !line.iter().all(u8::is_ascii_digit) {
        return Verdict::Wait;
    }
    info.set_imei(line);
    Verdict::Default
}

/// The number of the card, without its filler.
pub fn take_iccid(info: &mut Info, number: &[u8]) -> Verdict {
    info.set_iccid(number.strip_suffix(b"F").unwrap_or(number));
    Verdict::Default
}

const SIGNAL_STEPS: &[Step] = &[step("+CSQ", 3).info().note(1).retry(2, 3).at("3GPP TS 27.007, 8.5")];

/// Reads the signal.
pub(crate) const fn signal<F: Family>() -> Operation<F> {
    Operation::question(table![SIGNAL_STEPS])
}

/// RSSI in dBm of a `+CSQ` line (3GPP TS 27.007, 8.5).
pub(crate) fn take_signal(signal: &mut Signal, answer: Answer<'_>) -> Verdict {
    if let Answer::Info(line) = answer {
        let level = int(line, 0).filter(|level| (0..=31).contains(level));
        signal.rssi_dbm = level.map(|level| 2 * level as i16 - 113);
    }
    Verdict::Default
}
