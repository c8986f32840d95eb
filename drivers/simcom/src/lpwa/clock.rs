//! The clock that the network sets (NITZ): what [`start`](super::start) has the module do.

use wanlink_at::{Step, step, table};

use super::{Lpwa, Operation};

const CLOCK_STEPS: &[Step] = &[step("+CCLK?", 3).info().note(1).retry(2, 3).at("simcom-at 2.5")];

/// Reads the clock.
pub(super) const fn clock<F: Lpwa>() -> Operation<F> {
    Operation::question(table![CLOCK_STEPS])
}
