//! The root on its way to the module: dropped, cut off, damaged.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos};
use wanlink_emulator::{PortOptions, Split, polled};
use wanlink_simcom::Buffers;

use wanlink_simcom::Sim7080;

use super::{LOGIN, connect, verified};
use crate::bench::{Bench, FILE, Foreign, UP, attach, count, module, root, running};

/// Whether the root fits the transmit buffer behind its command, or not.
#[test]
fn dropped_at_every_poll() {
    fn drops<const T: usize>() -> usize {
        let crumbs =
            PortOptions { split: Split::At(3), gap_us: 50, transmit_buffer: Some(8), ..PortOptions::default() };
        for polls in 0.. {
            let ended = Bench::<Sim7080>::with_port(running(), crumbs.clone(), 1).run_with(
                &mut Buffers::<256, T, 1160>::new(),
                async |modem, scene| {
                    attach(modem).await.unwrap();
                    let ended = polled(modem.connect(&verified(), &LOGIN), polls).await;
                    modem.connect(&verified(), &LOGIN).await.unwrap();
                    modem.publish(UP, b"own", Qos::AtLeastOnce).await.unwrap();
                    assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()), "{polls}");
                    assert_eq!(modem.front(), None, "a root is no message");
                    ended
                },
            );
            if let Some(result) = ended {
                result.unwrap();
                return polls;
            }
        }
        unreachable!("a call ends")
    }
    let (whole, pieces) = (drops::<1280>(), drops::<384>());
    println!("connect with an upload: dropped at {whole} polls where the root fits the buffer, {pieces} where not");
    assert!(whole > 50 && pieces > 50);
}

/// The module restarts in the middle of the upload: what came is gone.
#[test]
fn cut_off_by_a_restart_of_the_module() {
    let slow = PortOptions { baud: Some(115_200), ..PortOptions::default() };
    let mut bench = Bench::<Sim7080>::with_port(running(), slow, 1);
    bench.run(async |modem, scene| {
        attach(modem).await.unwrap();
        let server = verified();
        let connecting = modem.connect(&server, &LOGIN);
        let resetting = async {
            while count(scene, "AT+CFSWFILE") == 0 {
                embassy_time::Timer::after_millis(1).await;
            }
            embassy_time::Timer::after_millis(20).await;
            module(scene).reset();
        };
        let (result, ()) = embassy_futures::join::join(connecting, resetting).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Restart);
        assert_eq!(module(scene).file(FILE), None);
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
    });
}

/// The microcontroller restarts in the middle of it: the next life fills the data entry up, and finds the content wrong.
#[test]
fn cut_off_by_a_restart_of_the_microcontroller() {
    let slow = PortOptions { baud: Some(115_200), ..PortOptions::default() };
    let mut bench = Bench::<Sim7080>::with_port(running(), slow, 1);
    bench.run_with(&mut Buffers::<256, 384, 1160>::new(), async |modem, scene| {
        attach(modem).await.unwrap();
        let server = verified();
        let connecting = modem.connect(&server, &LOGIN);
        let cut = async {
            while count(scene, "AT+CFSWFILE") == 0 {
                embassy_time::Timer::after_millis(1).await;
            }
            embassy_time::Timer::after_millis(20).await;
        };
        embassy_futures::select::select(connecting, cut).await;
    });
    bench.run(async |modem, scene| {
        connect(modem).await.unwrap();
        assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
    });
}

/// Somebody else deleted it: the file is looked up before each session, not remembered.
#[test]
fn a_root_that_went_missing() {
    Bench::<Sim7080>::new(running()).run(async |modem, scene| {
        connect(modem).await.unwrap();
        for line in ["AT+CFSINIT", &format!("AT+CFSDFILE=3,\"{FILE}\""), "AT+CFSTERM"] {
            modem.send(&Foreign::of(line)).await.unwrap();
        }
        assert_eq!(scene.borrow().module.file(FILE), None);
        modem.connect(&verified(), &LOGIN).await.unwrap();
        assert_eq!(scene.borrow().module.file(FILE), Some(root().pem()));
    });
}
