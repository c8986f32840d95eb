//! The client: one session with a server, as a state machine.

mod advance;
mod request;

use wanlink_core::{Inbound, Message};
#[cfg(feature = "store")]
use zeroize::Zeroize as _;

use super::packet::Publish;
use super::receiver::Receiver;

/// Within this time a packet has to be answered, in milliseconds. Narrow-band networks take ten seconds for a round.
pub const ANSWER_MS: u32 = 30_000;

/// Reads that may bring something else after the time of an answer is over.
const LATE_READS: u8 = u8::MAX;

/// What an answer is awaited for, as bits.
mod awaiting {
    pub(super) const CONNACK: u8 = 1;
    pub(super) const PUBACK: u8 = 2;
    pub(super) const SUBACK: u8 = 4;
    pub(super) const UNSUBACK: u8 = 8;
    pub(super) const PINGRESP: u8 = 16;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Offline,
    Connecting,
    Online,
    /// DISCONNECT is to be sent.
    Leaving,
    /// DISCONNECT was handed out.
    Left,
}

/// What [`Client::front`] lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lent {
    Nothing,
    Message,
    Loss,
}

/// An MQTT 3.1.1 client without a port.
///
/// A loop around it does what [`advance`](Self::advance) wants: it writes [`unsent`](Self::unsent) and tells by
/// [`sent`](Self::sent) how much went out, or reads into [`room`](Self::room) and tells by [`filled`](Self::filled) how
/// much came. Each packet is handed out in one piece. A caller that stops at any of these points loses nothing.
///
/// Time is any count of milliseconds that wraps around at 32 bits.
///
/// `receive` holds the messages that nobody has taken yet: the largest one wanted and [`SPARE`](super::SPARE) bytes.
/// `transmit` holds the packet that is sent, and before it the QoS 1 publish that is not acknowledged yet: to keep one
/// over a reconnect it must have room for that and for the CONNECT, about 200 bytes for this platform.
// The order of the fields is kept, flags first: Thumb's short loads reach 32 bytes, or 32 words (`docs/sizes.md`).
#[repr(C)]
pub struct Client<'b> {
    state: State,
    lent: Lent,
    awaiting: u8,
    /// The unsent packet asks for an answer.
    asks: bool,
    /// Reads since the time of the answer was over.
    late_reads: u8,
    clean_session: bool,
    /// See [`remember`](Self::remember).
    remembers: bool,
    /// The last identifier that was given out.
    id: u16,
    publish_id: u16,
    request_id: u16,
    /// The message that is used and not acknowledged yet; 0 is none.
    owed_id: u16,
    keep_alive_s: u16,
    /// When the last packet went out.
    sent_ms: u32,
    /// When something was last heard.
    heard_ms: u32,
    /// When the answer has to be there.
    answer_by_ms: u32,
    transmit: &'b mut [u8],
    /// Room that a QoS 1 publish leaves behind it.
    reserve: usize,
    /// End of the publish that is not acknowledged yet, or remembered: its identifier is 0 then.
    kept: usize,
    /// The packet that is being sent.
    from: usize,
    to: usize,
    receiver: Receiver<'b>,
}

impl core::fmt::Debug for Client<'_> {
    /// Without the buffers: one of them may hold a password.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client").field("state", &self.state).field("awaiting", &self.awaiting).finish_non_exhaustive()
    }
}

impl<'b> Client<'b> {
    /// A client that is offline.
    pub fn new(receive: &'b mut [u8], transmit: &'b mut [u8]) -> Self {
        Self {
            state: State::Offline,
            lent: Lent::Nothing,
            awaiting: 0,
            asks: false,
            late_reads: 0,
            id: 0,
            publish_id: 0,
            request_id: 0,
            owed_id: 0,
            keep_alive_s: 0,
            clean_session: true,
            remembers: false,
            sent_ms: 0,
            heard_ms: 0,
            answer_by_ms: 0,
            transmit,
            reserve: 0,
            kept: 0,
            from: 0,
            to: 0,
            receiver: Receiver::new(receive),
        }
    }

    /// The socket is gone.
    pub fn closed(&mut self) {
        self.receiver.close();
        self.state = State::Offline;
        (self.awaiting, self.asks, self.owed_id) = (0, false, 0);
        self.written();
    }

    /// Wipes both buffers, of a client that is used no more.
    #[cfg(feature = "store")]
    pub(super) fn wipe(&mut self) {
        self.transmit.zeroize();
        self.receiver.wipe();
    }

    /// Whether the socket, if there is one, is to be closed.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.state == State::Offline
    }

    /// Whether [`front`](Self::front) has something.
    #[must_use]
    pub fn has_message(&self) -> bool {
        self.receiver.lost > 0 || (self.owed_id == 0 && self.receiver.front().is_some())
    }

    /// How many bytes of the buffer the messages take that wait.
    pub(super) fn queued(&self) -> usize {
        self.receiver.queued()
    }

    /// Lends the oldest message, or the news that some were lost, until [`release`](Self::release). Asking again lends
    /// the same one.
    pub fn front(&mut self) -> Option<Inbound<'_>> {
        if self.receiver.lost > 0 {
            self.lent = Lent::Loss;
            return Some(Inbound::Lost { count: self.receiver.lost, longest: self.receiver.longest });
        }
        if self.owed_id != 0 {
            // The acknowledgement of the one before goes out first: there is room to remember one.
            return None;
        }
        let Publish { topic, payload, .. } = self.receiver.front()?;
        self.lent = Lent::Message;
        Some(Inbound::Message(Message::new(topic, payload)))
    }

    /// What [`front`](Self::front) lent was used. A QoS 1 message is acknowledged now: not before, so that one that was
    /// never used comes again.
    pub fn release(&mut self) {
        match core::mem::replace(&mut self.lent, Lent::Nothing) {
            Lent::Nothing => {}
            Lent::Message => {
                let id = self.receiver.pop();
                self.owed_id = if self.state == State::Online { id.unwrap_or(0) } else { 0 };
            }
            Lent::Loss => (self.receiver.lost, self.receiver.longest) = (0, 0),
        }
    }

    /// Bytes that wait to be written: one packet, or what is left of it.
    #[must_use]
    pub fn unsent(&self) -> &[u8] {
        self.transmit.get(self.from..self.to).unwrap_or_default()
    }

    /// So many bytes of [`unsent`](Self::unsent) were written.
    pub fn sent(&mut self, count: usize, now_ms: u32) {
        self.from = self.from.saturating_add(count).min(self.to);
        if self.from == self.to {
            self.written();
            self.sent_ms = now_ms;
            if core::mem::take(&mut self.asks) {
                self.answer_by_ms = now_ms.wrapping_add(ANSWER_MS);
                self.late_reads = 0;
            }
        }
    }

    /// The longest packet that can be sent.
    #[must_use]
    pub const fn room_to_send(&self) -> usize {
        self.transmit.len()
    }

    /// Where to read to. Empty only when [`advance`](Self::advance) did not ask for a read.
    pub fn room(&mut self) -> &mut [u8] {
        self.receiver.room()
    }

    /// So many bytes were read into [`room`](Self::room); 0 when none came until the time that was given.
    pub fn filled(&mut self, count: usize, now_ms: u32) {
        self.receiver.filled(count);
        if count == 0 {
            self.late_reads = LATE_READS;
        } else {
            self.heard_ms = now_ms;
            // The answer may stand behind all that came while nobody read.
            self.late_reads = if passed(self.answer_by_ms, now_ms) { self.late_reads.saturating_add(1) } else { 0 };
        }
    }

    /// When [`advance`](Self::advance) has to be called again though nothing came.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u32> {
        let answer = (self.awaiting != 0).then_some(self.answer_by_ms);
        match (answer, self.ping_at()) {
            (Some(answer), Some(ping)) => Some(if passed(answer, ping) { answer } else { ping }),
            (answer, ping) => answer.or(ping),
        }
    }

    fn ask(&mut self, bit: u8) {
        self.awaiting |= bit;
        self.asks = true;
    }

    /// Nothing of this kind is awaited any longer; whether something was.
    fn answered(&mut self, bits: u8) -> bool {
        let was = self.awaiting & bits != 0;
        self.awaiting &= !bits;
        was
    }

    /// Nothing is unsent. What is not kept is wiped: a CONNECT has the password.
    fn written(&mut self) {
        let sent = self.transmit.get_mut(self.kept..self.to.max(self.kept)).unwrap_or_default();
        sent.iter_mut().for_each(|byte| *byte = 0);
        (self.from, self.to) = (0, 0);
    }
}

/// Whether `now` is at or after `deadline`, on a clock that wraps around.
pub(super) fn passed(deadline: u32, now: u32) -> bool {
    now.wrapping_sub(deadline) < 1 << 31
}
