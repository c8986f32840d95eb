//! The traits for `&mut L`, so that an application may borrow a link instead of owning it.
#![deny(clippy::missing_trait_methods)]

use wanlink_core::{Delivery, Inbound, Message, Qos};

use crate::link::{Connect, Downlink, Uplink};
use crate::topic::Topic;

impl<L: Uplink + ?Sized> Uplink for &mut L {
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        L::publish(self, topic, payload, qos).await
    }
}

impl<L: Downlink + ?Sized> Downlink for &mut L {
    async fn subscribe(&mut self, filter: Topic<'_>) -> Result<(), Self::Error> {
        L::subscribe(self, filter).await
    }

    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), Self::Error> {
        L::unsubscribe(self, filter).await
    }

    async fn ready(&mut self) -> Result<(), Self::Error> {
        L::ready(self).await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        L::front(self)
    }

    async fn receive(&mut self) -> Result<Message<'_>, Self::Error> {
        L::receive(self).await
    }

    async fn receive_into<'b>(&mut self, buf: &'b mut [u8]) -> Result<Message<'b>, Self::Error> {
        L::receive_into(self, buf).await
    }
}

impl<L: Connect + ?Sized> Connect for &mut L {
    type Module = L::Module;

    const GIVES_REASON: bool = L::GIVES_REASON;

    fn module(&mut self) -> &mut L::Module {
        L::module(self)
    }

    fn check(&self) -> Result<(), Self::Error> {
        L::check(self)
    }

    async fn connect(&mut self) -> Result<(), Self::Error> {
        L::connect(self).await
    }

    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        L::disconnect(self).await
    }
}
