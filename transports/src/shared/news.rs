//! What a task was told and has not looked at, as bits.

use wanlink_core::Notice;

pub(super) const MESSAGE: u8 = 1;
pub(super) const LINE: u8 = 2;
pub(super) const SESSION: u8 = 4;
pub(super) const CONTEXT: u8 = 8;
pub(super) const REGISTRATION: u8 = 16;
pub(super) const SOCKET: u8 = 32;
/// Listening failed: the next call tells why.
pub(super) const FAULT: u8 = 64;
/// All of them.
pub(super) const ANY: u8 = 127;

/// The bit of a notice; one that this crate does not know yet is looked into as a fault is.
pub(super) fn bit(notice: Notice) -> u8 {
    match notice {
        Notice::Message => MESSAGE,
        Notice::Line => LINE,
        Notice::SessionLost => SESSION,
        Notice::ContextLost => CONTEXT,
        Notice::Registration => REGISTRATION,
        Notice::Socket => SOCKET,
        _ => FAULT,
    }
}

/// The notice of a bit.
pub(super) fn notice(bit: u8) -> Option<Notice> {
    Some(match bit {
        MESSAGE => Notice::Message,
        LINE => Notice::Line,
        SESSION => Notice::SessionLost,
        CONTEXT => Notice::ContextLost,
        REGISTRATION => Notice::Registration,
        SOCKET => Notice::Socket,
        _ => return None,
    })
}
