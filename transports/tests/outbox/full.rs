//! No room for another message.

use embassy_futures::join::join;
use embassy_futures::yield_now;
use wanlink_transports::outbox::{OutboxError, WhenFull};
use wanlink_transports::topic;

use crate::cloud::{Cloud, in_world, open, put};

#[test]
fn the_oldest_make_way_and_are_counted() {
    in_world(async {
        let (outbox, cloud) = (open().await, Cloud::default());
        // Five of eleven bytes each.
        put(&outbox, &["1", "2", "3", "4", "5", "6"]).await;
        assert_eq!((outbox.len(), outbox.stats().dropped), (5, 1));
        put(&outbox, &["a long one of 24 bytes.."]).await;
        assert_eq!((outbox.len(), outbox.stats().dropped), (3, 4));
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["5", "6", "a long one of 24 bytes.."]);
        assert_eq!((outbox.stats().put, outbox.stats().delivered), (7, 3));
    });
}

#[test]
fn or_the_newest_is_refused() {
    in_world(async {
        let outbox = open().await.when_full(WhenFull::Refuse);
        put(&outbox, &["1", "2", "3", "4", "5"]).await;
        assert_eq!(outbox.put(topic::user("update"), b"6").await, Err(OutboxError::Full));
        let stats = outbox.stats();
        assert_eq!((outbox.len(), stats.put, stats.refused, stats.dropped), (5, 5, 1, 0));
        let cloud = Cloud::default();
        outbox.deliver(&mut &cloud).await.unwrap();
        put(&outbox, &["6"]).await;
    });
}

/// The message that is on its way makes way for another: it arrives all the same, and nothing else is taken for it.
#[test]
fn while_the_oldest_is_on_its_way() {
    in_world(async {
        let (outbox, cloud) = (open().await, Cloud { polls: 3, ..Cloud::default() });
        put(&outbox, &["1", "2", "3", "4", "5"]).await;
        let produce = async {
            yield_now().await;
            put(&outbox, &["6"]).await;
            assert_eq!(outbox.stats().dropped, 1);
        };
        let (delivered, ()) = join(outbox.deliver(&mut &cloud), produce).await;
        delivered.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "3", "4", "5", "6"]);
        assert_eq!((outbox.stats().delivered, outbox.stats().dropped, outbox.len()), (6, 0, 0));
    });
}
