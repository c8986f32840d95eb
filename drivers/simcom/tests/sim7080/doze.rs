//! The sleep line: asleep between two calls, and awake before the first byte.

use wanlink_core::{Doze, Error as _, ErrorKind, Inbound, Module, MqttAt, Notice, Qos};
use wanlink_emulator::{HostOutput, PortReader, PortWriter};
use wanlink_simcom::{Buffers, NoPins, Sim7080, Simcom, SleepLine};

use crate::bench::{
    APN, Bench, DOWN, LOGIN, Shared, UP, broker, count, module, pass_ms, published, push, running, within_ms,
};

type Dozing<'b> = Simcom<'b, Sim7080, PortReader, PortWriter, SleepLine<NoPins, HostOutput>>;

/// Runs a story with a driver that has the sleep line and no other pin.
fn run<T>(bench: &mut Bench, story: impl AsyncFnOnce(&mut Dozing<'_>, &Shared) -> T) -> T {
    let base: &mut wanlink_scene::bench::Bench = bench;
    base.run(async |reader, writer, scene| {
        let mut buffers = Buffers::<256, 1600, 1600>::new();
        let pins = SleepLine::new(NoPins, scene.borrow().module.pins().dtr());
        story(&mut Simcom::new(reader, writer, pins, &mut buffers), scene).await
    })
}

async fn come_up(modem: &mut Dozing<'_>) {
    modem.start().await.unwrap();
    modem.attach(&APN, &mut |_| ()).await.unwrap();
    modem.connect(&broker(), &LOGIN).await.unwrap();
}

/// simcom-at 2.3: "sleep via DTR high; pull DTR low and wait 20 ms .. / 50 ms .. before the first byte".
#[test]
fn a_port_that_dozes_loses_no_byte() {
    let mut bench = Bench::new(running());
    run(&mut bench, async |modem, scene| {
        come_up(modem).await;
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
        // No command was needed twice; one setting is that of the start.
        let counts = ["AT+SMPUB", "AT+SMCONN", "AT+CSCLK"].map(|command| count(scene, command));
        assert_eq!(counts, [3, 1, 10]);
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
        come_up(modem).await;
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
        come_up(modem).await;
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
        come_up(modem).await;
    });
}
