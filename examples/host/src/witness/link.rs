//! A link under watch: what fails above the driver is told, too.

use embassy_time::Instant;
use wanlink_core::{Delivery, Error as _, ErrorType, Inbound, Qos};
use wanlink_transports::topic::Topic;
use wanlink_transports::{Connect, Downlink, LinkError, Request, Uplink};

use super::Ear;
use crate::cure::Explain;
use crate::failure::Failure;

/// The link `L`, and `ear` at it.
pub(crate) struct Overheard<'w, L> {
    link: L,
    ear: &'w dyn Ear,
}

impl<'w, L> Overheard<'w, L> {
    pub(crate) fn new(link: L, ear: &'w dyn Ear) -> Self {
        Self { link, ear }
    }
}

impl<L: ErrorType> ErrorType for Overheard<'_, L> {
    type Error = L::Error;
}

impl<L: Uplink> Uplink for Overheard<'_, L> {
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, L::Error> {
        self.link.publish(topic, payload, qos).await
    }

    fn connection(&self) -> u32 {
        self.link.connection()
    }
}

impl<L: Downlink> Downlink for Overheard<'_, L> {
    async fn subscribe(&mut self, filter: Topic<'_>) -> Result<(), L::Error> {
        self.link.subscribe(filter).await
    }

    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), L::Error> {
        self.link.unsubscribe(filter).await
    }

    async fn ready(&mut self) -> Result<(), L::Error> {
        self.link.ready().await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.link.front()
    }
}

impl<L: Connect> Connect for Overheard<'_, L>
where
    <L::Module as ErrorType>::Error: Explain,
{
    type Module = L::Module;

    const GIVES_REASON: bool = L::GIVES_REASON;

    const IS_CONNECTED: bool = L::IS_CONNECTED;

    fn module(&mut self) -> &mut L::Module {
        self.link.module()
    }

    fn check(&self) -> Result<(), L::Error> {
        self.link.check()
    }

    /// A session asks for everything here.
    async fn perform(&mut self, request: Request<'_>) -> Result<(), L::Error> {
        let result = self.link.perform(request).await;
        match &result {
            // Whoever watches the driver was told already.
            Ok(()) | Err(LinkError::Module(_)) => {}
            Err(error) => self.ear.failed(Failure::of(error), error.kind(), false),
        }
        result
    }

    fn delivery(&self) -> Delivery {
        self.link.delivery()
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.link.next_deadline()
    }

    async fn disconnect(&mut self) -> Result<(), L::Error> {
        self.link.disconnect().await
    }
}
