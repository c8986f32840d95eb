//! A good driver with one promise broken: what each defect does is written where the promise is.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::time::Duration;

use wanlink_at::driver::{Error, SimFault};
use wanlink_at::{Buffers, SendError, Trace};
use wanlink_conformance::{Foreign, Pins, Subject};
use wanlink_core::{
    Delivery, ErrorType, Inbound, Info, Login, Module, MqttAt, MqttLimits, Network, Notice, Progress, Qos, Rung,
    Security, Server, Signal, Socket, SocketLimits, SocketState, TcpSocket,
};
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_quectel::{Bg95, Quectel, QuectelFamily};
use wanlink_scene::bench::pass_ms;

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// Nothing: the wrapper alone.
    None,
    /// A PIN that was refused is sent once more.
    TriesAPinAgain,
    /// A PIN goes to the card whatever it is.
    SendsAnyPin,
    /// A start begins with a restart.
    PressesTheKeyFirst,
    /// A module that restarted is set up by the next question, and nobody told.
    StartsByItself,
    /// A byte of a long read is another.
    ChangesAByte,
    /// Bytes are taken from the module, and lost when the call is dropped before it hands them on.
    ForgetsADroppedRead,
    /// Data that do not fit are cut, and called written.
    CutsAWrite,
    /// All that was dropped is said to be on its way.
    ClaimsToHaveTaken,
    /// A read looks every second, told or not.
    Polls,
    /// What happens to sockets is not told.
    IgnoresLines,
    /// A connection that broke ends as one that was closed.
    CallsABreakAnEnd,
    /// A name that is too long is cut.
    CutsANameToItsLimit,
    /// A read of a socket that was closed waits for more.
    ReadsAClosedSocket,
    /// A payload that is too long is cut.
    CutsAPayloadToItsLimit,
    /// QoS 1 is promised and QoS 0 is sent.
    AcknowledgesBeforeThePuback,
    /// Every second message is thrown away.
    LosesAMessage,
    /// What is published is published twice.
    PublishesTwice,
    /// A refused login is called a success.
    HidesARefusal,
    /// A publish after a dropped one takes the answer that is still to come for its own.
    TakesALateAnswer,
    /// A restart is called a loss of the session.
    MistakesARestart,
    /// The password goes where it is traced.
    LeaksThePassword,
    /// Whoever is not trusted is taken all the same.
    FallsBackToAnyone,
    /// Dates are never looked at.
    IgnoresDates,
    /// The address is opened in place of the name.
    ForgetsTheName,
    /// The root is uploaded for each connection.
    UploadsEachTime,
    /// What a dropped opening left stays open.
    LeavesADroppedOpening,
    /// An answer that does not fit is cut, and called whole.
    CutsAnAnswer,
    /// An address that is too long is cut.
    CutsAnAddressToItsLimit,
    /// Header lines go where they are traced.
    LeaksTheHeaders,
    /// A post after a dropped one takes the answer to that for its own.
    TakesTheAnswerBefore,
    /// A body that its owner gave up is filled up, and called posted.
    FillsABody,
    /// A server that does not answer is one that answered nothing.
    CallsSilenceAnAnswer,
    /// An error of the server's is one of the module's.
    CallsAStatusAnError,
}

/// Which one it is, as a type.
pub(crate) trait Broken: 'static {
    const DEFECT: Defect;
}

mod secure;

type Good<'b> = Quectel<'b, Bg95, PortReader, PortWriter, Pins>;
type Failure = Error<QuectelFamily>;

/// The driver of a BG95 with the defect of `D`.
pub(crate) struct Driver<'b, D> {
    good: Good<'b>,
    /// How many messages came.
    messages: usize,
    /// A publish was begun, and has not come to its end.
    publishing: bool,
    /// The same of a post.
    posting: bool,
    defect: PhantomData<D>,
}

impl<D: Broken> Driver<'_, D> {
    fn is(defect: Defect) -> bool {
        D::DEFECT == defect
    }
}

impl<'b, D: Broken> Subject<'b> for Driver<'b, D> {
    fn new<const R: usize, const T: usize, const I: usize>(
        reader: PortReader,
        writer: PortWriter,
        pins: Pins,
        buffers: &'b mut Buffers<R, T, I>,
    ) -> Self {
        let good = <Good<'b> as Subject<'b>>::new(reader, writer, pins, buffers);
        Self { good, messages: 0, publishing: false, posting: false, defect: PhantomData }
    }

    fn set_trace(&mut self, trace: &'b mut dyn Trace) {
        self.good.set_trace(trace);
    }

    async fn send(&mut self, line: &str) -> Result<(), SendError> {
        self.good.send(&Foreign::of(line)).await.map(drop)
    }
}

impl<D> ErrorType for Driver<'_, D> {
    type Error = Failure;
}

impl<D: Broken> Module for Driver<'_, D> {
    async fn start(&mut self) -> Result<(), Failure> {
        self.good.start().await?;
        if Self::is(Defect::PressesTheKeyFirst) {
            self.good.recover(Rung::Restart).await?;
            return self.good.start().await;
        }
        Ok(())
    }

    async fn describe(&mut self) -> Result<Info, Failure> {
        match self.good.describe().await {
            Err(Error::Restarted) if Self::is(Defect::StartsByItself) => {
                self.good.start().await?;
                self.good.describe().await
            }
            info => info,
        }
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        if let (Defect::SendsAnyPin, Some(pin)) = (D::DEFECT, network.pin) {
            let _ = self.good.send(&Foreign::of(&format!("AT+CPIN=\"{pin}\""))).await;
        }
        let result = self.good.attach(network, progress).await;
        if let (Defect::TriesAPinAgain, Err(Error::Sim(SimFault::PinRefused))) = (D::DEFECT, result) {
            let pin = network.pin.unwrap_or_default();
            let _ = self.good.send(&Foreign::of(&format!("AT+CPIN=\"{pin}\""))).await;
        }
        result
    }

    async fn signal(&mut self) -> Result<Signal, Failure> {
        self.good.signal().await
    }

    async fn clock(&mut self) -> Result<Option<Duration>, Failure> {
        self.good.clock().await
    }

    async fn idle(&mut self) -> Result<Notice, Failure> {
        loop {
            match self.good.idle().await {
                Ok(Notice::Socket) if Self::is(Defect::IgnoresLines) => {}
                told => return told,
            }
        }
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), Failure> {
        self.good.recover(rung).await
    }

    async fn stop(&mut self) -> Result<(), Failure> {
        self.good.stop().await
    }
}

impl<D: Broken> TcpSocket for Driver<'_, D> {
    const SOCKETS: SocketLimits = <Good<'_> as TcpSocket>::SOCKETS;

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, Failure> {
        let most = usize::from(Self::SOCKETS.host);
        let host = if Self::is(Defect::CutsANameToItsLimit) { &host[..host.len().min(most)] } else { host };
        self.good.open(host, port).await
    }

    // Not an `async fn`: what was written before is forgotten at once, also where this one is never polled.
    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), Failure>> {
        let data = if Self::is(Defect::CutsAWrite) { &data[..data.len().min(3000)] } else { data };
        self.good.write(socket, data)
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.good.has_taken(socket) || Self::is(Defect::ClaimsToHaveTaken)
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, Failure> {
        if Self::is(Defect::Polls) {
            loop {
                match self.good.fetch(socket, buf).await? {
                    Some(count) => return Ok(count),
                    None => pass_ms(1000).await,
                }
            }
        }
        let read = self.good.read(socket, buf).await;
        match D::DEFECT {
            Defect::ForgetsADroppedRead => pass_ms(1).await,
            Defect::ChangesAByte if read.is_ok_and(|count| count > 100) => buf[100] ^= 1,
            Defect::CallsABreakAnEnd if read == Err(Error::Disconnected) => return Ok(0),
            Defect::ReadsAClosedSocket if read == Err(Error::NotOpen) => return Ok(0),
            _ => {}
        }
        read
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, Failure> {
        self.good.fetch(socket, buf).await
    }

    fn state(&self, socket: Socket) -> SocketState {
        self.good.state(socket)
    }

    async fn close(&mut self, socket: Socket) -> Result<(), Failure> {
        self.good.close(socket).await
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, Failure> {
        self.good.resolve(host).await
    }
}

impl<D: Broken> MqttAt for Driver<'_, D> {
    const MQTT: MqttLimits = <Good<'_> as MqttAt>::MQTT;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), Failure> {
        let result = self.good.connect(broker, login).await;
        match (D::DEFECT, result) {
            (Defect::HidesARefusal, Err(Error::Connack(_))) => Ok(()),
            (Defect::LeaksThePassword, Ok(())) => self.good.subscribe(login.password, Qos::AtMostOnce).await.or(Ok(())),
            _ => result,
        }
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), Failure> {
        self.good.subscribe(filter, qos).await
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), Failure> {
        self.good.unsubscribe(filter).await
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, Failure> {
        match D::DEFECT {
            Defect::CutsAPayloadToItsLimit => {
                let most = usize::from(Self::MQTT.payload);
                self.good.publish(topic, &payload[..payload.len().min(most)], qos).await
            }
            Defect::AcknowledgesBeforeThePuback if qos == Qos::AtLeastOnce => {
                self.good.publish(topic, payload, Qos::AtMostOnce).await.map(|_| Delivery::Acknowledged)
            }
            Defect::PublishesTwice => {
                self.good.publish(topic, payload, qos).await?;
                self.good.publish(topic, payload, qos).await
            }
            Defect::TakesALateAnswer if self.publishing => Ok(Delivery::Acknowledged),
            _ => {
                self.publishing = true;
                let result = self.good.publish(topic, payload, qos).await;
                self.publishing = false;
                result
            }
        }
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        self.good.ready().await?;
        self.messages += 1;
        if Self::is(Defect::LosesAMessage) && self.messages.is_multiple_of(2) {
            let _ = self.good.front();
            return self.good.ready().await;
        }
        Ok(())
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.good.front()
    }

    async fn disconnect(&mut self) -> Result<(), Failure> {
        match self.good.disconnect().await {
            Err(Error::Restarted) if Self::is(Defect::MistakesARestart) => Ok(()),
            result => result,
        }
    }
}
