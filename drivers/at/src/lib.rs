#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// The traits are for executors of one core; a `Send` bound would exclude the ports of most boards.
#![allow(async_fn_in_trait)]

mod between;
mod block;
mod bytes;
mod command;
mod dialect;
pub mod driver;
mod engine;
mod exchange;
mod forms;
mod frame;
mod inbox;
mod job;
mod line;
mod modem;
#[cfg(not(feature = "_mutants"))]
mod mutants;
#[cfg(feature = "_mutants")]
pub mod mutants;
mod notes;
mod owed;
mod packed;
mod run;
mod sort;
mod stages;
mod step;
mod stream;
#[cfg(feature = "_tables")]
pub mod tables;
#[cfg(feature = "trace")]
mod trace;
mod transmit;

pub use between::Left;
pub use block::{Block, Part};
pub use command::{Code, Command};
pub use dialect::{Dialect, Urc};
#[doc(hidden)]
pub use dialect::{pack_urcs, packed_urcs_len};
pub use engine::{Engine, later};
pub use forms::{AllForms, Forms};
pub use inbox::{Loss, Record};
pub use job::{Ending, Job};
pub use line::{Fields, cme_code, field, fields, int, number};
pub use modem::{Buffers, Fault, Modem, SendError};
pub use notes::{Answer, Effect, Notes, Verdict};
pub use packed::commands;
pub use run::End;
pub use step::{FOREVER, Step, listen, step};
#[doc(hidden)]
pub use step::{joined, joined_len, pack, packed_len};
pub use stream::{Data, Rest, Room};
#[cfg(feature = "trace")]
pub use trace::Trace;
pub use transmit::Arg;
