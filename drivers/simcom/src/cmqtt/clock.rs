//! The clock that the network sets (NITZ).

use wanlink_at::{Step, pack, packed_len, step};

use super::Operation;

/// Local time, and how far it is from UTC.
const CLOCK_STEPS: &[Step] = &[step("+CCLK?", 10).info().note(1).retry(2, 3).at("simcom-at 2.5")];
pub(super) static CLOCK: Operation = {
    static TABLE: [u8; packed_len(CLOCK_STEPS)] = pack(CLOCK_STEPS);
    Operation::question(&TABLE)
};
