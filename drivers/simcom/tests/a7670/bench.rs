//! The rig of the conformance suite, with the model on it.

use wanlink_conformance::Rig;
use wanlink_emulator::{Options, PortReader, PortWriter, SimcomOptions};
use wanlink_simcom::Simcom;

pub(crate) use wanlink_conformance::{
    APN, BROKER as HOST, DOWN, Foreign, KEY, LOGIN, NAME, Pins, UP, attach, broker, connect, published, push, root,
};
pub(crate) use wanlink_scene::bench::{SharedScene as Shared, count, module, pass_ms, running, within_ms};

use crate::Model;
use crate::on::On;

pub(crate) type Bench = Rig<On<Model>>;
pub(crate) type Driver<'b> = Simcom<'b, Model, PortReader, PortWriter, Pins>;

/// Options of this vendor's modules, for a module that runs.
pub(crate) fn special(set: impl FnOnce(&mut SimcomOptions)) -> Options {
    let mut options = running();
    set(&mut options.simcom);
    options
}

/// The whole way, from start to stop; everything has to work.
pub(crate) async fn whole_way(modem: &mut Driver<'_>, scene: &Shared) {
    wanlink_conformance::mqtt::whole_way::<On<Model>>(modem, scene).await;
}
