//! Payloads, byte for byte, both ways.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos};
use wanlink_simcom::{Buffers, Error};

use crate::bench::{Bench, connect, running};
use wanlink_simcom::Sim7080;

#[test]
fn a_command_longer_than_the_transmit_buffer_is_refused_before_a_byte() {
    // The command line has 147 bytes.
    Bench::<Sim7080>::new(running()).run_with(&mut Buffers::<256, 280, 200>::new(), async |modem, _| {
        connect(modem).await.unwrap();
        modem.publish(&"t".repeat(128), b"x", Qos::AtMostOnce).await.unwrap();
    });
    Bench::<Sim7080>::new(running()).run_with(&mut Buffers::<256, 140, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        let error = modem.publish(&"t".repeat(128), b"x", Qos::AtMostOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(140), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
    });
}
