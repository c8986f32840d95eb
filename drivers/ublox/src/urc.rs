//! Every unsolicited line of this dialect, and the lines that carry counted bytes.

use wanlink_at::driver::tag::{BYTES, MESSAGE};
use wanlink_at::{Block, Dialect, Urc, urcs};

/// The tag of a piece of an answer in the inbox, below those of the sockets.
pub(crate) const ANSWER: u8 = 8;

pub(crate) mod id {
    //! Ids of this family's own unsolicited lines.
    pub(crate) use wanlink_at::driver::id::*;

    /// News of the MQTT client.
    pub(crate) const MQTT: u8 = OWN;
    /// News of contexts.
    pub(crate) const CONTEXT: u8 = OWN + 1;
    /// The internal profile is gone.
    pub(crate) const PROFILE: u8 = OWN + 2;
    /// A socket has bytes to read.
    pub(crate) const BYTES: u8 = OWN + 3;
    /// A socket is closed.
    pub(crate) const CLOSED: u8 = OWN + 4;
}

/// The greeting is ours ([`START`](crate::sequence::start::START)).
const URCS: &[Urc] = &[
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::MQTT, "+UUMQTTC:"),
    Urc::new(id::CONTEXT, "+CGEV:"),
    Urc::new(id::PROFILE, "+UUPSDD:"),
    Urc::new(id::BYTES, "+UUSORD:"),
    Urc::new(id::CLOSED, "+UUSOCL:"),
    Urc::new(id::CEREG, "+CEREG:").twin(),
    Urc::new(id::CGREG, "+CGREG:").twin(),
    Urc::new(id::SIM, "+CPIN:"),
    Urc::new(id::NOISE, "+CREG:").twin(),
    Urc::new(id::NOISE, "+CSCON:"),
    Urc::new(id::NOISE, "+CIEV:"),
    Urc::new(id::NOISE, "+CTZE:"),
    Urc::new(id::NOISE, "+CTZV:"),
    Urc::new(id::NOISE, "+UMWI:"),
    Urc::new(id::NOISE, "+UUPSDA:"),
    Urc::new(id::NOISE, "+UUPSMR:"),
    Urc::new(id::NOISE, "+UUSOCO:"),
    Urc::new(id::NOISE, "+UUSIMSTAT:"),
    Urc::new(id::NOISE, "+UUSECPRF:"),
];

/// `AT+UMQTTC=6,1` (ublox-at 3). The lengths make the payload safe, whatever it holds.
static BLOCKS: &[Block] = &[MESSAGES];
const MESSAGES: Block = Block::whole(MESSAGE, "+UMQTTC: 6,#,#,%,\"$\",%,\"*\"");

/// With sockets, of which one may be open, their bytes, too (ublox-at 5).
pub(crate) static SOCKET_BLOCKS: &[Block] = &[MESSAGES, SOCKET];
const SOCKET: Block = Block::whole(BYTES, "+USORD: #,%,\"*\"");

/// With a request whose answer is read, too (ublox-at 7).
pub(crate) static HTTPS_BLOCKS: &[Block] =
    &[MESSAGES, SOCKET, Block::whole(ANSWER, "+URDBLOCK: \"wl-answer\",%,\"*\"")];

/// The dialect of all u-blox models here.
pub(crate) static DIALECT: Dialect =
    Dialect { urcs: urcs![URCS], blocks: BLOCKS, prompt: b'>', command_gap_ms: 20, prompt_gap_ms: 50 };
