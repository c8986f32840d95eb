//! A session as the link that applications see.

use wanlink_core::{Delivery, Error, ErrorType, Inbound, Qos};

use super::{Observer, Session, Stage};
use crate::link::{Connect, Downlink, Uplink};
use crate::topic::Topic;

impl<L: Connect, O, const FILTERS: usize> ErrorType for Session<'_, L, O, FILTERS> {
    type Error = L::Error;
}

impl<L: Connect, O: Observer, const FILTERS: usize> Uplink for Session<'_, L, O, FILTERS> {
    /// Waits until the session is up and publishes.
    ///
    /// With QoS 1 it does so again after every failure that heals: the call returns when the message is delivered, or
    /// with an error that cannot heal, and the platform may get the message more than once. A message of QoS 0 is sent
    /// once; its failure is reported, and the next call heals.
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, L::Error> {
        loop {
            self.online().await?;
            match self.link.publish(topic, payload, qos).await {
                Ok(delivery) => {
                    self.forget_failures_when_steady();
                    return Ok(delivery);
                }
                Err(error) => {
                    if !self.heals(error.kind()) || qos == Qos::AtMostOnce {
                        return Err(error);
                    }
                }
            }
        }
    }
}

impl<L: Connect, O: Observer, const FILTERS: usize> Downlink for Session<'_, L, O, FILTERS> {
    /// Keeps the filter for every connection to come, and subscribes it in this one.
    ///
    /// *Dropped*: the filter is kept, and whatever is called next subscribes it.
    async fn subscribe(&mut self, filter: Topic<'_>) -> Result<(), L::Error> {
        self.filters.add(filter)?;
        self.stage = self.stage.min(Stage::Subscribe);
        self.online().await
    }

    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), L::Error> {
        self.filters.remove(filter);
        loop {
            self.online().await?;
            match self.link.unsubscribe(filter).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    if !self.heals(error.kind()) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Waits for a message, and brings the session up again as often as it breaks meanwhile.
    async fn ready(&mut self) -> Result<(), L::Error> {
        loop {
            self.online().await?;
            match self.link.ready().await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    if !self.heals(error.kind()) {
                        return Err(error);
                    }
                }
            }
        }
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.link.front()
    }
}
