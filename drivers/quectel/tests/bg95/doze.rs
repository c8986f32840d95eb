//! The sleep line: asleep between two calls, awake before the first byte, and what the network granted of PSM.

use core::time::Duration;

use wanlink_core::{Doze, Error as _, ErrorKind, Inbound, Module, MqttAt, Notice, PowerSaving, Psm, Qos, Saving};
use wanlink_emulator::{HostOutput, Options, PortReader, PortWriter};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel, SleepLine};

use crate::bench::{
    APN, Bench, DOWN, LOGIN, Shared, UP, broker, count, module, pass_ms, published, push, running, within_ms,
};

type Dozing<'b> = Quectel<'b, Bg95, PortReader, PortWriter, SleepLine<NoPins, HostOutput>>;

/// Runs a story with a driver that has the sleep line and no other pin.
fn run<T>(bench: &mut Bench, story: impl AsyncFnOnce(&mut Dozing<'_>, &Shared) -> T) -> T {
    let base: &mut wanlink_scene::bench::Bench = bench;
    base.run(async |reader, writer, scene| {
        let mut buffers = Buffers::<256, 1600, 1600>::new();
        let pins = SleepLine::new(NoPins, scene.borrow().module.pins().dtr());
        story(&mut Quectel::new(reader, writer, pins, &mut buffers), scene).await
    })
}

async fn connect(modem: &mut Dozing<'_>) {
    modem.start().await.unwrap();
    modem.attach(&APN, &mut |_| ()).await.unwrap();
    modem.connect(&broker(), &LOGIN).await.unwrap();
}

/// quectel-at 1.3: "1: sleeps when DTR high; wake by DTR low, wait 50-200 ms".
#[test]
fn a_port_that_dozes_loses_no_byte() {
    let mut bench = Bench::new(running());
    run(&mut bench, async |modem, scene| {
        connect(modem).await;
        modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
        for round in 0..3u8 {
            modem.doze().await.unwrap();
            push(scene, &[b'm', round]);
            pass_ms(60_000).await;
            let Inbound::Message(message) = modem.receive().await.unwrap() else { panic!("none is lost") };
            assert_eq!(message.payload, [b'm', round]);
            modem.doze().await.unwrap();
            modem.doze().await.unwrap();
            pass_ms(60_000).await;
            modem.publish(UP, &[b'p', round], Qos::AtLeastOnce).await.unwrap();
        }
        assert_eq!(published(scene), [b"p\0", b"p\x01", b"p\x02"]);
        // No command was needed twice, and no probe.
        let counts = ["AT+QMTPUB", "AT+QMTCONN", "AT+QSCLK", "AT"].map(|command| count(scene, command));
        assert_eq!(counts, [3, 1, 9, 0]);
        assert_eq!(modem.garbled(), 0);
    });
}

/// A driver value that ends while the port sleeps, as with a microcontroller that restarts.
#[test]
fn a_port_that_was_left_asleep_is_found() {
    let mut bench = Bench::new(running());
    run(&mut bench, async |modem, _| {
        modem.start().await.unwrap();
        modem.doze().await.unwrap();
    });
    bench.run(async |modem, _| {
        assert!(!matches!(within_ms(2_000, modem.signal()).await, Some(Ok(_))), "without its line it hears nothing");
    });
    run(&mut bench, async |modem, scene| {
        let boots = scene.borrow().module.boots();
        connect(modem).await;
        assert_eq!(scene.borrow().module.boots(), boots);
    });
}

#[test]
fn a_doze_that_is_dropped_leaves_a_port_that_answers() {
    for ms in 0..60 {
        let mut bench = Bench::new(running());
        run(&mut bench, async |modem, scene| {
            modem.start().await.unwrap();
            module(scene).slow(20_000);
            let _ = within_ms(ms, modem.doze()).await;
            modem.signal().await.unwrap();
            modem.doze().await.unwrap();
            // The wait before the first byte, too.
            let _ = within_ms(5 * ms, modem.signal()).await;
            modem.signal().await.unwrap();
        });
    }
}

#[test]
fn what_ends_meanwhile_is_told_by_the_next_call() {
    let mut bench = Bench::new(running());
    run(&mut bench, async |modem, scene| {
        connect(modem).await;
        modem.doze().await.unwrap();
        module(scene).kill_tcp();
        pass_ms(10_000).await;
        assert_eq!(within_ms(1_000, modem.idle()).await, Some(Ok(Notice::SessionLost)));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.doze().await.unwrap();
        module(scene).reset();
        pass_ms(10_000).await;
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Restart);
        assert_eq!(modem.doze().await.unwrap_err().kind(), ErrorKind::Restart);
        connect(modem).await;
    });
}

/// The network decides; the sleep ends by what it granted.
#[test]
fn a_wake_is_expected_as_the_network_granted_it() {
    let timers = |update: u8, active: u8| Some((format!("{update:08b}"), format!("{active:08b}")));
    let asked = Psm { update: Duration::from_secs(3_600), active: Duration::from_secs(10) };
    let seconds = |update, active| Psm { update: Duration::from_secs(update), active: Duration::from_secs(active) };
    // Twelve times ten minutes and ten times two seconds; what was asked for; PSM is switched off.
    for (granted_timers, granted, wakes_in) in [
        (timers(0b0000_1100, 0b0000_1010), Some(seconds(7_200, 20)), 7_200),
        (None, Some(asked), 3_600),
        (timers(0b1110_0000, 0b1110_0000), None, 3_600),
    ] {
        let mut bench = Bench::new(Options { granted_timers, ..running() });
        bench.run(async |modem, scene| {
            modem.start().await.unwrap();
            modem.attach(&APN, &mut |_| ()).await.unwrap();
            modem.save_power(&Saving { psm: Some(asked), edrx: None }).await.unwrap();
            assert_eq!(modem.granted().await.unwrap().psm, granted);
            module(scene).enter_psm();
            assert_eq!(within_ms(10_000, modem.idle()).await, Some(Ok(Notice::Asleep)));
            let left = modem.sleep().unwrap().wakes_in.as_secs();
            assert!((wakes_in - 10..=wakes_in).contains(&left), "{left} of {wakes_in}");
        });
        assert!(bench.sent().ends_with(&["AT+CEREG=4", "AT+CEREG?", "AT+CEREG=2"].map(String::from)));
    }
}
