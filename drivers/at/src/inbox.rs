//! The inbox: where counted bytes go, whatever call is running.

use crate::bytes::{copy, shift_down, wipe};
use crate::mutants::{self, Mutant};

/// Bytes of bookkeeping before each record: tag, head length, body length.
const HEADER: usize = 4;

/// What a piece of a record belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Head,
    Body,
}

/// A queue of records in one caller-given buffer; the front is lent in place.
///
/// A record has a tag (what it is, in the dialect's numbers), a head (a topic) and a body (a payload). It becomes
/// visible only when it is complete.
pub(crate) struct Inbox<'b> {
    /// Whether a record behind the complete ones is being filled.
    open: bool,
    lent: bool,
    lost: u16,
    longest: usize,
    buffer: &'b mut [u8],
    /// End of the complete records.
    committed: usize,
    /// End of what was filled of the open record, or of the complete ones.
    at: usize,
    /// What the open record still lacks.
    head_left: usize,
    body_left: usize,
}

/// A complete record, lent from the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is, in the dialect's numbers.
    pub tag: u8,
    /// Its head: a topic, a file name; may be empty.
    pub head: &'a [u8],
    /// Its body.
    pub body: &'a [u8],
}

/// What could not be kept since the last report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loss {
    /// How many records or publishes; saturates.
    pub count: u16,
    /// The inbox in bytes that the largest would have needed alone; 0 when no length is known.
    pub longest: usize,
}

impl<'b> Inbox<'b> {
    pub(crate) fn new(buffer: &'b mut [u8]) -> Self {
        Self { open: false, lent: false, lost: 0, longest: 0, buffer, committed: 0, at: 0, head_left: 0, body_left: 0 }
    }

    /// Starts a record of known size. What was left open before is counted as lost, and so is one without room.
    pub(crate) fn begin(&mut self, tag: u8, head: usize, body: usize) {
        self.abort();
        let needed = HEADER + head + body;
        let room = self.buffer.get_mut(self.committed..).unwrap_or_default();
        if head > u8::MAX.into() || body > u16::MAX.into() || needed > room.len() {
            return self.count_lost(needed);
        }
        self.at += copy(room, &[tag, head as u8, body as u8, (body >> 8) as u8]);
        (self.head_left, self.body_left) = (head, body);
        self.open = true;
    }

    /// Fills the open record; its head comes first. What does not fit what was announced spoils it.
    pub(crate) fn push(&mut self, piece: Piece, bytes: &[u8]) {
        if !self.open {
            return;
        }
        let (left, in_order) = match piece {
            Piece::Head => (&mut self.head_left, true),
            Piece::Body => (&mut self.body_left, self.head_left == 0),
        };
        match left.checked_sub(bytes.len()) {
            Some(rest) if in_order => {
                *left = rest;
                self.at += copy(self.buffer.get_mut(self.at..).unwrap_or_default(), bytes);
            }
            _ if mutants::on(Mutant::HalfRecordKept) => {}
            _ => self.abort(),
        }
    }

    /// Completes the record if all its announced bytes came, else counts it as lost.
    pub(crate) fn commit(&mut self) {
        let missing = self.head_left + self.body_left;
        if missing == 0 || mutants::on(Mutant::HalfRecordKept) {
            self.at += if self.open { missing } else { 0 };
            self.open = false;
            self.committed = self.at;
        }
        self.abort();
    }

    /// Gives the open record up and counts it.
    pub(crate) fn abort(&mut self) {
        if self.open {
            self.count_lost(0);
        }
        self.open = false;
        self.at = self.committed;
    }

    /// Puts a whole record in, or counts it as lost.
    pub(crate) fn put(&mut self, tag: u8, body: &[u8]) {
        if self.open {
            // A record that comes in pieces is not given up for a line between them.
            return self.count_lost(HEADER + body.len());
        }
        self.begin(tag, 0, body.len());
        self.push(Piece::Body, body);
        self.commit();
    }

    #[inline(never)]
    pub(crate) fn count_lost(&mut self, needed: usize) {
        if mutants::on(Mutant::LossSilent) {
            return;
        }
        self.lost = self.lost.saturating_add(1);
        self.longest = self.longest.max(needed);
    }

    /// The tag of the oldest record.
    pub(crate) fn front_tag(&self) -> Option<u8> {
        self.peek().map(|record| record.tag)
    }

    pub(crate) fn has_loss(&self) -> bool {
        self.lost > 0
    }

    /// Lends the oldest record; it is released by the next [`release`](Self::release).
    pub(crate) fn front(&mut self) -> Option<Record<'_>> {
        if self.committed == 0 {
            return None;
        }
        self.lent = true;
        self.peek()
    }

    fn peek(&self) -> Option<Record<'_>> {
        let (header, rest) = self.buffer.get(..self.committed)?.split_first_chunk::<HEADER>()?;
        let &[tag, head, low, high] = header;
        let (head, rest) = rest.split_at_checked(head.into())?;
        let body = rest.get(..usize::from(u16::from_le_bytes([low, high])))?;
        Some(Record { tag, head, body })
    }

    /// Takes the report of what was lost; losses are reported before the records that are still there.
    pub(crate) fn take_loss(&mut self) -> Option<Loss> {
        if self.lost == 0 {
            return None;
        }
        let loss = Loss { count: self.lost, longest: self.longest };
        (self.lost, self.longest) = (0, 0);
        Some(loss)
    }

    /// Frees the record that was lent, if one was. Its bytes are wiped: it may have held a token.
    pub(crate) fn release(&mut self) {
        if core::mem::take(&mut self.lent) {
            let length = self.peek().map_or(self.committed, |r| HEADER + r.head.len() + r.body.len());
            shift_down(self.buffer, length, self.at);
            let rest = self.at.saturating_sub(length);
            wipe(self.buffer.get_mut(rest..self.at).unwrap_or_default());
            self.committed = self.committed.saturating_sub(length);
            self.at = rest;
        }
    }

    /// Forgets everything that came from a module that is gone; complete records stay.
    pub(crate) fn restart(&mut self) {
        self.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(inbox: &mut Inbox<'_>, tag: u8, head: &[u8], body: &[u8]) {
        inbox.begin(tag, head.len(), body.len());
        inbox.push(Piece::Head, head);
        inbox.push(Piece::Body, body);
        inbox.commit();
    }

    #[test]
    fn records_come_out_in_order_and_free_their_room() {
        let mut buffer = [0; 25];
        let mut inbox = Inbox::new(&mut buffer);
        put(&mut inbox, 1, b"t/a", b"hello");
        put(&mut inbox, 2, b"", b"xy");
        assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"t/a", body: b"hello" }));
        assert_eq!(inbox.front().map(|r| r.tag), Some(1), "asking again lends the same");
        inbox.begin(3, 1, 2);
        inbox.push(Piece::Head, b"q");
        inbox.push(Piece::Body, b"1");
        inbox.release();
        assert_eq!(inbox.front(), Some(Record { tag: 2, head: b"", body: b"xy" }));
        inbox.push(Piece::Body, b"2");
        inbox.commit();
        inbox.release();
        assert_eq!(inbox.front(), Some(Record { tag: 3, head: b"q", body: b"12" }), "half a record survives a release");
        inbox.release();
        assert_eq!(inbox.front(), None);
        put(&mut inbox, 4, b"abcd", b"0123456789abcdef");
        assert_eq!(inbox.front().map(|r| r.body.len()), Some(16), "all room is free again");
    }

    #[test]
    fn what_does_not_fit_is_counted_with_the_room_it_needs() {
        let mut buffer = [0; 16];
        let mut inbox = Inbox::new(&mut buffer);
        put(&mut inbox, 1, b"topic", b"0123456789");
        assert_eq!(inbox.front(), None);
        put(&mut inbox, 1, b"t", b"1");
        assert_eq!(inbox.take_loss(), Some(Loss { count: 1, longest: 19 }));
        assert_eq!(inbox.take_loss(), None);
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"1"[..]));
    }

    #[test]
    fn a_record_with_a_missing_piece_is_lost_not_delivered() {
        let mut buffer = [0; 32];
        let mut inbox = Inbox::new(&mut buffer);
        inbox.begin(1, 2, 3);
        inbox.push(Piece::Head, b"t/");
        inbox.push(Piece::Body, b"x");
        inbox.commit();
        assert_eq!(inbox.front(), None);
        assert_eq!(inbox.take_loss().map(|l| l.count), Some(1));
        inbox.begin(1, 1, 0);
        inbox.begin(1, 0, 1);
        inbox.push(Piece::Body, b"y");
        inbox.commit();
        assert_eq!(inbox.take_loss().map(|l| l.count), Some(1), "a record left open is lost, too");
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"y"[..]));
    }
}
