//! The sleep line: asleep between two calls, and awake before the first byte.

use wanlink_at::driver::{Buffers, Driver, DriverModel, NoPins, SleepLine};
use wanlink_core::{Doze, Error as _, ErrorKind, Inbound, Module, MqttAt, Notice, Qos, TcpSocket};
use wanlink_emulator::{HostOutput, PortOptions, PortReader, PortWriter};
use wanlink_scene::bench::{SharedScene, count, module, pass_ms, running, within_ms};

use crate::bench::{DozeBench, DozeSessionBench};
use crate::rig::{APN, DOWN, LOGIN, Rig, UP, broker, published, push};
use crate::sockets::{HOST, SINK, rig_with};

/// A driver that has the sleep line and no other pin.
type Dozing<'b, B> = Driver<'b, <B as crate::Bench>::Model, PortReader, PortWriter, SleepLine<NoPins, HostOutput>>;

fn rig<B: DozeBench>() -> Rig<B> {
    rig_with(running(), PortOptions::default(), 1)
}

/// Runs a story with such a driver.
fn run<B: DozeBench, T>(rig: &mut Rig<B>, story: impl AsyncFnOnce(&mut Dozing<'_, B>, &SharedScene) -> T) -> T {
    let base: &mut wanlink_scene::bench::Bench = rig;
    base.run(async |reader, writer, scene| {
        let mut buffers = Buffers::<256, 1600, 1600>::new();
        let pins = SleepLine::new(NoPins, scene.borrow().module.pins().dtr());
        story(&mut Driver::new(reader, writer, pins, &mut buffers), scene).await
    })
}

async fn attach(modem: &mut impl Module) {
    modem.start().await.unwrap();
    modem.attach(&APN, &mut |_| ()).await.unwrap();
}

async fn connect(modem: &mut impl MqttAt) {
    attach(modem).await;
    modem.connect(&broker(), &LOGIN).await.unwrap();
}

/// The first byte of a call comes when the port is awake, and what came meanwhile comes with the call that listens.
pub fn a_port_that_dozes_loses_no_byte<B: DozeBench>() {
    run(&mut rig::<B>(), async |modem, scene| {
        attach(modem).await;
        let socket = modem.open(HOST, SINK).await.unwrap();
        let before = count(scene, B::DOZE);
        for round in 0..3u8 {
            modem.doze().await.unwrap();
            scene.borrow_mut().send(0, &[b'm', round]);
            pass_ms(60_000).await;
            let mut data = [0; 2];
            assert_eq!(modem.read(socket, &mut data).await, Ok(2));
            assert_eq!(data, [b'm', round]);
            modem.doze().await.unwrap();
            modem.doze().await.unwrap();
            pass_ms(60_000).await;
            modem.write(socket, &[b'p', round]).await.unwrap();
        }
        pass_ms(1_000).await;
        assert_eq!(scene.borrow().servers.received(0), b"p\0p\x01p\x02");
        // No command was needed twice.
        assert_eq!((count(scene, B::DOZE), modem.garbled()), (before + 9, 0));
    });
}

/// The same with a session.
pub fn a_session_that_dozes_loses_no_message<B: DozeSessionBench>() {
    run(&mut rig::<B>(), async |modem, scene| {
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
        assert_eq!(modem.garbled(), 0);
    });
}

/// A driver value that ends while the port sleeps, as with a microcontroller that restarts.
pub fn a_port_that_was_left_asleep_is_found<B: DozeBench>() {
    let mut rig = rig::<B>();
    run(&mut rig, async |modem, _| {
        modem.start().await.unwrap();
        modem.doze().await.unwrap();
    });
    rig.run(async |modem, _| {
        assert!(!matches!(within_ms(2_000, modem.signal()).await, Some(Ok(_))), "without its line it hears nothing");
    });
    run(&mut rig, async |modem, scene| {
        let boots = scene.borrow().module.boots();
        attach(modem).await;
        assert_eq!(scene.borrow().module.boots(), boots);
    });
}

/// Whenever it is dropped, and the wait before the first byte, too.
pub fn a_doze_that_is_dropped_leaves_a_port_that_answers<B: DozeBench>() {
    for ms in 0..60 {
        run(&mut rig::<B>(), async |modem, scene| {
            modem.start().await.unwrap();
            module(scene).slow(20_000);
            let _ = within_ms(ms, modem.doze()).await;
            modem.signal().await.unwrap();
            modem.doze().await.unwrap();
            let _ = within_ms(5 * ms, modem.signal()).await;
            modem.signal().await.unwrap();
        });
    }
}

/// A connection that ended, and a restart.
pub fn what_ends_meanwhile_is_told_by_the_next_call<B: DozeBench>() {
    run(&mut rig::<B>(), async |modem, scene| {
        attach(modem).await;
        let socket = modem.open(HOST, SINK).await.unwrap();
        modem.doze().await.unwrap();
        scene.borrow_mut().close(0);
        pass_ms(10_000).await;
        assert_eq!(within_ms(1_000, modem.idle()).await, Some(Ok(Notice::Socket)));
        modem.close(socket).await.unwrap();
        let socket = modem.open(HOST, SINK).await.unwrap();
        modem.doze().await.unwrap();
        module(scene).reset();
        pass_ms(100 * u64::from(B::Model::BOOT_DS)).await;
        assert_eq!(modem.write(socket, b"x").await.unwrap_err().kind(), ErrorKind::Restart);
        assert_eq!(modem.doze().await.unwrap_err().kind(), ErrorKind::Restart);
        attach(modem).await;
        modem.open(HOST, SINK).await.unwrap();
    });
}

/// The end of a session, and a restart.
pub fn a_session_that_ends_meanwhile_is_told_by_the_next_call<B: DozeSessionBench>() {
    run(&mut rig::<B>(), async |modem, scene| {
        connect(modem).await;
        modem.doze().await.unwrap();
        module(scene).kill_tcp();
        pass_ms(10_000).await;
        assert_eq!(within_ms(1_000, modem.idle()).await, Some(Ok(Notice::SessionLost)));
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.doze().await.unwrap();
        module(scene).reset();
        pass_ms(100 * u64::from(B::Model::BOOT_DS)).await;
        let error = modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Restart);
        connect(modem).await;
    });
}
