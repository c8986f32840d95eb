//! The clock that the network sets (NITZ).

use wanlink_at::{Step, step, table};

use crate::Operation;

/// Local time, and how far it is from UTC. There is no other source: the sheets name no command for NTP.
const CLOCK_STEPS: &[Step] = &[step("+CCLK?", 10).info().note(1).retry(2, 3).at("AT 5")];
pub(crate) static CLOCK: Operation = Operation::question(table![CLOCK_STEPS]);
