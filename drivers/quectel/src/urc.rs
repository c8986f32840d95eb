//! Every unsolicited line of this dialect, and the lines that carry counted bytes.

use wanlink_at::driver::tag::{BYTES, MESSAGE};
use wanlink_at::{Block, Dialect, Urc, urcs};

pub(crate) mod id {
    //! Ids of this family's own unsolicited lines.
    pub(crate) use wanlink_at::driver::id::*;

    /// The session with the broker ended.
    pub(crate) const STAT: u8 = OWN;
    /// The context is lost, or news of a TCP socket.
    pub(crate) const TCPIP: u8 = OWN + 1;
    /// News of a TLS socket.
    pub(crate) const TLS: u8 = OWN + 2;
    /// The module falls asleep.
    pub(crate) const SLEEP: u8 = OWN + 3;
}

const URCS: &[Urc] = &[
    Urc::new(id::STAT, "+QMTSTAT:"),
    Urc::new(id::TCPIP, "+QIURC:"),
    Urc::new(id::TLS, "+QSSLURC:"),
    Urc::new(id::CEREG, "+CEREG:").twin(),
    Urc::new(id::CGREG, "+CGREG:").twin(),
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::READY, "APP RDY"),
    Urc::new(id::OFF, "POWERED DOWN"),
    Urc::new(id::OFF, "NORMAL POWER DOWN"),
    // Its deepest sleep ends with a boot.
    Urc::new(id::SLEEP, "PSM POWER DOWN"),
    Urc::new(id::SIM, "+CPIN:"),
    Urc::new(id::NOISE, "+QUSIM:"),
    Urc::new(id::NOISE, "+QIND:"),
    Urc::new(id::NOISE, "+CFUN:"),
    Urc::new(id::NOISE, "+CTZE:"),
    Urc::new(id::NOISE, "+CTZV:"),
    Urc::new(id::NOISE, "+QMTPING:"),
];

/// `+QMTRECV` as recv/mode 0,1 pushes it (MQTT Application Note 3.3.11). The length makes the payload safe, whatever it
/// holds. EC200U firmware that prints the payload on a line of its own is not asked for that here: there a header that
/// lost the end of its count on the line cannot be told from a whole one, and the next line would become a message.
static BLOCKS: &[Block] = &[PUSHED];
const PUSHED: Block = Block::whole(MESSAGE, "+QMTRECV: #,#,\"$\",%,\"*\"");

/// EC200U firmware may print the payload on a line of its own (quectel-at 2.3); where it does not, a quote follows. A line end
/// has to close it: where the payload is lost on the line, the bytes of the next line stand in its place.
static OWN_LINE_BLOCKS: &[Block] = &[PUSHED, OWN_LINE];
const OWN_LINE: Block = Block::whole(MESSAGE, "+QMTRECV: #,#,\"$\",%\n*\r");

/// With sockets, of which one may be open, their bytes, too (TCP 2.3.10, SSL 2.3.5).
pub(crate) static SOCKET_BLOCKS: &[Block] =
    &[PUSHED, Block::whole(BYTES, "+QIRD: %\n*"), Block::whole(BYTES, "+QSSLRECV: %\n*")];

/// As [`SOCKET_BLOCKS`], of EC200U.
pub(crate) static OWN_LINE_SOCKET_BLOCKS: &[Block] =
    &[PUSHED, OWN_LINE, Block::whole(BYTES, "+QIRD: %\n*"), Block::whole(BYTES, "+QSSLRECV: %\n*")];

/// The dialect of most Quectel models.
pub(crate) static DIALECT: Dialect =
    Dialect { urcs: urcs![URCS], blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };

/// That of EC200U.
pub(crate) static OWN_LINE_DIALECT: Dialect = Dialect { blocks: OWN_LINE_BLOCKS, ..DIALECT };
