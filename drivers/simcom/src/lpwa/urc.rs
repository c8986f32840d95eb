//! Every unsolicited line of this dialect, and the lines that carry counted bytes.

use super::request::PIECE;
use wanlink_at::driver::tag::{BYTES, MESSAGE};
use wanlink_at::{Block, Dialect, Urc, urcs};

pub(super) mod id {
    //! Ids of this family's own unsolicited lines.
    pub(in crate::lpwa) use wanlink_at::driver::id::*;

    /// The application network went up or down.
    pub(in crate::lpwa) const NETWORK: u8 = OWN;
    /// The session with the broker ended.
    pub(in crate::lpwa) const SESSION: u8 = OWN + 1;
    /// The module is about to fall asleep, or woke.
    pub(in crate::lpwa) const SLEEP: u8 = OWN + 2;
    /// A socket has data.
    pub(in crate::lpwa) const DATA: u8 = OWN + 3;
    /// A socket was closed.
    pub(in crate::lpwa) const STATE: u8 = OWN + 4;
    /// What became of data that were written.
    pub(in crate::lpwa) const SENT: u8 = OWN + 5;
}

const URCS: &[Urc] = &[
    Urc::new(id::SESSION, "+SMSTATE:"),
    Urc::new(id::NETWORK, "+APP PDP:"),
    Urc::new(id::DATA, "+CADATAIND:"),
    Urc::new(id::STATE, "+CASTATE:"),
    Urc::new(id::SENT, "+CASEND:"),
    Urc::new(id::CEREG, "+CEREG:").twin(),
    Urc::new(id::CGREG, "+CGREG:").twin(),
    // All of a boot come at a fixed rate only (simcom-at 2.2).
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::READY, "SMS Ready"),
    Urc::new(id::OFF, "NORMAL POWER DOWN"),
    Urc::new(id::OFF, "UNDER-VOLTAGE POWER DOWN"),
    Urc::new(id::OFF, "OVER-VOLTAGE POWER DOWN"),
    Urc::new(id::SLEEP, "+CPSMSTATUS:"),
    Urc::new(id::SIM, "+CPIN:"),
    // The end of a connection for requests: what runs there ends with an error.
    Urc::new(id::NOISE, "+SHSTATE:"),
    Urc::new(id::NOISE, "+CAURC:"),
    Urc::new(id::NOISE, "+CFUN:"),
    // As the module spells it.
    Urc::new(id::NOISE, "UNDER-VOLTAGE WARNNING"),
    Urc::new(id::NOISE, "OVER-VOLTAGE WARNNING"),
    // The network tells the time, and its name.
    Urc::new(id::NOISE, "*PSUTTZ:"),
    Urc::new(id::NOISE, "*PSNWID:"),
    Urc::new(id::NOISE, "+CTZV:"),
    Urc::new(id::NOISE, "DST:"),
    Urc::new(id::NOISE, "+CGEV:"),
    Urc::new(id::NOISE, "+CEDRXP:"),
    // Of the card's own programs.
    Urc::new(id::NOISE, "+MSTK:"),
    Urc::new(id::NOISE, "+STIN:"),
];

/// A message as hexadecimal digits (simcom-at 5). What the platform pushes after a registration has no quotes (simcom-at 4).
static BLOCKS: &[Block] = &[PUSHED, BARE];
const PUSHED: Block = Block::whole(MESSAGE, "+SMSUB: \"$\",\"&\"");
const BARE: Block = Block::whole(MESSAGE, "+SMSUB: $,&\"");

/// With sockets, of which one may be open, their bytes, too: behind the comma, on the same line (simcom-at 7.3).
const READ: Block = Block::whole(BYTES, "+CARECV: %,*\r");
pub(super) static SIM7080_SOCKET_BLOCKS: &[Block] = &[PUSHED, BARE, READ];
pub(super) static SIM7000_SOCKET_BLOCKS: &[Block] = &[READ];

/// With requests, pieces of their answers, too (simcom-at 6.2).
const PIECES: Block = Block::whole(PIECE, "+SHREAD: %\n*");
pub(super) static SIM7080_POST_BLOCKS: &[Block] = &[PUSHED, BARE, READ, PIECES];
pub(super) static SIM7000_POST_BLOCKS: &[Block] = &[READ, PIECES];

/// The dialect of SIM7080.
pub(super) static SIM7080: Dialect = Dialect { blocks: BLOCKS, ..SIM7000 };

/// The dialect of SIM7000.
pub(super) const SIM7000: Dialect =
    Dialect { urcs: urcs![URCS], blocks: &[], prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };
