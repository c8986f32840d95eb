//! Sessions of the module's own MQTT client inside TLS: what is of them alone.

use wanlink_core::{Inbound, Message, MqttAt, Qos, SocketState, TcpSocket};
use wanlink_scene::bench::running;

use crate::bench::TlsSessionBench;
use crate::opening::{ANYONE, BySocket, Opening};
use crate::rig::{BROKER, DOWN, LOGIN, Rig, SECURE_LOGIN, UP, attach, broker, published, push, secure_broker};

/// And the server is told its name.
pub fn messages_both_ways_inside_a_verified_session<B: TlsSessionBench>() {
    for options in B::mqtt_options() {
        Rig::<B>::new(options).run(async |modem, scene| {
            attach(modem).await.unwrap();
            modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
            modem.subscribe(DOWN, Qos::AtLeastOnce).await.unwrap();
            modem.publish(UP, b"21.5", Qos::AtLeastOnce).await.unwrap();
            push(scene, b"on");
            assert_eq!(modem.receive().await, Ok(Inbound::Message(Message::new(DOWN.as_bytes(), b"on"))));
            assert_eq!(published(scene), [b"21.5"]);
            let scene = scene.borrow();
            let handshake = &scene.platform.record().handshakes()[0];
            assert_eq!(handshake.server_name.as_deref(), Some(BROKER), "SNI");
            assert!(B::is_verified(scene.module.tls_context(B::SESSION_CONTEXT).unwrap()));
            assert!(scene.module.mqtt(0).unwrap().tls);
        });
    }
}

/// Each as it was asked for.
pub fn a_plain_session_after_one_inside_tls_and_back<B: TlsSessionBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        let is_tls = || scene.borrow().module.mqtt(0).unwrap().tls;
        attach(modem).await.unwrap();
        modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
        modem.connect(&broker(), &LOGIN).await.unwrap();
        assert!(!is_tls());
        modem.publish(UP, b"plain", Qos::AtLeastOnce).await.unwrap();
        modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
        assert!(is_tls());
    });
}

/// Sockets of both kinds, and the module's own session beside them.
pub fn plain_and_protected_and_a_session<B: TlsSessionBench>() {
    Rig::<B>::new(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let plain = modem.open(BROKER, 1883).await.unwrap();
        let tls = <BySocket as Opening<B>>::open(modem, &ANYONE).await.unwrap();
        <BySocket as Opening<B>>::talk(modem, tls).await.unwrap();
        assert_eq!((modem.state(plain), modem.read(plain, &mut [0; 0]).await), (SocketState::Idle, Ok(0)));
        // The platform lets one connection in for a name, and says so by closing the other.
        modem.connect(&secure_broker(), &SECURE_LOGIN).await.unwrap();
        assert_eq!(modem.fetch(tls, &mut [0; 4]).await.map(|count| count.unwrap_or(0)), Ok(0));
        modem.publish(UP, b"21.5", Qos::AtLeastOnce).await.unwrap();
        assert_eq!(scene.borrow().module.socket(usize::from(plain.index())).unwrap().port, 1883);
        modem.close(plain).await.unwrap();
        modem.close(tls).await.unwrap();
        modem.publish(UP, b"21.6", Qos::AtLeastOnce).await.unwrap();
    });
}
