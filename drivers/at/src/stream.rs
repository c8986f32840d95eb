//! Data that go through a step piece by piece, since no buffer holds them: a request that is sent, an answer that is read.
//!
//! Programs without such a step do not link this: the engine calls it through a pointer that [`Engine::allow_streams`]
//! sets.
//!
//! [`Engine::allow_streams`]: crate::Engine::allow_streams

use core::cell::Cell;
use core::fmt;

use crate::engine::{Call, Engine, later};
use crate::exchange::{Owner, Stage};
use crate::forms::Forms;
use crate::frame::STARVED_MS;
use crate::line;
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Verdict};
use crate::run::{End, State};
use crate::step::shape;

/// Moves the stream of the pending command on, and takes its lines.
pub(crate) type Hook<F> = fn(&mut Engine<'_, F>, &mut Call<'_>);

/// Room for the next bytes of a step that [sends](crate::Step::sends).
pub struct Room<'a> {
    bytes: Cell<&'a mut [u8]>,
    filled: Cell<usize>,
}

impl<'a> Room<'a> {
    fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes: Cell::new(bytes), filled: Cell::new(0) }
    }

    /// Lets `fill` write from the beginning and say how far. 0 gives up: blanks take the place of the rest. The second
    /// call has no room.
    pub fn fill(&self, fill: impl FnOnce(&mut [u8]) -> usize) {
        let bytes = self.bytes.take();
        self.filled.set(fill(bytes).min(bytes.len()));
    }
}

impl fmt::Debug for Room<'_> {
    /// Without the bytes: they may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Room({})", self.filled.get())
    }
}

/// What has still to come of the data of a step that [takes](crate::Step::takes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// So many bytes; then the command's final and result lines.
    Bytes(usize),
    /// Nobody knows. The driver looks for the end.
    Unknown,
    /// Nothing: so many of these bytes were the last, the command's final and result lines among them.
    Over(usize),
}

/// The next bytes of a step that [takes](crate::Step::takes); at first none, so that the driver can say how many will
/// come.
pub struct Data<'a> {
    bytes: &'a [u8],
    rest: Cell<Rest>,
}

impl Data<'_> {
    /// Lets `take` have the bytes and say what comes behind them.
    pub fn take(&self, take: impl FnOnce(&[u8]) -> Rest) {
        self.rest.set(take(self.bytes));
    }
}

impl fmt::Debug for Data<'_> {
    /// Without the bytes: they may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Data({})", self.bytes.len())
    }
}

pub(crate) fn advance<F: Forms>(engine: &mut Engine<'_, F>, call: &mut Call<'_>) {
    let shape = engine.exchange.step.shape();
    if shape & shape::STREAM != shape::STREAM || engine.exchange.stage == Stage::Idle {
        return;
    }
    if shape & shape::INFO != 0 { engine.take_stream(call) } else { engine.send_stream(call) }
}

impl<F: Forms> Engine<'_, F> {
    fn send_stream(&mut self, call: &mut Call<'_>) {
        match self.exchange.stage {
            Stage::Gap | Stage::Command | Stage::Prompt => {
                // The command says how many bytes it wants. Those of a call that is gone are blanks.
                self.exchange.body_left = announced(self.transmit.command());
                self.exchange.body_kept = self.exchange.owner == Owner::Step;
                self.transmit.drop_body();
            }
            // All that was in the buffer is out.
            Stage::Body | Stage::Answer if self.exchange.body_left > 0 && self.transmit.unsent_body().is_empty() => {
                self.send_piece(call);
            }
            _ => {}
        }
        self.take_tokens(call);
        match self.exchange.stage {
            // The result in place of the prompt: none will come.
            Stage::Prompt if self.exchange.result_seen() => self.finish(End::Done),
            Stage::PromptGap if self.exchange.body_kept && self.exchange.until <= self.now => self.send_piece(call),
            _ => {}
        }
    }

    fn send_piece(&mut self, call: &mut Call<'_>) {
        if !mutants::on(Mutant::PieceKept) {
            self.transmit.wipe_body();
            self.transmit.secret = true;
        }
        let room = Room::new(self.transmit.body_room(self.exchange.body_left));
        if self.exchange.owner == Owner::Step {
            call.notes.note(self.run.step.note(), Answer::Due(&room));
        }
        let filled = room.filled.get();
        if filled == 0 {
            self.exchange.body_kept = false;
            if mutants::on(Mutant::StreamForgotten) {
                self.exchange.body_left = 0;
                return;
            }
            return self.fill_up();
        }
        self.transmit.begin_piece(filled);
        self.exchange.stage = Stage::Body;
    }

    fn take_stream(&mut self, call: &mut Call<'_>) {
        while !matches!(self.run.state, State::Over(_)) && self.exchange.outcome.is_none() {
            match self.exchange.stage {
                Stage::Gap | Stage::Command => {
                    (self.exchange.body_left, self.exchange.body_kept) = (0, false);
                    return self.transmit.drop_body();
                }
                Stage::Prompt => {
                    // No further than the line: behind the prompt, nothing is a line.
                    let (end, hidden) = match mutants::on(Mutant::StreamIsLines) {
                        true => (0, 0),
                        false => self.frames.hide_behind_line(),
                    };
                    self.take_tokens(call);
                    self.frames.show(end, hidden);
                    if hidden == 0 && self.exchange.stage == Stage::Prompt {
                        return;
                    }
                }
                Stage::PromptGap => {
                    if !self.take_piece(call) {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// Gives the driver what came; `false` when more has to come first.
    fn take_piece(&mut self, call: &mut Call<'_>) -> bool {
        let begins = !self.exchange.body_kept;
        if begins {
            (self.exchange.body_kept, self.exchange.body_left) = (true, UNKNOWN);
        }
        let left = self.exchange.body_left;
        let bytes = self.frames.waiting(if begins { 0 } else { left });
        let count = bytes.len();
        let rest = if left == UNKNOWN { Rest::Unknown } else { Rest::Bytes(left.saturating_sub(count)) };
        let data = Data { bytes, rest: Cell::new(rest) };
        let is_wanted = begins || count > 0;
        if is_wanted && self.exchange.owner == Owner::Step {
            let verdict = call.notes.note(self.run.step.note(), Answer::Data(&data));
            if verdict != Verdict::Default {
                self.run.verdict = verdict;
            }
        }
        let rest = data.rest.get();
        self.frames.took(if let Rest::Over(last) = rest { last.min(count) } else { count });
        match rest {
            Rest::Bytes(0) => {
                self.exchange.body_left = 0;
                self.exchange.settle(shape::INFO);
                self.exchange.stage = Stage::Answer;
                self.wait();
            }
            Rest::Over(_) => {
                self.exchange.settle(shape::INFO | shape::FINAL | shape::RESULT);
                self.finish(End::Done);
            }
            Rest::Bytes(left) => self.exchange.body_left = left,
            Rest::Unknown => self.exchange.body_left = UNKNOWN,
        }
        if self.exchange.stage != Stage::PromptGap || is_wanted {
            self.exchange.until = self.stream_end();
            return true;
        }
        let end = self.stream_end();
        self.exchange.until = end;
        if !self.passed(end) {
            return false;
        }
        // What still comes of it is no line.
        if !mutants::on(Mutant::StarvedStreamIsLines) {
            self.frames.expect_rest(self.exchange.body_left);
        }
        self.lose_step();
        true
    }

    /// How long the next byte may take. The end of an answer that nobody can find is a pause.
    fn stream_end(&self) -> embassy_time::Instant {
        let exchange = &self.exchange;
        if exchange.stage != Stage::PromptGap {
            return exchange.until;
        }
        let is_lost = exchange.owner != Owner::Step && exchange.body_left == UNKNOWN;
        let pause_ms = if is_lost { STARVED_MS } else { 100 * u32::from(exchange.step.bound_ds()) };
        later(self.frames.last_read(), pause_ms)
    }
}

/// More than any answer has.
const UNKNOWN: usize = usize::MAX;

/// The first number of a command.
fn announced(command: &[u8]) -> usize {
    let number = command.split(|&byte| matches!(byte, b'=' | b',')).skip(1).find_map(line::number);
    number.and_then(|number| number.try_into().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_says_how_much_it_wants() {
        assert_eq!(announced(b"+QHTTPPOST=1024000,60,60"), 1_024_000);
        assert_eq!(announced(b"+UDWNFILE=\"wl-body\",12"), 12);
        assert_eq!((announced(b"+QHTTPURL=7"), announced(b"+QHTTPREAD"), announced(b"+X=-1")), (7, 0, 0));
    }
}
