//! The module's own MQTT client as one of several users.

use core::task::Poll;
use core::time::Duration;

use embassy_futures::poll_once;
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_time::with_timeout;
use wanlink_core::{
    Delivery, ErrorType, Inbound, Info, Login, Message, Module, MqttAt, MqttLimits, Network, Notice, Progress, Qos,
    Rung, Security, Server, Signal, TcpSocket,
};

use super::{Error, Handle, SLICE, news};

/// What has to do with the session.
const KINDS: u8 = news::MESSAGE | news::SESSION | news::CONTEXT | news::FAULT;

/// A [`Handle`] for the module's own MQTT client. There is one session, so there is use for one of them.
///
/// Messages are copied out of the driver's inbox, one at a time, so that nobody has the module while one is lent.
pub struct Mqtt<'a, R: RawMutex, M: TcpSocket, const SEATS: usize = 16> {
    handle: Handle<'a, R, M, SEATS>,
    buffer: &'a mut [u8],
    held: Held,
    /// What is held was lent.
    is_lent: bool,
    /// A session that was silent for so long is looked after.
    keep_alive: embassy_time::Duration,
}

/// What was taken from the driver.
#[derive(Clone, Copy)]
enum Held {
    Nothing,
    /// In the buffer, the topic first.
    Message {
        topic: usize,
        payload: usize,
    },
    Lost {
        count: u16,
        longest: usize,
    },
}

impl<'a, R: RawMutex, M: MqttAt + TcpSocket, const SEATS: usize> Mqtt<'a, R, M, SEATS> {
    pub(super) fn new(handle: Handle<'a, R, M, SEATS>, buffer: &'a mut [u8]) -> Self {
        let keep_alive = embassy_time::Duration::from_secs(300);
        Self { handle, buffer, held: Held::Nothing, is_lent: false, keep_alive }
    }

    /// Begins a method: what was lent is released.
    fn release(&mut self) {
        if core::mem::take(&mut self.is_lent) {
            self.held = Held::Nothing;
        }
    }

    /// One turn: takes what is there, or lets the driver fetch what was announced. Errors are those of the session.
    ///
    /// The driver may find nothing to fetch and listen for ever, so it has no more than `patience`, and one look
    /// without.
    async fn look(&mut self, patience: Option<embassy_time::Duration>) -> Result<(), M::Error> {
        let mut turn = self.handle.turn().await;
        self.held = copy(turn.front(), self.buffer);
        if matches!(self.held, Held::Nothing) {
            let ready = match patience {
                None => poll_once(turn.ready()),
                Some(patience) => with_timeout(patience, turn.ready()).await.map_or(Poll::Pending, Poll::Ready),
            };
            if let Poll::Ready(ready) = ready {
                ready?;
                self.held = copy(turn.front(), self.buffer);
            }
        }
        // What was lent is freed, or it would be there again next time.
        let _ = turn.glance();
        Ok(())
    }
}

/// Copies what the driver lends; a message that is too large for the buffer is lost.
fn copy(front: Option<Inbound<'_>>, buffer: &mut [u8]) -> Held {
    match front {
        None => Held::Nothing,
        Some(Inbound::Lost { count, longest }) => Held::Lost { count, longest },
        Some(Inbound::Message(message)) => {
            let (topic, payload) = (message.topic_bytes(), message.payload);
            let longest = topic.len() + payload.len();
            let Some(room) = buffer.get_mut(..longest) else { return Held::Lost { count: 1, longest } };
            let (head, body) = room.split_at_mut(topic.len());
            head.copy_from_slice(topic);
            body.copy_from_slice(payload);
            Held::Message { topic: topic.len(), payload: payload.len() }
        }
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> core::fmt::Debug for Mqtt<'_, R, M, SEATS> {
    /// Without what it holds.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Mqtt").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl<R: RawMutex, M: TcpSocket, const SEATS: usize> ErrorType for Mqtt<'_, R, M, SEATS> {
    type Error = Error<M::Error>;
}

impl<R: RawMutex, M: MqttAt + TcpSocket, const SEATS: usize> Module for Mqtt<'_, R, M, SEATS> {
    async fn start(&mut self) -> Result<(), Self::Error> {
        self.release();
        self.handle.start().await
    }

    async fn describe(&mut self) -> Result<Info, Self::Error> {
        self.release();
        self.handle.describe().await
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Self::Error> {
        self.release();
        self.handle.attach(network, progress).await
    }

    async fn signal(&mut self) -> Result<Signal, Self::Error> {
        self.release();
        self.handle.signal().await
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Self::Error> {
        self.release();
        self.handle.clock().await
    }

    async fn idle(&mut self) -> Result<Notice, Self::Error> {
        self.release();
        self.handle.idle().await
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), Self::Error> {
        self.release();
        self.handle.recover(rung).await
    }

    async fn stop(&mut self) -> Result<(), Self::Error> {
        self.release();
        self.handle.stop().await
    }
}

impl<R: RawMutex, M: MqttAt + TcpSocket, const SEATS: usize> MqttAt for Mqtt<'_, R, M, SEATS> {
    const MQTT: MqttLimits = M::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Self::Error> {
        self.release();
        self.keep_alive = embassy_time::Duration::from_secs(login.keep_alive_s.into());
        self.handle.turn().await.connect(broker, login).await.map_err(Error::Module)
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Self::Error> {
        self.release();
        self.handle.turn().await.subscribe(filter, qos).await.map_err(Error::Module)
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), Self::Error> {
        self.release();
        self.handle.turn().await.unsubscribe(filter).await.map_err(Error::Module)
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Self::Error> {
        self.release();
        self.handle.turn().await.publish(topic, payload, qos).await.map_err(Error::Module)
    }

    /// Takes a turn when something was told of the session, and after one keep-alive of silence.
    async fn ready(&mut self) -> Result<(), Self::Error> {
        self.release();
        let mut patience = None;
        loop {
            // First, so that what is told from now on is looked into next time.
            self.handle.takes_news(KINDS);
            if matches!(self.held, Held::Nothing) {
                self.look(patience).await.map_err(Error::Module)?;
            }
            if !matches!(self.held, Held::Nothing) {
                return Ok(());
            }
            with_timeout(self.keep_alive, self.handle.told(KINDS)).await.ok();
            patience = Some(SLICE);
        }
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.is_lent = true;
        match self.held {
            Held::Nothing => None,
            Held::Lost { count, longest } => Some(Inbound::Lost { count, longest }),
            Held::Message { topic, payload } => {
                let (topic, rest) = self.buffer.split_at_checked(topic)?;
                Some(Inbound::Message(Message::new(topic, rest.get(..payload)?)))
            }
        }
    }

    async fn disconnect(&mut self) -> Result<(), Self::Error> {
        self.release();
        self.handle.turn().await.disconnect().await.map_err(Error::Module)
    }
}
