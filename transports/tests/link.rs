//! The links of the paths `mqtt` and `tcp` over the scripted modules: what they have in common.

use std::pin::pin;

use wanlink_core::fake::{Announcing, Call, FakeError, Pushing, Script, Streaming, block_on, poll_times};
use wanlink_core::{
    Argument, Delivery, Error, ErrorKind, ErrorType, Inbound, Module, Network, Opens, Plain, Qos, Refusal, Root,
    Security, TooLong, Trust,
};
// Brings the clock that the path `tcp` asks.
use wanlink_emulator as _;
use wanlink_transports::topic::{self, Rrpc, TopicError};
use wanlink_transports::{Connect, Downlink, Endpoint, HmacMd5, Identity, LinkError, Lost, Region, Uplink, mqtt, tcp};

const PUBLIC: Endpoint<'_> = Endpoint::public(Region::Shanghai);

fn identity() -> Identity {
    Identity::new("a1ABCDEFGHI", "Temperature01", "0123456789abcdef0123456789abcdef").unwrap()
}

/// A link over any of the scripted modules.
trait Path: Connect<Module: ErrorType<Error = FakeError>> + Downlink {}

impl<L: Connect<Module: ErrorType<Error = FakeError>> + Downlink> Path for L {}

/// Runs each check over each path and module.
macro_rules! over_all {
    ($($name:ident)*) => {
        mod pushing {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Pushing::new(), super::identity());
                super::$name(super::mqtt::Link::new(module, &identity, super::PUBLIC), script);
            })*
        }
        mod announcing {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Announcing::new(), super::identity());
                super::$name(super::mqtt::Link::new(module, &identity, super::PUBLIC), script);
            })*
        }
        mod streaming {
            $(#[test] fn $name() {
                let ((module, script), identity) = (super::Streaming::new(), super::identity());
                let mut buffers: super::tcp::Buffers<256> = super::tcp::Buffers::new();
                super::$name(super::tcp::Link::new(module, &identity, super::PUBLIC, &mut buffers), script);
            })*
        }
    };
}

over_all! {
    works
    a_refused_login_keeps_module_and_link
    nothing_is_sent_that_cannot_be
    losses_are_reported_and_the_session_goes_on
    a_small_buffer_leaves_the_message_to_be_lent
    a_dropped_receive_loses_nothing
    a_borrowed_link_is_a_link
}

async fn attach<M: Module<Error = FakeError>>(module: &mut M) {
    module.start().await.unwrap();
    module.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap();
}

async fn connect<L: Path>(link: &mut L) {
    attach(link.module()).await;
    link.connect().await.unwrap();
}

/// What the broker was told, and what the socket, if there is one, was opened for.
fn logins(script: &Script) -> Vec<Call> {
    let mut opened = None;
    let mut logins = vec![];
    for call in script.calls() {
        match call {
            Call::Open { host, port, trust } => opened = Some((host, port, trust)),
            Call::Connect { host, port, trust, client_id, user, password, keep_alive_s } => {
                let (host, port, trust) = opened.take().unwrap_or((host, port, trust));
                logins.push(Call::Connect { host, port, trust, client_id, user, password, keep_alive_s });
            }
            _ => {}
        }
    }
    logins
}

/// The same application steps for every link.
fn works<L: Path>(mut link: L, script: Script) {
    block_on(async {
        connect(&mut link).await;
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
        password: identity().sign(&[CONTENT]).as_str().into(),
        keep_alive_s: 300,
    };
    assert_eq!(logins(&script), [expected]);
    assert_eq!(script.count(|call| *call == Call::Disconnect), 1);
}

const CONTENT: &str = "clientIda1ABCDEFGHI.Temperature01deviceNameTemperature01productKeya1ABCDEFGHI";

/// Protection, port and `securemode` go together.
#[test]
fn the_endpoint_decides_the_protection() {
    async fn login<S>(endpoint: Endpoint<'_, S>) -> (u16, Option<String>, bool)
    where
        S: Security + Copy + for<'m> Opens<&'m mut Streaming>,
    {
        let ((mut module, script), identity) = (Pushing::new(), identity());
        attach(&mut module).await;
        mqtt::Link::new(&mut module, &identity, endpoint).connect().await.unwrap();
        let ((mut module, opened), mut buffers): (_, tcp::Buffers) = (Streaming::new(), tcp::Buffers::new());
        attach(&mut module).await;
        tcp::Link::new(&mut module, &identity, endpoint, &mut buffers).connect().await.unwrap();
        assert_eq!(logins(&script), logins(&opened), "on both paths the same");
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
    let (mut socketed, opened) = Streaming::new();
    let identity = identity().signed_by::<HmacMd5>();
    let endpoint = Endpoint::custom("10.0.0.7", 11883, Plain);
    let mut buffers: tcp::Buffers = tcp::Buffers::new();
    block_on(async {
        attach(&mut module).await;
        attach(&mut socketed).await;
        for asked in [0, 29, 30, 1200, 1201, u16::MAX] {
            mqtt::Link::new(&mut module, &identity, endpoint).keep_alive_s(asked).connect().await.unwrap();
            let link = tcp::Link::new(&mut socketed, &identity, endpoint, &mut buffers);
            let mut link = link.keep_alive_s(asked);
            link.connect().await.unwrap();
            link.disconnect().await.unwrap();
        }
    });
    assert_eq!(logins(&script), logins(&opened), "on both paths the same");
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

fn a_refused_login_keeps_module_and_link<L: Path>(mut link: L, script: Script) {
    block_on(async {
        attach(link.module()).await;
        script.refuse_logins(Some(Refusal::Connack(4)));
        let told = if L::GIVES_REASON { Refusal::Connack(4) } else { Refusal::Unexplained };
        assert_eq!(link.connect().await.unwrap_err().kind(), ErrorKind::Refused(told));
        script.refuse_logins(None);
        link.connect().await.unwrap();
        link.publish(topic::user("update"), b"x", Qos::AtMostOnce).await.unwrap();
    });
}

/// After a link is gone, the module is there for another one.
#[test]
fn a_session_of_the_module_outlives_its_link() {
    let (mut module, _script) = Pushing::new();
    let identity = identity();
    block_on(async {
        attach(&mut module).await;
        mqtt::Link::new(&mut module, &identity, PUBLIC).connect().await.unwrap();
        let mut other = mqtt::Link::new(&mut module, &identity, PUBLIC);
        other.publish(topic::user("update"), b"x", Qos::AtMostOnce).await.unwrap();
    });
}

#[test]
fn a_host_name_over_the_limit_is_refused() {
    let (identity, long) = (identity(), "h".repeat(65));
    let endpoint = Endpoint::custom(&long, 1883, Plain);
    let expected = LinkError::TooLong(TooLong::new(Argument::HostName, 64, 65));
    let (module, script) = Pushing::new();
    let mut link = mqtt::Link::new(module, &identity, endpoint);
    assert_eq!((link.check(), block_on(link.connect())), (Err(expected), Err(expected)));
    assert!(script.calls().is_empty());

    let (module, script) = Streaming::new();
    let mut buffers: tcp::Buffers = tcp::Buffers::new();
    let mut link = tcp::Link::new(module, &identity, endpoint, &mut buffers);
    assert_eq!((link.check(), block_on(link.connect())), (Err(expected), Err(expected)));
    assert!(script.calls().is_empty());
}

fn nothing_is_sent_that_cannot_be<L: Path>(mut link: L, script: Script) {
    block_on(async {
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
fn a_model_that_cannot_publish_nothing_is_not_asked_to() {
    let (module, script) = Pushing::new();
    let identity = identity();
    let mut link = mqtt::Link::new(module, &identity, PUBLIC);
    let expected = TooLong::new(Argument::EmptyPayload, 0, 0);
    let error = block_on(link.publish(topic::user("update"), b"", Qos::AtMostOnce));
    assert_eq!((error, script.calls()), (Err(LinkError::TooLong(expected)), vec![]));
}

fn losses_are_reported_and_the_session_goes_on<L: Path>(mut link: L, script: Script) {
    block_on(async {
        connect(&mut link).await;
        script.queue("/get", &[7; 500]);
        script.queue("/get", b"next");
        let lost = link.receive().await.unwrap_err();
        assert!(matches!(lost, LinkError::Lost(Lost { count: 1, longest: 504..530 })), "{lost:?}");
        assert_eq!(lost.kind(), ErrorKind::Retry);
        assert_eq!(link.receive().await.unwrap().payload, b"next");
        script.lose_session();
        assert_eq!(link.receive().await.unwrap_err().kind(), ErrorKind::Reconnect);
        assert_eq!(link.receive_into(&mut []).await.unwrap_err().kind(), ErrorKind::Reconnect);
    });
}

fn a_small_buffer_leaves_the_message_to_be_lent<L: Path>(mut link: L, script: Script) {
    block_on(async {
        connect(&mut link).await;
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

fn a_dropped_receive_loses_nothing<L: Path>(mut link: L, script: Script) {
    block_on(connect(&mut link));
    for polls in 0..8 {
        script.queue("/get", b"in some pieces");
        if poll_times(pin!(link.ready()), polls).is_none() {
            block_on(link.ready()).unwrap();
        }
        assert!(matches!(link.front(), Some(Inbound::Message(message)) if message.payload == b"in some pieces"));
    }
    assert_eq!(logins(&script).len(), 1);
}

/// A caller that only knows the traits, over a borrowed link.
fn a_borrowed_link_is_a_link<L: Path>(mut link: L, _: Script) {
    async fn application<L: Downlink + Connect>(mut link: L) -> Result<Delivery, L::Error> {
        link.connect().await?;
        link.subscribe(topic::user("get")).await?;
        link.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await
    }
    block_on(async {
        attach(link.module()).await;
        assert_eq!(application(&mut link).await, Ok(Delivery::Acknowledged));
    });
}

#[test]
fn a_link_knows_whether_a_refusal_has_a_code() {
    const { assert!(!<mqtt::Link<'_, Announcing> as Connect>::GIVES_REASON) };
    const { assert!(<&mut mqtt::Link<'_, Pushing> as Connect>::GIVES_REASON) };
    const { assert!(<&mut tcp::Link<'_, Streaming> as Connect>::GIVES_REASON) };
}
