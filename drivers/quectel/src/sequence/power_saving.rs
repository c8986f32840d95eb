//! PSM, eDRX, and the sleep line.

use wanlink_at::driver::Family;
use wanlink_at::driver::power_saving::{EDRX, PSM, prepare};
use wanlink_at::{Step, Verdict, step, table};

use crate::Operation;

/// Arguments: T3412 extended and T3324 in halves, the eDRX cycle.
const SAVE_STEPS: &[Step] = &[
    step("+CPSMS=0", 10).at("quectel-at 1.7"),
    step("+CPSMS=1,,,\"{a}{b}\",\"{c}{d}\"", 10).when(PSM).at("quectel-at 1.7"),
    step("+CEDRXS=0", 10).at("quectel-at 1.7"),
    step("+CEDRXS=1,4,\"{e}\"", 10).when(EDRX).at("quectel-at 1.7"),
];
pub(crate) const fn save<F: Family>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![SAVE_STEPS], 0, |_, _, _| Verdict::Default) }
}

const DOZE_STEPS: &[Step] = &[step("+QSCLK=1", 3).retry(1, 3).at("quectel-at 1.3")];

/// The port sleeps while DTR is high.
pub(crate) const fn doze<F: Family>() -> Operation<F> {
    Operation::new(table![DOZE_STEPS], 0, |_, _, _| Verdict::Default)
}
