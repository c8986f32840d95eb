//! The clock that the network sets (NITZ).

use wanlink_at::{Step, pack, packed_len, step};

use crate::Operation;

/// `AT+QLTS=1` gives the present time in GMT, or an empty text before the network has told it.
const CLOCK_STEPS: &[Step] = &[step("+QLTS=1", 3).info().note(1).retry(2, 3).at("AT 9.5")];
pub(crate) static CLOCK: Operation = {
    static TABLE: [u8; packed_len(CLOCK_STEPS)] = pack(CLOCK_STEPS);
    Operation::question(&TABLE)
};
