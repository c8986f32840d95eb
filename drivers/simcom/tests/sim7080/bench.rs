//! The rig of the conformance suite, with either model on it.

use wanlink_at::driver::PsmFamily;
use wanlink_conformance::Rig;
use wanlink_core::HasPsm;
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_simcom::{DriverModel, Sim7000, Sim7080, Simcom};

pub(crate) use wanlink_conformance::{
    APN, BROKER as HOST, DOWN, Foreign, KEY, LOGIN, NAME, Pins, Recorder, SECURE_LOGIN, UP, attach, broker, connect,
    other_root, published, push, root, secure_broker,
};
pub(crate) use wanlink_scene::bench::{SharedScene as Shared, count, module, pass_ms, running, within_ms};

use crate::on::{On, Played};

/// What a test of both models has to know of each.
pub(crate) trait Tested: Played + DriverModel<Family: PsmFamily> + HasPsm {}

impl Tested for Sim7080 {}
impl Tested for Sim7000 {}

/// A test of both models.
macro_rules! both {
    ($(#[$doc:meta])* fn $name:ident<$model:ident>() $story:block) => {
        $(#[$doc])*
        #[test]
        fn $name() {
            fn story<$model: Tested>() $story
            story::<Sim7080>();
            story::<Sim7000>();
        }
    };
}
pub(crate) use both;

pub(crate) type Bench<M = Sim7080> = Rig<On<M>>;
pub(crate) type Driver<'b, M = Sim7080> = Simcom<'b, M, PortReader, PortWriter, Pins>;
/// The error of a model.
pub(crate) type ErrorOf<M> = wanlink_simcom::Error<<M as DriverModel>::Family>;
pub(crate) type Error = ErrorOf<Sim7080>;

/// The whole way, from start to stop; everything has to work.
pub(crate) async fn whole_way(modem: &mut Driver<'_>, scene: &Shared) {
    wanlink_conformance::mqtt::whole_way::<On<Sim7080>>(modem, scene).await;
}
