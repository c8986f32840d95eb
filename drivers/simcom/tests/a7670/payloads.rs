//! Payloads, byte for byte, both ways.

use wanlink_core::{Error as _, ErrorKind, Login, MqttAt};
use wanlink_simcom::Buffers;
use wanlink_simcom::cmqtt::Error;

use crate::bench::{Bench, LOGIN, broker, connect, running};

#[test]
fn a_command_longer_than_the_transmit_buffer_is_refused_before_a_byte() {
    Bench::new(running()).run_with(&mut Buffers::<256, 260, 200>::new(), async |modem, scene| {
        connect(modem).await.unwrap();
        let login = Login { user: &"u".repeat(128), ..LOGIN };
        let error = modem.connect(&broker(), &login).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::TransmitBuffer(260), ErrorKind::Misuse));
        assert_eq!(scene.borrow().module.command_count("AT+CMQTTCONNECT"), 1);
    });
}
