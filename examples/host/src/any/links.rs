//! [`Any`] as the traits that the links ask for.

use std::net::IpAddr;
use std::time::Duration;

use wanlink_core::{
    AliyunAt, Body, Delivery, Device, DeviceLimits, ErrorType, HttpsAt, HttpsLimits, Inbound, Info, Login, Module,
    MqttAt, MqttLimits, Network, Notice, Post, Progress, Qos, Reply, Rung, Security, Server, Signal, Socket,
    SocketLimits, SocketReply, SocketRequest, SocketState, TcpSocket, Tls, TlsSocket,
};

use super::{Any, AnyHttps, AnyModule, AnyMqtt, AnyNative, AnySocket, ModuleError};
use crate::operator::Operator;

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
