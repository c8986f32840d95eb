//! Who sits where, whose turn it is, and what is known of the sockets: no waiting, no module, no port.

use core::task::Waker;

use heapless::Vec;
use wanlink_core::{Notice, Socket, SocketState};

use super::news;

/// Whoever listens when nobody has work. It has no seat: it never waits in the line.
pub(super) const RUNNER: u8 = u8::MAX;

/// Who sits on a seat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sitter {
    Nobody,
    /// A task, or a future that waits beside its others.
    Task,
    /// A connection, and the handle that opened it for a link.
    Socket {
        socket: Socket,
        handle: Option<u8>,
    },
    /// A connection that nobody has any longer, until the runner has closed it.
    Closing(Socket),
}

#[derive(Clone)]
struct Seat {
    sitter: Sitter,
    /// As it was after the last turn of anybody.
    state: SocketState,
    news: u8,
    waker: Option<Waker>,
}

/// The seats and the line of those who wait for the module.
pub(super) struct Desk<const N: usize> {
    seats: [Seat; N],
    /// First come, first served; each seat stands in it once at most.
    line: Vec<u8, N>,
    /// Who has the module, or was given it and will look soon.
    holder: Option<u8>,
    /// Of the holder, if it gives the module up when others wait.
    bell: Option<Waker>,
    runner: Option<Waker>,
    runs: bool,
    /// How many turns there were.
    turns: u32,
    /// How often the module was started by a handle.
    life: u16,
}

impl<const N: usize> Desk<N> {
    const FREE: Seat = Seat { sitter: Sitter::Nobody, state: SocketState::Closed, news: 0, waker: None };

    pub(super) const fn new() -> Self {
        const { assert!(N > 0 && N < RUNNER as usize, "there are 1 to 254 seats") };
        Self {
            seats: [Self::FREE; N],
            line: Vec::new(),
            holder: None,
            bell: None,
            runner: None,
            runs: false,
            turns: 0,
            life: 0,
        }
    }

    /// A seat for a task.
    pub(super) fn sit(&mut self) -> Option<u8> {
        let index = self.seats.iter().position(|seat| seat.sitter == Sitter::Nobody)?;
        self.seats[index] = Seat { sitter: Sitter::Task, ..Self::FREE };
        u8::try_from(index).ok()
    }

    /// The task on this seat became a connection, which was just opened.
    pub(super) fn opened(&mut self, index: u8, socket: Socket, handle: Option<u8>, state: SocketState) {
        if let Some(seat) = self.seat(index) {
            (seat.sitter, seat.state) = (Sitter::Socket { socket, handle }, state);
        }
    }

    /// The seat is free again. Nobody waits on it any longer.
    pub(super) fn stand_up(&mut self, index: u8) {
        if let Some(seat) = self.seat(index) {
            *seat = Self::FREE;
        }
    }

    /// Nobody has this connection any longer: the runner closes it when its turn comes.
    pub(super) fn abandon(&mut self, index: u8) {
        let Some(seat) = self.seat(index) else { return };
        if let Sitter::Socket { socket, .. } = seat.sitter {
            *seat = Seat { sitter: Sitter::Closing(socket), ..Self::FREE };
            self.queue(index);
        }
    }

    /// The runner closed it; the seat is its own until it stands up.
    pub(super) fn closed(&mut self, index: u8) {
        if let Some(seat) = self.seat(index) {
            *seat = Seat { sitter: Sitter::Task, ..Self::FREE };
        }
    }

    /// The handle on this seat is gone, and its connections with it.
    pub(super) fn abandon_all(&mut self, handle: u8) {
        for index in self.indices() {
            let sitter = self.seat(index).map(|seat| seat.sitter);
            if matches!(sitter, Some(Sitter::Socket { handle: Some(owner), .. }) if owner == handle) {
                self.abandon(index);
            }
        }
        self.stand_up(handle);
    }

    /// Where this handle's connection sits.
    pub(super) fn find(&mut self, handle: u8, wanted: Socket) -> Option<u8> {
        self.indices().find(|&index| {
            let sitter = Sitter::Socket { socket: wanted, handle: Some(handle) };
            self.seats.get(usize::from(index)).is_some_and(|seat| seat.sitter == sitter)
        })
    }

    /// Whether it is this seat's turn; if not, it stands in line from now on and is woken then.
    pub(super) fn has_turn(&mut self, index: u8, waker: &Waker) -> bool {
        if self.holder.is_none() {
            self.line.retain(|&other| other != index);
            self.holder = Some(index);
        }
        if self.holder == Some(index) {
            return true;
        }
        if let Some(seat) = self.seat(index) {
            keep(&mut seat.waker, waker);
        }
        if !self.line.contains(&index) {
            self.queue(index);
        }
        false
    }

    /// What the runner has to do: listen, if it wants to, or close this connection.
    pub(super) fn work(&mut self, listens: bool, waker: &Waker) -> Option<Work> {
        match self.holder {
            None if listens => {
                self.holder = Some(RUNNER);
                return Some(Work::Listen);
            }
            Some(index) => {
                if let Some(&Seat { sitter: Sitter::Closing(socket), .. }) = self.seats.get(usize::from(index)) {
                    return Some(Work::Close { seat: index, socket });
                }
            }
            None => {}
        }
        keep(&mut self.runner, waker);
        None
    }

    /// The runner begins or ends its work. Without it connections that were dropped are not closed, and nobody waits
    /// for that.
    pub(super) fn set_running(&mut self, runs: bool) {
        self.runs = runs;
        match self.holder {
            None => self.next(),
            Some(index) if !runs && self.is_closing(index) => self.leave(index),
            Some(_) => {}
        }
    }

    /// Gives the turn up, or the place in the line.
    pub(super) fn leave(&mut self, index: u8) {
        self.line.retain(|&other| other != index);
        if self.is_closing(index) {
            // It was not closed yet.
            self.line.push(index).ok();
        }
        if self.holder == Some(index) {
            if index != RUNNER {
                self.turns = self.turns.wrapping_add(1);
            }
            self.bell = None;
            self.next();
        }
    }

    /// Whether somebody waits for the module; if not, the holder is woken then.
    pub(super) fn is_wanted(&mut self, waker: &Waker) -> bool {
        if self.first().is_some() {
            return true;
        }
        keep(&mut self.bell, waker);
        false
    }

    /// Takes what the driver knows of each connection now, and wakes whom it concerns.
    pub(super) fn observe(&mut self, state: impl Fn(Socket) -> SocketState) {
        for seat in &mut self.seats {
            if let Sitter::Socket { socket, .. } = seat.sitter {
                let now = state(socket);
                if core::mem::replace(&mut seat.state, now) != now {
                    wake(&mut seat.waker);
                }
            }
        }
    }

    /// What is known of the connection on this seat.
    pub(super) fn state(&self, index: u8) -> SocketState {
        self.seats.get(usize::from(index)).map_or(SocketState::Closed, |seat| seat.state)
    }

    /// The same when there is something to do; else the seat is woken then.
    pub(super) fn stirred(&mut self, index: u8, waker: &Waker) -> Option<SocketState> {
        let seat = self.seat(index)?;
        if seat.state != SocketState::Idle {
            return Some(seat.state);
        }
        keep(&mut seat.waker, waker);
        None
    }

    /// Tells every task.
    pub(super) fn tell(&mut self, bits: u8) {
        for seat in self.seats.iter_mut().filter(|seat| seat.sitter == Sitter::Task) {
            seat.news |= bits;
            wake(&mut seat.waker);
        }
    }

    /// The next thing that the task on this seat was told.
    pub(super) fn take_notice(&mut self, index: u8) -> Option<Notice> {
        let seat = self.seat(index)?;
        seat.news &= !news::FAULT;
        let first = seat.news & seat.news.wrapping_neg();
        seat.news &= !first;
        news::notice(first)
    }

    /// Whether it was told something of these kinds since it last asked.
    #[cfg(feature = "mqtt")]
    pub(super) fn take_news(&mut self, index: u8, kinds: u8) -> bool {
        self.seat(index).is_some_and(|seat| {
            let told = seat.news & kinds;
            seat.news &= !kinds;
            told != 0
        })
    }

    /// Whether there is such news; if not, the task is woken then.
    pub(super) fn is_told(&mut self, index: u8, kinds: u8, waker: &Waker) -> bool {
        let Some(seat) = self.seat(index) else { return true };
        if seat.news & kinds == 0 {
            keep(&mut seat.waker, waker);
        }
        seat.news & kinds != 0
    }

    pub(super) const fn turns(&self) -> u32 {
        self.turns
    }

    pub(super) const fn life(&self) -> u16 {
        self.life
    }

    /// The module was started.
    pub(super) const fn began_life(&mut self) -> u16 {
        self.life = self.life.wrapping_add(1);
        self.life
    }

    fn seat(&mut self, index: u8) -> Option<&mut Seat> {
        self.seats.get_mut(usize::from(index))
    }

    fn indices(&self) -> impl Iterator<Item = u8> + use<N> {
        (0..).take(N)
    }

    fn is_closing(&self, index: u8) -> bool {
        self.seats.get(usize::from(index)).is_some_and(|seat| matches!(seat.sitter, Sitter::Closing(_)))
    }

    fn queue(&mut self, index: u8) {
        // There is a place for each seat.
        self.line.push(index).ok();
        if self.holder.is_none() {
            self.next();
        } else if self.first().is_some() {
            wake(&mut self.bell);
        }
    }

    /// The first in the line who can have a turn: a connection that was dropped has it by the runner.
    fn first(&self) -> Option<usize> {
        self.line.iter().position(|&index| self.runs || !self.is_closing(index))
    }

    /// Passes the module on.
    fn next(&mut self) {
        self.holder = None;
        let Some(place) = self.first() else { return wake(&mut self.runner) };
        let index = self.line.remove(place);
        self.holder = Some(index);
        if self.is_closing(index) {
            wake(&mut self.runner);
        } else if let Some(seat) = self.seat(index) {
            wake(&mut seat.waker);
        }
    }
}

/// What the runner has to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Work {
    Listen,
    Close { seat: u8, socket: Socket },
}

fn keep(place: &mut Option<Waker>, waker: &Waker) {
    match place {
        Some(kept) if kept.will_wake(waker) => {}
        _ => *place = Some(waker.clone()),
    }
}

fn wake(place: &mut Option<Waker>) {
    if let Some(waker) = place.take() {
        waker.wake();
    }
}
