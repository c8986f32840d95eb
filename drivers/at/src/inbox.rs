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
#[repr(C)] // Flags first, see `Engine`.
pub(crate) struct Inbox<'b> {
    /// Whether a record behind the complete ones is being filled.
    open: bool,
    /// Records that were lost, counted around, and how many of them were reported.
    lost: u16,
    reported: u16,
    longest: usize,
    /// Where the record begins that was lent.
    lent: Option<usize>,
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
    /// How many records or publishes.
    pub count: u16,
    /// The inbox in bytes that the largest would have needed alone; 0 when no length is known.
    pub longest: usize,
}

impl Record<'_> {
    /// In the inbox.
    fn length(&self) -> usize {
        HEADER + self.head.len() + self.body.len()
    }
}

impl<'b> Inbox<'b> {
    pub(crate) fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            open: false,
            lost: 0,
            reported: 0,
            longest: 0,
            lent: None,
            buffer,
            committed: 0,
            at: 0,
            head_left: 0,
            body_left: 0,
        }
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

    /// Makes room for one byte more in the body of the open record, its `count`th; without it, the record is lost, with
    /// the room that it needs so far.
    pub(crate) fn grow(&mut self, head: usize, count: usize) {
        let needed = HEADER + head + count;
        if self.open && (count > u16::MAX.into() || self.committed + needed > self.buffer.len()) {
            self.abort();
        }
        if !self.open {
            self.longest = self.longest.max(needed);
            return;
        }
        self.body_left += 1;
        if let Some([_, _, low, high]) = self.buffer.get_mut(self.committed..self.committed + HEADER) {
            [*low, *high] = (count as u16).to_le_bytes();
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
        self.lost = self.lost.wrapping_add(1);
        self.longest = self.longest.max(needed);
    }

    /// The tag of the oldest record.
    pub(crate) fn front_tag(&self) -> Option<u8> {
        self.record(0).map(|record| record.tag)
    }

    /// Whether there is a record with this tag.
    pub(crate) fn has(&self, tag: u8) -> bool {
        self.find(tag).is_some()
    }

    pub(crate) fn has_loss(&self) -> bool {
        self.lost != self.reported
    }

    /// How many records were lost since ever, counted around.
    pub(crate) fn lost(&self) -> u16 {
        self.lost
    }

    /// How long a body can be that comes next.
    pub(crate) fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.at + HEADER)
    }

    /// Lends the oldest record; it is released by the next [`release`](Self::release).
    pub(crate) fn front(&mut self) -> Option<Record<'_>> {
        let tag = self.front_tag()?;
        self.front_of(tag)
    }

    /// Lends the oldest record with this tag.
    pub(crate) fn front_of(&mut self, tag: u8) -> Option<Record<'_>> {
        let at = self.find(tag)?;
        self.lent = Some(at);
        self.record(at)
    }

    /// Gives the oldest record with this tag another one.
    pub(crate) fn retag(&mut self, tag: u8, new: u8) {
        if let Some(slot) = self.find(tag).and_then(|at| self.buffer.get_mut(at)) {
            *slot = new;
        }
    }

    /// Moves bytes out of the body of the oldest record with this tag; a record that is used up is gone.
    pub(crate) fn read(&mut self, tag: u8, out: &mut [u8]) -> Option<usize> {
        self.release();
        let at = self.find(tag)?;
        let record = self.record(at)?;
        let (body, left) = (at + HEADER + record.head.len(), record.body.len().saturating_sub(out.len()));
        let count = copy(out, record.body);
        if left == 0 {
            self.lent = Some(at);
            self.release();
        } else {
            if let Some([_, _, low, high]) = self.buffer.get_mut(at..at + HEADER) {
                [*low, *high] = (left as u16).to_le_bytes();
            }
            self.cut(body, count);
        }
        Some(count)
    }

    fn find(&self, tag: u8) -> Option<usize> {
        let mut at = 0;
        loop {
            let record = self.record(at)?;
            if record.tag == tag {
                return Some(at);
            }
            at += record.length();
        }
    }

    /// The complete record that begins there.
    fn record(&self, at: usize) -> Option<Record<'_>> {
        let (header, rest) = self.buffer.get(at..self.committed)?.split_first_chunk::<HEADER>()?;
        let &[tag, head, low, high] = header;
        let (head, rest) = rest.split_at_checked(head.into())?;
        let body = rest.get(..usize::from(u16::from_le_bytes([low, high])))?;
        Some(Record { tag, head, body })
    }

    /// Takes the report of what was lost; losses are reported before the records that are still there.
    pub(crate) fn take_loss(&mut self) -> Option<Loss> {
        if !self.has_loss() {
            return None;
        }
        let loss = Loss { count: self.lost.wrapping_sub(self.reported), longest: self.longest };
        (self.reported, self.longest) = (self.lost, 0);
        Some(loss)
    }

    /// Frees the record that was lent, if one was. Its bytes are wiped: it may have held a token.
    pub(crate) fn release(&mut self) {
        if let Some(at) = self.lent.take() {
            let length = self.record(at).map_or(0, |record| record.length());
            self.cut(at, length);
        }
    }

    /// Takes bytes out, and wipes what they leave at the end.
    fn cut(&mut self, at: usize, count: usize) {
        shift_down(self.buffer.get_mut(at..).unwrap_or_default(), count, self.at.saturating_sub(at));
        let rest = self.at.saturating_sub(count);
        wipe(self.buffer.get_mut(rest..self.at).unwrap_or_default());
        self.committed = self.committed.saturating_sub(count);
        self.at = rest;
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
    fn a_record_behind_others_is_found_by_its_tag_and_taken_in_pieces() {
        let mut buffer = [0; 36];
        let mut inbox = Inbox::new(&mut buffer);
        put(&mut inbox, 1, b"t/a", b"hello");
        put(&mut inbox, 3, b"", b"stream");
        put(&mut inbox, 1, b"", b"x");
        assert_eq!((inbox.has(3), inbox.has(4), inbox.front_tag(), inbox.room()), (true, false, Some(1), 5));
        inbox.retag(3, 4);
        let mut out = [0; 4];
        assert_eq!(inbox.front_of(3), None);
        assert_eq!((inbox.read(3, &mut out), inbox.read(4, &mut out), &out), (None, Some(4), b"stre"));
        inbox.begin(1, 0, 2);
        inbox.push(Piece::Body, b"a");
        assert_eq!((inbox.read(4, &mut out), &out[..2]), (Some(2), &b"am"[..]));
        assert_eq!(inbox.read(4, &mut out), None);
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"hello"[..]));
        inbox.push(Piece::Body, b"b");
        inbox.commit();
        inbox.release();
        assert_eq!(inbox.front_of(1).map(|r| r.body), Some(&b"x"[..]));
        inbox.release();
        assert_eq!(inbox.front().map(|r| r.body), Some(&b"ab"[..]), "half a record survives a read");
        inbox.release();
        assert_eq!(inbox.front(), None);
        assert_eq!(inbox.room(), 32);
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
