//! Payloads, byte for byte, both ways.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos};
use wanlink_quectel::Buffers;

use crate::bench::{Bench, Error, connect, running};

#[test]
fn a_command_longer_than_the_transmit_buffer_is_refused_before_a_byte() {
    // The command line has 280 bytes.
    Bench::new(running()).run_with(&mut Buffers::<256, 280, 200>::new(), async |modem, _| {
        connect(modem).await.unwrap();
        modem.publish(&"t".repeat(255), b"x", Qos::AtMostOnce).await.unwrap();
    });
    Bench::new(running()).run_with(&mut Buffers::<256, 274, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        let error = modem.publish(&"t".repeat(255), b"x", Qos::AtMostOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(274), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
    });
}
