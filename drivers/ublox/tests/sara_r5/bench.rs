//! The rig of the conformance suite, with a model on it.

use wanlink_conformance::Rig;
use wanlink_emulator::{PortReader, PortWriter};
use wanlink_ublox::{SaraR5, Ublox};

pub(crate) use wanlink_conformance::{
    APN, BROKER as HOST, DOWN, LOGIN, Pins, Recorder, UP, attach, broker, connect, published, push, root,
};
pub(crate) use wanlink_scene::bench::{SharedScene as Shared, count, module, pass_ms, running, within_ms};

use crate::on::On;
pub(crate) use crate::on::Played;

/// Runs a story for each model.
macro_rules! on_each_model {
    ($story:ident) => {
        $story::<wanlink_ublox::SaraR5>();
        $story::<wanlink_ublox::SaraR422>();
        $story::<wanlink_ublox::LaraR6>();
        $story::<wanlink_ublox::LenaR8>();
        $story::<wanlink_ublox::SaraR410m>();
    };
}
pub(crate) use on_each_model;

/// Runs a story for each model whose MQTT client is fit for the platform.
macro_rules! on_each_client {
    ($story:ident) => {
        $story::<wanlink_ublox::SaraR5>();
        $story::<wanlink_ublox::SaraR422>();
        $story::<wanlink_ublox::LaraR6>();
        $story::<wanlink_ublox::LenaR8>();
    };
}
pub(crate) use on_each_client;

pub(crate) type Bench<M = SaraR5> = Rig<On<M>>;
pub(crate) type Driver<'b, M = SaraR5> = Ublox<'b, M, PortReader, PortWriter, Pins>;

/// The whole way, from start to stop; everything has to work.
pub(crate) async fn whole_way<M: Played + wanlink_core::HasMqtt>(modem: &mut Driver<'_, M>, scene: &Shared) {
    wanlink_conformance::mqtt::whole_way::<On<M>>(modem, scene).await;
}
