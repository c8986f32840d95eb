//! The traits for `&mut L`, so that an application may borrow a link instead of owning it.
//!
//! The futures are handed on as they are: an `async fn` around each would be a state machine more.
#![deny(clippy::missing_trait_methods)]

use embassy_time::Instant;
use wanlink_core::{Delivery, Inbound, Message, Qos};

use crate::link::{Connect, Downlink, Request, Uplink};
use crate::topic::Topic;

impl<L: Uplink + ?Sized> Uplink for &mut L {
    fn publish(
        &mut self,
        topic: Topic<'_>,
        payload: &[u8],
        qos: Qos,
    ) -> impl Future<Output = Result<Delivery, Self::Error>> {
        L::publish(self, topic, payload, qos)
    }

    fn connection(&self) -> u32 {
        L::connection(self)
    }
}

impl<L: Downlink + ?Sized> Downlink for &mut L {
    fn subscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        L::subscribe(self, filter)
    }

    fn unsubscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        L::unsubscribe(self, filter)
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        L::ready(self)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        L::front(self)
    }

    fn receive(&mut self) -> impl Future<Output = Result<Message<'_>, Self::Error>> {
        L::receive(self)
    }

    fn receive_into<'b>(&mut self, buf: &'b mut [u8]) -> impl Future<Output = Result<Message<'b>, Self::Error>> {
        L::receive_into(self, buf)
    }
}

impl<L: Connect + ?Sized> Connect for &mut L {
    type Module = L::Module;

    const GIVES_REASON: bool = L::GIVES_REASON;

    const IS_CONNECTED: bool = L::IS_CONNECTED;

    fn module(&mut self) -> &mut L::Module {
        L::module(self)
    }

    fn check(&self) -> Result<(), Self::Error> {
        L::check(self)
    }

    fn perform(&mut self, request: Request<'_>) -> impl Future<Output = Result<(), Self::Error>> {
        L::perform(self, request)
    }

    fn delivery(&self) -> Delivery {
        L::delivery(self)
    }

    fn next_deadline(&self) -> Option<Instant> {
        L::next_deadline(self)
    }

    fn connect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        L::connect(self)
    }

    fn disconnect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        L::disconnect(self)
    }
}
