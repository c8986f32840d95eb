//! Messages that are kept until the platform has them.
//!
//! An [`Outbox`] stands between an application that produces messages and an [`Uplink`] that is not always there. What it
//! was given it keeps, in [`Ram`] or in flash, until the platform acknowledged it: through reconnects, restarts of the
//! module and, in flash, of the microcontroller. Each message arrives at least once; one whose outcome is not known is
//! sent again, so that it can arrive twice.
//!
//! ```
//! use core::convert::Infallible;
//! use embassy_futures::select::{Either, select};
//! # use wanlink_emulator as _;
//! use wanlink_transports::outbox::{DeliverError, Outbox, OutboxError, Ram};
//! use wanlink_transports::{Downlink, topic};
//! # struct Sensor; impl Sensor { async fn next(&mut self) -> [u8; 4] { *b"21.5" } }
//!
//! /// Goes on while the session is down.
//! async fn produce(outbox: &Outbox<Ram<8192>>, sensor: &mut Sensor) -> Result<(), OutboxError<Infallible>> {
//!     loop {
//!         outbox.put(topic::user("update"), &sensor.next().await).await?;
//!     }
//! }
//!
//! async fn exchange<S: Downlink<Error: wanlink_core::Error>>(
//!     outbox: &Outbox<Ram<8192>>,
//!     session: &mut S,
//! ) -> Result<(), DeliverError<S::Error, Infallible>> {
//!     loop {
//!         match select(session.receive(), outbox.filled()).await {
//!             Either::First(message) => println!("{:?}", message.map_err(DeliverError::Uplink)?.payload),
//!             Either::Second(()) => outbox.deliver(session).await?,
//!         }
//!     }
//! }
//!
//! # async fn run<S: Downlink<Error: wanlink_core::Error>>(session: &mut S, sensor: &mut Sensor)
//! # -> Result<(), OutboxError<Infallible>> {
//! let outbox = Outbox::open(Ram::new()).await?;
//! select(produce(&outbox, sensor), exchange(&outbox, session)).await;
//! # Ok(())
//! # }
//! ```

mod book;
mod error;
#[cfg(feature = "flash")]
mod flash;
mod queue;
mod ram;
mod record;

use core::cell::Cell;

use embassy_futures::select::select;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::{Mutex, MutexGuard};
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::__private::is_mutant;
use wanlink_core::{Delivery, Error as _, ErrorKind, Qos};

use self::book::{Book, Doubt, Fate};
use crate::link::Uplink;
use crate::topic::Topic;

pub use self::book::Stats;
pub use self::error::{DeliverError, OutboxError};
#[cfg(feature = "flash")]
pub use self::flash::Flash;
pub use self::queue::Queue;
pub use self::ram::Ram;

/// What becomes of a message that finds no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WhenFull {
    /// The oldest ones make way for it, and are counted.
    #[default]
    DropOldest,
    /// It is refused, and its producer is told.
    Refuse,
}

/// Twice the keep-alive of a session, and a half.
const CONFIRM_AFTER: Duration = Duration::from_secs(750);

/// Messages of at most `LONGEST` bytes, two and their topic's text included, in a [`Queue`].
///
/// All methods take `&self`, so that a producer puts messages in while another future delivers. They are for one executor:
/// the outbox cannot be shared between cores or with an interrupt.
///
/// A message that the module only [accepted](Delivery::Accepted) stays, and is sent again after a loss of the connection.
/// It is taken for delivered when a message behind it was acknowledged, when the application [says so](Self::confirm), or
/// when the connection has outlived it by [some time](Self::confirm_after): a keep-alive that is answered says that all
/// before it arrived. A session notices a loss in its own methods only, so listen to it meanwhile.
pub struct Outbox<Q, const LONGEST: usize = 1088> {
    queue: Mutex<NoopRawMutex, Q>,
    filled: Signal<NoopRawMutex, ()>,
    book: Cell<Book>,
    when_full: WhenFull,
    confirm_after: Duration,
}

impl<Q: Queue, const LONGEST: usize> Outbox<Q, LONGEST> {
    /// An outbox with what the queue holds, as an earlier life of the program left it.
    ///
    /// *Dropped*: harmless.
    ///
    /// # Errors
    /// The queue cannot be read.
    pub async fn open(mut queue: Q) -> Result<Self, OutboxError<Q::Error>> {
        let mut kept = queue.count().await.map_err(OutboxError::Queue)?;
        while kept > 0 && is_mutant("what an earlier life left is thrown away") {
            queue.pop().await.map_err(OutboxError::Queue)?;
            kept -= 1;
        }
        Ok(Self {
            queue: Mutex::new(queue),
            filled: Signal::new(),
            book: Cell::new(Book::new(kept)),
            when_full: WhenFull::default(),
            confirm_after: CONFIRM_AFTER,
        })
    }

    /// Says what becomes of a message that finds no room; [`WhenFull::DropOldest`] from the start.
    #[must_use]
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Says how long a connection has to outlive what the module accepted, 750 s from the start: take two keep-alives and
    /// a half. Up to twice as long passes until such a message is taken for delivered.
    #[must_use]
    pub fn confirm_after(mut self, time: Duration) -> Self {
        self.confirm_after = time;
        self
    }

    /// Gives the queue back.
    pub fn into_inner(self) -> Q {
        self.queue.into_inner()
    }

    /// How many messages are kept.
    pub fn len(&self) -> u32 {
        self.book.get().kept()
    }

    /// Whether the platform has them all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What happened so far.
    pub fn stats(&self) -> Stats {
        self.book.get().stats
    }

    /// Keeps a message. When this returns, it is in the queue, and in flash if that is what the queue is made of.
    ///
    /// *Twice*: two messages. *Dropped*: it is kept or not, and the outbox knows which.
    ///
    /// # Errors
    /// It is longer than `LONGEST`, its topic cannot be published to, there is no room for it and
    /// [`WhenFull::Refuse`], or the queue failed.
    pub async fn put(&self, topic: Topic<'_>, payload: &[u8]) -> Result<(), OutboxError<Q::Error>> {
        let mut room = [0; LONGEST];
        let record = record::encode(topic, payload, &mut room)?;
        let mut queue = self.lock().await?;
        loop {
            self.edit(|book| book.doubt = Doubt::Next);
            let fits = queue.push(record).await.map_err(OutboxError::Queue)?;
            self.edit(|book| book.doubt = Doubt::Nothing);
            if fits {
                break;
            }
            if self.when_full == WhenFull::Refuse || self.is_empty() {
                self.edit(|book| book.stats.refused = book.stats.refused.wrapping_add(1));
                return Err(OutboxError::Full);
            }
            self.pop(&mut queue, Fate::Dropped).await.map_err(OutboxError::Queue)?;
        }
        self.edit(Book::put);
        self.filled.signal(());
        Ok(())
    }

    /// Waits until there is something for [`deliver`](Self::deliver) to do.
    ///
    /// *Dropped*: harmless.
    pub async fn filled(&self) {
        loop {
            let book = self.book.get();
            if book.is_due(self.confirm_after) {
                return;
            }
            match book.confirms_at(self.confirm_after) {
                Some(at) => _ = select(self.filled.wait(), Timer::at(at)).await,
                None => self.filled.wait().await,
            }
        }
    }

    /// Sends what is kept, the oldest first, until nothing is left to be sent.
    ///
    /// *Dropped*: the message that was on its way is sent again by the next call; no other is.
    ///
    /// # Errors
    /// That of the uplink, where all stays; only a message that cannot be sent at all (of kind `Misuse`, as one that is
    /// longer than the model takes) is dropped and counted. And that of the queue.
    pub async fn deliver<U: Uplink>(&self, uplink: &mut U) -> Result<(), DeliverError<U::Error, Q::Error>>
    where
        U::Error: wanlink_core::Error,
    {
        let mut room = [0; LONGEST];
        loop {
            self.review(uplink.connection()).await.map_err(DeliverError::Queue)?;
            if self.book.get().blocked {
                return Ok(());
            }
            let Some((number, length)) = self.next(&mut room).await.map_err(DeliverError::Queue)? else {
                return Ok(());
            };
            let Some((topic, payload)) = room.get(..length).and_then(record::decode) else {
                self.refuse(number).await.map_err(DeliverError::Queue)?;
                continue;
            };
            self.edit(|book| book.begin(number));
            if is_mutant("what is on its way has arrived") {
                self.settle(number, Fate::Delivered).await.map_err(DeliverError::Queue)?;
                uplink.publish(topic, payload, Qos::AtLeastOnce).await.map_err(DeliverError::Uplink)?;
                continue;
            }
            // The queue is free meanwhile: a producer may put.
            let result = uplink.publish(topic, payload, Qos::AtLeastOnce).await;
            self.review(uplink.connection()).await.map_err(DeliverError::Queue)?;
            match result {
                // It went over a new connection: those before it may be lost, and are sent before it once more.
                Ok(_) if self.book.get().is_behind(number) => {}
                Ok(Delivery::Accepted) => self.edit(|book| book.accepted(number)),
                Ok(_) => self.settle(number, Fate::Delivered).await.map_err(DeliverError::Queue)?,
                Err(error) if error.kind() == ErrorKind::Misuse => {
                    self.refuse(number).await.map_err(DeliverError::Queue)?;
                    return Err(DeliverError::Uplink(error));
                }
                Err(error) => {
                    self.edit(Book::in_doubt);
                    return Err(DeliverError::Uplink(error));
                }
            }
        }
    }

    /// The application knows that the platform has all that the module accepted: an answer came from the cloud.
    ///
    /// *Twice*: harmless. *Dropped*: the next call goes on.
    ///
    /// # Errors
    /// The queue failed.
    pub async fn confirm(&self) -> Result<(), OutboxError<Q::Error>> {
        let mut queue = self.lock().await?;
        let end = self.book.get().unsent();
        self.clear_to(&mut queue, end, Fate::Delivered).await.map_err(OutboxError::Queue)
    }

    /// Looks at what was accepted: it is delivered by now, or its connection is gone and it has to be sent again.
    async fn review(&self, connection: u32) -> Result<(), Q::Error> {
        let mut queue = self.locked().await?;
        if let Some(end) = self.edit(|book| book.review(connection, self.confirm_after)) {
            self.clear_to(&mut queue, end, Fate::Delivered).await?;
        }
        Ok(())
    }

    /// Number and length of the first message that was not sent.
    async fn next(&self, room: &mut [u8]) -> Result<Option<(u32, usize)>, Q::Error> {
        let mut queue = self.locked().await?;
        let book = self.book.get();
        Ok(queue.peek(book.accepted_count(), room).await?.map(|length| (book.unsent(), length)))
    }

    /// This message leaves for this reason, and those before it as delivered: what is acknowledged proves what came before it
    /// on the same connection.
    async fn settle(&self, number: u32, fate: Fate) -> Result<(), Q::Error> {
        let mut queue = self.locked().await?;
        if self.book.get().is_gone(number) {
            // It made way for another while it was on its way.
            self.edit(Book::saved);
            return Ok(());
        }
        self.clear_to(&mut queue, number, Fate::Delivered).await?;
        self.pop(&mut queue, fate).await
    }

    /// This message cannot be sent. It leaves from the front only: what was accepted before it is waited for.
    async fn refuse(&self, number: u32) -> Result<(), Q::Error> {
        if self.book.get().has_before(number) {
            self.edit(|book| book.blocked = true);
            return Ok(());
        }
        self.settle(number, Fate::Unfit).await
    }

    /// The messages before `end` leave.
    async fn clear_to(&self, queue: &mut Q, end: u32, fate: Fate) -> Result<(), Q::Error> {
        while self.book.get().has_before(end) {
            self.pop(queue, fate).await?;
        }
        Ok(())
    }

    async fn pop(&self, queue: &mut Q, fate: Fate) -> Result<(), Q::Error> {
        self.edit(|book| book.doubt = Doubt::First(fate));
        queue.pop().await?;
        self.edit(|book| book.left(fate));
        Ok(())
    }

    async fn lock(&self) -> Result<MutexGuard<'_, NoopRawMutex, Q>, OutboxError<Q::Error>> {
        self.locked().await.map_err(OutboxError::Queue)
    }

    /// The queue, and a book that is right: a call that was dropped, or failed, may have left a message more or less.
    async fn locked(&self) -> Result<MutexGuard<'_, NoopRawMutex, Q>, Q::Error> {
        let mut queue = self.queue.lock().await;
        if self.book.get().doubt != Doubt::Nothing {
            let kept = queue.count().await?;
            self.edit(|book| book.correct(kept));
        }
        Ok(queue)
    }

    fn edit<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let mut book = self.book.get();
        let result = change(&mut book);
        self.book.set(book);
        result
    }
}

/// The present, or a time that is never reached.
fn later(from: Instant, by: Duration) -> Instant {
    from.checked_add(by).unwrap_or(Instant::MAX)
}
