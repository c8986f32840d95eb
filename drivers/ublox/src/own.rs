//! What the driver knows of a u-blox module beside what it knows of all.

use embassy_time::Instant;

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
    /// The root was given up for a login that may have failed at it, and none succeeded since: the next is no reason.
    pub(crate) suspected: bool,
    /// What `AT+UMQTTER` said of a login.
    pub(crate) code: u8,
    /// When that was asked for whose refusal means another thing when it is late: a name, a subscription.
    pub(crate) asked: Instant,
    /// The module's number of a socket that a diagnosis opened, and has not closed.
    pub(crate) probe: Option<u8>,
    /// The module's number of the socket that is being opened.
    pub(crate) opening: Option<u8>,
    /// It is opened without TLS, to see whether that works.
    pub(crate) plain: bool,
    /// How much of a socket's data the module has taken.
    pub(crate) written: Option<i32>,
    /// The module's number of each socket: it chooses them. Each number is somebody's, so that two change places.
    numbers: [u8; SOCKETS],
    /// How many bytes the module told of that were not asked for.
    pub(crate) told: [u16; SOCKETS],
    /// Sockets, as bits, that the module refused to write to though nobody had told of their end.
    pub(crate) unsaid: u8,
}

/// Numbers go from 0 to 6 (INT 3).
pub(crate) const SOCKETS: usize = 7;

impl Own {
    /// Of a module of which nothing is known.
    pub(crate) const NEW: Self = Self {
        auth: 0,
        fresh: false,
        waits: 0,
        unread: false,
        reads: false,
        tried_again: false,
        suspected: false,
        code: 0,
        asked: Instant::MIN,
        probe: None,
        opening: None,
        plain: false,
        written: None,
        numbers: [0, 1, 2, 3, 4, 5, 6],
        told: [0; SOCKETS],
        unsaid: 0,
    };

    /// Whether there may be messages to read.
    pub(crate) fn may_read(&self) -> bool {
        self.unread || self.reads
    }

    /// The module's number of this socket.
    pub(crate) fn number(&self, socket: u8) -> u8 {
        self.numbers.get(usize::from(socket)).copied().unwrap_or(u8::MAX)
    }

    /// The socket that has this number in the module.
    pub(crate) fn socket(&self, number: u8) -> Option<u8> {
        self.numbers.iter().position(|&other| other == number).and_then(|socket| socket.try_into().ok())
    }

    /// The module chose this number for this socket; whoever had it has nothing in the module any more.
    pub(crate) fn assign(&mut self, socket: u8, number: u8) {
        let old = self.number(socket);
        for slot in &mut self.numbers {
            if *slot == number {
                *slot = old;
            } else if *slot == old {
                *slot = number;
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_the_module_is_one_sockets() {
        let mut own = Own::NEW;
        for (socket, number) in [(3, 0), (0, 1), (1, 0), (1, 0), (6, 2)] {
            own.assign(socket, number);
            assert_eq!((own.number(socket), own.socket(number)), (number, Some(socket)));
            let mut all = own.numbers;
            all.sort_unstable();
            assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
        }
        assert_eq!((own.socket(7), own.number(7)), (None, u8::MAX));
    }
}
