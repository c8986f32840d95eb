//! Every trait for `&mut T`, so that a link may borrow a driver instead of owning it.
//!
//! The futures are handed on as they are: an `async fn` around each would be a state machine more, 600 bytes of flash in
//! all.
#![deny(clippy::missing_trait_methods)]

use core::net::IpAddr;
use core::time::Duration;

use crate::{
    AliyunAt, Body, Delivery, Device, DeviceLimits, Doze, Granted, HttpsAt, HttpsLimits, Inbound, Info, Login, Module,
    MqttAt, MqttLimits, Network, Notice, Post, PowerSaving, Progress, Qos, Reply, Rung, Saving, Security, Server,
    Signal, Sleep, Socket, SocketLimits, SocketReply, SocketRequest, SocketState, TcpSocket, Tls, TlsSocket,
};

impl<T: PowerSaving + ?Sized> PowerSaving for &mut T {
    fn save_power(&mut self, saving: &Saving) -> impl Future<Output = Result<(), Self::Error>> {
        T::save_power(self, saving)
    }

    fn granted(&mut self) -> impl Future<Output = Result<Granted, Self::Error>> {
        T::granted(self)
    }

    fn sleep(&self) -> Option<Sleep> {
        T::sleep(self)
    }
}

impl<T: Doze + ?Sized> Doze for &mut T {
    fn doze(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        T::doze(self)
    }
}

impl<T: Module + ?Sized> Module for &mut T {
    fn start(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        T::start(self)
    }

    fn describe(&mut self) -> impl Future<Output = Result<Info, Self::Error>> {
        T::describe(self)
    }

    fn attach(
        &mut self,
        network: &Network<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> impl Future<Output = Result<(), Self::Error>> {
        T::attach(self, network, progress)
    }

    fn signal(&mut self) -> impl Future<Output = Result<Signal, Self::Error>> {
        T::signal(self)
    }

    fn clock(&mut self) -> impl Future<Output = Result<Option<Duration>, Self::Error>> {
        T::clock(self)
    }

    fn idle(&mut self) -> impl Future<Output = Result<Notice, Self::Error>> {
        T::idle(self)
    }

    fn recover(&mut self, rung: Rung) -> impl Future<Output = Result<(), Self::Error>> {
        T::recover(self, rung)
    }

    fn stop(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        T::stop(self)
    }
}

impl<T: MqttAt + ?Sized> MqttAt for &mut T {
    const MQTT: MqttLimits = T::MQTT;

    fn connect<S: Security>(
        &mut self,
        broker: &Server<'_, S>,
        login: &Login<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> {
        T::connect(self, broker, login)
    }

    fn subscribe(&mut self, filter: &str, qos: Qos) -> impl Future<Output = Result<(), Self::Error>> {
        T::subscribe(self, filter, qos)
    }

    fn unsubscribe(&mut self, filter: &str) -> impl Future<Output = Result<(), Self::Error>> {
        T::unsubscribe(self, filter)
    }

    fn publish(
        &mut self,
        topic: &str,
        payload: &[u8],
        qos: Qos,
    ) -> impl Future<Output = Result<Delivery, Self::Error>> {
        T::publish(self, topic, payload, qos)
    }

    fn ready(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        T::ready(self)
    }

    fn front(&mut self) -> Option<Inbound<'_>> {
        T::front(self)
    }

    fn receive(&mut self) -> impl Future<Output = Result<Inbound<'_>, Self::Error>> {
        T::receive(self)
    }

    fn disconnect(&mut self) -> impl Future<Output = Result<(), Self::Error>> {
        T::disconnect(self)
    }
}

impl<T: AliyunAt + ?Sized> AliyunAt for &mut T {
    const DEVICE: DeviceLimits = T::DEVICE;

    fn sign_in<S: Security>(
        &mut self,
        broker: &Server<'_, S>,
        device: &Device<'_>,
    ) -> impl Future<Output = Result<(), Self::Error>> {
        T::sign_in(self, broker, device)
    }
}

impl<T: TcpSocket + ?Sized> TcpSocket for &mut T {
    const SOCKETS: SocketLimits = T::SOCKETS;

    fn open(&mut self, host: &str, port: u16) -> impl Future<Output = Result<Socket, Self::Error>> {
        T::open(self, host, port)
    }

    fn write(&mut self, socket: Socket, data: &[u8]) -> impl Future<Output = Result<(), Self::Error>> {
        T::write(self, socket, data)
    }

    fn has_taken(&mut self, socket: Socket) -> bool {
        T::has_taken(self, socket)
    }

    fn read(&mut self, socket: Socket, buf: &mut [u8]) -> impl Future<Output = Result<usize, Self::Error>> {
        T::read(self, socket, buf)
    }

    fn fetch(&mut self, socket: Socket, buf: &mut [u8]) -> impl Future<Output = Result<Option<usize>, Self::Error>> {
        T::fetch(self, socket, buf)
    }

    fn state(&self, socket: Socket) -> SocketState {
        T::state(self, socket)
    }

    fn close(&mut self, socket: Socket) -> impl Future<Output = Result<(), Self::Error>> {
        T::close(self, socket)
    }

    fn resolve(&mut self, host: &str) -> impl Future<Output = Result<IpAddr, Self::Error>> {
        T::resolve(self, host)
    }

    fn perform(&mut self, request: SocketRequest<'_>) -> impl Future<Output = Result<SocketReply, Self::Error>> {
        T::perform(self, request)
    }
}

impl<T: TlsSocket + ?Sized> TlsSocket for &mut T {
    fn open_tls(&mut self, host: &str, port: u16, tls: &Tls<'_>) -> impl Future<Output = Result<Socket, Self::Error>> {
        T::open_tls(self, host, port, tls)
    }

    fn perform_tls(
        &mut self,
        request: SocketRequest<'_>,
        tls: &Tls<'_>,
    ) -> impl Future<Output = Result<SocketReply, Self::Error>> {
        T::perform_tls(self, request, tls)
    }
}

impl<T: HttpsAt + ?Sized> HttpsAt for &mut T {
    const HTTPS: HttpsLimits = T::HTTPS;

    fn post<'r>(
        &mut self,
        server: &Server<'_, Tls<'_>>,
        post: &Post<'_>,
        body: Body<'_>,
        reply: &'r mut [u8],
    ) -> impl Future<Output = Result<Reply<'r>, Self::Error>> {
        T::post(self, server, post, body, reply)
    }
}
