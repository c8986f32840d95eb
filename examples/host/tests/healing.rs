//! What a session does when module, platform or line fail: nothing acknowledged is ever lost.

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{Bench, KEY, NAME};
use embassy_futures::join::join;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::{Delivery, Error, ErrorKind, Qos, Refusal};
use wanlink_emulator::PortOptions;
use wanlink_platform::Away;
use wanlink_transports::{Event, Observer, Quiet, Uplink, topic};

const SECOND: u64 = 1_000_000;

/// Publishes the numbers `0..count`, one a second, while `fault` happens; all have to be acknowledged and stored.
fn heals(
    count: usize,
    seed: u64,
    observer: impl Observer,
    fault: impl AsyncFnOnce(&Rc<RefCell<wanlink_scene::Scene>>),
) -> Bench {
    let mut bench = Bench::new(PortOptions::default(), seed);
    bench.run(observer, async |session, scene| {
        session.online().await.unwrap();
        let publishes = async {
            for number in 0..count {
                let payload = number.to_string();
                let delivery =
                    session.publish(topic::user("update"), payload.as_bytes(), Qos::AtLeastOnce).await.unwrap();
                assert_eq!(delivery, Delivery::Acknowledged);
                Timer::after(Duration::from_secs(1)).await;
            }
        };
        join(publishes, fault(scene)).await;
    });
    let copies = bench.copies(count);
    assert!(copies.iter().all(|&copies| copies >= 1), "acknowledged and not stored: {copies:?}");
    bench
}

#[test]
fn a_module_that_restarts_in_mid_publish() {
    // At every millisecond of the exchange: command, prompt, payload, answer, result.
    for delay_ms in 0..30 {
        let bench = heals(8, delay_ms, Quiet, async |scene| {
            Timer::after(Duration::from_millis(3000 + delay_ms)).await;
            scene.borrow_mut().module.reset();
        });
        assert_eq!(bench.scene.borrow().module.boots(), 2);
    }
}

#[test]
fn a_platform_that_is_away_for_ten_minutes() {
    let attempts = RefCell::new(Vec::new());
    let observer = |event| {
        if matches!(event, Event::Connect { .. }) {
            attempts.borrow_mut().push(Instant::now().as_secs());
        }
    };
    let mut away_s = 0;
    let bench = heals(20, 3, observer, async |scene| {
        Timer::after(Duration::from_secs(4)).await;
        let mut scene = scene.borrow_mut();
        let now = scene.now_us;
        away_s = now / SECOND;
        scene.platform.away(now, now + 600 * SECOND, Away::Closes);
        scene.module.kill_tcp();
    });
    let attempts = attempts.into_inner();
    println!("logins begun at {attempts:?} s, platform away from {away_s} s to {} s", away_s + 600);
    assert!(attempts.windows(6).all(|six| six[5] - six[0] >= 60), "more than 5 in a minute: {attempts:?}");
    // Windows of 2 s, 4 s .. 256 s, each drawn from its upper half; the try itself takes up to a few seconds.
    let waits: Vec<_> = attempts.windows(2).map(|two| two[1] - two[0]).skip(1).collect();
    for (n, wait) in waits.iter().enumerate() {
        let window = 2u64 << n.min(7);
        assert!((window / 2..=window + 60).contains(wait), "wait {n} is {wait} s: {attempts:?}");
    }
    let back = *attempts.last().unwrap();
    assert!((away_s + 600..away_s + 600 + 256 + 5).contains(&back), "back within one longest wait, at {back} s");
    assert_eq!(bench.scene.borrow().platform.record().connects(KEY, NAME).len(), 2);
}

#[test]
fn a_platform_that_is_silent_for_ten_minutes() {
    let bench = heals(20, 4, Quiet, async |scene| {
        Timer::after(Duration::from_secs(4)).await;
        let mut scene = scene.borrow_mut();
        let now = scene.now_us;
        scene.platform.away(now, now + 600 * SECOND, Away::Silent);
    });
    assert!(bench.scene.borrow().platform.record().most_connects_in_a_minute(KEY, NAME) <= 5);
}

#[test]
fn a_second_of_garble() {
    for seed in 0..20 {
        heals(8, seed, Quiet, async |scene| {
            Timer::after(Duration::from_millis(3000 + 37 * seed)).await;
            scene.borrow_mut().module.garble_for(SECOND);
        });
    }
}

#[test]
fn a_wrong_secret_is_tried_once() {
    let mut bench = Bench::new(PortOptions::default(), 5);
    bench.secret = "ffffffffffffffffffffffffffffffff";
    let error = bench.run(Quiet, async |session, _| {
        let error = session.publish(topic::user("update"), b"0", Qos::AtLeastOnce).await.unwrap_err();
        let again = session.publish(topic::user("update"), b"0", Qos::AtLeastOnce).await.unwrap_err();
        assert_eq!(again.kind(), error.kind(), "and not again by itself");
        Timer::after(Duration::from_secs(600)).await;
        error
    });
    assert_eq!(error.kind(), ErrorKind::Refused(Refusal::Connack(4)));
    assert_eq!(bench.scene.borrow().platform.record().connects(KEY, NAME).len(), 1);
    let cure = wanlink::cure::of(error.kind());
    assert_eq!(cure.code, Some(4));
    assert!(cure.meaning.contains("secret") && cure.cure.contains("console"));
    assert!(!format!("{error:?} {error}").contains(bench.secret));
}
