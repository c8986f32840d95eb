//! The sleep line.

use wanlink_at::driver::{Family, Operation};
use wanlink_at::{Step, Verdict, step, table};

/// From DTR low to the first byte: 20 ms in the vendor's note, 50 ms in public drivers (simcom-at 2.3).
pub(crate) const WAKE_MS: u32 = 50;

const DOZE_STEPS: &[Step] = &[step("+CSCLK=1", 10).retry(1, 3).at("simcom-at 2.3")];

/// The port sleeps while DTR is high.
pub(crate) const fn doze<F: Family>() -> Operation<F> {
    Operation::new(table![DOZE_STEPS], 0, |_, _, _| Verdict::Default)
}
