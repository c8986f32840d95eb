//! A7670, SIM7600 and their like: MQTT by `AT+CMQTT..`, TCP by `AT+CIP..`, TLS sockets by `AT+CCH..`, HTTPS by `AT+HTTP..`.
//!
//! One file per operation: its steps, and what their answers mean. A step's last number is the longest wait in tenths of
//! a second; `simcom-at` is the fact sheet that stands for the vendor's manuals.

mod attach;
mod clock;
mod connect;
mod describe;
mod diagnose;
mod family;
mod https;
mod native;
mod recover;
mod request;
mod resolve;
mod socket;
mod socket_tls;
mod start;
mod tls;
mod traffic;
mod urc;

pub use family::CmqttFamily;

/// Why a method failed.
pub type Error = wanlink_at::driver::Error<CmqttFamily>;

/// A command by its name in errors.
pub type Command = wanlink_at::driver::Command<CmqttFamily>;

type State = wanlink_at::driver::State<CmqttFamily>;
type Operation = wanlink_at::driver::Operation<CmqttFamily>;
type Running<'a, 'b> = wanlink_at::driver::Running<'a, 'b, CmqttFamily>;
type Input<'a, 'b> = wanlink_at::driver::Input<'a, 'b, CmqttFamily>;
