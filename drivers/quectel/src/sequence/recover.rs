//! Steps of recovery, and switching off.

use wanlink_at::{Step, listen, pack, packed_len, step};

/// The network took the context away, or it is up in name only: down, then up.
const CONTEXT_STEPS: &[Step] =
    &[step("+QIDEACT=1", 400).ignore().at("TCP 2.3.4"), step("+QIACT=1", 1500).at("TCP 2.3.2")];
pub(crate) static CONTEXT: [u8; packed_len(CONTEXT_STEPS)] = pack(CONTEXT_STEPS);

/// Not by `CGACT`, which hangs some firmware of the family.
const RADIO_STEPS: &[Step] = &[step("+CFUN=0", 150).at("AT 2.21"), step("+CFUN=1", 150).at("AT 2.21")];
pub(crate) static RADIO: [u8; packed_len(RADIO_STEPS)] = pack(RADIO_STEPS);

/// The boot line ends it; a module that never says it is found by the next start.
const RESTART_STEPS: &[Step] = &[step("+CFUN=1,1", 150).ignore().at("AT 2.21"), listen(0, 150).ignore()];
pub(crate) static RESTART: [u8; packed_len(RESTART_STEPS)] = pack(RESTART_STEPS);

/// May be refused right after a boot.
const STOP_STEPS: &[Step] =
    &[step("+QPOWD=1", 3).result(0, 650).named("POWERED DOWN").optional().retry(6, 5).at("AT 2.25")];
pub(crate) static STOP: [u8; packed_len(STOP_STEPS)] = pack(STOP_STEPS);
