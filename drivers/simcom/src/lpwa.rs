//! Family 2: SIM7080 and SIM7000, whose data context is an application network of its own.
//!
//! One file per operation: its steps, and what their answers mean. A step's last number is the longest wait in tenths of
//! a second; simcom-at is the fact sheet of the vendor's manuals and logs.

mod attach;
mod clock;
mod connect;
mod describe;
mod diagnose;
mod family;
mod https;
mod native;
mod power_saving;
mod recover;
mod registration;
mod request;
mod resolve;
mod sim7000;
mod socket;
mod start;
mod tls;
mod traffic;
mod urc;

pub use family::Sim7080Family;
pub use registration::{DynamicRegistration, NewDevice};
pub use sim7000::Sim7000Family;

use family::Lpwa;

type Error<F> = wanlink_at::driver::Error<F>;
type State<F> = wanlink_at::driver::State<F>;
type Operation<F> = wanlink_at::driver::Operation<F>;
type Running<'a, 'b, F> = wanlink_at::driver::Running<'a, 'b, F>;
type Input<'a, 'b, F> = wanlink_at::driver::Input<'a, 'b, F>;
