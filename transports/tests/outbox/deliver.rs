//! In order, and again until it is known to have arrived.

use embassy_futures::join::join;
use embassy_time::{Duration, Timer};
use wanlink_core::{Delivery, ErrorKind};
use wanlink_transports::outbox::{DeliverError, OutboxError};
use wanlink_transports::topic;

use crate::cloud::{Cloud, Failed, Outcome, in_world, open, put};

#[test]
fn in_the_order_in_which_they_came() {
    in_world(async {
        let (outbox, cloud) = (open().await, Cloud::default());
        put(&outbox, &["1", "2", "3"]).await;
        assert_eq!((outbox.len(), outbox.is_empty()), (3, false));
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "3"]);
        let stats = outbox.stats();
        assert_eq!((stats.put, stats.delivered, stats.repeated, outbox.len()), (3, 3, 0, 0));
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts().len(), 3, "once");
    });
}

/// A producer goes on while messages are delivered, and `filled` wakes who waits for them.
#[test]
fn a_producer_beside_a_slow_uplink() {
    in_world(async {
        let (outbox, cloud) = (open().await, Cloud { polls: 3, ..Cloud::default() });
        let all: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let produce = async {
            for text in &all {
                put(&outbox, &[text]).await;
                Timer::after(Duration::from_millis(10)).await;
            }
        };
        let exchange = async {
            while cloud.texts().len() < all.len() {
                outbox.filled().await;
                outbox.deliver(&mut &cloud).await.unwrap();
            }
        };
        join(produce, exchange).await;
        assert_eq!(cloud.texts(), all);
        assert!(outbox.is_empty());
    });
}

#[test]
fn what_failed_is_sent_again() {
    in_world(async {
        let outbox = open().await;
        let kind = ErrorKind::Reconnect;
        let cloud = Cloud::with([Outcome::Fails { arrives: false, kind }, Outcome::Fails { arrives: true, kind }]);
        put(&outbox, &["1", "2"]).await;
        for _ in 0..2 {
            assert_eq!(outbox.deliver(&mut &cloud).await, Err(DeliverError::Uplink(Failed(kind))));
            assert_eq!(outbox.len(), 2);
        }
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "1", "2"], "at least once");
        assert_eq!((outbox.stats().delivered, outbox.stats().repeated), (2, 2));
    });
}

/// It would stand in the way for ever.
#[test]
fn what_can_never_be_sent_is_dropped_and_told() {
    in_world(async {
        let outbox = open().await;
        let cloud = Cloud::with([Outcome::Fails { arrives: false, kind: ErrorKind::Misuse }]);
        put(&outbox, &["1", "2"]).await;
        assert_eq!(outbox.deliver(&mut &cloud).await, Err(DeliverError::Uplink(Failed(ErrorKind::Misuse))));
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["2"]);
        assert_eq!((outbox.stats().unfit, outbox.stats().delivered, outbox.len()), (1, 1, 0));
    });
}

/// But not before those that were accepted before it: they may have to be sent again.
#[test]
fn what_can_never_be_sent_behind_what_was_accepted() {
    in_world(async {
        let outbox = open().await.confirm_after(Duration::from_secs(100));
        let never = Outcome::Fails { arrives: false, kind: ErrorKind::Misuse };
        let cloud = Cloud::with([Outcome::Arrives(Delivery::Accepted), never]);
        put(&outbox, &["1", "2", "3"]).await;
        assert_eq!(outbox.deliver(&mut &cloud).await, Err(DeliverError::Uplink(Failed(ErrorKind::Misuse))));
        assert_eq!((outbox.len(), outbox.stats().unfit), (3, 0));
        cloud.outcomes.borrow_mut().push_back(never);
        while outbox.stats().unfit == 0 {
            outbox.filled().await;
            let _ = outbox.deliver(&mut &cloud).await;
        }
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "3"]);
        assert_eq!((outbox.stats().unfit, outbox.stats().delivered, outbox.len()), (1, 2, 0));
    });
}

#[test]
fn what_cannot_be_kept_is_told_at_once() {
    in_world(async {
        let outbox = open().await;
        let put = async |topic, payload: &[u8]| outbox.put(topic, payload).await;
        assert_eq!(put(topic::user("update"), &[0; 24]).await, Ok(()));
        assert!(matches!(put(topic::user("update"), &[0; 25]).await, Err(OutboxError::TooLong(error))
            if (error.limit(), error.length()) == (32, 33)));
        assert!(matches!(put(topic::user("a/+"), b"").await, Err(OutboxError::Topic(_))));
        let long = "t".repeat(256);
        assert!(matches!(put(topic::user(&long), b"").await, Err(OutboxError::TooLong(error)) if error.limit() == 255));
        assert_eq!(outbox.len(), 1);
    });
}
