#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod emulator;
mod engine;
mod fault;
#[cfg(feature = "flash")]
mod flash;
mod http;
#[cfg(feature = "live")]
pub mod live;
mod module;
mod mqtt;
mod native;
mod peer;
mod pins;
mod polled;
mod port;
mod quectel;
mod random;
mod script;
mod simcom;
mod time;
pub mod trace;
mod traffic;
mod ublox;
mod view;
mod world;

pub use emulator::Emulator;
pub use engine::internet::{LinkId, NetEvent, NetRequest, OpenFailure, TCP_PATIENCE_US};
pub use engine::tls::TlsFailure;
pub use fault::{Fault, FaultError, FaultyPort, TimedFault};
#[cfg(feature = "flash")]
pub use flash::{FlashStep, Nor, NorError, Torn};
pub use module::options::{
    BusyInput, ColonSpace, ConnackTimeout, Early, FailureOrder, HttpFailure, HttpOptions, LeftOpen, NativeOptions,
    NativeSign, NetworkLoss, Options, QuectelOptions, ReadForm, ResultOrder, SimCard, SimcomOptions, Start,
    UbloxOptions,
};
pub use module::profile::Profile;
pub use peer::Peer;
pub use pins::{HostInput, HostOutput, Line, Pins};
pub use polled::polled;
pub use port::{PortError, PortOptions, PortReader, PortWriter, Split, Wire, port};
pub use random::{SEED_VARIABLE, SplitMix64, seed_or};
pub use script::Script;
pub use time::VirtualTime;
pub use trace::Trace;
pub use traffic::{LayerBytes, Traffic, TrafficModel};
pub use view::{
    ContextState, HttpPhase, HttpView, MqttPhase, MqttView, Published, SocketState, SocketView, TlsContext,
};
pub use world::{Limits, Stuck, StuckReason, World};
