//! A counted block whose bytes stopped coming.

use embassy_time::Instant;

use super::{Frames, Mode};
use crate::engine::later;
use crate::inbox::Inbox;
use crate::mutants::{self, Mutant};

/// A counted block whose next byte does not come for so long is broken off.
pub(crate) const STARVED_MS: u32 = 1000;

impl Frames<'_> {
    fn in_block(&self) -> bool {
        match self.mode {
            Mode::Text => self.head_left() > 0,
            mode => mode != Mode::Skip,
        }
    }

    /// How much of a counted head has still to come.
    fn head_left(&self) -> usize {
        self.matcher.head().end.saturating_sub(self.at - self.start)
    }

    /// When the block that is being received will be broken off; [`Instant::MAX`] when none is.
    pub(crate) fn deadline(&self) -> Instant {
        let is_never = !self.in_block() || mutants::on(Mutant::StarvedBlockWaits);
        if is_never { Instant::MAX } else { later(self.last, STARVED_MS) }
    }

    /// Breaks a block off whose bytes stopped coming, at its [`deadline`](Self::deadline) or after an error of the
    /// port (`flowing`: its bytes have not stopped). What still comes of it before a pause is dropped, never read as
    /// lines.
    pub(crate) fn break_off(&mut self, flowing: bool, inbox: &mut Inbox<'_>) {
        if flowing && mutants::on(Mutant::OverrunIgnored) {
            return;
        }
        self.garbled = self.garbled.saturating_add(1);
        let left = match self.mode {
            Mode::Body => self.left + usize::from(self.matcher.closing(self.pattern).is_some()) + 2,
            Mode::Text => self.head_left(),
            _ => 0,
        };
        if left > 0 {
            self.ghost = if mutants::on(Mutant::GhostIsRescanned) { 0 } else { left };
            self.ghost_began = flowing;
        }
        if self.in_block() {
            self.broken = true;
            inbox.abort();
            self.begin_line();
        } else {
            self.mode = Mode::Skip;
        }
    }

    /// Whether a block was broken off since the last call.
    pub(crate) fn take_broken(&mut self) -> bool {
        core::mem::take(&mut self.broken)
    }
}
