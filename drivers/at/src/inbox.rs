//! The inbox: where counted bytes go, whatever call is running.

use zeroize::Zeroize;

use crate::mutants::{self, Mutant};

/// Bytes of bookkeeping before each record: tag, head length, body length.
const HEADER: usize = 4;

/// A queue of records in one caller-given buffer; the front is lent in place.
///
/// A record has a tag (what it is, in the dialect's numbers), a head (a topic) and a body (a payload). It becomes
/// visible only when it is complete.
pub(crate) struct Inbox<'b> {
    buffer: &'b mut [u8],
    /// End of the complete records.
    committed: usize,
    /// The record that is being filled.
    open: Option<Open>,
    lent: bool,
    lost: u16,
    longest: usize,
}

#[derive(Clone, Copy)]
struct Open {
    tag: u8,
    head: usize,
    body: usize,
    head_room: usize,
    body_room: usize,
    /// Whether there is room for it; a record without room is counted and skipped.
    kept: bool,
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
        Self { buffer, committed: 0, open: None, lent: false, lost: 0, longest: 0 }
    }

    /// Starts a record of known size. What was left open before is counted as lost.
    pub(crate) fn begin(&mut self, tag: u8, head_room: usize, body_room: usize) {
        self.abort();
        let needed = HEADER.saturating_add(head_room).saturating_add(body_room);
        let fits = head_room <= usize::from(u8::MAX)
            && body_room <= usize::from(u16::MAX)
            && needed <= self.buffer.len().saturating_sub(self.committed);
        if !fits {
            self.count_lost(needed);
        }
        self.open = Some(Open { tag, head: 0, body: 0, head_room, body_room, kept: fits });
    }

    pub(crate) fn push_head(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let Some(open) = self.open.as_mut() else { return };
            let at = self.committed + HEADER + open.head;
            open.head += 1;
            if open.kept
                && open.head <= open.head_room
                && let Some(slot) = self.buffer.get_mut(at)
            {
                *slot = byte;
            }
        }
    }

    pub(crate) fn push_body(&mut self, byte: u8) {
        let Some(open) = self.open.as_mut() else { return };
        let at = self.committed + HEADER + open.head_room + open.body;
        open.body += 1;
        if open.kept
            && open.body <= open.body_room
            && let Some(slot) = self.buffer.get_mut(at)
        {
            *slot = byte;
        }
    }

    /// Completes the record if all its announced bytes came, else counts it as lost.
    pub(crate) fn commit(&mut self) {
        let Some(open) = self.open else { return };
        let is_whole = open.head == open.head_room && open.body == open.body_room;
        if !is_whole && !mutants::on(Mutant::HalfRecordKept) {
            return self.abort();
        }
        self.open = None;
        if !open.kept {
            return;
        }
        let body = (open.body_room as u16).to_le_bytes();
        let header = [open.tag, open.head_room as u8, body[0], body[1]];
        crate::bytes::copy(self.buffer.get_mut(self.committed..).unwrap_or_default(), &header);
        self.committed += HEADER + open.head_room + open.body_room;
    }

    /// Gives the open record up and counts it, unless it was counted already.
    pub(crate) fn abort(&mut self) {
        if let Some(open) = self.open.take()
            && open.kept
        {
            self.count_lost(0);
        }
    }

    /// Puts a whole record in, or counts it as lost.
    pub(crate) fn put(&mut self, tag: u8, head: &[u8], body: &[u8]) {
        if self.open.is_some() {
            // A record that comes in pieces is not given up for a line between them.
            return self.count_lost(HEADER + head.len() + body.len());
        }
        self.begin(tag, head.len(), body.len());
        self.push_head(head);
        for &byte in body {
            self.push_body(byte);
        }
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
            let filled = self.open.map_or(0, |o| HEADER + o.head_room + o.body_room);
            let end = (self.committed + filled).min(self.buffer.len());
            crate::bytes::shift_down(self.buffer, length, end);
            self.buffer.get_mut(end.saturating_sub(length)..end).unwrap_or_default().zeroize();
            self.committed = self.committed.saturating_sub(length);
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

    #[test]
    fn records_come_out_in_order_and_free_their_room() {
        let mut buffer = [0; 25];
        let mut inbox = Inbox::new(&mut buffer);
        inbox.put(1, b"t/a", b"hello");
        inbox.put(2, b"", b"xy");
        assert_eq!(inbox.front(), Some(Record { tag: 1, head: b"t/a", body: b"hello" }));
        assert_eq!(inbox.front().map(|r| r.tag), Some(1), "asking again lends the same");
        inbox.begin(3, 1, 2);
        inbox.push_head(b"q");
        inbox.push_body(b'1');
        inbox.release();
        assert_eq!(inbox.front(), Some(Record { tag: 2, head: b"", body: b"xy" }));
        inbox.push_body(b'2');
        inbox.commit();
        inbox.release();
        assert_eq!(inbox.front(), Some(Record { tag: 3, head: b"q", body: b"12" }), "half a record survives a release");
        inbox.release();
        assert_eq!(inbox.front(), None);
        inbox.put(4, b"abcd", b"0123456789abcdef");
        assert_eq!(inbox.front().map(|r| r.body.len()), Some(16), "all room is free again");
    }

    #[test]
    fn what_does_not_fit_is_counted_with_the_room_it_needs() {
        let mut buffer = [0; 16];
        let mut inbox = Inbox::new(&mut buffer);
        inbox.put(1, b"topic", b"0123456789");
        assert_eq!(inbox.front(), None);
        inbox.put(1, b"t", b"1");
        assert_eq!(inbox.take_loss(), Some(Loss { count: 1, longest: 19 }));
        assert_eq!(inbox.take_loss(), None);
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"1"[..]));
    }

    #[test]
    fn a_record_with_a_missing_piece_is_lost_not_delivered() {
        let mut buffer = [0; 32];
        let mut inbox = Inbox::new(&mut buffer);
        inbox.begin(1, 2, 3);
        inbox.push_head(b"t/");
        inbox.push_body(b'x');
        inbox.commit();
        assert_eq!(inbox.front(), None);
        assert_eq!(inbox.take_loss().map(|l| l.count), Some(1));
        inbox.begin(1, 1, 0);
        inbox.begin(1, 0, 1);
        inbox.push_body(b'y');
        inbox.commit();
        assert_eq!(inbox.take_loss().map(|l| l.count), Some(1), "a record left open is lost, too");
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"y"[..]));
    }
}
