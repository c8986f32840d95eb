//! What comes by itself.

use wanlink_at::driver::traffic::{LISTENS, note, take};
use wanlink_at::{FOREVER, Step, listen, pack, packed_len};

use super::{Lpwa, Operation};

const LISTEN_STEPS: &[Step] = &[listen(note::ENTER, 0), listen(note::LISTEN, FOREVER)];

/// Listens until a record comes or something changes.
pub(super) const fn listening<F: Lpwa>() -> Operation<F> {
    static TABLE: [u8; packed_len(LISTEN_STEPS)] = pack(LISTEN_STEPS);
    Operation::new(&TABLE, LISTENS, take)
}
