//! A session as the link that applications see.

use wanlink_core::{Delivery, Error, ErrorType, Inbound, Qos};

use super::{Observer, Session};
use crate::link::{Connect, Downlink, Request, Uplink};
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
        self.act(Request::Publish { topic, payload, qos }).await?;
        Ok(self.link.delivery())
    }

    /// Logins and losses together. A loss counts when the session has noticed it, which it does in its methods only.
    fn connection(&self) -> u32 {
        self.connection
    }
}

impl<L: Connect + Downlink, O: Observer, const FILTERS: usize> Downlink for Session<'_, L, O, FILTERS> {
    /// Keeps the filter for every connection to come, and subscribes it in this one.
    ///
    /// *Dropped*: the filter is kept, and whatever is called next subscribes it.
    fn subscribe(&mut self, filter: Topic<'_>) -> impl Future<Output = Result<(), L::Error>> {
        self.act(Request::Subscribe(filter))
    }

    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), L::Error> {
        self.filters.remove(filter);
        // Not in `act`: programs that never unsubscribe, as most, do not link it.
        loop {
            self.online().await?;
            match self.link.unsubscribe(filter).await {
                Err(error) if self.heals(error.kind()) => {}
                result => return result,
            }
        }
    }

    /// Waits for a message, and brings the session up again as often as it breaks meanwhile.
    fn ready(&mut self) -> impl Future<Output = Result<(), L::Error>> {
        self.act(Request::Ready)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.link.front()
    }
}
