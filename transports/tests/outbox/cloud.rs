//! An uplink that does as it is told, and a platform behind it that remembers.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;

use embassy_futures::yield_now;
use wanlink_core::{Delivery, Error, ErrorKind, ErrorType, Qos, TooLong};
use wanlink_emulator::{Script, World};
use wanlink_transports::outbox::{Outbox, Queue, Ram};
use wanlink_transports::topic::Topic;
use wanlink_transports::{Lost, Uplink, topic};

/// Why a publish failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) ErrorKind);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed: {:?}", self.0)
    }
}

impl std::error::Error for Failed {}

impl Error for Failed {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl From<Lost> for Failed {
    fn from(_: Lost) -> Self {
        Self(ErrorKind::Retry)
    }
}

impl From<TooLong> for Failed {
    fn from(_: TooLong) -> Self {
        Self(ErrorKind::Misuse)
    }
}

/// What becomes of a publish.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// It arrives, and this is told.
    Arrives(Delivery),
    /// It arrives or not, and nothing is told before this.
    Fails { arrives: bool, kind: ErrorKind },
    /// The session connects anew, and it arrives then.
    Reconnects(Delivery),
}

/// Both uplink and platform.
#[derive(Default)]
pub(crate) struct Cloud {
    pub(crate) outcomes: RefCell<VecDeque<Outcome>>,
    /// What arrived.
    pub(crate) arrived: RefCell<Vec<Vec<u8>>>,
    pub(crate) connection: Cell<u32>,
    /// Polls that a publish takes.
    pub(crate) polls: u32,
}

impl Cloud {
    pub(crate) fn with(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        Self { outcomes: RefCell::new(outcomes.into_iter().collect()), ..Self::default() }
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.arrived.borrow().iter().map(|payload| String::from_utf8(payload.clone()).unwrap()).collect()
    }

    fn arrive(&self, payload: &[u8]) {
        self.arrived.borrow_mut().push(payload.to_vec());
    }
}

impl ErrorType for &Cloud {
    type Error = Failed;
}

impl Uplink for &Cloud {
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Failed> {
        assert_eq!((topic, qos), (topic::user("update"), Qos::AtLeastOnce));
        for _ in 0..self.polls {
            yield_now().await;
        }
        let next = self.outcomes.borrow_mut().pop_front();
        match next.unwrap_or(Outcome::Arrives(Delivery::Acknowledged)) {
            Outcome::Arrives(delivery) => {
                self.arrive(payload);
                Ok(delivery)
            }
            Outcome::Fails { arrives, kind } => {
                if arrives {
                    self.arrive(payload);
                }
                Err(Failed(kind))
            }
            Outcome::Reconnects(delivery) => {
                self.connection.set(self.connection.get() + 2);
                self.arrive(payload);
                Ok(delivery)
            }
        }
    }

    fn connection(&self) -> u32 {
        self.connection.get()
    }
}

pub(crate) type Box64 = Outbox<Ram<64>, 32>;

/// Runs a test in virtual time.
pub(crate) fn in_world<T>(test: impl Future<Output = T>) -> T {
    World::new(1).run(&mut Script::new(), test).unwrap()
}

pub(crate) async fn open() -> Box64 {
    Outbox::open(Ram::new()).await.unwrap()
}

/// Keeps these messages.
pub(crate) async fn put<Q: Queue, const N: usize>(outbox: &Outbox<Q, N>, texts: &[&str]) {
    for text in texts {
        outbox.put(topic::user("update"), text.as_bytes()).await.unwrap();
    }
}
