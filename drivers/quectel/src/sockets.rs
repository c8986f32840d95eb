//! What the driver knows of the module's sockets, and what unsolicited lines change in it.
//!
//! A program that opens none links the empty table only: what works on it is reached through [`Sockets::hook`], which
//! the first opening sets.

use embassy_time::{Instant, TICK_HZ};
use wanlink_at::{Effect, fields, int, later};
use wanlink_core::{Notice, Socket};

use crate::operation::flag;
use crate::state::State;
use crate::urc::id;

/// Numbers go from 0 to 11 (TCP 2.3.6, SSL 2.3.3). A socket of ours has the same number in the module, and there are
/// no more of both families together, so that each number is ours for whatever an operation needs.
pub(crate) const COUNT: u8 = 12;

/// A socket that nothing was heard of for so long is read once, lest a lost line keep it waiting for ever: when a call
/// begins to wait, and while it waits.
const DOUBTED_AT_FIRST: u16 = beats(15);
const DOUBTED: u16 = beats(120);

/// The wait for room in the module's send buffer begins with a tenth of a second, and is doubled up to 12.8 s. With
/// the last of them it is 38 s in all.
const WAITS: u8 = 9;
const LONGEST_WAIT: u8 = 7;

/// TCP and TLS sockets have commands and numbers of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Tcp,
    Tls,
}

impl Family {
    /// Name of the command that sends.
    pub(crate) const fn send(self) -> &'static str {
        if matches!(self, Self::Tls) { "+QSSLSEND" } else { "+QISEND" }
    }

    /// Name of the command that reads.
    pub(crate) const fn read(self) -> &'static str {
        if matches!(self, Self::Tls) { "+QSSLRECV" } else { "+QIRD" }
    }
}

/// Where a socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
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
pub(crate) enum Asked {
    /// None, or its bytes have their owner.
    Nothing,
    /// It is the next command of the call that runs.
    Due(u8),
    /// Its call was dropped.
    Dropped(u8),
}

/// The data that the call that runs has under way.
#[derive(Clone, Copy)]
pub(crate) struct Writing {
    pub(crate) number: u8,
    /// It is not all that the call was given.
    pub(crate) is_part: bool,
    /// A part before it is out, so that without it the stream is not whole.
    pub(crate) is_rest: bool,
    /// Its command is the next, or out.
    pub(crate) is_due: bool,
    /// How often the module had no room for it.
    pub(crate) waits: u8,
}

/// What a program with sockets does with them, see the [module documentation](self).
pub(crate) struct Hook {
    /// Takes an unsolicited line about a socket.
    pub(crate) line: fn(&mut State, u8, &[u8]) -> Effect,
    /// When a listening step is over.
    pub(crate) until: fn(&mut State) -> Instant,
}

/// Takes the lines of sockets.
pub(crate) static HOOK: Hook = Hook { line: take_line, until };

/// Flags first, as in [`State`].
#[repr(C)]
pub(crate) struct Sockets {
    pub(crate) asked: Asked,
    /// Whose write was dropped, and has to come to a good end in the module.
    pub(crate) watched: Option<u8>,
    pub(crate) writing: Option<Writing>,
    /// Something changed that [`Module::idle`](wanlink_core::Module::idle) has not told.
    pub(crate) news: bool,
    /// Where the search for a free number begins, so that one is not used again at once.
    next: u8,
    /// [`Engine::mishaps`](wanlink_at::Engine::mishaps) when it was asked.
    pub(crate) mishaps: u16,
    /// Which sockets are TLS sockets.
    tls: u16,
    /// Whose last data the module takes.
    taken: u16,
    /// Numbers that the module may have in use, a bit each: TCP, TLS.
    held: [u16; 2],
    /// Without it no socket is open.
    pub(crate) hook: Option<&'static Hook>,
    slots: [Slot; COUNT as usize],
}

impl Sockets {
    /// A constant, which is a `memset` to the compiler and not a loop.
    const FREE: [Slot; COUNT as usize] = [Slot { phase: Phase::Free, generation: 0, read_at: 0 }; COUNT as usize];

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
    pub(crate) fn number(&self, socket: Socket) -> Option<u8> {
        let slot = self.slots.get(usize::from(socket.index()))?;
        let is_owned = slot.phase != Phase::Free && slot.generation == socket.generation();
        is_owned.then_some(socket.index())
    }

    pub(crate) fn phase(&self, number: u8) -> Phase {
        match self.slots.get(usize::from(number)) {
            Some(slot) if slot.phase == Phase::Free || self.hook.is_some() => slot.phase,
            Some(_) => Phase::Cut,
            None => Phase::Free,
        }
    }

    /// Whether it can be written to.
    pub(crate) fn is_open(&self, number: u8) -> bool {
        matches!(self.phase(number), Phase::Idle | Phase::Readable | Phase::Doubted)
    }

    #[inline(never)]
    pub(crate) fn set_phase(&mut self, number: u8, phase: Phase) {
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.phase = phase;
        }
    }

    pub(crate) fn family(&self, number: u8) -> Family {
        if self.tls & bit(number) == 0 { Family::Tcp } else { Family::Tls }
    }

    pub(crate) fn has_taken(&self, number: u8) -> bool {
        self.taken & bit(number) != 0
    }

    pub(crate) fn set_taken(&mut self, number: u8, taken: bool) {
        self.taken = if taken { self.taken | bit(number) } else { self.taken & !bit(number) };
    }

    /// Nothing is known of the module's sockets; those of ours that were open are gone.
    pub(crate) fn forget(&mut self) {
        for slot in &mut self.slots {
            if slot.phase != Phase::Free {
                slot.phase = Phase::Cut;
            }
        }
        (self.held, self.asked, self.watched) = ([0; 2], Asked::Nothing, None);
    }

    /// Says whether the module has this number in use, or may have it.
    pub(crate) fn hold(&mut self, number: u8, family: Family, held: bool) {
        if let Some(numbers) = self.held.get_mut(family as usize)
            && number < COUNT
        {
            *numbers = if held { *numbers | bit(number) } else { *numbers & !bit(number) };
        }
    }

    /// A number for a new socket: a free one, else one whose owner has not closed what is gone.
    pub(crate) fn vacant(&self) -> Option<u8> {
        let mut gone = None;
        for further in 0..COUNT {
            let number = (self.next + further) % COUNT;
            match self.phase(number) {
                Phase::Free => return Some(number),
                Phase::Cut => gone = gone.or(Some(number)),
                _ => {}
            }
        }
        gone
    }

    /// A number that the module may have in use and no open socket of ours has, this one included.
    pub(crate) fn left_over(&self, number: u8) -> Option<(u8, Family)> {
        for (held, family) in self.held.iter().zip([Family::Tcp, Family::Tls]) {
            for other in 0..COUNT {
                let is_ours = self.phase(other) != Phase::Free && self.family(other) == family && other != number;
                if held & bit(other) != 0 && !is_ours {
                    return Some((other, family));
                }
            }
        }
        None
    }

    /// A socket is about to be opened under this number. What becomes of a dropped opening is not known.
    pub(crate) fn begin(&mut self, number: u8, family: Family) {
        self.set_phase(number, Phase::Free);
        self.hold(number, family, true);
        self.set_taken(number, false);
        self.tls = if family == Family::Tls { self.tls | bit(number) } else { self.tls & !bit(number) };
        self.next = (number + 1) % COUNT;
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.generation = slot.generation.wrapping_add(1);
        }
    }

    /// The socket of this number, as it is named now.
    pub(crate) fn socket(&self, number: u8) -> Socket {
        Socket::new(number, self.slots.get(usize::from(number)).map_or(0, |slot| slot.generation))
    }

    /// The module said that it is open.
    pub(crate) fn opened(&mut self, number: u8) {
        self.set_phase(number, Phase::Idle);
        self.was_read(number);
    }

    /// The module answered a read.
    pub(crate) fn was_read(&mut self, number: u8) {
        if let Some(slot) = self.slots.get_mut(usize::from(number)) {
            slot.read_at = beat();
        }
    }

    /// The stream is not whole any more, or there is none.
    pub(crate) fn cut(&mut self, number: u8) {
        if self.phase(number) != Phase::Free {
            self.set_phase(number, Phase::Cut);
            self.news = true;
        }
    }

    /// A call begins to wait for this socket, or to look whether something waits there.
    pub(crate) fn doubt_at_first(&mut self, number: u8) {
        if let Some(slot) = self.slots.get_mut(usize::from(number))
            && slot.phase == Phase::Idle
            && slot.age() >= DOUBTED_AT_FIRST
        {
            slot.phase = Phase::Doubted;
        }
    }

    /// The module had no room for the data: `false` when it has had none for too long.
    pub(crate) fn waits(&mut self) -> bool {
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

impl State {
    /// Has [`Module::idle`](wanlink_core::Module::idle) tell that a socket changed; whatever it tells first.
    fn tell_sockets(&mut self) {
        self.sockets.news = true;
        self.notice = self.notice.or(Some(Notice::Socket));
    }
}

fn take_line(state: &mut State, id: u8, line: &[u8]) -> Effect {
    let family = if id == id::TLS { Family::Tls } else { Family::Tcp };
    let sockets = &mut state.sockets;
    let Some(number) = int(line, 1).and_then(|number| u8::try_from(number).ok()) else { return Effect::None };
    if sockets.family(number) != family {
        return Effect::None;
    }
    let next = match (fields(line).next(), sockets.phase(number)) {
        (Some(what), Phase::Idle | Phase::Doubted) if what == b"\"recv\"" => Phase::Readable,
        (Some(what), Phase::Idle | Phase::Doubted | Phase::Readable) if what == b"\"closed\"" => Phase::Closing,
        _ => return Effect::None,
    };
    sockets.set_phase(number, next);
    state.tell_sockets();
    Effect::Woken
}

/// Sockets that were not heard of for long are in doubt now; else it is until the first of them will be. A write that
/// waits for room has its own time.
fn until(state: &mut State) -> Instant {
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
