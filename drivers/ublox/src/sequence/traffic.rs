//! What goes over a session.

use wanlink_at::driver::traffic::{self, LISTENS};
use wanlink_at::{FOREVER, Step, listen, pack, packed_len};

use crate::Operation;

mod note {
    pub(super) use wanlink_at::driver::traffic::note::*;
}

const LISTEN_STEPS: &[Step] = &[listen(note::ENTER, 0), listen(note::LISTEN, FOREVER).when(LISTENS)];
pub(crate) static LISTEN: Operation = {
    static TABLE: [u8; packed_len(LISTEN_STEPS)] = pack(LISTEN_STEPS);
    Operation::new(&TABLE, LISTENS, traffic::take)
};
