//! Every unsolicited line of this dialect, and the lines that carry counted bytes.

use wanlink_at::{Block, Dialect, Urc, pack_urcs, packed_urcs_len};

/// Tag of a message in the inbox.
pub(crate) const MESSAGE: u8 = 1;
/// Tag of a line that nobody claimed.
pub(crate) const LINE: u8 = 2;

pub(crate) mod id {
    //! Ids of the unsolicited lines.
    /// The module booted.
    pub(crate) const BOOT: u8 = 1;
    /// Second line of a boot.
    pub(crate) const APP_READY: u8 = 2;
    /// The module goes off.
    pub(crate) const OFF: u8 = 3;
    /// LTE registration.
    pub(crate) const CEREG: u8 = 4;
    /// GPRS registration.
    pub(crate) const CGREG: u8 = 5;
    /// The session with the broker ended.
    pub(crate) const STAT: u8 = 6;
    /// TCP/IP: only the loss of the context concerns us yet.
    pub(crate) const TCPIP: u8 = 7;
    /// State of the SIM.
    pub(crate) const SIM: u8 = 8;
    /// Known, and without meaning for us.
    pub(crate) const NOISE: u8 = 9;
}

const URCS: &[Urc] = &[
    Urc::new(id::STAT, "+QMTSTAT:"),
    Urc::new(id::TCPIP, "+QIURC:"),
    Urc::new(id::CEREG, "+CEREG:").twin(),
    Urc::new(id::CGREG, "+CGREG:").twin(),
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::APP_READY, "APP RDY"),
    Urc::new(id::OFF, "POWERED DOWN"),
    Urc::new(id::OFF, "NORMAL POWER DOWN"),
    // Its deepest sleep ends with a boot.
    Urc::new(id::OFF, "PSM POWER DOWN"),
    Urc::new(id::SIM, "+CPIN:"),
    Urc::new(id::NOISE, "+QUSIM:"),
    Urc::new(id::NOISE, "+QIND:"),
    Urc::new(id::NOISE, "+CFUN:"),
    Urc::new(id::NOISE, "+CTZE:"),
    Urc::new(id::NOISE, "+CTZV:"),
    Urc::new(id::NOISE, "+QMTPING:"),
];
static PACKED: [u8; packed_urcs_len(URCS)] = pack_urcs(URCS);

/// `+QMTRECV` as recv/mode 0,1 pushes it (MQTT Application Note 3.3.11). The length makes the payload safe, whatever it
/// holds. EC200U firmware that prints the payload on a line of its own is not asked for that here: there a header that
/// lost the end of its count on the line cannot be told from a whole one, and the next line would become a message.
static BLOCKS: &[Block] = &[Block::whole(MESSAGE, "+QMTRECV: #,#,\"$\",%,\"*\"")];

/// The dialect of all Quectel models here.
pub(crate) static DIALECT: Dialect =
    Dialect { urcs: &PACKED, blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };
