//! What applications are written against.

use embassy_time::Instant;
use wanlink_core::{Argument, Delivery, ErrorType, Inbound, Message, Module, Qos, TooLong};

use crate::error::{LinkError, Lost};
use crate::topic::Topic;

/// Messages to the platform.
pub trait Uplink: ErrorType {
    /// Publishes, and says how far the message is known to have come.
    ///
    /// *Twice*: two messages. *Dropped*: the outcome is unknown. Releases the message that [`Downlink::front`] lent.
    async fn publish(&mut self, topic: Topic<'_>, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error>;

    /// A number that changes when a connection is lost or made. As long as it stays, nothing has cut off what was
    /// [`Accepted`](Delivery::Accepted) before. Always 0 where nobody counts.
    fn connection(&self) -> u32 {
        0
    }
}

/// Messages in both directions.
///
/// A message is lent from the driver's inbox, so there is no second buffer; while it lives, nothing else can be called.
/// An arm that wants to answer with the message's own bytes takes [`receive_into`](Self::receive_into).
pub trait Downlink: Uplink<Error: From<Lost> + From<TooLong>> {
    /// Subscribes. The platform delivers with the QoS of the publisher, whatever a subscriber asks for.
    ///
    /// *Twice*: harmless. *Dropped*: unknown, and calling again is harmless.
    async fn subscribe(&mut self, filter: Topic<'_>) -> Result<(), Self::Error>;

    /// Ends a subscription. *Twice* and *dropped*: as [`subscribe`](Self::subscribe).
    async fn unsubscribe(&mut self, filter: Topic<'_>) -> Result<(), Self::Error>;

    /// Waits until [`front`](Self::front) has something to lend, after releasing what it lent before.
    ///
    /// *Dropped*: loses nothing.
    async fn ready(&mut self) -> Result<(), Self::Error>;

    /// Lends the oldest message, or the news that some were lost, until the next call; `None` when
    /// [`ready`](Self::ready) would wait. Asking again lends the same one.
    fn front(&mut self) -> Option<Inbound<'_>>;

    /// Waits for a message and lends it: [`ready`](Self::ready), then [`front`](Self::front).
    ///
    /// *Dropped*: loses nothing.
    ///
    /// # Errors
    /// Those of `ready`, and [`Lost`] with kind `Retry`: the next call goes on behind the loss.
    async fn receive(&mut self) -> Result<Message<'_>, Self::Error> {
        self.ready().await?;
        oldest(self.front())
    }

    /// As [`receive`](Self::receive), but copies topic and payload into `buf`.
    ///
    /// # Errors
    /// As `receive`, and [`TooLong`] when `buf` is too small; `front` still lends the message then.
    async fn receive_into<'b>(&mut self, buf: &'b mut [u8]) -> Result<Message<'b>, Self::Error> {
        self.ready().await?;
        let message = oldest::<Self::Error>(self.front())?;
        let from = message.topic_bytes();
        let (limit, length) = (buf.len(), from.len() + message.payload.len());
        let too_long = TooLong::new(Argument::Message, limit, length);
        let (topic, rest) = buf.split_at_mut_checked(from.len()).ok_or(too_long)?;
        let payload = rest.get_mut(..message.payload.len()).ok_or(too_long)?;
        copy(topic, from);
        copy(payload, message.payload);
        Ok(Message::new(topic, payload))
    }
}

/// A count of 0 is the answer of a driver that was ready for nothing.
fn oldest<E: From<Lost>>(front: Option<Inbound<'_>>) -> Result<Message<'_>, E> {
    match front {
        Some(Inbound::Message(message)) => Ok(message),
        Some(Inbound::Lost { count, longest }) => Err(Lost::new(count, longest).into()),
        None => Err(Lost::new(0, 0).into()),
    }
}

/// `copy_from_slice` checks lengths that are equal here, and links a panic for it.
fn copy(to: &mut [u8], from: &[u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// What a link can be asked for, as a value.
#[derive(Clone, Copy)]
pub enum Request<'a> {
    /// To connect and log in.
    Connect,
    /// To subscribe this filter.
    Subscribe(Topic<'a>),
    /// To publish.
    Publish {
        /// Where to.
        topic: Topic<'a>,
        /// What.
        payload: &'a [u8],
        /// How.
        qos: Qos,
    },
    /// To wait for a message.
    Ready,
}

/// A link that connects once and reports; what [`Session`](crate::Session) keeps connected.
pub trait Connect: Uplink + ErrorType<Error = LinkError<<Self::Module as ErrorType>::Error>> {
    /// The driver below.
    type Module: Module;

    /// Whether a refused login comes with the platform's code ([`MqttLimits::gives_reason`]).
    ///
    /// [`MqttLimits::gives_reason`]: wanlink_core::MqttLimits::gives_reason
    const GIVES_REASON: bool;

    /// Whether a login opens a connection that later requests go through. Without one each request reaches the platform by
    /// itself, or does not: a login that went well says nothing about the next.
    const IS_CONNECTED: bool;

    /// The driver, for everything that is no message: start, attach, signal, clock.
    fn module(&mut self) -> &mut Self::Module;

    /// Checks what can be known before power-on: that host and login fit the model.
    ///
    /// # Errors
    /// Of kind `Misuse`, with the limit and the length.
    fn check(&self) -> Result<(), Self::Error>;

    /// Does what the method of the request's name does. A link that is no [`Downlink`] is never asked for what that has.
    ///
    /// All in one future, since each future is code, and a session needs them all. Contracts and errors are those of the
    /// methods.
    async fn perform(&mut self, request: Request<'_>) -> Result<(), Self::Error>;

    /// How far the message of the last publish that ended well is known to have come.
    fn delivery(&self) -> Delivery;

    /// When a method has to be called again although the application has nothing to do, so that the connection lives;
    /// `None` when nothing has to. For programs that sleep between their calls.
    fn next_deadline(&self) -> Option<Instant>;

    /// Connects and logs in. *Twice*: connects anew. *Dropped*: the next call cleans up.
    fn connect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        self.perform(Request::Connect)
    }

    /// Ends the connection in its orderly way. *Dropped*: the next [`connect`](Self::connect) cleans up.
    async fn disconnect(&mut self) -> Result<(), Self::Error>;
}
