//! Where bytes arrive, and where messages wait: one buffer, in which packets are read in place.

use core::cell::Cell;

#[cfg(feature = "store")]
use zeroize::Zeroize as _;

use super::packet::{Publish, first, header};
use super::text::{Kind, is_valid};
use crate::reason::Malformed;

/// Bytes at the end of the receive buffer in which no message is kept, so that an answer always finds room behind them.
///
/// So a message is kept when its packet is this much smaller than the buffer.
pub const SPARE: usize = 16;

/// A queue of complete PUBLISH packets, and behind it what came of the next packet.
pub(super) struct Receiver<'b> {
    buffer: &'b mut [u8],
    /// End of the complete messages.
    kept: usize,
    /// End of what was read.
    end: usize,
    /// How many bytes of a packet that is not kept are still to come.
    skip: usize,
    /// End of the messages of earlier connections, which are not acknowledged in this one.
    stale: usize,
    pub(super) lost: u16,
    /// The buffer that the largest of the lost would have needed.
    pub(super) longest: usize,
}

/// What the next bytes were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No whole packet yet.
    Nothing,
    /// Any packet but a PUBLISH.
    Answer { first: u8, body: [u8; 3] },
    /// A message, which was kept.
    Message,
    /// A message that was not kept, and its identifier if it is to be acknowledged.
    Lost(Option<u16>),
    /// A message that will have room once another is released.
    Full,
}

impl<'b> Receiver<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, kept: 0, end: 0, skip: 0, stale: 0, lost: 0, longest: 0 }
    }

    pub(super) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn queued(&self) -> usize {
        self.kept
    }

    pub(super) fn room(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    pub(super) fn filled(&mut self, count: usize) {
        self.end = self.end.saturating_add(count).min(self.buffer.len());
    }

    /// A connection is over: half a packet is worth nothing, messages are.
    pub(super) fn close(&mut self) {
        (self.end, self.skip, self.stale) = (self.kept, 0, self.kept);
    }

    #[cfg(feature = "store")]
    pub(super) fn wipe(&mut self) {
        self.buffer.zeroize();
    }

    /// Takes the next packet. `connecting`: it has to be the CONNACK. `hurried`: an answer is awaited, so that a
    /// message without room must not be in its way.
    pub(super) fn next(&mut self, connecting: bool, hurried: bool) -> Result<Found, Malformed> {
        if self.skip > 0 {
            self.skip -= self.cut(self.kept, self.skip);
        }
        let Some(bytes) = self.buffer.get(self.kept..self.end) else { return Ok(Found::Nothing) };
        if bytes.first().is_some_and(|&first| (first == first::CONNACK) != connecting) {
            // What does not exist is no matter of order.
            header(bytes)?;
            return Err(Malformed::Order);
        }
        let Some(header) = header(bytes)? else { return Ok(Found::Nothing) };
        let whole = bytes.len() >= header.total;
        if header.first & 0xF0 != first::PUBLISH {
            if !whole {
                return Ok(Found::Nothing);
            }
            let mut body = [0; 3];
            body.iter_mut().zip(bytes.iter().skip(header.head)).for_each(|(to, &from)| *to = from);
            self.cut(self.kept, header.total);
            return Ok(Found::Answer { first: header.first, body });
        }
        self.next_message(header.total, whole, hurried)
    }

    fn next_message(&mut self, total: usize, whole: bool, hurried: bool) -> Result<Found, Malformed> {
        let bytes = self.buffer.get(self.kept..self.end).unwrap_or_default();
        let publish = Publish::split(bytes);
        if whole {
            check(publish.ok_or(Malformed::Length)?)?;
        }
        let alone = total.saturating_add(SPARE);
        if self.kept.saturating_add(alone) <= self.buffer.len() {
            if !whole {
                return Ok(Found::Nothing);
            }
            self.kept += total;
            return Ok(Found::Message);
        }
        if self.kept > 0 && !hurried {
            return Ok(Found::Full);
        }
        if publish.is_none() && self.end < self.buffer.len() {
            // Its identifier may still come.
            return Ok(Found::Nothing);
        }
        // One that can never be had is acknowledged, or the server would send it again at each connect.
        let id = publish.and_then(|publish| publish.id).filter(|&id| id != 0 && alone > self.buffer.len());
        self.lost = self.lost.saturating_add(1);
        self.longest = self.longest.max(alone);
        self.skip = total - self.cut(self.kept, total);
        Ok(Found::Lost(id))
    }

    /// The oldest message.
    pub(super) fn front(&self) -> Option<Publish<'_>> {
        Publish::split(self.buffer.get(..self.kept)?)
    }

    /// Forgets the oldest message, and returns its identifier if it is to be acknowledged.
    pub(super) fn pop(&mut self) -> Option<u16> {
        let Publish { id, total, .. } = self.front()?;
        self.cut(0, total);
        self.kept -= total;
        if self.stale == 0 {
            return id;
        }
        self.stale = self.stale.saturating_sub(total);
        None
    }

    /// Takes at most `count` bytes out at `at`, and returns how many. Not by `copy_within`, which links `memmove`.
    fn cut(&mut self, at: usize, count: usize) -> usize {
        let count = count.min(self.end - at);
        let cells = Cell::from_mut(&mut *self.buffer).as_slice_of_cells();
        if let (Some(to), Some(from)) = (cells.get(at..), cells.get(at + count..self.end)) {
            to.iter().zip(from).for_each(|(to, from)| to.set(from.get()));
        }
        self.end -= count;
        count
    }
}

fn check(publish: Publish<'_>) -> Result<(), Malformed> {
    if publish.id == Some(0) {
        return Err(Malformed::Identifier);
    }
    if is_valid(publish.topic, Kind::Name) { Ok(()) } else { Err(Malformed::Topic) }
}
