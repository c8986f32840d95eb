//! Start, stop, recover.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Qos, Rung};
use wanlink_emulator::{ContextState, MqttPhase, Options};
use wanlink_quectel::DriverModel as _;
use wanlink_quectel::{Buffers, NoPins, Quectel};

use crate::bench::{
    APN, Bench, Error, KEY, LOGIN, LONGEST, Model, NAME, UP, attach, broker, connect, module, pass_ms, published,
    running, within_ms,
};
use crate::model::{BOOT_MS, KEY_OFF_MS, OFF_MS};

#[test]
fn a_module_that_is_off_is_switched_on_once_and_set_up() {
    let mut bench = Bench::new(Options { urcs_on_usb: true, ..Options::default() });
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        let scene = scene.borrow();
        assert_eq!((scene.module.boots(), scene.module.is_on()), (1, true));
        assert!(!scene.module.echo() && scene.module.urcs_reach_host());
        assert_eq!(scene.module.error_form(), 1);
    });
    assert_eq!(bench.presses(), 1);
}

#[test]
fn an_old_session_is_closed() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, _| connect(modem).await.unwrap());
    bench.run(async |modem, scene| {
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Connected);
        modem.start().await.unwrap();
        assert_eq!(scene.borrow().module.mqtt(0).unwrap().phase, MqttPhase::Closed);
        attach(modem).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
    });
}

#[test]
fn a_data_entry_that_an_earlier_life_left_is_filled_up() {
    for length in [1, 100, LONGEST] {
        let mut bench = Bench::new(running());
        bench.run(async |modem, scene| {
            connect(modem).await.unwrap();
            module(scene).delay_prompt(2_000_000);
            let payload = vec![b'x'; length];
            assert!(within_ms(1000, modem.publish(UP, &payload, Qos::AtLeastOnce)).await.is_none());
            pass_ms(2000).await;
        });
        bench.run(async |modem, scene| {
            let begun = embassy_time::Instant::now();
            modem.start().await.unwrap();
            assert!(begun.elapsed().as_secs() < 10, "{length}");
            assert_eq!(scene.borrow().module.boots(), 1, "the key is no cure for it");
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            modem.connect(&broker(), &LOGIN).await.unwrap();
            modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
            assert_eq!(published(scene).last().unwrap(), b"own");
        });
    }
}

/// A module that the first pulse switches off because it was on and deaf. The model's own pulse may be too short for that,
/// as on a BG95, so the test holds the key itself.
#[test]
fn a_module_that_the_key_switched_off_is_switched_on_again() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        let pins = scene.borrow().module.pins();
        module(scene).silence(2_300_000 + 1000 * KEY_OFF_MS);
        let (started, ()) = embassy_futures::join::join(modem.start(), async {
            pass_ms(2000).await;
            embedded_hal::digital::OutputPin::set_low(&mut pins.pwrkey()).unwrap();
            pass_ms(KEY_OFF_MS).await;
            embedded_hal::digital::OutputPin::set_high(&mut pins.pwrkey()).unwrap();
        })
        .await;
        started.unwrap();
        assert_eq!((scene.borrow().module.boots(), scene.borrow().module.is_on()), (2, true));
    });
}

#[test]
fn without_pins_a_module_is_found_once_it_has_power() {
    let mut bench = Bench::new(Options::default());
    let (reader, writer) = bench.world.halves();
    let mut buffers: Buffers = Buffers::new();
    let mut modem = Quectel::<Model, _, _, _>::new(reader, writer, NoPins, &mut buffers);
    let pins = bench.scene.borrow().module.pins();
    let mut peer = bench.scene.clone();
    let story = async {
        embassy_futures::join::join(modem.start(), async {
            pass_ms(4000).await;
            embedded_hal::digital::OutputPin::set_low(&mut pins.pwrkey()).unwrap();
            pass_ms(Model::KEY_ON_MS.into()).await;
            embedded_hal::digital::OutputPin::set_high(&mut pins.pwrkey()).unwrap();
        })
        .await
        .0
        .unwrap();
        assert_eq!(modem.recover(Rung::Reset).await, Err(Error::Pin));
        assert_eq!(Error::Pin.kind(), ErrorKind::Misuse);
    };
    bench.world.run(&mut peer, story).unwrap();
    assert!(bench.scene.borrow().module.is_on());
}

#[test]
fn context_and_radio_come_back_and_the_session_is_known_to_be_gone() {
    for stat_after_context_loss in [false, true] {
        for rung in [Rung::Context, Rung::Radio] {
            let mut bench = Bench::new(Options { stat_after_context_loss, ..running() });
            bench.run(async |modem, scene| {
                connect(modem).await.unwrap();
                modem.recover(rung).await.unwrap();
                let (state, kind) = match rung {
                    Rung::Context => (ContextState::Active, ErrorKind::Reconnect),
                    _ => (ContextState::Lost, ErrorKind::Reattach),
                };
                assert_eq!(scene.borrow().module.context(1), state);
                let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
                assert_eq!(error.kind(), kind, "{error} after {rung:?}");
                modem.attach(&APN, &mut |_| ()).await.unwrap();
                modem.connect(&broker(), &LOGIN).await.unwrap();
            });
        }
    }
}

#[test]
fn a_restart_by_command_or_pin_boots_once_and_start_does_not_press_the_key() {
    for rung in [Rung::Restart, Rung::Reset] {
        for powered_down_on_restart in [false, true] {
            let options = Options { powered_down_on_restart, slow_boot_us: 6_000_000, ..running() };
            let mut bench = Bench::new(options);
            bench.run(async |modem, scene| {
                attach(modem).await.unwrap();
                modem.recover(rung).await.unwrap();
                assert_eq!(modem.signal().await, Err(Error::Restarted), "start is next");
                modem.start().await.unwrap();
                assert_eq!(scene.borrow().module.boots(), 2);
                modem.attach(&APN, &mut |_| ()).await.unwrap();
            });
            assert_eq!(bench.presses(), 0, "{rung:?}");
        }
    }
}

#[test]
fn stop_logs_off_and_is_harmless_twice() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.stop().await.unwrap();
        pass_ms(OFF_MS).await;
        assert!(!scene.borrow().module.is_on() && !scene.borrow().platform.is_online(KEY, NAME));
        modem.stop().await.unwrap();
        assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Restart);
        modem.start().await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 2);
    });
}

#[test]
fn stop_insists_where_the_module_refuses_right_after_its_boot() {
    let mut bench = Bench::new(Options { powerdown_refused_us: 2_500_000, ..Options::default() });
    bench.run(async |modem, scene| {
        modem.start().await.unwrap();
        modem.stop().await.unwrap();
        assert!(scene.borrow().module.command_count("AT+QPOWD") > 1);
        pass_ms(OFF_MS).await;
        assert!(!scene.borrow().module.is_on());
    });
}

#[test]
fn a_restart_by_itself_ends_the_call_that_runs_and_every_later_one_until_start() {
    for (rdy, app_rdy) in [(true, true), (true, false), (false, true)] {
        let mut bench = Bench::new(Options { rdy, app_rdy, ..running() });
        bench.run(async |modem, scene| {
            connect(modem).await.unwrap();
            // The lines of a boot that is known of are no sign.
            pass_ms(20_000).await;
            module(scene).reset();
            assert_eq!(modem.receive().await, Err(Error::Restarted));
            assert_eq!(Error::Restarted.kind(), ErrorKind::Restart);
            assert_eq!(modem.describe().await, Err(Error::Restarted));
            assert_eq!(modem.connect(&broker(), &LOGIN).await, Err(Error::Restarted));
            assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await, Err(Error::Restarted));
            connect(modem).await.unwrap();
        });
    }
}

#[test]
fn a_restart_without_a_word_is_seen_by_the_echo_of_the_next_command() {
    let mut bench = Bench::new(Options { rdy: false, app_rdy: false, sim_lines: false, ..running() });
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).reset();
        pass_ms(BOOT_MS).await;
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::Restarted));
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 2);
    });
}
