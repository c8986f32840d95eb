//! The rig of the conformance suite, with the model on it.

use wanlink_conformance::Rig;
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_quectel::{DriverModel, Quectel};

pub(crate) use wanlink_conformance::{
    APN, DOWN, KEY, LOGIN, NAME, Pins, UP, attach, broker, connect, published, push, root,
};
pub(crate) use wanlink_scene::bench::{SharedScene as Shared, count, module, pass_ms, running, within_ms};

pub(crate) use crate::model::Model;
use crate::on::On;

pub(crate) type Bench = Rig<On<Model>>;
pub(crate) type Driver<'b> = Quectel<'b, Model, PortReader, PortWriter, Pins>;
pub(crate) type Error = wanlink_quectel::Error<<Model as DriverModel>::Family>;

/// The longest payload of a publish.
pub(crate) const LONGEST: usize = <Model as wanlink_core::HasMqtt>::MQTT.payload as usize;
