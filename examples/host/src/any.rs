//! A driver of whatever model, so that what is generic over it is compiled once and not once for each model.
//!
//! The methods are the driver's own; what is lost is only what a model says to the compiler: its limits, which the driver
//! checks itself before a byte, and [`Pair`](crate::pairing::Pair) before power-on.

mod boxed;
mod links;

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use wanlink_core::{
    Body, Delivery, Device, Error, ErrorKind, Inbound, Info, Login, Network, Notice, Post, Progress, Qos, Reply, Rung,
    Server, Signal, Socket, SocketReply, SocketRequest, SocketState, Tls,
};

use crate::cure::{Cure, Explain};

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

/// A driver, as the links take it.
pub(crate) struct Any<D: ?Sized>(pub(crate) Box<D>);
