//! Every unsolicited line of this dialect, and the lines that carry counted bytes.

use wanlink_at::driver::tag::{self, BYTES, MESSAGE};
use wanlink_at::{Block, Dialect, Part, Urc, urcs};

pub(super) mod id {
    //! Ids of this family's own unsolicited lines.
    pub(crate) use wanlink_at::driver::id::*;

    /// The session with the broker ended.
    pub(crate) const LOST: u8 = OWN;
    /// A ping was not answered (SIM7600).
    pub(crate) const PING: u8 = OWN + 1;
    /// The network is gone, and the MQTT service with it.
    pub(crate) const NO_NETWORK: u8 = OWN + 2;
    /// The network of plain sockets is gone.
    pub(crate) const NO_SOCKETS: u8 = OWN + 3;
    /// The service of TLS sockets is gone.
    pub(crate) const NO_TLS: u8 = OWN + 4;
    /// A socket has something to read.
    pub(crate) const RECEIVED: u8 = OWN + 5;
    /// The other end closed a socket.
    pub(crate) const CLOSED: u8 = OWN + 6;
    /// The same of TLS sockets.
    pub(crate) const RECEIVED_TLS: u8 = OWN + 7;
    /// See [`RECEIVED_TLS`].
    pub(crate) const CLOSED_TLS: u8 = OWN + 8;
}

const URCS: &[Urc] = &[
    Urc::new(id::LOST, "+CMQTTCONNLOST:"),
    Urc::new(id::PING, "+CMQTTPING:"),
    Urc::new(id::NO_NETWORK, "+CMQTTNONET"),
    Urc::new(id::NO_SOCKETS, "+CIPEVENT:"),
    Urc::new(id::NO_TLS, "+CCH:"),
    Urc::new(id::RECEIVED, "+CIPRXGET:"),
    Urc::new(id::CLOSED, "+IPCLOSE:"),
    Urc::new(id::RECEIVED_TLS, "+CCHEVENT:"),
    Urc::new(id::CLOSED_TLS, "+CCH_PEER_CLOSED:"),
    Urc::new(id::CLOSED_TLS, "+CCH_RECV_CLOSED:"),
    Urc::new(id::CEREG, "+CEREG:").twin(),
    Urc::new(id::CGREG, "+CGREG:").twin(),
    Urc::new(id::BOOT, "*ATREADY:"),
    Urc::new(id::BOOT, "RDY"),
    Urc::new(id::SIM, "+CPIN:"),
    Urc::new(id::NOISE, "SMS DONE"),
    Urc::new(id::NOISE, "PB DONE"),
    Urc::new(id::NOISE, "+CGEV:"),
    Urc::new(id::NOISE, "+CTZV:"),
    // The end of an answer, which is known by its length.
    Urc::new(id::NOISE, "+HTTPREAD:"),
    Urc::new(id::NOISE, "+HTTP_PEER_CLOSED"),
    Urc::new(id::NOISE, "+HTTP_NONET_EVENT"),
    Urc::new(id::NOISE, "+MSTK:"),
    Urc::new(id::NOISE, "+STIN:"),
];

/// A message comes in pieces, with its two lengths first (simcom-at 3). The numbers of all clients are taken, lest the
/// bytes for another one be read as lines.
static BLOCKS: &[Block] = &[START, TOPIC, PAYLOAD, END];
const START: Block = Block::piece(MESSAGE, Part::Start, "+CMQTTRXSTART: #,%,%\n");
const TOPIC: Block = Block::piece(MESSAGE, Part::Head, "+CMQTTRXTOPIC: #,%\n$");
const PAYLOAD: Block = Block::piece(MESSAGE, Part::Body, "+CMQTTRXPAYLOAD: #,%\n*");
const END: Block = Block::piece(MESSAGE, Part::End, "+CMQTTRXEND: #\n");

/// Tag of a block of an answer over HTTPS.
pub(super) const PAGE: u8 = tag::OWN;

/// With sockets, of which one may be open, their bytes, too (simcom-at 7).
pub(super) static SOCKET_BLOCKS: &[Block] = &[START, TOPIC, PAYLOAD, END, SOCKET, SOCKET_TLS];
const SOCKET: Block = Block::whole(BYTES, "+CIPRXGET: 2,#,%,#\n*");
const SOCKET_TLS: Block = Block::whole(BYTES, "+CCHRECV: DATA,#,%\n*");

/// With requests, too (simcom-at 6.1); SIM7600 has a word more.
pub(super) static HTTPS_BLOCKS: &[Block] = &[
    START,
    TOPIC,
    PAYLOAD,
    END,
    SOCKET,
    SOCKET_TLS,
    Block::whole(PAGE, "+HTTPREAD: %\n*"),
    Block::whole(PAGE, "+HTTPREAD: DATA,%\n*"),
];

/// The dialect of this family.
pub(super) static DIALECT: Dialect =
    Dialect { urcs: urcs![URCS], blocks: BLOCKS, prompt: b'>', command_gap_ms: 0, prompt_gap_ms: 0 };
