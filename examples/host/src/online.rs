//! A device on line, over a session whose type nobody needs to know: models, paths, protections and methods of signing
//! are compiled once, and not once for each command of the program.

mod device;

use std::fmt;
use std::future::pending;
use std::pin::Pin;

use wanlink_core::{Delivery, ErrorKind, ErrorType, Inbound, Info, Module, Qos};
use wanlink_transports::topic::Topic;
use wanlink_transports::{Connect, Downlink, Event, LinkError, Session, Uplink};

use crate::cure::Explain;
use crate::failure::Failure;
use crate::pairing::Driver;
use crate::witness::Witness;

pub(crate) use self::device::{Device, Setting};

/// Room for filters, in bytes.
const FILTERS: usize = 8192;

/// A call that is under way.
pub(crate) type Step<'s, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + 's>>;

/// An error of a driver or a session, without its type.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub(crate) kind: ErrorKind,
    pub(crate) failure: Failure,
}

impl Trouble {
    fn of(error: &impl Explain) -> Self {
        Self { kind: error.kind(), failure: Failure::of(error) }
    }
}

/// The error's own text.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.failure.message())
    }
}

impl std::error::Error for Trouble {}

impl wanlink_core::Error for Trouble {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure
    }
}

/// A module that can be asked who it is, before it is known as whom the device logs in.
pub(crate) trait Describe {
    fn start(&mut self) -> Step<'_, ()>;

    fn describe(&mut self) -> Step<'_, Info>;
}

impl<M: Driver> Describe for Witness<'_, M> {
    fn start(&mut self) -> Step<'_, ()> {
        Box::pin(async { Module::start(self).await.map_err(|error| Trouble::of(&error)) })
    }

    fn describe(&mut self) -> Step<'_, Info> {
        Box::pin(async { Module::describe(self).await.map_err(|error| Trouble::of(&error)) })
    }
}

/// What commands do with a [`Session`]; contracts are those of its methods.
pub(crate) trait Online {
    fn online(&mut self) -> Step<'_, ()>;

    fn publish<'s>(&'s mut self, topic: Topic<'s>, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery>;

    fn disconnect(&mut self) -> Step<'_, ()>;

    fn resume(&mut self);

    /// Changes when a connection is lost or made.
    fn connection(&self) -> u32;

    /// Asks the module who it is.
    fn describe(&mut self) -> Step<'_, Info>;

    /// What comes from the platform; `None` on a path that nothing comes down.
    fn downlink(&mut self) -> Option<&mut dyn Listen>;
}

/// What commands do with a session that messages come down.
pub(crate) trait Listen {
    fn subscribe<'s>(&'s mut self, filter: Topic<'s>) -> Step<'s, ()>;

    fn ready(&mut self) -> Step<'_, ()>;

    fn front(&mut self) -> Option<Inbound<'_>>;
}

/// Waits for something to come from the platform; for ever on a path that nothing comes down.
pub(crate) async fn ready(session: &mut dyn Online) -> Result<(), Trouble> {
    match session.downlink() {
        Some(downlink) => downlink.ready().await,
        None => pending().await,
    }
}

type AnySession<'a, L> = Session<'a, L, &'a dyn Fn(Event), FILTERS>;

/// A session, and how to listen to it if that is possible.
struct Held<'a, L> {
    session: AnySession<'a, L>,
    listen: Option<for<'s> fn(&'s mut AnySession<'a, L>) -> &'s mut (dyn Listen + 's)>,
}

impl<L: Connect> Online for Held<'_, L>
where
    <L::Module as ErrorType>::Error: Explain,
{
    fn online(&mut self) -> Step<'_, ()> {
        step(self.session.online())
    }

    fn publish<'s>(&'s mut self, topic: Topic<'s>, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery> {
        step(self.session.publish(topic, payload, qos))
    }

    fn disconnect(&mut self) -> Step<'_, ()> {
        step(self.session.disconnect())
    }

    fn resume(&mut self) {
        self.session.resume();
    }

    fn connection(&self) -> u32 {
        self.session.connection()
    }

    fn describe(&mut self) -> Step<'_, Info> {
        step(async { self.session.link().module().describe().await.map_err(LinkError::Module) })
    }

    fn downlink(&mut self) -> Option<&mut dyn Listen> {
        self.listen.map(|listen| listen(&mut self.session))
    }
}

impl<L: Connect + Downlink> Listen for AnySession<'_, L>
where
    <L::Module as ErrorType>::Error: Explain,
{
    fn subscribe<'s>(&'s mut self, filter: Topic<'s>) -> Step<'s, ()> {
        step(Downlink::subscribe(self, filter))
    }

    fn ready(&mut self) -> Step<'_, ()> {
        step(Downlink::ready(self))
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        Downlink::front(self)
    }
}

pub(crate) fn step<'s, T, E: Explain>(call: impl Future<Output = Result<T, E>> + 's) -> Step<'s, T> {
    Box::pin(async { call.await.map_err(|error| Trouble::of(&error)) })
}
