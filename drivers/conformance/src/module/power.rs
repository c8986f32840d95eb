//! Start, stop, recover, and restarts that nobody asked for.

use embassy_time::Instant;
use wanlink_at::driver::{DriverModel, Error};
use wanlink_core::{Error as _, ErrorKind, Module, Rung};
use wanlink_emulator::{ContextState, Options};
use wanlink_scene::bench::{module, pass_ms, running};

use crate::bench::ModuleBench;
use crate::rig::{APN, Rig, attach};

/// One press of the key, and the settings are taken; off, and on again.
pub fn a_module_that_is_off_is_switched_on_once_and_set_up<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(Options::default());
    rig.run(async |modem, scene| {
        modem.start().await.unwrap();
        {
            let scene = scene.borrow();
            assert_eq!((scene.module.boots(), scene.module.is_on()), (1 + B::SETUP_BOOTS, true));
            assert_eq!((scene.module.echo(), scene.module.error_form()), (false, 1));
        }
        modem.attach(&APN, &mut |_| ()).await.unwrap();
        modem.stop().await.unwrap();
        pass_ms(B::OFF_MS).await;
        assert!(!scene.borrow().module.is_on());
        attach(modem).await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 2 + B::SETUP_BOOTS);
    });
    assert_eq!(rig.presses(), 2);
}

/// The toggling key is not touched, by this driver or by the next one.
pub fn a_module_that_runs_is_adopted_and_never_switched_off<B: ModuleBench>() {
    let mut rig = Rig::<B>::new(running());
    rig.run(async |modem, _| modem.start().await.unwrap());
    let begun = rig.world.now_us();
    rig.run(async |modem, scene| {
        modem.start().await.unwrap();
        modem.start().await.unwrap();
        assert_eq!((scene.borrow().module.boots(), scene.borrow().module.is_on()), (1 + B::SETUP_BOOTS, true));
    });
    assert_eq!(rig.presses(), 0);
    let took_us = rig.world.now_us() - begun;
    assert!(took_us < 1_000_000 * B::ADOPTED_S, "an answer ends the search: {took_us} us");
}

/// Silence is no success, and the key does not help; the reset does.
pub fn a_mute_module_is_an_error_of_kind_restart_and_the_reset_helps<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        modem.start().await.unwrap();
        module(scene).hang();
        assert_eq!(modem.start().await.unwrap_err().kind(), ErrorKind::Restart);
        assert_eq!(modem.signal().await.unwrap_err().kind(), ErrorKind::Restart, "start is next");
        modem.recover(Rung::Reset).await.unwrap();
        attach(modem).await.unwrap();
        assert!(scene.borrow().module.boots() > 1 + B::SETUP_BOOTS);
    });
}

/// Each is as far as it says, and attach brings the rest.
pub fn context_and_radio_come_back<B: ModuleBench>() {
    for rung in [Rung::Context, Rung::Radio] {
        Rig::<B>::new(running()).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.recover(rung).await.unwrap();
            if rung == Rung::Context {
                assert_eq!(scene.borrow().module.context(1), ContextState::Active);
            }
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            assert_eq!(scene.borrow().module.context(1), ContextState::Active);
        });
    }
}

/// A network that denies does not give one.
pub fn a_context_that_does_not_come_back_is_of_kind_reattach<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).deny();
        pass_ms(5000).await;
        let error = modem.recover(Rung::Context).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Reattach, "{error}");
    });
}

/// Nothing but `start` goes on after it, and one boot is enough.
pub fn a_restart_that_was_asked_for_boots_once<B: ModuleBench>() {
    for rung in [Rung::Restart, Rung::Reset] {
        let options = Options { slow_boot_us: 3_000_000, ..running() };
        let mut rig = Rig::<B>::new(options);
        rig.run(async |modem, scene| {
            attach(modem).await.unwrap();
            let boots = scene.borrow().module.boots();
            modem.recover(rung).await.unwrap();
            assert_eq!(modem.signal().await, Err(Error::Restarted), "start is next");
            modem.start().await.unwrap();
            assert_eq!(scene.borrow().module.boots(), boots + 1, "{rung:?}");
            modem.attach(&APN, &mut |_| ()).await.unwrap();
        });
        let by_key = rung == Rung::Reset && B::RESETS_BY_KEY;
        assert_eq!(rig.presses(), u32::from(by_key), "{rung:?}");
    }
}

/// It is off, and stays off until it is started.
pub fn stop_is_harmless_twice<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let boots = scene.borrow().module.boots();
        modem.stop().await.unwrap();
        pass_ms(B::OFF_MS).await;
        assert!(!scene.borrow().module.is_on());
        modem.stop().await.unwrap();
        assert_eq!(modem.signal().await.unwrap_err().kind(), ErrorKind::Restart);
        modem.start().await.unwrap();
        assert_eq!(scene.borrow().module.boots(), boots + 1);
    });
}

/// The call that listens ends, and so does every later one.
pub fn a_restart_by_itself_ends_every_call_until_start<B: ModuleBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        // The lines of a boot that is known of are no sign.
        pass_ms(20_000).await;
        module(scene).reset();
        let begun = Instant::now();
        assert_eq!(modem.idle().await, Err(Error::Restarted));
        assert!(begun.elapsed().as_millis() < 100 * u64::from(B::Model::BOOT_DS));
        assert_eq!(modem.describe().await, Err(Error::Restarted));
        assert_eq!(modem.attach(&APN, &mut |_| ()).await, Err(Error::Restarted));
        attach(modem).await.unwrap();
    });
}
