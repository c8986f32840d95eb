//! `mqtt::Link` over both scripted modules.

use std::pin::pin;

use wanlink_core::fake::{Announcing, Call, FakeError, Pushing, Script, block_on, poll_times};
use wanlink_core::{
    Argument, Delivery, Error, ErrorKind, Inbound, MqttAt, Network, Plain, Qos, Refusal, Root, Security, TooLong, Trust,
};
use wanlink_transports::topic::{self, Rrpc, TopicError};
use wanlink_transports::{Connect, Downlink, Endpoint, HmacMd5, Identity, LinkError, Lost, Region, Uplink, mqtt};

const PUBLIC: Endpoint<'_> = Endpoint::public(Region::Shanghai);

fn identity() -> Identity {
    Identity::new("a1ABCDEFGHI", "Temperature01", "0123456789abcdef0123456789abcdef").unwrap()
}

async fn attach<M: MqttAt>(module: &mut M) {
    module.start().await.unwrap();
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
}

fn logins(script: &Script) -> Vec<Call> {
    script.calls().into_iter().filter(|call| matches!(call, Call::Connect { .. })).collect()
}

/// The same application steps for every module.
fn works_over<M: MqttAt<Error = FakeError>>((mut module, script): (M, Script)) {
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
        link.connect().await.unwrap();
        link.subscribe(topic::user("get")).await.unwrap();
        link.subscribe(topic::sys("rrpc/request/+")).await.unwrap();
        let subscribed = ["/a1ABCDEFGHI/Temperature01/user/get", "/sys/a1ABCDEFGHI/Temperature01/rrpc/request/+"];
        assert_eq!(script.subscriptions(), subscribed);

        script.queue("/sys/a1ABCDEFGHI/Temperature01/rrpc/request/42", b"ping");
        let call = Rrpc::of(link.receive().await.unwrap().topic()).unwrap();
        assert_eq!(link.publish(call.answer(), b"pong", Qos::AtMostOnce).await, Ok(Delivery::Sent));

        script.queue(subscribed[0], b"twice");
        let mut buf = [0; 64];
        let echo = link.receive_into(&mut buf).await.unwrap();
        let again = link.publish(topic::user("update"), echo.payload, Qos::AtLeastOnce).await;
        assert_eq!(again, Ok(Delivery::Acknowledged));
        link.unsubscribe(topic::user("get")).await.unwrap();
        assert_eq!(script.subscriptions(), subscribed[1..]);
        link.disconnect().await.unwrap();
    });
    let published: Vec<_> = script.published().into_iter().map(|p| (p.topic, p.payload, p.qos)).collect();
    assert_eq!(
        published,
        [
            ("/sys/a1ABCDEFGHI/Temperature01/rrpc/response/42".into(), b"pong".to_vec(), Qos::AtMostOnce),
            ("/a1ABCDEFGHI/Temperature01/user/update".into(), b"twice".to_vec(), Qos::AtLeastOnce),
        ]
    );
    // G1 to G4 pin the signatures; here it is the form and what stands beside it.
    let expected = Call::Connect {
        host: "a1ABCDEFGHI.iot-as-mqtt.cn-shanghai.aliyuncs.com".into(),
        port: 8883,
        trust: Some("wl-24452467.pem".into()),
        client_id: "a1ABCDEFGHI.Temperature01|securemode=2,signmethod=hmacsha256|".into(),
        user: "Temperature01&a1ABCDEFGHI".into(),
        password: identity.sign(&[CONTENT]).as_str().into(),
        keep_alive_s: 300,
    };
    assert_eq!(logins(&script), [expected]);
}

const CONTENT: &str = "clientIda1ABCDEFGHI.Temperature01deviceNameTemperature01productKeya1ABCDEFGHI";

#[test]
fn works_over_a_module_that_pushes() {
    works_over(Pushing::new());
}

#[test]
fn works_over_a_module_that_announces() {
    works_over(Announcing::new());
}

/// Protection, port and `securemode` go together.
#[test]
fn the_endpoint_decides_the_protection() {
    async fn login<S: Security + Copy>(endpoint: Endpoint<'_, S>) -> (u16, Option<String>, bool) {
        let ((mut module, script), identity) = (Pushing::new(), identity());
        attach(&mut module).await;
        mqtt::Link::new(&mut module, &identity, endpoint).connect().await.unwrap();
        match &logins(&script)[..] {
            [Call::Connect { port, trust, client_id, .. }] => {
                assert_ne!(client_id.contains("securemode=2"), client_id.contains("securemode=3"));
                (*port, trust.clone(), client_id.contains("securemode=2"))
            }
            other => panic!("{other:?}"),
        }
    }
    let r1 = Some("wl-df688419.pem".to_owned());
    let own = Trust::Root(Root::new("own.pem", b"-----BEGIN CERTIFICATE-----"));
    block_on(async {
        assert_eq!(login(PUBLIC.on_443()).await, (443, r1.clone(), true));
        assert_eq!(login(Endpoint::instance("iot-06z00a").on_1883()).await, (1883, r1, true));
        assert_eq!(login(PUBLIC.with_trust(own)).await, (8883, Some("own.pem".into()), true));
        assert_eq!(login(PUBLIC.with_trust(Trust::Anyone)).await, (8883, Some("anyone".into()), true));
        assert_eq!(login(Endpoint::plain_public(Region::Shanghai)).await, (1883, None, false));
        assert_eq!(login(Endpoint::plain_instance("iot-06z00a")).await, (1883, None, false));
    });
}

#[test]
fn settings_reach_the_login() {
    let (mut module, script) = Pushing::new();
    let identity = identity().signed_by::<HmacMd5>();
    let endpoint = Endpoint::custom("10.0.0.7", 11883, Plain);
    block_on(async {
        attach(&mut module).await;
        for asked in [0, 29, 30, 1200, 1201, u16::MAX] {
            mqtt::Link::new(&mut module, &identity, endpoint).keep_alive_s(asked).connect().await.unwrap();
        }
    });
    let seen: Vec<_> = logins(&script)
        .into_iter()
        .map(|call| match call {
            Call::Connect { host, port, client_id, password, keep_alive_s, .. } => {
                assert_eq!((host.as_str(), port), ("10.0.0.7", 11883));
                assert!(client_id.ends_with("signmethod=hmacmd5|"), "{client_id}");
                assert_eq!(password, identity.sign(&[CONTENT]).as_str());
                keep_alive_s
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [30, 30, 30, 1200, 1200, 1200]);
}

#[test]
fn a_refused_login_keeps_module_and_link() {
    let (mut module, script) = Pushing::new();
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
        script.refuse_logins(Some(Refusal::Connack(4)));
        assert_eq!(link.connect().await.unwrap_err().kind(), ErrorKind::Refused(Refusal::Connack(4)));
        script.refuse_logins(None);
        link.connect().await.unwrap();
        // And after the link is gone, the module is there for another one.
        let mut other = mqtt::Link::new(&mut module, &identity, PUBLIC);
        other.publish(topic::user("update"), b"x", Qos::AtMostOnce).await.unwrap();
    });
}

#[test]
fn nothing_is_sent_over_a_limit() {
    let (mut module, script) = Pushing::new();
    let (identity, long) = (identity(), "h".repeat(65));
    block_on(async {
        let mut link = mqtt::Link::new(&mut module, &identity, Endpoint::custom(&long, 1883, Plain));
        let expected = TooLong::new(Argument::HostName, 64, 65);
        assert_eq!(link.connect().await, Err(LinkError::TooLong(expected)));
        let expected = TooLong::new(Argument::EmptyPayload, 0, 0);
        let update = topic::user("update");
        assert_eq!(link.publish(update, b"", Qos::AtMostOnce).await, Err(LinkError::TooLong(expected)));
        for (topic, expected) in [
            (topic::user("+"), TopicError::Wildcard),
            (topic::whole("/a/#"), TopicError::Wildcard),
            (topic::whole("a"), TopicError::NoSlash),
            (topic::user("a/b/c/d/e"), TopicError::Levels),
        ] {
            assert_eq!(link.publish(topic, b"x", Qos::AtMostOnce).await, Err(LinkError::Topic(expected)));
        }
        assert_eq!(link.subscribe(topic::user("")).await, Err(LinkError::Topic(TopicError::Empty)));
        assert_eq!(link.subscribe(topic::user("")).await.unwrap_err().kind(), ErrorKind::Misuse);
    });
    assert!(script.calls().is_empty(), "not even power was needed");
}

#[test]
fn losses_are_reported_and_the_session_goes_on() {
    let (mut module, script) = Pushing::new();
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
        link.connect().await.unwrap();
        script.queue("/get", &[7; 500]);
        script.queue("/get", b"next");
        let lost = link.receive().await.unwrap_err();
        assert_eq!(lost, LinkError::Lost(Lost { count: 1, longest: 504 }));
        assert_eq!(lost.kind(), ErrorKind::Retry);
        assert_eq!(link.receive().await.unwrap().payload, b"next");
        script.lose_session();
        let gone = LinkError::Module(FakeError::Kind(ErrorKind::Reconnect));
        assert_eq!(link.receive().await, Err(gone));
        assert_eq!(link.receive_into(&mut []).await, Err(gone));
    });
}

#[test]
fn a_small_buffer_leaves_the_message_to_be_lent() {
    let (mut module, script) = Announcing::new();
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
        link.connect().await.unwrap();
        for room in [0, 3, 8] {
            script.queue("/get", b"12345");
            let expected = TooLong::new(Argument::Message, room, 9);
            let error = link.receive_into(&mut [0; 8][..room]).await.unwrap_err();
            assert_eq!(error, LinkError::TooLong(expected));
            assert!(matches!(link.front(), Some(Inbound::Message(message)) if message.payload == b"12345"));
        }
        script.queue("/get", b"12345");
        let mut exact = [0; 9];
        let message = link.receive_into(&mut exact).await.unwrap();
        assert_eq!((message.topic(), message.payload), ("/get", b"12345".as_slice()));
    });
}

#[test]
fn a_dropped_receive_loses_nothing() {
    let (mut module, script) = Pushing::new();
    let identity = identity();
    block_on(attach(&mut module));
    let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
    block_on(link.connect()).unwrap();
    for polls in 0..8 {
        script.queue("/get", b"in some pieces");
        if poll_times(pin!(link.ready()), polls).is_none() {
            block_on(link.ready()).unwrap();
        }
        assert!(matches!(link.front(), Some(Inbound::Message(message)) if message.payload == b"in some pieces"));
    }
}

/// A caller that only knows the traits, over a borrowed link.
#[test]
fn a_borrowed_link_is_a_link() {
    async fn application<L: Downlink + Connect>(mut link: L) -> Result<Delivery, L::Error> {
        link.connect().await?;
        link.subscribe(topic::user("get")).await?;
        link.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await
    }
    let (mut module, _script) = Announcing::new();
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        let mut link = mqtt::Link::new(&mut module, &identity, PUBLIC);
        assert_eq!(application(&mut link).await, Ok(Delivery::Acknowledged));
    });
    const { assert!(!<mqtt::Link<'_, Announcing> as Connect>::GIVES_REASON) };
    const { assert!(<&mut mqtt::Link<'_, Pushing> as Connect>::GIVES_REASON) };
}
