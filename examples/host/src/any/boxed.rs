//! Each driver as [`AnyModule`] and the like: its futures in boxes.

use std::net::IpAddr;
use std::time::Duration;

use wanlink_core::{
    AliyunAt, Body, Delivery, Device, HttpsAt, Inbound, Info, Login, Module, MqttAt, Network, Notice, Plain, Post,
    Progress, Qos, Reply, Rung, Server, Signal, Socket, SocketReply, SocketRequest, SocketState, TcpSocket, Tls,
    TlsSocket,
};

use super::{AnyHttps, AnyModule, AnyMqtt, AnyNative, AnySocket, Call, ModuleError, Step};
use crate::cure::Explain;
use crate::operator::Operator;
use crate::pairing::Driver;

/// Boxes a driver's future.
fn step<'s, T, E: Explain>(call: impl Future<Output = Result<T, E>> + 's) -> Step<'s, T> {
    Box::pin(async { call.await.map_err(ModuleError::of) })
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
