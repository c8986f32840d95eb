//! Keep-alive, silence, and callers who are late.

use embassy_futures::join::join;
use embassy_time::Instant;
use wanlink_core::fake::Call;
use wanlink_core::{Delivery, Error as _, ErrorKind, Qos};
use wanlink_transports::{Downlink, LinkError, Reason, Uplink, topic};

use crate::bench::{Error, GET, UPDATE, after_s, connected, for_ms, in_world, link, opens};

const SILENT: Error = LinkError::Closed(Reason::Silent);

/// 30 seconds for the answer, and five for the module to hand it out.
const PATIENCE_S: u64 = 35;

#[test]
fn a_silent_server_ends_each_call_in_time() {
    in_world(async {
        let (mut link, script) = link().await;
        script.set_silent(true);
        for call in 0..4 {
            if call > 0 {
                script.set_silent(false);
                link.connect().await.unwrap();
                script.set_silent(true);
            }
            let begin = Instant::now();
            let error = match call {
                0 => link.connect().await,
                1 => link.subscribe(topic::user("get")).await,
                2 => link.unsubscribe(topic::user("get")).await,
                _ => link.publish(UPDATE, b"x", Qos::AtLeastOnce).await.map(|_| ()),
            };
            assert_eq!(error, Err(SILENT));
            assert_eq!(begin.elapsed().as_secs(), PATIENCE_S, "call {call}");
        }
        assert_eq!(script.count(|call| *call == Call::Close), opens(&script), "each socket is closed");
    });
}

/// 7/8 of 300 s without a word, and then the answer to the ping.
#[test]
fn a_server_that_falls_silent_is_noticed_while_listening() {
    in_world(async {
        let (mut link, script) = connected().await;
        script.set_silent(true);
        assert_eq!(link.ready().await, Err(SILENT));
        assert_eq!(Instant::now().as_millis(), 262_500 + PATIENCE_S * 1000);
    });
}

#[test]
fn listening_keeps_the_connection_alive() {
    in_world(async {
        let (link, script) = link().await;
        let mut link = link.keep_alive_s(30);
        link.connect().await.unwrap();
        let (received, ()) = join(link.ready(), async {
            after_s(3600).await;
            script.queue(GET, b"after an hour");
        })
        .await;
        received.unwrap();
        let pings = script.count(|call| *call == Call::Ping);
        // 7/8 of the half minute is 26.25 s.
        assert_eq!((pings, opens(&script)), (137, 1));
    });
}

/// The pings do not depend on how often the caller drops and calls again.
#[test]
fn listening_in_slices_keeps_the_connection_alive() {
    for slice_ms in [7, 1_000, 40_003] {
        in_world(async {
            let (link, script) = link().await;
            let mut link = link.keep_alive_s(30);
            link.connect().await.unwrap();
            while Instant::now().as_secs() < 600 {
                assert!(for_ms(slice_ms, link.ready()).await.is_none());
            }
            let pings = script.count(|call| *call == Call::Ping);
            assert!((14..=22).contains(&pings) && opens(&script) == 1, "{slice_ms} ms: {pings}");
        });
    }
}

/// A device that sleeps until `next_deadline` and only then listens for a moment.
#[test]
fn a_sleeper_knows_when_to_wake_up() {
    in_world(async {
        let (mut link, script) = link().await;
        assert_eq!(link.next_deadline(), None);
        link.connect().await.unwrap();
        for round in 1..=20 {
            let deadline = link.next_deadline().unwrap();
            let left_ms = deadline.as_millis() - Instant::now().as_millis();
            assert!((261_990..=262_501).contains(&left_ms), "{left_ms}");
            embassy_time::Timer::at(deadline).await;
            assert!(for_ms(500, link.ready()).await.is_none());
            assert_eq!(script.count(|call| *call == Call::Ping), round);
        }
        script.lose_session();
        assert_eq!(link.ready().await.unwrap_err().kind(), ErrorKind::Reconnect);
        assert_eq!(link.next_deadline(), None);
    });
}

/// The answer lay in the module while nobody read, for longer than an answer may take.
#[test]
fn a_caller_who_is_late_finds_the_answer_in_the_module() {
    in_world(async {
        let (mut link, script) = connected().await;
        for _ in 0..3 {
            // The ping goes out, and its answer is not read.
            after_s(263).await;
            assert!(for_ms(1, link.ready()).await.is_none());
            after_s(3600).await;
            let sent = link.publish(UPDATE, b"x", Qos::AtMostOnce).await;
            assert_eq!(sent, Ok(Delivery::Sent));
        }
        assert_eq!(opens(&script), 1);
        script.set_silent(true);
        after_s(263).await;
        assert!(for_ms(1, link.ready()).await.is_none());
        after_s(3600).await;
        assert_eq!(link.publish(UPDATE, b"into the void", Qos::AtMostOnce).await, Err(SILENT));
    });
}

/// Nobody ever listens, and yet the keep-alive holds and a dead connection is noticed.
#[test]
fn a_device_that_only_publishes() {
    in_world(async {
        let (mut link, script) = connected().await;
        for _ in 0..50 {
            after_s(100).await;
            link.publish(UPDATE, b"x", Qos::AtMostOnce).await.unwrap();
        }
        assert!(script.count(|call| *call == Call::Ping) > 10);
        assert_eq!((script.published().len(), opens(&script)), (50, 1));
        script.set_silent(true);
        let mut lost = 0;
        let error = loop {
            after_s(100).await;
            match link.publish(UPDATE, b"x", Qos::AtMostOnce).await {
                Ok(_) => lost += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error, SILENT);
        assert!(lost <= 4, "within a keep-alive and the patience: {lost}");
    });
}
