//! What a path costs on air: bytes up and down of a login, a keep-alive, a message and whole days, and how long the radio is
//! on for them, from the emulated module's side of the network.
//!
//! Each figure is of a world of its own in which nothing goes wrong. The packets are a model's
//! ([`TrafficModel`]), and no network was asked.

pub(crate) mod command;
mod figures;
mod measure;
mod table;

use wanlink_emulator::TrafficModel;

pub use self::figures::{Bill, Day, Prices};
use crate::simulate::{RIGS, Rig};

/// Bytes of each message.
pub const PAYLOAD: usize = 64;

/// Seconds from one message to the next.
pub const RHYTHMS_S: [u64; 4] = [60, 900, 3_600, 86_400];

/// A token of the path `https` is renewed after so many days.
pub const DAYS_OF_A_TOKEN: u64 = 6;

/// A message is late by up to so many seconds.
const LATE_S: u64 = 20;

/// There and back, in microseconds.
const ROUND_TRIP_US: u64 = 100_000;

/// What each path of this model costs.
///
/// # Panics
/// A device could not do what it was to.
#[must_use]
pub fn bills(module: &str) -> Vec<Bill> {
    measure::all(&rigs(module, None), TrafficModel::default()).expect("nothing goes wrong")
}

/// The same as a page shows it.
#[must_use]
pub fn markdown(bills: &[Bill]) -> String {
    table::markdown(bills, TrafficModel::default())
}

/// The rigs of this model, on this path if one is asked for, that have nothing to register.
fn rigs(module: &str, path: Option<&str>) -> Vec<&'static Rig> {
    let is_asked = |rig: &&Rig| rig.module() == module && path.is_none_or(|path| rig.path == path);
    RIGS.iter().filter(|rig| !rig.registers()).filter(is_asked).collect()
}
