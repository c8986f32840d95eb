//! Connect, disconnect.

use wanlink_core::{Error as _, ErrorKind, HasMqtt, MqttAt};
use wanlink_ublox::Error;

use crate::bench::{Bench, LOGIN, Played, attach, broker, connect, module, on_each_client, running};

fn without_a_context<M: Played + HasMqtt>() {
    Bench::<M>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        module(scene).lose_context(1);
        let error = modem.connect(&broker(), &LOGIN).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoContext, ErrorKind::Reattach), "{}", M::NAME);
        connect(modem).await.unwrap();
    });
}

/// Code 50 (ublox-at 3).
#[test]
fn without_a_context_the_next_step_is_attach() {
    on_each_client!(without_a_context);
}
