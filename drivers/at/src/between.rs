//! What a driver asks and tells the engine between two operations.

use embassy_time::Instant;
use embedded_io_async::ErrorKind;

use crate::block::Block;
use crate::command::{Code, Command};
use crate::engine::Engine;
use crate::exchange::{Owner, Stage};
use crate::forms::Forms;
use crate::inbox::{Loss, Record};
use crate::job::Ending;
use crate::modem::Fault;
use crate::run::{End, State};
use crate::sort::keep_line;
use crate::step::shape;

/// What a dropped call leaves, see [`Engine::leaves`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The module knows nothing of the command.
    Nothing,
    /// The module gets the whole command and all of its data.
    Whole,
    /// The data had no room in the transmit buffer: blanks take the place of what was not written.
    Cut,
}

impl<'b, F: Forms> Engine<'b, F> {
    /// How the last operation ended, in one byte: a driver that has errors of its own makes them of it and of what follows
    /// here.
    pub fn end(&self) -> End {
        if let State::Over(end) = self.run.state { end } else { End::Done }
    }

    /// The command that was last sent.
    pub fn command(&self) -> Command {
        self.run.step.command()
    }

    /// The code of the last error.
    pub fn code(&self) -> Option<Code> {
        self.code
    }

    /// Why the port failed for good.
    pub fn port_error(&self) -> ErrorKind {
        self.port_error
    }

    /// How the last operation ended, as [`Modem::run`](crate::Modem::run) reports it.
    ///
    /// # Errors
    /// The fault that ended it.
    pub fn result(&self) -> Result<(), Fault> {
        let command = self.command();
        Err(Fault::Ending(match self.end() {
            End::Done => return Ok(()),
            End::Port => return Err(Fault::Port(self.port_error)),
            End::Stuck => return Err(Fault::Stuck),
            End::Silent => Ending::Silent(command),
            End::Error => Ending::Error { command, code: self.code },
            End::NoPrompt => Ending::NoPrompt(command),
            End::Restarted => Ending::Restarted,
            End::Ended => Ending::Ended,
            End::TooLong => Ending::TooLong(self.transmit.capacity().try_into().unwrap_or(u16::MAX)),
        }))
    }

    /// Says whether the module's echo is off, so that an echo is a sign of a restart.
    pub fn set_echo_off(&mut self, off: bool) {
        self.echo_off = off;
    }

    /// Says how many bytes the next counted line brings whose pattern has `=`: the module told it before, not there.
    pub fn announce(&mut self, count: usize) {
        self.frames.announce(count);
    }

    /// From now on steps may [send](crate::Step::sends) and [take](crate::Step::takes) streams.
    pub fn allow_streams(&mut self) {
        self.stream = Some(crate::stream::advance);
    }

    /// Keeps lines that nobody claims in the inbox, as records with this tag; `None` only counts them.
    pub fn keep_lines(&mut self, tag: Option<u8>) {
        self.kept_lines = tag;
        self.keep_line = Some(keep_line);
    }

    /// Sends nothing before `until`, unless the module shows before, by what it says, that it is awake.
    pub fn hold_until(&mut self, until: Instant) {
        self.frames.hold(until);
    }

    /// Which lines carry counted bytes from now on, in place of those that the dialect names.
    pub fn set_blocks(&mut self, blocks: &'static [Block]) {
        self.frames.set_blocks(blocks);
    }

    /// Whether a command that was dropped is unanswered, or an answer was missed.
    pub fn is_unsettled(&mut self) -> bool {
        self.inbox.release();
        self.disown();
        self.exchange.stage != Stage::Idle || self.out_of_step
    }

    /// What a dropped command that begins so still owes will not come: what it was for was ended.
    pub fn forgive(&mut self, command: &str) {
        self.owed.forgive(command.as_bytes());
    }

    /// As [`forgive`](Self::forgive), of a command whose call has just ended, too. One that is not answered yet is waited
    /// for, and owes no result behind its answer.
    pub fn forgive_dropped(&mut self, command: &str) {
        self.disown();
        self.forgive(command);
        if self.exchange.owner == Owner::Nobody && self.transmit.command().starts_with(command.as_bytes()) {
            self.exchange.settle(shape::RESULT);
        }
    }

    /// What a call leaves behind that is dropped now, while it runs a command that begins so.
    pub fn leaves(&self, command: &str) -> Left {
        let exchange = &self.exchange;
        // It may still wait for what an earlier one owes.
        if self.run.state == State::Next || self.is_unsent() || !self.transmit.command().starts_with(command.as_bytes())
        {
            Left::Nothing
        } else if exchange.body_kept || exchange.body_left == 0 {
            Left::Whole
        } else {
            Left::Cut
        }
    }

    /// Takes the news that a command was not answered since the last time, or that one whose call was dropped was refused.
    pub fn take_failure(&mut self) -> bool {
        core::mem::take(&mut self.failed)
    }

    /// A number that changes whenever something of what the module sent was lost, or claimed by nobody.
    pub fn mishaps(&self) -> u16 {
        self.strays.wrapping_add(self.frames.garbled).wrapping_add(self.inbox.lost())
    }

    /// Zeroes what the transmit buffer has of the data of the last command, which came to its end: it may be secret.
    pub fn wipe_body(&mut self) {
        self.transmit.wipe_body();
    }

    /// Whether the last command was dropped before its first byte was out, so that the module knows nothing of it.
    pub fn is_unsent(&self) -> bool {
        self.transmit.is_untouched()
    }

    /// The tag of the oldest record of the inbox, without lending it.
    pub fn front_tag(&self) -> Option<u8> {
        self.inbox.front_tag()
    }

    /// Whether the inbox has a record with this tag.
    pub fn has(&self, tag: u8) -> bool {
        self.inbox.has(tag)
    }

    /// Lends the oldest record with this tag until the next operation.
    pub fn front_of(&mut self, tag: u8) -> Option<Record<'_>> {
        self.inbox.front_of(tag)
    }

    /// Gives the oldest record with this tag another one.
    pub fn retag(&mut self, tag: u8, new: u8) {
        self.inbox.retag(tag, new);
    }

    /// Moves bytes out of the body of the oldest record with this tag; a record that is used up is gone. What was lent
    /// is released.
    pub fn read(&mut self, tag: u8, out: &mut [u8]) -> Option<usize> {
        self.inbox.read(tag, out)
    }

    /// How many bytes the transmit buffer has. Data that fit behind their command are sent whole although the call is
    /// dropped.
    pub fn transmit_capacity(&self) -> usize {
        self.transmit.capacity()
    }

    /// How long the body of a record without a head can be that the inbox has room for.
    pub fn room(&self) -> usize {
        self.inbox.room()
    }

    /// Whether [`take_loss`](Self::take_loss) has something to report.
    pub fn has_loss(&self) -> bool {
        self.inbox.has_loss()
    }

    /// Lends the oldest record of the inbox until the next operation.
    pub fn front(&mut self) -> Option<Record<'_>> {
        self.inbox.front()
    }

    /// Frees the record that was lent; the next operation does it, too.
    pub fn release(&mut self) {
        self.inbox.release();
    }

    /// Takes the report of lost records.
    pub fn take_loss(&mut self) -> Option<Loss> {
        self.inbox.take_loss()
    }

    /// When the module last sent something.
    pub fn last_read(&self) -> Instant {
        self.frames.last_read()
    }

    /// How many lines were too long, broken on the way or cut by an error of the port.
    pub fn garbled(&self) -> u16 {
        self.frames.garbled
    }

    /// How many lines nobody claimed.
    pub fn strays(&self) -> u16 {
        self.strays
    }

    /// Sets the hook that sees the lines of the wire, secrets redacted.
    #[cfg(feature = "trace")]
    pub fn set_trace(&mut self, trace: &'b mut dyn crate::Trace) {
        self.trace = Some(trace);
    }

    /// The transmit buffer, for the tests that secrets are wiped from it.
    #[doc(hidden)]
    pub fn transmit_buffer(&self) -> &[u8] {
        self.transmit.raw()
    }
}
