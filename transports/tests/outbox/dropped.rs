//! Calls that are dropped at each of their polls, over a queue in flash that has to be waited for.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embassy_futures::block_on;
use wanlink_emulator::Nor;
use wanlink_transports::outbox::{Flash, Outbox};
use wanlink_transports::topic;

use crate::cloud::{Cloud, in_world, put};

type InFlash<'a, 'b> = Outbox<Flash<'b, &'a mut Nor<4, 512>>, 32>;

fn nor() -> Nor<4, 512> {
    let mut nor = Nor::rewritable(2);
    nor.waits = true;
    nor
}

async fn open<'a, 'b>(nor: &'a mut Nor<4, 512>, room: &'b mut [u8; 40]) -> InFlash<'a, 'b> {
    Outbox::open(Flash::new(nor, 0..1024, room).unwrap()).await.unwrap()
}

/// Polls so often; `true` when it was ready.
fn poll_times(call: impl Future, times: u32) -> bool {
    let mut call = pin!(call);
    let context = &mut Context::from_waker(Waker::noop());
    (0..times).any(|_| matches!(call.as_mut().poll(context), Poll::Ready(_)))
}

#[test]
fn a_dropped_put() {
    let mut drops = 0;
    for times in 0.. {
        let (mut nor, mut room) = (nor(), [0; 40]);
        let is_ready = in_world(async {
            let outbox = open(&mut nor, &mut room).await;
            put(&outbox, &["1", "2"]).await;
            let is_ready = poll_times(outbox.put(topic::user("update"), b"3"), times);
            put(&outbox, &["4"]).await;
            let cloud = Cloud::default();
            outbox.deliver(&mut &cloud).await.unwrap();
            let texts = cloud.texts();
            let without: Vec<_> = texts.iter().filter(|text| *text != "3").collect();
            assert_eq!(without, ["1", "2", "4"]);
            assert!(texts.len() == 4 || (!is_ready && texts.len() == 3), "{texts:?}");
            assert_eq!((outbox.stats().put, outbox.stats().delivered), (texts.len() as u32, texts.len() as u32));
            assert!(outbox.is_empty());
            is_ready
        });
        if is_ready {
            break;
        }
        drops += 1;
    }
    println!("put: {drops} drops");
    assert!(drops > 3);
}

#[test]
fn a_dropped_deliver() {
    let mut drops = 0;
    for times in 0.. {
        let (mut nor, mut room) = (nor(), [0; 40]);
        let is_ready = in_world(async {
            let outbox = open(&mut nor, &mut room).await;
            put(&outbox, &["1", "2", "3"]).await;
            let cloud = Cloud { polls: 2, ..Cloud::default() };
            let is_ready = poll_times(outbox.deliver(&mut &cloud), times);
            outbox.deliver(&mut &cloud).await.unwrap();
            let mut texts = cloud.texts();
            assert!(texts.len() <= 4, "one is sent again: {texts:?}");
            texts.dedup();
            assert_eq!(texts, ["1", "2", "3"]);
            assert_eq!((outbox.stats().delivered, outbox.len()), (3, 0));
            is_ready
        });
        if is_ready {
            break;
        }
        drops += 1;
    }
    println!("deliver: {drops} drops");
    assert!(drops > 10);
}

/// What a dropped call left is in flash, or is not; a new life finds it.
#[test]
fn another_life() {
    let (mut nor, mut room) = (nor(), [0; 40]);
    block_on(async {
        let outbox = open(&mut nor, &mut room).await;
        put(&outbox, &["1", "2"]).await;
    });
    in_world(async {
        let outbox = open(&mut nor, &mut room).await;
        assert_eq!((outbox.len(), outbox.stats().found), (2, 2));
        put(&outbox, &["3"]).await;
        let cloud = Cloud::default();
        outbox.deliver(&mut &cloud).await.unwrap();
        assert_eq!(cloud.texts(), ["1", "2", "3"]);
    });
}
