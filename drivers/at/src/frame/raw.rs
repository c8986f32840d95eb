//! What was read and is no line: the bytes of a stream.

use super::Frames;
use crate::bytes::{shift_down, wipe};

impl Frames<'_> {
    /// Hides what stands behind the next line end; where it begins, and how much that is.
    pub(crate) fn hide_behind_line(&mut self) -> (usize, usize) {
        let waiting = self.buffer.get(self.at..self.end).unwrap_or_default();
        let line = waiting.iter().position(|&byte| byte == b'\n').map_or(waiting.len(), |at| at + 1);
        let hidden = waiting.len() - line;
        self.end -= hidden;
        (self.end, hidden)
    }

    /// Shows what was hidden, behind what is left.
    pub(crate) fn show(&mut self, from: usize, count: usize) {
        let by = from.saturating_sub(self.end);
        shift_down(self.buffer.get_mut(self.end..).unwrap_or_default(), by, by + count);
        self.end += count;
    }

    /// What was read and not looked at, at most so much.
    pub(crate) fn waiting(&self, most: usize) -> &[u8] {
        let waiting = self.buffer.get(self.at..self.end).unwrap_or_default();
        waiting.get(..most).unwrap_or(waiting)
    }

    /// So much of it was taken, and is wiped.
    pub(crate) fn took(&mut self, count: usize) {
        wipe(self.buffer.get_mut(self.at..self.at + count).unwrap_or_default());
        self.at += count;
        self.start = self.at;
        if self.at == self.end {
            (self.start, self.at, self.end) = (0, 0, 0);
        }
    }

    /// What comes before a pause, of so many bytes at most, belongs to data that were given up.
    pub(crate) fn expect_rest(&mut self, count: usize) {
        (self.ghost, self.ghost_began) = (count, false);
    }
}
