//! What the driver knows of a u-blox module beside what it knows of all.

use crate::{State, quirk};

/// What only this family has.
#[derive(Debug)]
pub struct Own {
    /// A mark of the user and password of the access point that the module has; 0 when that is not known.
    pub(crate) auth: u32,
    /// The context came up in this attach, and the module's own clients are not ready yet.
    pub(crate) fresh: bool,
    /// How often the module was asked whether it is off.
    pub(crate) waits: u8,
    /// The module told of messages since the last read.
    pub(crate) unread: bool,
    /// A read was begun, and the module has not said since that there are no more.
    pub(crate) reads: bool,
    /// What failed at TLS was tried once more.
    pub(crate) tried_again: bool,
    /// What `AT+UMQTTER` said of a login.
    pub(crate) code: u8,
    /// The module's number of a socket that a diagnosis opened, and has not closed.
    pub(crate) probe: Option<u8>,
}

impl Own {
    /// Of a module of which nothing is known.
    pub(crate) const NEW: Self =
        Self { auth: 0, fresh: false, waits: 0, unread: false, reads: false, tried_again: false, code: 0, probe: None };

    /// Whether there may be messages to read.
    pub(crate) fn may_read(&self) -> bool {
        self.unread || self.reads
    }

    /// The module restarted.
    pub(crate) fn restarted(&mut self) {
        (self.auth, self.unread, self.reads, self.probe) = (0, false, false, None);
    }
}

/// Whether the model has this quirk.
pub(crate) fn has(state: &State, quirk: u8) -> bool {
    state.times.quirks & quirk != 0
}

/// The level of `AT+CFUN` that switches the radio off.
pub(crate) fn radio_off(state: &State) -> u32 {
    if has(state, quirk::RADIO_0) { 0 } else { 4 }
}
