//! The contracts of [`MqttAt`], checked by one piece of generic code over both scripted modules and over a borrowed one.

use std::pin::pin;

use wanlink_core::fake::{Announcing, Call, FakeError, Pushing, Script, block_on, poll_times};
use wanlink_core::{
    Argument, Delivery, Error, ErrorKind, Inbound, Login, Message, MqttAt, Network, Plain, Qos, Refusal, Server,
    TooLong,
};

const SERVER: Server<'_, Plain> = Server::new("broker.example", 1883, Plain);
const LOGIN: Login<'_> =
    Login { client_id: "id", user: "dn&pk", password: "00ff", keep_alive_s: 300, clean_session: true };

/// Runs one check over each module, by value and borrowed.
macro_rules! over_both {
    ($($name:ident)*) => {
        mod pushing {
            $(#[test] fn $name() { let (module, script) = super::Pushing::new(); super::$name(module, script); })*
        }
        mod announcing {
            $(#[test] fn $name() { let (module, script) = super::Announcing::new(); super::$name(module, script); })*
        }
        mod borrowed {
            $(#[test] fn $name() { let (mut module, script) = super::Announcing::new(); super::$name(&mut module, script); })*
        }
    };
}

over_both! {
    publishes_and_receives
    dropped_receive_loses_nothing
    asking_again_lends_the_same_message
    torn_and_oversize_messages_are_reported
    arrived_messages_are_had_before_the_loss
    refused_login_keeps_the_module
    each_loss_asks_for_its_own_step
    limits_are_checked_before_a_byte
    dropped_calls_leave_a_usable_module
}

async fn up<M: MqttAt>(module: &mut M) -> Result<(), M::Error> {
    module.start().await?;
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await?;
    module.connect(&SERVER, &LOGIN).await
}

fn kind<T, E: Error>(result: Result<T, E>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

fn message<'a>(topic: &'a str, payload: &'a [u8]) -> Inbound<'a> {
    Inbound::Message(Message::new(topic.as_bytes(), payload))
}

fn publishes_and_receives<M: MqttAt>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await.unwrap();
        module.subscribe("/pk/dn/user/get", Qos::AtLeastOnce).await.unwrap();
        script.queue("/pk/dn/user/get", b"one, in several pieces");
        // Whatever arrives during another call waits.
        assert_eq!(module.publish("/t", b"x", Qos::AtLeastOnce).await.unwrap(), Delivery::Acknowledged);
        assert_eq!(module.publish("/t", b"y", Qos::AtMostOnce).await.unwrap(), Delivery::Sent);
        script.queue("/pk/dn/user/get", b"two");
        assert_eq!(module.receive().await.unwrap(), message("/pk/dn/user/get", b"one, in several pieces"));
        assert_eq!(module.receive().await.unwrap(), message("/pk/dn/user/get", b"two"));
        assert_eq!(script.subscriptions(), ["/pk/dn/user/get"]);
        assert_eq!(script.published().len(), 2);
        module.unsubscribe("/pk/dn/user/get").await.unwrap();
        module.disconnect().await.unwrap();
        assert!(script.subscriptions().is_empty());
    });
}

fn dropped_receive_loses_nothing<M: MqttAt>(mut module: M, script: Script) {
    block_on(up(&mut module)).unwrap();
    for polls in 0..8 {
        script.queue("/get", b"a payload of some pieces");
        let early = poll_times(pin!(module.ready()), polls);
        if early.is_none() {
            block_on(module.ready()).unwrap();
        }
        assert_eq!(module.front(), Some(message("/get", b"a payload of some pieces")), "dropped after {polls} polls");
    }
    assert!(poll_times(pin!(module.ready()), 9).is_none(), "each came once");
}

fn asking_again_lends_the_same_message<M: MqttAt>(mut module: M, script: Script) {
    block_on(up(&mut module)).unwrap();
    assert_eq!(module.front(), None);
    script.queue("/get", b"1");
    script.queue("/get", b"2");
    block_on(module.ready()).unwrap();
    for _ in 0..2 {
        assert_eq!(module.front(), Some(message("/get", b"1")));
    }
    block_on(module.publish("/t", b"x", Qos::AtMostOnce)).unwrap();
    block_on(module.ready()).unwrap();
    assert_eq!(module.front(), Some(message("/get", b"2")), "any other call releases what was lent");
}

fn torn_and_oversize_messages_are_reported<M: MqttAt>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await.unwrap();
        script.queue_torn("/get", b"not all of this arrives");
        script.queue("/get", b"good");
        let lost = module.receive().await.unwrap();
        assert!(matches!(lost, Inbound::Lost { count: 1, .. }), "{lost:?}");
        assert_eq!(module.receive().await.unwrap(), message("/get", b"good"));
        script.queue("/get", &[0; 1000]);
        assert_eq!(module.receive().await.unwrap(), Inbound::Lost { count: 1, longest: 1004 });
        script.queue("/get", b"still in step");
        assert_eq!(module.receive().await.unwrap(), message("/get", b"still in step"));
    });
}

fn arrived_messages_are_had_before_the_loss<M: MqttAt>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await.unwrap();
        script.queue("/get", b"1");
        script.queue("/get", b"2");
        script.lose_session();
        assert_eq!(module.receive().await.unwrap(), message("/get", b"1"));
        assert_eq!(module.receive().await.unwrap(), message("/get", b"2"));
        assert_eq!(kind(module.receive().await), Some(ErrorKind::Reconnect));
    });
}

fn refused_login_keeps_the_module<M: MqttAt>(mut module: M, script: Script) {
    block_on(async {
        script.refuse_logins(Some(Refusal::Connack(4)));
        let told = if M::MQTT.gives_reason { Refusal::Connack(4) } else { Refusal::Unexplained };
        assert_eq!(kind(up(&mut module).await), Some(ErrorKind::Refused(told)));
        assert_eq!(kind(module.publish("/t", b"x", Qos::AtMostOnce).await), Some(ErrorKind::Reconnect));
        script.refuse_logins(None);
        module.connect(&SERVER, &LOGIN).await.unwrap();
        script.refuse_filter("/no");
        let refused = module.subscribe("/no", Qos::AtLeastOnce).await;
        assert_eq!(kind(refused), Some(ErrorKind::Refused(Refusal::Subscription)));
    });
}

fn each_loss_asks_for_its_own_step<M: MqttAt>(mut module: M, script: Script) {
    block_on(async {
        assert_eq!(kind(module.connect(&SERVER, &LOGIN).await), Some(ErrorKind::Restart), "never started");
        for (lose, expected) in [
            (Script::lose_session as fn(&Script), ErrorKind::Reconnect),
            (Script::lose_context, ErrorKind::Reattach),
            (Script::restart, ErrorKind::Restart),
        ] {
            up(&mut module).await.unwrap();
            module.subscribe("/get", Qos::AtLeastOnce).await.unwrap();
            lose(&script);
            assert_eq!(kind(module.ready().await), Some(expected));
            assert_eq!(kind(module.publish("/t", b"x", Qos::AtLeastOnce).await), Some(expected));
        }
        up(&mut module).await.unwrap();
        assert!(script.subscriptions().is_empty(), "a clean session starts without subscriptions");
    });
}

fn limits_are_checked_before_a_byte<M: MqttAt<Error = FakeError>>(mut module: M, script: Script) {
    block_on(async {
        up(&mut module).await.unwrap();
        let topic = "/".repeat(usize::from(M::MQTT.topic) + 1);
        let calls = script.calls();
        let limit = M::MQTT.topic.into();
        let expected = FakeError::TooLong(TooLong::new(Argument::Topic, limit, limit + 1));
        assert_eq!(module.publish(&topic, b"x", Qos::AtMostOnce).await, Err(expected));
        assert_eq!(module.subscribe(&topic, Qos::AtLeastOnce).await, Err(expected));
        assert_eq!(script.calls(), calls);
    });
}

fn dropped_calls_leave_a_usable_module<M: MqttAt>(mut module: M, script: Script) {
    for polls in 0..4 {
        poll_times(pin!(module.start()), polls);
        block_on(module.start()).unwrap();
        poll_times(pin!(module.attach(&Network::apn("cmiot"), &mut |_| ())), polls);
        block_on(module.attach(&Network::apn("cmiot"), &mut |_| ())).unwrap();
        poll_times(pin!(module.connect(&SERVER, &LOGIN)), polls);
        block_on(module.connect(&SERVER, &LOGIN)).unwrap();
        poll_times(pin!(module.publish("/t", b"x", Qos::AtLeastOnce)), polls);
        block_on(module.publish("/t", b"y", Qos::AtLeastOnce)).unwrap();
        assert_eq!(script.published().last().map(|p| p.payload.clone()), Some(b"y".to_vec()));
    }
    assert_eq!(script.count(|call| *call == Call::Attach { apn: "cmiot".into() }), 4 + 2);
}
