//! What the driver knows of the module's sockets, and what unsolicited lines change in it.
//!
//! A program that opens none links the empty table only: what works on it is reached through [`Sockets::hook`], which
//! the first opening sets.

use embassy_time::{Instant, TICK_HZ};
use wanlink_core::{Notice, Socket};

use super::family::{Family, SocketFamily};
use super::operation::flag;
pub use super::socket_steps::{note, nothing_waits, prepare, prepare_open, take};
use super::state::State;
use crate::forms::allows_blocks;
use crate::{Effect, later};

/// How many sockets there are at most, of both protocols together, so that a number is a socket's whatever it speaks. Its
/// number in the module is the same, where the module lets us choose.
pub const COUNT: u8 = 12;

/// Flags of operations: whose commands.
pub const TCP: u8 = 1;
/// See [`TCP`].
pub const TLS: u8 = 2;
/// A command of the past is settled first.
pub const SETTLES: u8 = 4;
/// A read that does not listen.
pub const FETCHES: u8 = 8;

/// A socket that nothing was heard of for so long is read once, lest a lost line keep it waiting for ever: when a call
/// begins to wait, and while it waits.
const DOUBTED_AT_FIRST: u16 = beats(15);
const DOUBTED: u16 = beats(120);

/// The wait for room in the module's send buffer begins with a tenth of a second, and is doubled up to 12.8 s. With
/// the last of them it is 38 s in all.
const WAITS: u8 = 9;
const LONGEST_WAIT: u8 = 7;

/// What a socket speaks. With some families the two have commands and numbers of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Plain TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// Where a socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nobody's.
    Free,
    /// Open, and all that was told of was read.
    Idle,
    /// The module told of bytes, and has not said since that there are none.
    Readable,
    /// It may have bytes, or its end, that were told by a line that was lost.
    Doubted,
    /// The other end closed it; there may be bytes to read.
    Closing,
    /// It was closed before the last read was asked for.
    Draining,
    /// The other end closed it, and everything was read.
    Ended,
    /// The connection is gone.
    Cut,
}

#[derive(Clone, Copy)]
struct Slot {
    phase: Phase,
    /// How often it was opened, counted around.
    generation: u8,
    /// The [`beat`] of the last answer to a read.
    read_at: u16,
}

/// A read that the module was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// None, or its bytes have their owner.
    Nothing,
    /// It is the next command of the call that runs.
    Due(u8),
    /// Its call was dropped.
    Dropped(u8),
}

/// The data that the call that runs has under way.
#[derive(Clone, Copy)]
pub struct Writing {
    /// Of which socket.
    pub number: u8,
    /// It is not all that the call was given.
    pub is_part: bool,
    /// A part before it is out, so that without it the stream is not whole.
    pub is_rest: bool,
    /// Its command is the next, or out.
    pub is_due: bool,
    /// How often the module had no room for it.
    pub waits: u8,
}

/// What a program with sockets does with them, see the [module documentation](self).
pub struct Hook<F: Family> {
    /// Takes an unsolicited line about a socket.
    pub line: fn(&mut State<F>, u8, &[u8]) -> Effect,
    /// When a listening step is over.
    pub until: fn(&mut State<F>) -> Instant,
    /// See [`SocketFamily::EMPTY_IS_ERROR`].
    pub empty_is_error: bool,
}

impl<F: SocketFamily> Hook<F> {
    /// That of the family.
    pub const OF: &'static Self = {
        assert!(allows_blocks::<F>(F::BLOCKS), "the bytes of a socket come in a form that its family denies");
        &Self { line: F::socket_line, until, empty_is_error: F::EMPTY_IS_ERROR }
    };
}

/// Flags first, as in [`State`].
#[repr(C)]
pub struct Sockets<F: Family> {
    /// The read that was asked for.
    pub asked: Asked,
    /// Whose write was dropped, and has to come to a good end in the module.
    pub watched: Option<u8>,
    /// The data under way.
    pub writing: Option<Writing>,
    /// Something changed that [`Module::idle`](wanlink_core::Module::idle) has not told.
    pub news: bool,
    /// Where the search for a free number begins, so that one is not used again at once.
    next: u8,
    /// [`Engine::mishaps`](crate::Engine::mishaps) when it was asked.
    pub mishaps: u16,
    /// Which sockets are TLS sockets.
    tls: u16,
    /// Whose last data the module takes.
    taken: u16,
    /// Numbers that the module may have in use, a bit each: TCP, TLS.
    held: [u16; 2],
    /// Without it no socket is open.
    pub hook: Option<&'static Hook<F>>,
    slots: [Slot; COUNT as usize],
}

impl<F: Family> Sockets<F> {
    /// A constant, which is a `memset` to the compiler and not a loop.
    const FREE: [Slot; COUNT as usize] = [Slot { phase: Phase::Free, generation: 0, read_at: 0 }; COUNT as usize];

    /// None is open.
    pub(crate) const fn new() -> Self {
        Self {
            hook: None,
            slots: Self::FREE,
            held: [0; 2],
            tls: 0,
            taken: 0,
            news: false,
            asked: Asked::Nothing,
            mishaps: 0,
            writing: None,
            watched: None,
            next: 0,
        }
    }

    /// The number of a socket that its owner has not closed.
    pub fn number(&self, socket: Socket) -> Option<u8> {
        let slot = self.slots.get(usize::from(socket.index()))?;
        let is_owned = slot.phase != Phase::Free && slot.generation == socket.generation();
        is_owned.then_some(socket.index())
    }

    /// Where this socket stands.
    pub fn phase(&self, number: u8) -> Phase {
        match self.slots.get(usize::from(number)) {
            Some(slot) if slot.phase == Phase::Free || self.hook.is_some() => slot.phase,
            Some(_) => Phase::Cut,
            None => Phase::Free,
        }
    }

    /// Whether it can be written to.
    pub fn is_open(&self, number: u8) -> bool {
        matches!(self.phase(number), Phase::Idle | Phase::Readable | Phase::Doubted)
    }

    /// Says where this socket stands.
    #[inline(never)]
    pub fn set_phase(&mut self, number: u8, phase: Phase) {
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.phase = phase;
        }
    }

    /// What this socket speaks.
    pub fn protocol(&self, number: u8) -> Protocol {
        if self.tls & bit(number) == 0 { Protocol::Tcp } else { Protocol::Tls }
    }

    /// Whether the module takes all of this socket's last data.
    pub fn has_taken(&self, number: u8) -> bool {
        self.taken & bit(number) != 0
    }

    /// See [`has_taken`](Self::has_taken).
    pub fn set_taken(&mut self, number: u8, taken: bool) {
        self.taken = if taken { self.taken | bit(number) } else { self.taken & !bit(number) };
    }

    /// Nothing is known of the module's sockets; those of ours that were open are gone.
    pub fn forget(&mut self) {
        for slot in &mut self.slots {
            if slot.phase != Phase::Free {
                slot.phase = Phase::Cut;
            }
        }
        (self.held, self.asked, self.watched) = ([0; 2], Asked::Nothing, None);
    }

    /// Says whether the module has this number in use, or may have it.
    pub fn hold(&mut self, number: u8, protocol: Protocol, held: bool) {
        if let Some(numbers) = self.held.get_mut(protocol as usize)
            && number < COUNT
        {
            *numbers = if held { *numbers | bit(number) } else { *numbers & !bit(number) };
        }
    }

    /// A number for a new socket: a free one, else one whose owner has not closed what is gone.
    pub(crate) fn vacant(&self, first: u8, count: u8) -> Option<u8> {
        let mut gone = None;
        for further in 0..count {
            let number = first + (self.next + further) % count;
            match self.phase(number) {
                Phase::Free => return Some(number),
                Phase::Cut => gone = gone.or(Some(number)),
                _ => {}
            }
        }
        gone
    }

    /// A number that the module may have in use and no open socket of ours has, this one included.
    pub fn left_over(&self, number: u8) -> Option<(u8, Protocol)> {
        for (held, protocol) in self.held.iter().zip([Protocol::Tcp, Protocol::Tls]) {
            for other in 0..COUNT {
                let is_ours = self.phase(other) != Phase::Free && self.protocol(other) == protocol && other != number;
                if held & bit(other) != 0 && !is_ours {
                    return Some((other, protocol));
                }
            }
        }
        None
    }

    /// A socket is about to be opened under this number. What becomes of a dropped opening is not known.
    pub fn begin(&mut self, number: u8, protocol: Protocol) {
        self.set_phase(number, Phase::Free);
        self.hold(number, protocol, true);
        self.set_taken(number, false);
        self.tls = if protocol == Protocol::Tls { self.tls | bit(number) } else { self.tls & !bit(number) };
        self.next = (number + 1) % COUNT;
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.generation = slot.generation.wrapping_add(1);
        }
    }

    /// The socket of this number, as it is named now.
    pub fn socket(&self, number: u8) -> Socket {
        Socket::new(number, self.slots.get(usize::from(number)).map_or(0, |slot| slot.generation))
    }

    /// The module said that it is open.
    pub fn opened(&mut self, number: u8) {
        self.set_phase(number, Phase::Idle);
        self.was_read(number);
    }

    /// The module answered a read.
    pub fn was_read(&mut self, number: u8) {
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.read_at = beat();
        }
    }

    /// The stream is not whole any more, or there is none.
    pub fn cut(&mut self, number: u8) {
        if self.phase(number) != Phase::Free {
            self.set_phase(number, Phase::Cut);
            self.news = true;
        }
    }

    /// A call begins to wait for this socket, or to look whether something waits there.
    pub fn doubt_at_first(&mut self, number: u8) {
        if let Some(slot) = self.slots.get_mut(usize::from(number))
            && slot.phase == Phase::Idle
            && slot.age() >= DOUBTED_AT_FIRST
        {
            slot.phase = Phase::Doubted;
        }
    }

    /// The module had no room for the data: `false` when it has had none for too long.
    pub fn waits(&mut self) -> bool {
        self.writing.as_mut().is_some_and(|writing| {
            (writing.is_due, writing.waits) = (false, writing.waits + 1);
            writing.waits <= WAITS
        })
    }
}

impl Slot {
    /// Beats since the last answer to a read.
    fn age(&self) -> u16 {
        beat().wrapping_sub(self.read_at)
    }
}

impl<F: Family> State<F> {
    /// Has [`Module::idle`](wanlink_core::Module::idle) tell that a socket changed; whatever it tells first.
    pub fn tell_sockets(&mut self) {
        self.sockets.news = true;
        self.notice = self.notice.or(Some(Notice::Socket));
    }
}

/// Sockets that were not heard of for long are in doubt now; else it is until the first of them will be. A write that
/// waits for room has its own time.
fn until<F: Family>(state: &mut State<F>) -> Instant {
    let (now, sockets) = (Instant::now(), &mut state.sockets);
    if state.flags & flag::SOCKET == flag::SOCKET
        && let Some(Writing { waits, is_due: false, .. }) = sockets.writing
    {
        return later(now, 100 << waits.saturating_sub(1).min(LONGEST_WAIT));
    }
    let (mut left, mut news) = (None, false);
    for slot in sockets.slots.iter_mut().filter(|slot| slot.phase == Phase::Idle) {
        match DOUBTED.checked_sub(slot.age()) {
            None | Some(0) => (slot.phase, news) = (Phase::Doubted, true),
            Some(beats) => left = Some(left.map_or(beats, |left: u16| left.min(beats))),
        }
    }
    if news {
        state.tell_sockets();
    }
    left.map_or(Instant::MAX, |beats| Instant::from_ticks(now.as_ticks().saturating_add(u64::from(beats) << BEAT)))
}

const fn bit(number: u8) -> u16 {
    1 << (number & 15)
}

/// A beat is so many ticks long, as a power of 2: half a second to a second, whatever the clock's rate. A division of
/// 64 bits would cost more than all of the table.
const BEAT: u32 = TICK_HZ.ilog2();

/// The present, counted around.
fn beat() -> u16 {
    (Instant::now().as_ticks() >> BEAT) as u16
}

/// So many seconds.
const fn beats(seconds: u64) -> u16 {
    ((seconds * TICK_HZ) >> BEAT) as u16
}
