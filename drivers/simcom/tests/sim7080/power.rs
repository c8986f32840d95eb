//! Start, stop, recover.

use wanlink_core::{Module, Rung};
use wanlink_emulator::{Options, SimcomOptions};
use wanlink_simcom::{Buffers, Error, NoPins, Sim7000, Sim7080, Simcom};

use crate::bench::{APN, Bench, Tested, attach, both, module, pass_ms, running};

/// A module that says no word of a boot.
fn mute_boots(options: Options) -> Options {
    Options { simcom: SimcomOptions { boot_lines: false, ..SimcomOptions::default() }, ..options }
}

both! {
    fn a_new_module_is_restarted_once_in_its_life<M>() {
        let mut bench = Bench::<M>::new(Options::default());
        for (boots, presses) in [(2, 1), (2, 1)] {
            bench.run(async |modem, scene| {
                modem.start().await.unwrap();
                let scene = scene.borrow();
                assert_eq!((scene.module.boots(), scene.module.is_on()), (boots, true));
                assert_eq!((scene.module.echo(), scene.module.error_form(), scene.module.rate()), (false, 1, 115_200));
            });
            assert_eq!(bench.presses(), presses);
        }
    }
}

both! {
    /// It would be restarted at each start.
    fn a_module_that_does_not_keep_its_settings_is_not_restarted_again<M>() {
        let mut bench = Bench::<M>::new(running());
        bench.run(async |modem, scene| {
            for _ in 0..3 {
                module(scene).drop_line("+CLTS: 0");
                modem.start().await.unwrap();
                module(scene).drop_line("+CLTS: 1");
            }
            assert_eq!(scene.borrow().module.boots(), 2);
        });
    }
}

both! {
    fn the_lines_that_a_rate_costs_are_sent_again<M>() {
        for lines_until_rate in 0..3 {
            let simcom = SimcomOptions { lines_until_rate, ..SimcomOptions::default() };
            Bench::<M>::new(Options { simcom, ..running() }).run(async |modem, _| attach(modem).await.unwrap());
        }
    }
}

both! {
    fn settings_that_fail_for_no_reason_are_tried_again<M>() {
        let simcom = SimcomOptions { setup_failures: 5, ..SimcomOptions::default() };
        Bench::<M>::new(Options { simcom, ..Options::default() }).run(async |modem, _| attach(modem).await.unwrap());
    }
}

both! {
    fn without_pins_a_module_is_found_once_it_has_power<M>() {
        let mut bench = Bench::<M>::new(Options::default());
        let (reader, writer) = bench.world.halves();
        let mut buffers: Buffers = Buffers::new();
        let mut modem = Simcom::<M, _, _, _>::new(reader, writer, NoPins, &mut buffers);
        let pins = bench.scene.borrow().module.pins();
        let mut peer = bench.scene.clone();
        let story = async {
            embassy_futures::join::join(modem.start(), async {
                pass_ms(4000).await;
                embedded_hal::digital::OutputPin::set_low(&mut pins.pwrkey()).unwrap();
                pass_ms(1_100).await;
                embedded_hal::digital::OutputPin::set_high(&mut pins.pwrkey()).unwrap();
            })
            .await
            .0
            .unwrap();
            assert_eq!(modem.recover(Rung::Reset).await, Err(Error::Pin));
        };
        bench.world.run(&mut peer, story).unwrap();
        assert!(bench.scene.borrow().module.is_on());
    }
}

both! {
    fn a_restart_by_command_or_pin_boots_once_and_start_does_not_press_the_key<M>() {
        for rung in [Rung::Restart, Rung::Reset] {
            for mute in [false, true] {
                let options = Options { slow_boot_us: 3_000_000, ..running() };
                let mut bench = Bench::<M>::new(if mute { mute_boots(options) } else { options });
                bench.run(async |modem, _| attach(modem).await.unwrap());
                let presses = u32::from(rung == Rung::Reset && M::NAME == "SIM7080");
                bench.run(async |modem, scene| {
                    attach(modem).await.unwrap();
                    modem.recover(rung).await.unwrap();
                    assert_eq!(modem.signal().await, Err(Error::Restarted), "start is next");
                    modem.start().await.unwrap();
                    assert_eq!(scene.borrow().module.boots(), 3);
                    modem.attach(&APN, &mut |_| ()).await.unwrap();
                });
                assert_eq!(bench.presses(), presses, "{rung:?}");
            }
        }
    }
}

both! {
    fn a_restart_without_a_word_is_seen_by_the_echo_of_the_next_command<M>() {
        let mut bench = Bench::<M>::new(mute_boots(running()));
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).reset();
            pass_ms(8000).await;
            assert_eq!(modem.signal().await, Err(Error::Restarted));
            attach(modem).await.unwrap();
            assert_eq!(scene.borrow().module.boots(), 3);
        });
    }
}

both! {
    fn the_loss_of_the_application_network_is_told<M>() {
        let mut bench = Bench::<M>::new(running());
        bench.run(async |modem, scene| {
            attach(modem).await.unwrap();
            module(scene).lose_context(1);
            loop {
                match modem.idle().await.unwrap() {
                    wanlink_core::Notice::ContextLost => break,
                    other => assert_eq!(other, wanlink_core::Notice::Registration),
                }
            }
            modem.attach(&APN, &mut |_| ()).await.unwrap();
        });
    }
}
