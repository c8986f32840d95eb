//! Lines that a module sends by itself, and what they are to a driver.

use wanlink_at::driver::{id, tag};
use wanlink_at::tables::urcs;
use wanlink_at::{Block, Dialect};

/// A line, or how it begins; one with counted bytes as a pattern, see [`Block`].
pub(crate) struct Line {
    pub(super) text: &'static str,
    pub(super) meaning: &'static str,
}

/// Those of a dialect, and these with counted bytes.
pub(super) fn of(dialect: &Dialect, blocks: &'static [Block]) -> Vec<Line> {
    let mut lines: Vec<_> =
        urcs(dialect.urcs).map(|(id, text)| Line { text, meaning: meaning(id, text).unwrap_or(UNKNOWN) }).collect();
    for block in dialect.blocks.iter().chain(blocks) {
        let (tag, text) = block.shown();
        if lines.iter().all(|line| line.text != text) {
            lines.push(Line { text, meaning: content(tag) });
        }
    }
    lines
}

fn content(tag: u8) -> &'static str {
    match tag {
        tag::MESSAGE => "a message, or a piece of one: it goes to the inbox",
        tag::BYTES => "bytes of a socket: they go to the inbox",
        _ => "data: they go to the inbox",
    }
}

/// A line of a family that joined, of which nothing is said here.
pub(super) const UNKNOWN: &str = "news of this family's own";

fn meaning(id: u8, text: &str) -> Option<&'static str> {
    Some(match id {
        id::BOOT => "the module booted: what runs ends, and it wants a start",
        id::READY => "as part of a boot no news, else a boot",
        id::OFF => "the module goes off",
        id::CEREG => "registration in LTE changed",
        id::CGREG => "registration in GPRS changed",
        id::SIM => "the card was taken out, if it says so: that ends an attach",
        id::NOISE => "known, and no news",
        _ => return own(text),
    })
}

/// Of the families' own.
fn own(text: &str) -> Option<&'static str> {
    Some(match text {
        "+QMTSTAT:" | "+CMQTTCONNLOST:" | "+SMSTATE:" => "the session with the broker ended",
        "+CMQTTPING:" => "a ping was not answered: the session is lost",
        "+UUMQTTC:" => "the end of the session, or messages that wait",
        "+QIURC:" => "the context is lost, or a TCP socket has bytes or was closed",
        "+QSSLURC:" => "a TLS socket has bytes or was closed",
        "+CMQTTNONET" | "+CIPEVENT:" | "+CCH:" | "+UUPSDD:" => "the context is lost",
        "+APP PDP:" | "+CGEV:" => "the context is lost, if it says so",
        "+CIPRXGET:" | "+CCHEVENT:" | "+CADATAIND:" | "+UUSORD:" => "a socket has bytes to read",
        "+IPCLOSE:" | "+CCH_PEER_CLOSED:" | "+CCH_RECV_CLOSED:" | "+CASTATE:" | "+UUSOCL:" => "a socket was closed",
        "+CASEND:" => "what became of data that were written",
        "PSM POWER DOWN" => "the module falls asleep, as it was asked to",
        "+CPSMSTATUS:" => "the module falls asleep, as it was asked to, if it says so",
        _ => return None,
    })
}
