//! PSM and eDRX.

use wanlink_at::driver::power_saving::{EDRX, PSM, prepare};
use wanlink_at::{Step, Verdict, step, table};

use super::{Lpwa, Operation};

/// Arguments: T3412 extended and T3324 in halves, the eDRX cycle. The network is asked when PSM goes from off to on only.
const SAVE_STEPS: &[Step] = &[
    // The lines that tell of sleep.
    step("+CPSMSTATUS=1", 10).ignore().at("simcom-at 2.7"),
    step("+CPSMS=0", 10).at("simcom-at 2.7"),
    step("+CPSMS=1,,,\"{a}{b}\",\"{c}{d}\"", 10).when(PSM).at("simcom-at 2.7"),
    step("+CEDRXS=0", 10).at("simcom-at 2.3"),
    step("+CEDRXS=1,4,\"{e}\"", 10).when(EDRX).at("simcom-at 2.3"),
];

pub(super) const fn save<F: Lpwa>() -> Operation<F> {
    Operation { prepare, ..Operation::new(table![SAVE_STEPS], 0, |_, _, _| Verdict::Default) }
}
