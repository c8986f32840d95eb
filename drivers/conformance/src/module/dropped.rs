//! The module's calls dropped at every poll, and called again. Whole reads, and a port of crumbs that stops inside lines.

use embassy_time::Instant;
use wanlink_core::{Module, Network, Rung};
use wanlink_emulator::{ContextState, Options};
use wanlink_scene::bench::{SharedScene, running};

use crate::bench::{DriverOf, ModuleBench};
use crate::dropped::everywhere;
use crate::rig::{APN, attach};

/// The key is not pressed twice.
pub fn start_from_cold<B: ModuleBench>() {
    let call = async |modem: &mut DriverOf<'_, B>| modem.start().await;
    everywhere::<B>(
        "start",
        &Options::default(),
        async |_, _| (),
        call,
        async |modem, scene| {
            modem.start().await.unwrap();
            // A restart for settings that was asked for when the call was dropped is asked for again.
            let most = 1 + 2 * B::SETUP_BOOTS;
            assert!((1 + B::SETUP_BOOTS..=most).contains(&scene.borrow().module.boots()));
            assert!(!scene.borrow().module.echo());
            assert!(modem.describe().await.is_ok());
        },
    );
}

/// Questions leave nothing.
pub fn describe_signal_and_clock<B: ModuleBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| attach(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| {
        modem.describe().await?;
        modem.signal().await?;
        modem.clock().await.map(drop)
    };
    everywhere::<B>("describe, signal, clock", &running(), before, call, async |modem, _| {
        assert_eq!(modem.signal().await.unwrap().rssi_dbm, Some(-65));
        let info = modem.describe().await.unwrap();
        assert_eq!(info.model(), B::label());
        assert_eq!((info.imei(), info.iccid()), ("866349040000017", "89860320045510000017"));
        let now = 1_767_225_600 + Instant::now().as_secs();
        let told = modem.clock().await.unwrap().unwrap().as_secs();
        assert!(told == now || told == now + 1, "{told}, not {now}");
    });
}

/// The next access point is the one that counts.
pub fn attach_with_a_new_apn<B: ModuleBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| modem.start().await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| modem.attach(&Network::apn("dropped"), &mut |_| ()).await;
    everywhere::<B>("attach", &running(), before, call, async |modem, scene| {
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        assert_eq!((scene.borrow().module.context(1), scene.borrow().module.apn(1)), (ContextState::Active, "cmiot"));
    });
}

/// Called again, and all is up again.
pub fn each_rung_of_recovery<B: ModuleBench>() {
    for rung in [Rung::Context, Rung::Radio, Rung::Restart, Rung::Reset] {
        let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| attach(modem).await.unwrap();
        let call = async |modem: &mut DriverOf<'_, B>| modem.recover(rung).await;
        everywhere::<B>(&format!("{rung:?}"), &running(), before, call, async |modem, scene| {
            modem.recover(rung).await.unwrap();
            attach(modem).await.unwrap();
            assert_eq!(scene.borrow().module.context(1), ContextState::Active);
        });
    }
}

/// Whatever is left of it, `start` finds out.
pub fn stop<B: ModuleBench>() {
    let before = async |modem: &mut DriverOf<'_, B>, _: &SharedScene| attach(modem).await.unwrap();
    let call = async |modem: &mut DriverOf<'_, B>| modem.stop().await;
    everywhere::<B>("stop", &running(), before, call, async |modem, _| attach(modem).await.unwrap());
}
