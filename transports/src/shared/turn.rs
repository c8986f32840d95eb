//! The wait for the module, and the module in hand.

use core::future::poll_fn;
use core::ops::{Deref, DerefMut};
use core::task::Poll;

use embassy_futures::poll_once;
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_sync::mutex::MutexGuard;
use embassy_time::{Duration, Timer};
use wanlink_core::TcpSocket;

use super::{Shared, news};

/// A seat that is free again when the future is done or dropped, unless it was kept.
pub(super) struct Seat<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> {
    shared: &'a Shared<R, M, SEATS>,
    pub(super) index: u8,
}

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Seat<'a, R, M, SEATS> {
    pub(super) const fn new(shared: &'a Shared<R, M, SEATS>, index: u8) -> Self {
        Self { shared, index }
    }

    /// Somebody else looks after it now.
    pub(super) fn keep(self) -> u8 {
        let index = self.index;
        core::mem::forget(self);
        index
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Seat<'_, R, M, SEATS> {
    fn drop(&mut self) {
        self.shared.desk(|desk| desk.stand_up(self.index));
    }
}

/// A place in the line, or the turn itself; dropped, it is given up.
pub(super) struct Place<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> {
    shared: &'a Shared<R, M, SEATS>,
    index: u8,
}

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Place<'a, R, M, SEATS> {
    /// Stands in line until it is the turn of this seat.
    pub(super) async fn reached(shared: &'a Shared<R, M, SEATS>, index: u8) -> Self {
        let place = Self { shared, index };
        poll_fn(|context| match shared.desk(|desk| desk.has_turn(index, context.waker())) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        place
    }

    /// The turn that the desk gave to this seat, or to the runner.
    pub(super) const fn given(shared: &'a Shared<R, M, SEATS>, index: u8) -> Self {
        Self { shared, index }
    }

    /// The module, which is free: whoever had it gave its turn up after it.
    pub(super) async fn turn(self) -> Turn<'a, R, M, SEATS> {
        Turn { module: self.shared.module.lock().await, place: self }
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Place<'_, R, M, SEATS> {
    fn drop(&mut self) {
        self.shared.desk(|desk| desk.leave(self.index));
    }
}

/// The module in hand. What happened to the connections meanwhile is told when it is given back.
pub(super) struct Turn<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> {
    // Dropped in this order: the module is free before the next in line is told.
    module: MutexGuard<'a, R, M>,
    place: Place<'a, R, M, SEATS>,
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Turn<'_, R, M, SEATS> {
    /// Does what may wait long: drops it, with `None`, when it took `slice` and somebody else waits for the module.
    pub(super) async fn sliced<T>(&mut self, slice: Duration, act: impl AsyncFnOnce(&mut M) -> T) -> Option<T> {
        let shared = self.place.shared;
        let wanted = async {
            Timer::after(slice).await;
            shared.wanted().await;
        };
        match select(act(&mut self.module), wanted).await {
            Either::First(output) => Some(output),
            Either::Second(()) => None,
        }
    }

    /// Hears what the driver knows already and has not told, without waiting; tells it to all, and says whether there
    /// was anything. It also frees what the driver lent.
    pub(super) fn glance(&mut self) -> Poll<Result<(), M::Error>> {
        poll_once(self.module.idle()).map_ok(|notice| self.place.shared.desk(|desk| desk.tell(news::bit(notice))))
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Deref for Turn<'_, R, M, SEATS> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.module
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> DerefMut for Turn<'_, R, M, SEATS> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.module
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Turn<'_, R, M, SEATS> {
    fn drop(&mut self) {
        let module = &self.module;
        self.place.shared.desk(|desk| desk.observe(|socket| module.state(socket)));
    }
}
