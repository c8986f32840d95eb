//! Payloads, byte for byte, both ways.

use wanlink_core::{Error as _, ErrorKind, MqttAt, Qos};
use wanlink_ublox::{Buffers, Error, SaraR5};

use crate::bench::{Bench, connect, running};

#[test]
fn a_command_longer_than_the_transmit_buffer_is_refused_before_a_byte() {
    // The command line has 278 bytes.
    Bench::<SaraR5>::new(running()).run_with(&mut Buffers::<256, 278, 200>::new(), async |modem, _| {
        connect(modem).await.unwrap();
        modem.publish(&"t".repeat(256), b"x", Qos::AtMostOnce).await.unwrap();
    });
    Bench::<SaraR5>::new(running()).run_with(&mut Buffers::<256, 274, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let bytes = scene.borrow().module.port_bytes();
        let error = modem.publish(&"t".repeat(256), b"x", Qos::AtMostOnce).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(274), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.port_bytes(), bytes);
    });
}
