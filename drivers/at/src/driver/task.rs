//! What the owner of a socket asks for: which operations it takes, one after the other. What each of them leaves is in
//! [`left`](super::left).
//!
//! One sync function for all of it, over the engine without its port: it is linked once, and nothing of it stands in a
//! future.

use wanlink_core::{Error as _, ErrorKind, Socket, SocketReply, SocketRequest, Tls};

use super::error::Error;
use super::family::{Family, SocketFamily};
use super::left::{claim, closed, discard, has_read, number, review, room};
use super::lines::tag::BYTES_OF;
use super::operation::Operation;
use super::rule::check;
use super::sockets::{COUNT, FETCHES, Hook, Phase, Protocol, SETTLES, Writing};
use super::state::State;
use crate::{Arg, Engine};

/// A call on a socket.
#[repr(C)]
pub struct Task<'a, 't, F: Family> {
    request: SocketRequest<'a>,
    /// What opens.
    operation: &'static Operation<F>,
    /// What TLS has to be, where it opens a TLS socket.
    pub tls: Option<&'t Tls<'t>>,
    stage: Stage,
    /// Those of the next operation, see [`sockets`](super::sockets).
    pub flags: u8,
    /// [`FETCHES`] of a read that does not listen.
    reads: u8,
    /// The socket, and whose commands it takes; another one, while that is closed in favour of it.
    pub number: u8,
    /// See [`number`](Self::number).
    pub protocol: Protocol,
    /// How many bytes the next operation moves at most.
    pub count: usize,
    /// How much of the data is written, and the most of it that one command takes.
    written: usize,
    most: usize,
    /// How it ends.
    pub(crate) result: Result<SocketReply, Error<F>>,
}

/// What was asked of the module last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Nothing,
    List,
    LeftOver,
    /// What the call is for.
    All,
}

/// What comes next; nothing when the task is over.
type Next<F> = Option<&'static Operation<F>>;

impl<F: Family> Task<'_, '_, F> {
    /// Host and port of what is to be opened.
    pub fn host(&self) -> (&str, u16) {
        match self.request {
            SocketRequest::Open { host, port } => (host, port),
            _ => ("", 0),
        }
    }

    /// The data that are to be written next.
    pub fn data(&self) -> &[u8] {
        let SocketRequest::Write(_, data) = self.request else { return &[] };
        let rest = data.get(self.written..).unwrap_or_default();
        rest.get(..self.most).unwrap_or(rest)
    }
}

impl<'a, 't, F: SocketFamily> Task<'a, 't, F> {
    pub(crate) fn new(operation: &'static Operation<F>, request: SocketRequest<'a>, tls: Option<&'t Tls<'t>>) -> Self {
        let protocol = Self::protocol(tls);
        let (stage, result) = (Stage::Nothing, Ok(SocketReply::Done));
        Self {
            request,
            operation,
            tls,
            stage,
            flags: 0,
            reads: 0,
            number: 0,
            protocol,
            count: 0,
            written: 0,
            most: 1,
            result,
        }
    }

    fn protocol(tls: Option<&Tls<'_>>) -> Protocol {
        if F::TLS_APART && tls.is_some() { Protocol::Tls } else { Protocol::Tcp }
    }

    /// A read that never listens.
    pub(crate) fn fetch(socket: Socket, buf: &'a mut [u8]) -> Self {
        Self { reads: FETCHES, ..Self::new(F::READ, SocketRequest::Read(socket, buf), None) }
    }

    /// The call begins.
    pub(crate) fn begin(&mut self, engine: &mut Engine<'_, F>, state: &mut State<F>) {
        let (SocketRequest::Write(socket, _) | SocketRequest::Read(socket, _) | SocketRequest::Close(socket)) =
            self.request
        else {
            return;
        };
        match number(engine, state, socket) {
            Ok(number) => (self.number, self.protocol) = (number, state.sockets.protocol(number)),
            Err(error) => self.result = Err(error),
        }
        if let (SocketRequest::Write(..), Ok(_)) = (&self.request, self.result) {
            state.sockets.set_taken(self.number, false);
            // Each block has its room behind its command: a stream never holds what nobody wrote.
            self.most = match engine.transmit_capacity().saturating_sub(F::COMMAND_LEN) {
                0 => 1,
                most => most.min(F::MOST_WRITTEN),
            };
        }
    }

    /// Goes on behind an operation that ended so.
    #[inline(never)]
    pub(crate) fn next(
        &mut self,
        engine: &mut Engine<'_, F>,
        state: &mut State<F>,
        result: Result<(), Error<F>>,
    ) -> Next<F> {
        let next = match self.request {
            SocketRequest::Open { .. } => self.open(engine, state, result),
            SocketRequest::Close(_) => self.close(engine, state, result),
            _ if self.result.is_err() => return None,
            SocketRequest::Write(..) => self.write(engine, state, result),
            SocketRequest::Read(..) => self.read(engine, state, result),
        };
        match next {
            Ok(next) => next,
            Err(error) => {
                self.result = Err(error);
                None
            }
        }
    }

    fn open(
        &mut self,
        engine: &mut Engine<'_, F>,
        state: &mut State<F>,
        result: Result<(), Error<F>>,
    ) -> Result<Next<F>, Error<F>> {
        result?;
        match self.stage {
            Stage::Nothing => {
                check(&[Arg::Text(self.host().0.as_bytes())], self.operation.rules)?;
                review(engine, state);
                if state.sockets.hook.is_none() {
                    engine.set_blocks(F::BLOCKS);
                    state.sockets.forget();
                    (0..COUNT).for_each(|number| discard(engine, BYTES_OF + number));
                    self.stage = Stage::List;
                    return Ok(Some(F::LIST));
                }
            }
            Stage::List => state.sockets.hook = Some(Hook::OF),
            Stage::LeftOver => closed(engine, state, self.number, self.protocol),
            Stage::All => {
                self.result = Ok(SocketReply::Opened(state.sockets.socket(self.number)));
                return Ok(None);
            }
        }
        self.protocol = Self::protocol(self.tls);
        self.number = state.sockets.vacant(F::first(self.protocol), F::count(self.protocol)).ok_or(Error::NoSocket)?;
        if let Some((number, protocol)) = state.sockets.left_over(self.number) {
            (self.number, self.protocol, self.stage) = (number, protocol, Stage::LeftOver);
            return Ok(Some(F::CLOSE));
        }
        discard(engine, BYTES_OF + self.number);
        self.protocol = Self::protocol(self.tls);
        state.sockets.begin(self.number, self.protocol);
        self.stage = Stage::All;
        Ok(Some(self.operation))
    }

    fn write(
        &mut self,
        engine: &mut Engine<'_, F>,
        state: &mut State<F>,
        result: Result<(), Error<F>>,
    ) -> Result<Next<F>, Error<F>> {
        let SocketRequest::Write(_, data) = self.request else { return Ok(None) };
        if self.stage == Stage::All {
            engine.wipe_body();
            // Without it, an earlier write has come to its end.
            if state.sockets.writing.take().is_some() {
                let is_rest = self.written > 0;
                let is_full = matches!(result, Err(Error::SendBufferFull));
                if result.is_err() && (is_rest || !is_full) && !matches!(result, Err(Error::Disconnected)) {
                    state.sockets.cut(self.number);
                }
                if is_full && is_rest {
                    return Err(Error::Disconnected);
                }
                self.written += self.most;
            }
            result?;
        }
        self.stage = Stage::All;
        self.count = self.data().len();
        if self.count == 0 {
            state.sockets.set_taken(self.number, true);
            return Ok(None);
        }
        // What an earlier write left comes to its end first: without its data, these are not sent.
        self.flags = if engine.is_unsettled() { SETTLES } else { 0 };
        review(engine, state);
        if self.flags == 0 {
            let (number, is_part, is_rest) = (self.number, data.len() > self.most, self.written > 0);
            state.sockets.writing = Some(Writing { number, is_part, is_rest, is_due: false, waits: 0 });
            state.sockets.watched = state.sockets.watched.filter(|watched| *watched != number);
        }
        Ok(Some(F::WRITE))
    }

    fn read(
        &mut self,
        engine: &mut Engine<'_, F>,
        state: &mut State<F>,
        result: Result<(), Error<F>>,
    ) -> Result<Next<F>, Error<F>> {
        let SocketRequest::Read(_, buf) = &mut self.request else { return Ok(None) };
        let number = self.number;
        if self.stage == Stage::Nothing {
            engine.release();
            state.sockets.doubt_at_first(number);
            if self.reads == FETCHES && state.sockets.phase(number) == Phase::Idle {
                state.sockets.set_phase(number, Phase::Readable);
            }
            self.stage = Stage::All;
        } else {
            has_read(engine, state, result.is_err());
            result?;
        }
        let is_settled = claim(engine, state);
        let phase = state.sockets.phase(number);
        let read = if buf.is_empty() {
            Some(0)
        } else if state.down {
            return Err(Error::Restarted);
        } else if matches!(phase, Phase::Free | Phase::Cut) {
            return Err(Error::Disconnected);
        } else {
            engine.read(BYTES_OF + number, buf).or((phase == Phase::Ended).then_some(0))
        };
        if let Some(read) = read {
            self.result = Ok(SocketReply::Read(read));
            return Ok(None);
        }
        if is_settled {
            if phase == Phase::Idle && self.reads == FETCHES {
                return Ok(None);
            }
            state.sockets.mishaps = engine.mishaps();
        }
        self.flags = if is_settled { self.reads } else { SETTLES };
        self.count = room(engine, state).min(F::MOST_READ).min(buf.len());
        // What a dropped read brought may fill all of it, and waits for its `OK`.
        if self.count == 0 && is_settled {
            return Err(Error::InboxFull);
        }
        Ok(Some(F::READ))
    }

    fn close(
        &mut self,
        engine: &mut Engine<'_, F>,
        state: &mut State<F>,
        result: Result<(), Error<F>>,
    ) -> Result<Next<F>, Error<F>> {
        if self.stage == Stage::Nothing && self.result.is_ok() {
            state.sockets.set_phase(self.number, Phase::Free);
            discard(engine, BYTES_OF + self.number);
            if state.sockets.hook.is_some() {
                self.stage = Stage::All;
                return Ok(Some(F::CLOSE));
            }
        } else if self.stage == Stage::All {
            match result {
                Ok(()) => closed(engine, state, self.number, self.protocol),
                // The next opening tries once more.
                Err(error) if error.kind() != ErrorKind::Restart => {}
                Err(error) => return Err(error),
            }
        }
        self.result = Ok(SocketReply::Done);
        Ok(None)
    }
}
