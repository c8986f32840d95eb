//! Whoever listens when nobody has work, and closes what was dropped.

use core::future::poll_fn;
use core::task::Poll;

use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_time::{Duration, Timer};
use wanlink_core::TcpSocket;

use super::desk::{RUNNER, Work};
use super::turn::Place;
use super::{Shared, news};

/// A module that cannot be listened to is listened to again after a turn of somebody, who may have healed it, or after
/// so long.
const DEAF: Duration = Duration::from_secs(10);

/// Runs a [`Shared`] module: without it nobody hears what the module says by itself, and no connection that was dropped
/// is closed.
pub struct Runner<'a, R: RawMutex, M: TcpSocket, const SEATS: usize = 16> {
    shared: &'a Shared<R, M, SEATS>,
}

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Runner<'a, R, M, SEATS> {
    pub(super) const fn new(shared: &'a Shared<R, M, SEATS>) -> Self {
        Self { shared }
    }

    /// To be polled as long as the module is shared, in a task of its own or joined with the others.
    ///
    /// Never ends: what fails is told to those who use the module. *Dropped*: the next call goes on.
    pub async fn run(&mut self) -> ! {
        let shared = self.shared;
        let _running = Running::new(shared);
        // The count of turns after which listening failed.
        let mut deaf_since = None;
        loop {
            let work = poll_fn(|context| {
                let work = shared.desk(|desk| {
                    let listens = deaf_since.is_none_or(|turns| turns != desk.turns());
                    desk.work(listens, context.waker())
                });
                work.map_or(Poll::Pending, Poll::Ready)
            });
            let work = match deaf_since {
                None => work.await,
                Some(_) => match select(work, Timer::after(DEAF)).await {
                    Either::First(work) => work,
                    Either::Second(()) => {
                        deaf_since = None;
                        continue;
                    }
                },
            };
            match work {
                Work::Listen => deaf_since = self.listen().await.err(),
                Work::Close { seat, socket } => {
                    let mut turn = Place::given(shared, seat).turn().await;
                    // All that can go wrong leaves no connection behind.
                    turn.close(socket).await.ok();
                    shared.desk(|desk| desk.closed(seat));
                    drop(turn);
                    shared.desk(|desk| desk.stand_up(seat));
                }
            }
        }
    }

    /// Takes what the module says, until somebody wants the module; fails with the count of turns so far.
    async fn listen(&self) -> Result<(), u32> {
        let shared = self.shared;
        let mut turn = Place::given(shared, RUNNER).turn().await;
        match select(turn.idle(), shared.wanted()).await {
            Either::First(Ok(notice)) => shared.desk(|desk| desk.tell(news::bit(notice))),
            Either::First(Err(_)) => {
                return Err(shared.desk(|desk| {
                    desk.tell(news::FAULT);
                    desk.turns()
                }));
            }
            Either::Second(()) => {}
        }
        Ok(())
    }
}

/// Says that there is a runner, until it is dropped.
struct Running<'a, R: RawMutex, M: TcpSocket, const SEATS: usize>(&'a Shared<R, M, SEATS>);

impl<'a, R: RawMutex, M: TcpSocket, const SEATS: usize> Running<'a, R, M, SEATS> {
    fn new(shared: &'a Shared<R, M, SEATS>) -> Self {
        shared.desk(|desk| desk.set_running(true));
        Self(shared)
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> Drop for Running<'_, R, M, SEATS> {
    fn drop(&mut self) {
        self.0.desk(|desk| desk.set_running(false));
    }
}
