//! When the session logs in.

use std::cell::RefCell;

use embassy_futures::join::join;
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::fake::Script;
use wanlink_core::{ErrorKind, Qos};
use wanlink_emulator::SplitMix64;
use wanlink_transports::{Downlink, Event, Session, Uplink, topic};

use crate::bench::{NETWORK, Path, for_s, in_world, is_login, login_times, over_all, pushing, session};

over_all! {
    waits_double_to_their_longest
    a_mute_module_is_started_again_and_again
    a_steady_hour_makes_the_next_loss_the_first
    a_connection_that_dies_at_once_keeps_backing_off
    a_publish_that_has_to_be_tried_again_waits
}

/// The wait after the n-th failure in a row lies in the upper half of its window.
fn assert_windows(times_ms: &[u64], windows_s: &[u64]) {
    for (pair, window_s) in times_ms.windows(2).zip(windows_s) {
        let (wait, window) = (pair[1] - pair[0], window_s * 1000);
        assert!((window / 2..window).contains(&wait), "{wait} ms in the window of {window} ms: {times_ms:?}");
    }
}

async fn waits_double_to_their_longest<L: Path>(link: L, script: Script) {
    let times = login_times(&script);
    script.set_reachable(false);
    let mut session = session(link, 42);
    assert!(for_s(1200, session.online()).await.is_none());
    let times = times.borrow();
    assert_windows(&times[..5], &[2, 4, 8, 16]);
    // 5 logins in the first minute are used up by then, and the window of 32 s may be over earlier than the minute.
    assert!(times[5] >= 60_000 && times[5] < 64_000, "{times:?}");
    assert_windows(&times[5..], &[64, 128, 256, 256, 256]);
    assert!(times.len() >= 9, "{times:?}");
}

async fn a_mute_module_is_started_again_and_again<L: Path>(link: L, script: Script) {
    script.set_mute(true);
    let mut session = session(link, 1);
    let (up, ()) = join(session.online(), async {
        Timer::after(Duration::from_secs(100)).await;
        script.set_mute(false);
    })
    .await;
    up.unwrap();
    // Failed at 0, 2, 4, 8, 16, 32 s and 64 s at the latest.
    let starts = script.count(|call| *call == wanlink_core::fake::Call::Start);
    assert!((7..=9).contains(&starts), "{starts}");
    let stats = session.observer();
    assert_eq!((stats.starts as usize, stats.attempts, stats.failures as usize), (starts, 1, starts - 1));
}

async fn a_steady_hour_makes_the_next_loss_the_first<L: Path>(link: L, script: Script) {
    let times = login_times(&script);
    let attempts = RefCell::new(Vec::new());
    let mut session: Session<'_, _, _, 32> = Session::observed(link, NETWORK, 3, |event| {
        if let Event::Connect { attempt } = event {
            attempts.borrow_mut().push(attempt);
        }
    });
    for _ in 0..4 {
        session.online().await.unwrap();
        let (_, lost_ms) = join(for_s(3600, session.ready()), async {
            Timer::after(Duration::from_secs(1800)).await;
            script.lose_session();
            Instant::now().as_millis()
        })
        .await;
        let wait = times.borrow().last().unwrap() - lost_ms;
        assert!((1000..2000).contains(&wait), "{wait}");
    }
    assert_eq!(*attempts.borrow(), [1, 2, 2, 2, 2], "the loss is the first failure each time");
}

async fn a_publish_that_has_to_be_tried_again_waits<L: Path>(link: L, script: Script) {
    let mut session = session(link, 3);
    session.online().await.unwrap();
    let connection = session.connection();
    for failures in [1, 1, 2] {
        Timer::after(Duration::from_secs(100)).await;
        (0..failures).for_each(|_| script.fail_publish(ErrorKind::Retry));
        let begin = Instant::now();
        session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap();
        let waited = begin.elapsed().as_millis();
        let expected = if failures == 1 { 1000..2000 } else { 3000..6000 };
        assert!(expected.contains(&waited), "{failures} failures: {waited} ms");
    }
    assert_eq!(session.connection(), connection, "the session stood all the while");
}

async fn a_connection_that_dies_at_once_keeps_backing_off<L: Path>(link: L, script: Script) {
    let times = login_times(&script);
    let mut session = session(link, 3);
    for _ in 0..5 {
        // Data gets through, and yet the connection never lives long: as when two devices have one identity.
        session.publish(topic::user("update"), b"x", Qos::AtLeastOnce).await.unwrap();
        script.lose_session();
    }
    assert_windows(&times.borrow(), &[2, 4, 8, 16]);
}

/// Whatever happens, no six logins fall into one minute; and when nothing else holds it back, it uses five.
#[test]
fn never_more_than_five_a_minute() {
    for seed in 0..60 {
        let (link, script) = pushing();
        in_world(async {
            let times = login_times(&script);
            let mut random = SplitMix64::new(seed);
            let quick = Duration::from_millis(10);
            let mut session = session(link, seed).backoff(quick, quick);
            while Instant::now().as_secs() < 1200 {
                // Out of reach, or up and broken at once, or dropped at some moment.
                script.set_reachable(random.next_u64() & 1 == 0);
                script.lose_session();
                for_s(random.next_u64() % 3, session.ready()).await;
            }
            let times = times.borrow();
            let crowded = times.windows(6).find(|six| six[5] - six[0] < 60_000);
            assert_eq!(crowded, None, "seed {seed}");
            assert!(times.len() >= 80, "seed {seed}: {} logins in 20 minutes", times.len());
        });
    }
}

#[test]
fn jitter_follows_the_seed() {
    let first_waits = |seed| {
        let (link, script) = pushing();
        in_world(async {
            let times = login_times(&script);
            script.set_reachable(false);
            for_s(40, session(link, seed).online()).await;
            times.take()
        })
    };
    let mut all: Vec<_> = (0..50).map(first_waits).collect();
    assert_eq!(first_waits(7), all[7]);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 50, "each seed waits in its own way");
}

/// A caller that drops and calls again, as `select` in a loop does, neither shortens nor lengthens a wait.
#[test]
fn waits_go_on_over_drops() {
    let run = |slice_us: Option<u64>| {
        let (link, script) = pushing();
        in_world(async {
            let times = login_times(&script);
            script.set_reachable(false);
            let mut session = session(link, 5);
            match slice_us {
                None => drop(for_s(300, session.ready()).await),
                Some(us) => {
                    while Instant::now().as_secs() < 300 {
                        let slice = Timer::after(Duration::from_micros(us));
                        embassy_futures::select::select(session.ready(), slice).await;
                    }
                }
            }
            assert_eq!(script.count(is_login), times.borrow().len());
            times.take()
        })
    };
    let undisturbed = run(None);
    assert!(undisturbed.len() >= 7);
    // No slice ends at the very moment of a login, which takes no time here and would be dropped in its middle.
    for slice_us in [1_003, 70_001, 900_007] {
        let disturbed = run(Some(slice_us));
        assert_eq!(disturbed, undisturbed, "dropped every {slice_us} us");
    }
}
