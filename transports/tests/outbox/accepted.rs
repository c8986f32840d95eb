//! Messages that the module took, of which nobody knows whether they arrived.

use embassy_time::{Duration, Instant};
use wanlink_core::Delivery;

use crate::cloud::{Box64, Cloud, Outcome, in_world, open, put};

const ACCEPTED: Outcome = Outcome::Arrives(Delivery::Accepted);

async fn patient() -> Box64 {
    open().await.confirm_after(Duration::from_secs(100))
}

/// Runs what an application runs until nothing is kept, and says how long that took.
async fn until_empty(outbox: &Box64, cloud: &Cloud) -> u64 {
    let begun = Instant::now();
    while !outbox.is_empty() {
        outbox.filled().await;
        outbox.deliver(&mut &*cloud).await.unwrap();
    }
    begun.elapsed().as_secs()
}

#[test]
fn it_is_kept_until_its_connection_has_outlived_it() {
    in_world(async {
        let (outbox, cloud) = (patient().await, Cloud::with([ACCEPTED; 2]));
        put(&outbox, &["1", "2"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!((outbox.len(), outbox.stats().delivered), (2, 0));
        assert_eq!(until_empty(&outbox, &cloud).await, 200);
        assert_eq!((cloud.texts(), outbox.stats().delivered), (vec!["1".into(), "2".into()], 2));
    });
}

/// A device that sends all the time gets rid of them all the same.
#[test]
fn it_leaves_while_others_follow() {
    in_world(async {
        let (outbox, cloud) = (patient().await, Cloud::with([ACCEPTED; 12]));
        for number in 0..12 {
            put(&outbox, &[&number.to_string()]).await;
            outbox.deliver(&mut &cloud).await.unwrap();
            embassy_time::Timer::after(Duration::from_secs(60)).await;
            assert!(outbox.len() <= 4, "{}", outbox.len());
        }
        until_empty(&outbox, &cloud).await;
        assert_eq!((outbox.stats().delivered, outbox.stats().dropped, outbox.stats().repeated), (12, 0, 0));
    });
}

#[test]
fn it_is_sent_again_when_its_connection_is_gone() {
    in_world(async {
        let (outbox, cloud) = (patient().await, Cloud::with([ACCEPTED; 2]));
        put(&outbox, &["1", "2"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        cloud.connection.set(1);
        outbox.filled().await;
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "1", "2"]);
        assert_eq!((outbox.len(), outbox.stats().repeated), (0, 2));
    });
}

/// The session reconnects within the publish of the third: the first two may be lost.
#[test]
fn a_connection_that_changes_within_a_publish() {
    in_world(async {
        let outbox = patient().await;
        let cloud = Cloud::with([ACCEPTED, ACCEPTED, Outcome::Reconnects(Delivery::Accepted)]);
        put(&outbox, &["1", "2", "3"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "3", "1", "2", "3"]);
        assert_eq!((outbox.len(), outbox.stats().delivered), (0, 3));
    });
}

#[test]
fn what_is_acknowledged_proves_what_came_before_it() {
    in_world(async {
        let (outbox, cloud) = (patient().await, Cloud::with([ACCEPTED, ACCEPTED]));
        put(&outbox, &["1", "2", "3"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!((cloud.texts().len(), outbox.len(), outbox.stats().delivered), (3, 0, 3));
    });
}

/// Not when it was acknowledged on another connection.
#[test]
fn what_is_acknowledged_elsewhere_proves_nothing() {
    in_world(async {
        let outbox = patient().await;
        let cloud = Cloud::with([ACCEPTED, Outcome::Reconnects(Delivery::Acknowledged)]);
        put(&outbox, &["1", "2"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "1", "2"]);
        assert_eq!((outbox.len(), outbox.stats().delivered), (0, 2));
    });
}

#[test]
fn the_application_says_that_it_arrived() {
    in_world(async {
        let (outbox, cloud) = (patient().await, Cloud::with([ACCEPTED; 3]));
        put(&outbox, &["1", "2"]).await;
        outbox.deliver(&mut &cloud).await.unwrap();
        put(&outbox, &["3"]).await;
        outbox.confirm().await.unwrap();
        assert_eq!((outbox.len(), outbox.stats().delivered), (1, 2));
    });
}
