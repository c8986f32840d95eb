#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod airtime;
pub mod cli;
pub mod cure;
pub mod exit;
pub mod matrix;
pub mod readings;
pub mod simulate;
pub mod store;

mod any;
mod board;
mod call;
mod connect;
mod credentials;
mod demo;
mod dialect;
mod doctor;
mod emulate;
mod explain;
mod failure;
mod fleet;
mod interrupt;
mod lone;
mod models;
mod note;
mod online;
mod operator;
mod pairing;
mod place;
mod platform;
mod port;
mod redact;
mod register;
mod replay;
mod report;
mod timeline;
mod witness;

/// The pages of the workspace: their examples are compiled here.
#[cfg(doctest)]
pub mod pages {
    #[doc = include_str!("../../../README.md")]
    pub mod first_page {}
    #[doc = include_str!("../../../docs/add-a-driver.md")]
    pub mod add_a_driver {}
    #[doc = include_str!("../../../docs/choose-a-path.md")]
    pub mod choose_a_path {}
    #[doc = include_str!("../../../docs/engine.md")]
    pub mod engine {}
    #[doc = include_str!("../../../docs/outbox.md")]
    pub mod outbox {}
    #[doc = include_str!("../../../docs/power-saving.md")]
    pub mod power_saving {}
    #[doc = include_str!("../../../docs/recovery.md")]
    pub mod recovery {}
    #[doc = include_str!("../../../docs/registration.md")]
    pub mod registration {}
    #[doc = include_str!("../../../docs/sharing.md")]
    pub mod sharing {}
    #[doc = include_str!("../../../docs/testing-without-hardware.md")]
    pub mod testing_without_hardware {}
    #[doc = include_str!("../../../docs/tls.md")]
    pub mod tls {}
}
