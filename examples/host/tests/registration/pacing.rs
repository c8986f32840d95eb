//! A registration over MQTT is a login, and the platform takes five in a minute from a device, whatever for.

use embassy_futures::select::select;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Error as _, Network};
use wanlink_scene::bench::SharedScene;
use wanlink_transports::registration::AuthType;
use wanlink_transports::{Connect, Downlink, Pace, Session, mqtt, tcp};

use crate::bench::{Bench, KEY, Proof, Way, Wish, obtain, public};

/// In any minute.
const MOST: usize = 5;

/// When the platform saw a CONNECT of the device, as it came.
fn connects(bench: &Bench) -> Vec<u64> {
    bench.base.scene.borrow().platform.record().connects(KEY, bench.name)
}

fn assert_paced(times: &[u64], what: impl std::fmt::Debug) {
    let crowded = times.windows(MOST + 1).find(|six| six[MOST] - six[0] < 60_000_000);
    assert_eq!(crowded, None, "{what:?}: {times:?}");
}

/// All ways by a login.
fn wishes() -> impl Iterator<Item = Wish> {
    Wish::all().filter(|wish| wish.way != Way::Https)
}

#[test]
fn logins_behind_a_registration_count_with_it() {
    for wish in wishes() {
        for refusals in [0, 3] {
            let mut bench = Bench::new();
            if wish.auth == AuthType::Regnwl {
                bench.name = "newcomer";
            }
            bench.base.scene.borrow_mut().platform.throttle_registrations(refusals);
            let bits = bench.draw();
            bench.live(async |device, modem, scene| {
                // Asked for as often as it takes, without a pause.
                let proof = loop {
                    match obtain(device, modem, wish, bits).await {
                        Ok(proof) => break proof,
                        Err(error) => assert!(error.kind().can_heal(), "{error}"),
                    }
                };
                let (pace, mut buffers) = (device.pace(), tcp::Buffers::<1160, 1536>::new());
                match (wish.way, &proof) {
                    (Way::Tcp, Proof::Identity(identity)) => {
                        cut_again_and_again(tcp::Link::new(modem, identity, public(), &mut buffers), pace, scene).await;
                    }
                    (Way::Tcp, Proof::Token(token)) => {
                        cut_again_and_again(tcp::Link::new(modem, token, public(), &mut buffers), pace, scene).await;
                    }
                    (_, Proof::Identity(identity)) => {
                        cut_again_and_again(mqtt::Link::new(modem, identity, public()), pace, scene).await;
                    }
                    (_, Proof::Token(token)) => {
                        cut_again_and_again(mqtt::Link::new(modem, token, public()), pace, scene).await;
                    }
                }
            });
            let times = connects(&bench);
            assert_paced(&times, wish);
            assert!(times.len() > 2 * MOST, "{wish:?}: {times:?}");
            let in_the_first_minute = times.iter().filter(|&&at| at < times[0] + 60_000_000).count();
            assert_eq!(in_the_first_minute, MOST, "{wish:?}, {refusals} refusals: none is held back without need");
        }
    }
}

/// Connects at once whenever the platform hangs up, which it does at once, for three minutes.
async fn cut_again_and_again(link: impl Connect + Downlink, pace: Pace, scene: &SharedScene) {
    let quick = Duration::from_millis(10);
    let mut session = Session::new(link, Network::apn("cmiot"), 3).backoff(quick, quick).paced(pace);
    let end = Instant::now() + Duration::from_secs(180);
    let cuts = async {
        while Instant::now() < end {
            Timer::after_millis(500).await;
            let now_us = Instant::now().as_micros();
            scene.borrow_mut().platform.kill_connections(now_us);
        }
    };
    let heals = async {
        loop {
            session.ready().await.unwrap();
        }
    };
    select(cuts, heals).await;
}

/// Also of calls that are dropped, at any moment.
#[test]
fn requests_that_are_repeated_count() {
    for wish in wishes() {
        let mut bench = Bench::new();
        bench.base.scene.borrow_mut().platform.throttle_registrations(u32::MAX);
        bench.live(async |device, modem, _| {
            let mut slice_ms = 100;
            while Instant::now().as_secs() < 300 {
                select(obtain(device, modem, wish, slice_ms), Timer::after_millis(slice_ms)).await;
                slice_ms = slice_ms * 7 % 9_001 + 50;
            }
        });
        let times = connects(&bench);
        assert_paced(&times, wish);
        assert!(times.len() > 2 * MOST, "{wish:?}: {times:?}");
    }
}
