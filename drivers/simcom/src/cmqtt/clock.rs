//! The clock that the network sets (NITZ).

use wanlink_at::{Step, step, table};

use super::Operation;

/// Local time, and how far it is from UTC.
const CLOCK_STEPS: &[Step] = &[step("+CCLK?", 10).info().note(1).retry(2, 3).at("simcom-at 2.5")];
pub(super) static CLOCK: Operation = Operation::question(table![CLOCK_STEPS]);
