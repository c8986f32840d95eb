//! A device registers in its first life, and in no later one.

use embassy_time::Instant;
use wanlink_core::{Network, Qos};
use wanlink_platform::Pushed;
use wanlink_scene::bench::{SharedScene, module};
use wanlink_transports::registration::AuthType;
use wanlink_transports::{Connect, Downlink, Session, Uplink as _, mqtt, tcp, topic};

use crate::bench::{Bench, KEY, NAME, Proof, Way, Wish, obtain, post, public};

#[test]
fn the_first_life_registers_and_each_posts() {
    for wish in Wish::all() {
        let mut bench = Bench::new();
        if wish.auth == AuthType::Regnwl {
            bench.name = "newcomer";
        }
        for life in 0..3 {
            let bits = bench.draw();
            let proof = bench.live(async |device, modem, _| {
                let proof = obtain(device, modem, wish, bits).await.unwrap();
                post(modem, wish.way, &proof, &life.to_string()).await;
                proof
            });
            let scene = bench.base.scene.borrow();
            let (name, platform) = (bench.name, &scene.platform);
            assert!(platform.is_active(KEY, name));
            match proof {
                Proof::Identity(identity) => assert_eq!(identity.device_name(), name),
                Proof::Token(token) => assert!(platform.is_token(KEY, name, token.client_id(), token.reveal())),
            }
        }
        assert_eq!(bench.registrations(), 1, "{wish:?}");
        assert_eq!(bench.posted(), ["0", "1", "2"], "{wish:?}");
    }
}

/// With a token as with an identity: what breaks comes up again, subscriptions included.
#[test]
fn a_session_with_a_token_heals() {
    for wish in Wish::TOKENS {
        let mut bench = Bench::new();
        bench.live(async |device, modem, scene| {
            let Proof::Token(token) = obtain(device, modem, wish, 7).await.unwrap() else { panic!("a secret") };
            let mut buffers: tcp::Buffers = tcp::Buffers::new();
            match wish.way {
                Way::Tcp => heals(tcp::Link::new(modem, &token, public(), &mut buffers), scene).await,
                _ => heals(mqtt::Link::new(modem, &token, public()), scene).await,
            }
        });
        assert_eq!(bench.posted(), ["before", "behind"], "{wish:?}");
        assert_eq!(bench.registrations(), 1);
    }
}

async fn heals(link: impl Connect + Downlink, scene: &SharedScene) {
    let mut session = Session::new(link, Network::apn("cmiot"), 3);
    session.subscribe(topic::user("get")).await.unwrap();
    session.publish(topic::user("update"), b"before", Qos::AtLeastOnce).await.unwrap();
    module(scene).lose_context(1);
    session.publish(topic::user("update"), b"behind", Qos::AtLeastOnce).await.unwrap();
    assert_eq!(session.connection(), 3, "a login, a loss, a login");
    let get = format!("/{KEY}/{NAME}/user/get");
    let now_us = Instant::now().as_micros();
    let pushed =
        scene.borrow_mut().platform.push(now_us, KEY, NAME, &get, b"report", wanlink_platform::Qos::AtLeastOnce);
    assert_eq!(pushed, Pushed::Sent);
    assert_eq!(session.receive().await.unwrap().payload, b"report");
}
