//! Contracts between wanlink's drivers and transports.
//!
//! A **driver** (one crate per AT dialect) implements these traits for its modules; a **transport** (the links of
//! `wanlink-transports`) is written against them and runs over every driver. Neither knows the other, and this crate
//! knows neither: it holds no AT text, no clock and no dependency but the log crates.
//!
//! | what | where |
//! |---|---|
//! | power, SIM, network, clock, recovery | [`Module`] |
//! | the module's own MQTT client | [`MqttAt`], [`HasMqtt`], [`MqttLimits`] |
//! | the login that a module makes by itself | [`AliyunAt`], [`HasAliyun`], [`DeviceLimits`] |
//! | the module's sockets, on which our own MQTT client runs | [`TcpSocket`], [`TlsSocket`], [`HasTcpSocket`], [`SocketLimits`] |
//! | the module's own HTTPS client | [`HttpsAt`], [`HasHttps`], [`HttpsLimits`] |
//! | whom to connect to and how safely | [`Server`], [`Security`], [`Tls`], [`Plain`] |
//! | what went wrong and which step can help | [`Error`], [`ErrorKind`], [`Refusal`] |
//!
//! # General contract
//!
//! Said once for every method of [`Module`], [`MqttAt`], [`TcpSocket`] and [`HttpsAt`]; each method states only what is special to it.
//!
//! * **Lent messages.** A method first releases the message that [`MqttAt::front`] lent before.
//! * **Dropped futures.** A method that was dropped half-way may have left a command running in the module. The next
//!   method settles that first: it waits for the answers that are owed, completes or ends a data entry, or probes the
//!   module. No late answer ever reaches another call.
//! * **Limits.** Lengths are checked before the first byte is sent; the error is of kind [`ErrorKind::Misuse`] and
//!   names the limit and the length.
//! * **Restart.** A sign that the module restarted ends every method but [`Module::start`] with
//!   [`ErrorKind::Restart`]; all that the module knew is gone then, and `start` is next.
//! * **Twice.** Calling a method twice in a row is harmless, except for those that send or open: [`MqttAt::publish`],
//!   [`TcpSocket::write`], [`TcpSocket::open`], [`HttpsAt::post`].
//!
//! # For authors of drivers
//!
//! Implement [`Module`] and then one trait per service for *all* models that carry its marker, as in
//! `impl<M: HasMqtt, ..> MqttAt for Driver<M, ..>`; for AT commands `wanlink-at` has done it, and a driver is tables. Never answer "unsupported" at run time for something that a type
//! can say: a missing marker is a compile error that names the way out.
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The traits are for executors of one core; a `Send` bound would exclude the ports of most boards.
#![allow(async_fn_in_trait)]

#[cfg(any(test, feature = "_fake"))]
extern crate std;

mod aliyun;
mod error;
#[cfg(feature = "_fake")]
#[doc(hidden)]
pub mod fake;
mod forward;
mod https;
mod limits;
mod log;
mod model;
mod module;
mod mqtt;
mod mutants;
mod power;
mod server;
mod socket;

pub use aliyun::{AliyunAt, Device, DeviceLimits};
pub use error::{Error, ErrorKind, ErrorType, Refusal};
pub use https::{Body, ContentType, HttpsAt, Post, Reply};
pub use limits::{Argument, HttpsLimits, MqttLimits, SocketLimits, TooLong, UNSTATED};
pub use model::{HasAliyun, HasHttps, HasMqtt, HasPsm, HasTcpSocket, HasTlsSocket, Model};
pub use module::{Credentials, Info, Module, Network, Notice, Progress, Rung, Signal};
pub use mqtt::{Delivery, Inbound, Login, Message, MqttAt, Qos};
pub use power::{Doze, Granted, PowerSaving, Psm, Saving, Sleep, edrx_cycle};
pub use server::{Plain, Root, Security, Server, Tls, Trust, Validity};
pub use socket::{Opens, Socket, SocketReply, SocketRequest, SocketState, TcpSocket, TlsSocket};

#[doc(hidden)]
pub mod __private {
    //! What our other crates need; not part of the interface.
    #[cfg(feature = "_mutants")]
    pub use crate::mutants::activate_mutant;
    pub use crate::mutants::is_mutant;
    #[cfg(feature = "defmt")]
    pub use defmt;
    #[cfg(feature = "log")]
    pub use log;
}
