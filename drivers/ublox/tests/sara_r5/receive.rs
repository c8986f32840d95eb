//! Receive: what is lost is visible, and so is the end of a session.

use wanlink_core::{HasMqtt, Inbound, Message, MqttAt, Qos};
use wanlink_ublox::{Error, SaraR5};

use crate::bench::{Bench, DOWN, Driver, Played, UP, connect, module, on_each_client, push, running, within_ms};

fn message(payload: &[u8]) -> Result<Inbound<'_>, Error> {
    Ok(Inbound::Message(Message::new(DOWN.as_bytes(), payload)))
}

async fn listening<M: Played + HasMqtt>(modem: &mut Driver<'_, M>) {
    connect(modem).await.unwrap();
    modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
}

fn empty_queues<M: Played + HasMqtt>() {
    for empty_queue_is_error in [false, true] {
        let mut options = running();
        options.ublox.empty_queue_is_error = Some(empty_queue_is_error);
        Bench::<M>::new(options).run(async |modem, scene| {
            listening(modem).await;
            for payload in [&b"one"[..], b"\r\nOK\r\n", b"+UUMQTTC: 0,101", b"+CME ERROR: 3\r\n"] {
                push(scene, payload);
                assert_eq!(modem.receive().await, message(payload), "{}", M::NAME);
                assert_eq!(within_ms(1000, modem.ready()).await, None);
            }
            modem.publish(UP, b"the session is as before", Qos::AtLeastOnce).await.unwrap();
        });
    }
}

/// `ublox-at` 3: OK alone with SARA-R5, an error with LENA-R8.
#[test]
fn a_read_of_an_empty_queue() {
    on_each_client!(empty_queues);
}

/// The line that told of a message is lost: the next one brings both.
#[test]
fn a_lost_line_about_a_message() {
    Bench::<SaraR5>::new(running()).run(async |modem, scene| {
        listening(modem).await;
        module(scene).drop_line("+UUMQTTC: 6,1");
        push(scene, b"one");
        assert_eq!(within_ms(1000, modem.ready()).await, None);
        push(scene, b"two");
        assert_eq!(modem.receive().await, message(b"one"));
        assert_eq!(modem.receive().await, message(b"two"));
    });
}
