//! Start, stop, recover.

use wanlink_core::{Error as _, ErrorKind, Module, MqttAt, Qos, Rung};
use wanlink_emulator::{ContextState, MqttPhase, NetworkLoss, Options};
use wanlink_simcom::cmqtt::Error;
use wanlink_simcom::{Buffers, DriverModel, NoPins, Simcom};

use crate::Model;
use crate::bench::{
    APN, Bench, Foreign, KEY, LOGIN, NAME, UP, attach, broker, connect, module, pass_ms, published, running, special,
    within_ms,
};

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
    for length in [1, 100, 10_240] {
        let mut bench = Bench::new(running());
        bench.run(async |modem, scene| {
            connect(modem).await.unwrap();
            modem.publish(UP, b"first", Qos::AtLeastOnce).await.unwrap();
            let entry = Foreign(format!("AT+CMQTTPAYLOAD=0,{length}\r"));
            assert!(within_ms(500, modem.send(&entry)).await.is_none());
            assert_eq!(published(scene), [b"first"]);
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

/// The driver's own pulse is too short for that, so the test holds the key itself.
#[test]
fn a_module_that_the_key_switched_off_is_switched_on_again() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        let pins = scene.borrow().module.pins();
        module(scene).silence(8_000_000);
        let (started, ()) = embassy_futures::join::join(modem.start(), async {
            pass_ms(2000).await;
            embedded_hal::digital::OutputPin::set_low(&mut pins.pwrkey()).unwrap();
            pass_ms(2600).await;
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
    let mut modem = Simcom::<Model, _, _, _>::new(reader, writer, NoPins, &mut buffers);
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
    for network_loss in [NetworkLoss::Service, NetworkLoss::Client] {
        for rung in [Rung::Context, Rung::Radio] {
            let mut bench = Bench::new(special(|it| it.network_loss = network_loss));
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
fn stop_logs_off_and_is_harmless_twice() {
    let mut bench = Bench::new(running());
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        modem.stop().await.unwrap();
        pass_ms(10_000).await;
        assert!(!scene.borrow().module.is_on() && !scene.borrow().platform.is_online(KEY, NAME));
        modem.stop().await.unwrap();
        assert_eq!(modem.publish(UP, b"x", Qos::AtMostOnce).await.unwrap_err().kind(), ErrorKind::Restart);
        modem.start().await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 2);
    });
}

#[test]
fn a_restart_by_itself_ends_the_call_that_runs_and_every_later_one_until_start() {
    for sms_lines in [true, false] {
        let mut bench = Bench::new(special(|it| it.sms_lines = sms_lines));
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
    let mut bench = Bench::new(special(|it| it.boot_lines = false));
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        module(scene).reset();
        pass_ms(20_000).await;
        assert_eq!(modem.publish(UP, b"x", Qos::AtLeastOnce).await, Err(Error::Restarted));
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().module.boots(), 2);
    });
}
