//! A driver of whatever model, so that what is generic over it is compiled once and not once for each model.
//!
//! The methods are the driver's own; what is lost is only what a model says to the compiler: its limits, which the driver
//! checks itself before a byte, and [`Pair`](crate::pairing::Pair) before power-on.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use wanlink_core::{
    AliyunAt, Body, Delivery, Device, DeviceLimits, Error, ErrorKind, ErrorType, HttpsAt, HttpsLimits, Inbound, Info,
    Login, Module, MqttAt, MqttLimits, Network, Notice, Plain, Post, Progress, Qos, Reply, Rung, Security, Server,
    Signal, Socket, SocketLimits, SocketReply, SocketRequest, SocketState, TcpSocket, Tls, TlsSocket,
};

use crate::cure::{Cure, Explain};
use crate::operator::Operator;
use crate::pairing::Driver;

/// What a driver's error says.
#[derive(Debug)]
pub(crate) struct ModuleError {
    kind: ErrorKind,
    text: String,
    cure: Cure,
}

impl ModuleError {
    fn of(error: impl Explain) -> Self {
        Self { kind: error.kind(), text: error.to_string(), cure: error.cure() }
    }
}

impl fmt::Display for ModuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for ModuleError {}

impl Error for ModuleError {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl Explain for ModuleError {
    fn cure(&self) -> Cure {
        self.cure
    }
}

type Call<'s, T> = Pin<Box<dyn Future<Output = T> + 's>>;
type Step<'s, T> = Call<'s, Result<T, ModuleError>>;

/// Boxes a driver's future.
fn step<'s, T, E: Explain>(call: impl Future<Output = Result<T, E>> + 's) -> Step<'s, T> {
    Box::pin(async { call.await.map_err(ModuleError::of) })
}

/// [`Module`], and the operator's name.
pub(crate) trait AnyModule {
    fn start(&mut self) -> Step<'_, ()>;
    fn describe(&mut self) -> Step<'_, Info>;
    fn attach<'s>(&'s mut self, network: &'s Network<'_>, progress: &'s mut dyn FnMut(Progress)) -> Step<'s, ()>;
    fn signal(&mut self) -> Step<'_, Signal>;
    fn clock(&mut self) -> Step<'_, Option<Duration>>;
    fn idle(&mut self) -> Step<'_, Notice>;
    fn recover(&mut self, rung: Rung) -> Step<'_, ()>;
    fn stop(&mut self) -> Step<'_, ()>;
    fn operator(&mut self) -> Call<'_, Option<String>>;
}

/// [`MqttAt`].
pub(crate) trait AnyMqtt: AnyModule {
    fn connect<'s>(
        &'s mut self,
        host: &'s str,
        port: u16,
        tls: Option<&'s Tls<'_>>,
        login: &'s Login<'_>,
    ) -> Step<'s, ()>;
    fn subscribe<'s>(&'s mut self, filter: &'s str, qos: Qos) -> Step<'s, ()>;
    fn unsubscribe<'s>(&'s mut self, filter: &'s str) -> Step<'s, ()>;
    fn publish<'s>(&'s mut self, topic: &'s str, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery>;
    fn ready(&mut self) -> Step<'_, ()>;
    fn front(&mut self) -> Option<Inbound<'_>>;
    fn disconnect(&mut self) -> Step<'_, ()>;
}

/// [`AliyunAt`].
pub(crate) trait AnyNative: AnyMqtt {
    fn sign_in<'s>(
        &'s mut self,
        host: &'s str,
        port: u16,
        tls: Option<&'s Tls<'_>>,
        device: &'s Device<'_>,
    ) -> Step<'s, ()>;
}

/// [`TcpSocket`] and [`TlsSocket`].
pub(crate) trait AnySocket: AnyModule {
    fn perform<'s>(&'s mut self, request: SocketRequest<'s>, tls: Option<&'s Tls<'_>>) -> Step<'s, SocketReply>;
    fn fetch<'s>(&'s mut self, socket: Socket, buf: &'s mut [u8]) -> Step<'s, Option<usize>>;
    fn resolve<'s>(&'s mut self, host: &'s str) -> Step<'s, IpAddr>;
    fn has_taken(&mut self, socket: Socket) -> bool;
    fn state(&self, socket: Socket) -> SocketState;
}

/// [`HttpsAt`].
pub(crate) trait AnyHttps: AnyModule {
    fn post<'s, 'r: 's, 'b: 's>(
        &'s mut self,
        server: &'s Server<'_, Tls<'_>>,
        post: &'s Post<'_>,
        body: Body<'b>,
        reply: &'r mut [u8],
    ) -> Step<'s, Reply<'r>>;
}

impl<M: Driver> AnyModule for M {
    fn start(&mut self) -> Step<'_, ()> {
        step(Module::start(self))
    }

    fn describe(&mut self) -> Step<'_, Info> {
        step(Module::describe(self))
    }

    fn attach<'s>(&'s mut self, network: &'s Network<'_>, progress: &'s mut dyn FnMut(Progress)) -> Step<'s, ()> {
        step(Module::attach(self, network, progress))
    }

    fn signal(&mut self) -> Step<'_, Signal> {
        step(Module::signal(self))
    }

    fn clock(&mut self) -> Step<'_, Option<Duration>> {
        step(Module::clock(self))
    }

    fn idle(&mut self) -> Step<'_, Notice> {
        step(Module::idle(self))
    }

    fn recover(&mut self, rung: Rung) -> Step<'_, ()> {
        step(Module::recover(self, rung))
    }

    fn stop(&mut self) -> Step<'_, ()> {
        step(Module::stop(self))
    }

    fn operator(&mut self) -> Call<'_, Option<String>> {
        Box::pin(Operator::operator(self))
    }
}

impl<M: Driver + MqttAt> AnyMqtt for M {
    fn connect<'s>(
        &'s mut self,
        host: &'s str,
        port: u16,
        tls: Option<&'s Tls<'_>>,
        login: &'s Login<'_>,
    ) -> Step<'s, ()> {
        Box::pin(async move {
            match tls {
                Some(&tls) => MqttAt::connect(self, &Server::new(host, port, tls), login).await,
                None => MqttAt::connect(self, &Server::new(host, port, Plain), login).await,
            }
            .map_err(ModuleError::of)
        })
    }

    fn subscribe<'s>(&'s mut self, filter: &'s str, qos: Qos) -> Step<'s, ()> {
        step(MqttAt::subscribe(self, filter, qos))
    }

    fn unsubscribe<'s>(&'s mut self, filter: &'s str) -> Step<'s, ()> {
        step(MqttAt::unsubscribe(self, filter))
    }

    fn publish<'s>(&'s mut self, topic: &'s str, payload: &'s [u8], qos: Qos) -> Step<'s, Delivery> {
        step(MqttAt::publish(self, topic, payload, qos))
    }

    fn ready(&mut self) -> Step<'_, ()> {
        step(MqttAt::ready(self))
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        MqttAt::front(self)
    }

    fn disconnect(&mut self) -> Step<'_, ()> {
        step(MqttAt::disconnect(self))
    }
}

impl<M: Driver + AliyunAt> AnyNative for M {
    fn sign_in<'s>(
        &'s mut self,
        host: &'s str,
        port: u16,
        tls: Option<&'s Tls<'_>>,
        device: &'s Device<'_>,
    ) -> Step<'s, ()> {
        Box::pin(async move {
            match tls {
                Some(&tls) => AliyunAt::sign_in(self, &Server::new(host, port, tls), device).await,
                None => AliyunAt::sign_in(self, &Server::new(host, port, Plain), device).await,
            }
            .map_err(ModuleError::of)
        })
    }
}

impl<M: Driver + TlsSocket> AnySocket for M {
    fn perform<'s>(&'s mut self, request: SocketRequest<'s>, tls: Option<&'s Tls<'_>>) -> Step<'s, SocketReply> {
        // Not in the future: some requests begin at once.
        match tls {
            Some(tls) => step(TlsSocket::perform_tls(self, request, tls)),
            None => step(TcpSocket::perform(self, request)),
        }
    }

    fn fetch<'s>(&'s mut self, socket: Socket, buf: &'s mut [u8]) -> Step<'s, Option<usize>> {
        step(TcpSocket::fetch(self, socket, buf))
    }

    fn resolve<'s>(&'s mut self, host: &'s str) -> Step<'s, IpAddr> {
        step(TcpSocket::resolve(self, host))
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        TcpSocket::has_taken(self, socket)
    }

    fn state(&self, socket: Socket) -> SocketState {
        TcpSocket::state(self, socket)
    }
}

impl<M: Driver + HttpsAt> AnyHttps for M {
    fn post<'s, 'r: 's, 'b: 's>(
        &'s mut self,
        server: &'s Server<'_, Tls<'_>>,
        post: &'s Post<'_>,
        body: Body<'b>,
        reply: &'r mut [u8],
    ) -> Step<'s, Reply<'r>> {
        step(HttpsAt::post(self, server, post, body, reply))
    }
}

/// A driver, as the links take it.
pub(crate) struct Any<D: ?Sized>(pub(crate) Box<D>);

impl<D: AnyModule + ?Sized> ErrorType for Any<D> {
    type Error = ModuleError;
}

impl<D: AnyModule + ?Sized> Operator for Any<D> {
    fn operator(&mut self) -> impl Future<Output = Option<String>> {
        self.0.operator()
    }
}

impl<D: AnyModule + ?Sized> Module for Any<D> {
    async fn start(&mut self) -> Result<(), ModuleError> {
        self.0.start().await
    }

    async fn describe(&mut self) -> Result<Info, ModuleError> {
        self.0.describe().await
    }

    async fn attach(&mut self, network: &Network<'_>, progress: &mut dyn FnMut(Progress)) -> Result<(), ModuleError> {
        self.0.attach(network, progress).await
    }

    async fn signal(&mut self) -> Result<Signal, ModuleError> {
        self.0.signal().await
    }

    async fn clock(&mut self) -> Result<Option<Duration>, ModuleError> {
        self.0.clock().await
    }

    async fn idle(&mut self) -> Result<Notice, ModuleError> {
        self.0.idle().await
    }

    async fn recover(&mut self, rung: Rung) -> Result<(), ModuleError> {
        self.0.recover(rung).await
    }

    async fn stop(&mut self) -> Result<(), ModuleError> {
        self.0.stop().await
    }
}

impl<D: AnyMqtt + ?Sized> MqttAt for Any<D> {
    const MQTT: MqttLimits = MqttLimits::UNSTATED;

    async fn connect<S: Security>(&mut self, broker: &Server<'_, S>, login: &Login<'_>) -> Result<(), ModuleError> {
        self.0.connect(broker.host, broker.port, broker.security.tls(), login).await
    }

    async fn subscribe(&mut self, filter: &str, qos: Qos) -> Result<(), ModuleError> {
        self.0.subscribe(filter, qos).await
    }

    async fn unsubscribe(&mut self, filter: &str) -> Result<(), ModuleError> {
        self.0.unsubscribe(filter).await
    }

    async fn publish(&mut self, topic: &str, payload: &[u8], qos: Qos) -> Result<Delivery, ModuleError> {
        self.0.publish(topic, payload, qos).await
    }

    async fn ready(&mut self) -> Result<(), ModuleError> {
        self.0.ready().await
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        self.0.front()
    }

    async fn disconnect(&mut self) -> Result<(), ModuleError> {
        self.0.disconnect().await
    }
}

impl<D: AnyNative + ?Sized> AliyunAt for Any<D> {
    const DEVICE: DeviceLimits = DeviceLimits::UNSTATED;

    async fn sign_in<S: Security>(&mut self, broker: &Server<'_, S>, device: &Device<'_>) -> Result<(), ModuleError> {
        self.0.sign_in(broker.host, broker.port, broker.security.tls(), device).await
    }
}

impl<D: AnySocket + ?Sized> TcpSocket for Any<D> {
    const SOCKETS: SocketLimits = SocketLimits::new(1);

    async fn open(&mut self, host: &str, port: u16) -> Result<Socket, ModuleError> {
        self.0.perform(SocketRequest::Open { host, port }, None).await.map(opened)
    }

    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), ModuleError>> {
        let write = TcpSocket::perform(self, SocketRequest::Write(socket, data));
        async { write.await.map(|_| ()) }
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        self.0.has_taken(socket)
    }

    async fn read(&mut self, socket: Socket, buf: &mut [u8]) -> Result<usize, ModuleError> {
        self.0.perform(SocketRequest::Read(socket, buf), None).await.map(|reply| match reply {
            SocketReply::Read(count) => count,
            SocketReply::Opened(_) | SocketReply::Done => 0,
        })
    }

    async fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> Result<Option<usize>, ModuleError> {
        self.0.fetch(socket, buf).await
    }

    fn state(&self, socket: Socket) -> SocketState {
        self.0.state(socket)
    }

    async fn close(&mut self, socket: Socket) -> Result<(), ModuleError> {
        self.0.perform(SocketRequest::Close(socket), None).await.map(|_| ())
    }

    async fn resolve(&mut self, host: &str) -> Result<IpAddr, ModuleError> {
        self.0.resolve(host).await
    }

    fn perform(&mut self, request: SocketRequest<'_>) -> impl Future<Output = Result<SocketReply, ModuleError>> {
        self.begin(&request);
        async { self.0.perform(request, None).await }
    }
}

impl<D: AnySocket + ?Sized> TlsSocket for Any<D> {
    async fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> Result<Socket, ModuleError> {
        self.0.perform(SocketRequest::Open { host, port }, Some(tls)).await.map(opened)
    }

    fn perform_tls(
        &mut self,
        request: SocketRequest<'_>,
        tls: &Tls<'_>,
    ) -> impl Future<Output = Result<SocketReply, ModuleError>> {
        self.begin(&request);
        async { self.0.perform(request, Some(tls)).await }
    }
}

impl<D: AnySocket + ?Sized> Any<D> {
    /// A write begins when it is asked for, and not when it is first polled: from then on the last one's fate is not told.
    fn begin(&mut self, request: &SocketRequest<'_>) {
        if let &SocketRequest::Write(socket, data) = request {
            drop(self.0.perform(SocketRequest::Write(socket, data), None));
        }
    }
}

fn opened(reply: SocketReply) -> Socket {
    match reply {
        SocketReply::Opened(socket) => socket,
        // There is no other reply to it.
        SocketReply::Read(_) | SocketReply::Done => Socket::new(u8::MAX, 0),
    }
}

impl<D: AnyHttps + ?Sized> HttpsAt for Any<D> {
    const HTTPS: HttpsLimits = HttpsLimits::UNSTATED;

    async fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> Result<Reply<'r>, ModuleError> {
        self.0.post(server, post, body, reply).await
    }
}
