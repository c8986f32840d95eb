//! The power goes at every step of the work of a queue in flash.

use std::collections::VecDeque;

use embassy_futures::block_on;
use wanlink_emulator::{Nor, NorError, SplitMix64, Torn};
use wanlink_transports::outbox::{Flash, Queue};
use wanlink_transports::store::{FlashError, StoreError};

type Records = VecDeque<Vec<u8>>;

#[derive(Debug, Clone)]
enum Call {
    Push(Vec<u8>),
    Pop,
}

/// A life of messages of several lengths that fill all pages several times.
fn story() -> Vec<Call> {
    let mut random = SplitMix64::new(7);
    let (mut calls, mut kept) = (Vec::new(), 0);
    for number in 0..60u8 {
        calls.push(Call::Push(vec![number; 10 + random.below(50) as usize]));
        kept += 1;
        while kept > 6 || (kept > 0 && random.below(3) == 0) {
            calls.push(Call::Pop);
            kept -= 1;
        }
    }
    calls
}

fn after(mut records: Records, call: &Call) -> Records {
    match call {
        Call::Push(record) => records.push_back(record.clone()),
        Call::Pop => drop(records.pop_front()),
    }
    records
}

/// A restart each time.
fn with<const W: usize, const P: usize, T>(
    nor: &mut Nor<W, P>,
    work: impl AsyncFnOnce(&mut Flash<'_, &mut Nor<W, P>>) -> T,
) -> T {
    let (mut room, end) = ([0; 96], nor.bytes.len() as u32);
    block_on(work(&mut Flash::new(nor, 0..end, &mut room).unwrap()))
}

fn call<const W: usize, const P: usize>(
    nor: &mut Nor<W, P>,
    call: &Call,
) -> Result<bool, StoreError<FlashError<NorError>>> {
    with(nor, async |queue| match call {
        Call::Push(record) => queue.push(record).await,
        Call::Pop => queue.pop().await.map(|()| true),
    })
}

fn load<const W: usize, const P: usize>(nor: &mut Nor<W, P>) -> Result<Records, StoreError<FlashError<NorError>>> {
    with(nor, async |queue| {
        let (mut records, mut room) = (Records::new(), [0; 60]);
        while let Some(length) = queue.peek(records.len() as u32, &mut room).await? {
            records.push_back(room[..length].to_vec());
        }
        assert_eq!(queue.count().await, Ok(records.len() as u32));
        Ok(records)
    })
}

fn every_cut<const W: usize, const P: usize>(pages: usize, kinds: &[Torn]) {
    let (mut nor, mut records, mut cuts) = (Nor::<W, P>::rewritable(pages), Records::new(), 0);
    let calls = story();
    for next in &calls {
        let before = nor.clone();
        assert_eq!(call(&mut nor, next), Ok(true));
        for step in 0..nor.steps - before.steps {
            for &torn in kinds {
                let what = format!("{next:?}, step {step}, {torn:?}");
                let mut nor = before.clone();
                nor.cut(step, torn, u64::from(step) + 1);
                call(&mut nor, next).expect_err(&what);
                nor.power_on();
                let found = load(&mut nor).unwrap_or_else(|error| panic!("{what}: {error}"));
                let then = after(records.clone(), next);
                assert!(found == records || found == then, "{what}: {records:?} became {found:?}");
                // And it goes on for good.
                let mut found = found;
                for next in [Call::Push(vec![0xEE; 20]), Call::Pop, Call::Push(vec![0xEF; 30])] {
                    assert_eq!(call(&mut nor, &next), Ok(true), "{what}");
                    found = after(found, &next);
                    assert_eq!(load(&mut nor), Ok(found.clone()), "{what}");
                }
                cuts += 1;
            }
        }
        records = after(records, next);
        assert_eq!(load(&mut nor), Ok(records.clone()));
    }
    let pushes = calls.iter().filter(|call| matches!(call, Call::Push(_))).count();
    println!(
        "words of {W}, {pages} pages of {P} bytes: {cuts} cuts; {} words and {} erasures for {pushes} messages",
        nor.steps - nor.erased,
        nor.erased
    );
    assert!(cuts > 500 && nor.erased >= 3, "{cuts} {}", nor.erased);
}

#[test]
fn words_of_4_bytes() {
    every_cut::<4, 512>(3, &Torn::ALL);
}

#[test]
fn words_of_1_byte() {
    every_cut::<1, 512>(3, &[Torn::Bits]);
}

#[test]
fn words_of_8_bytes() {
    every_cut::<8, 512>(3, &Torn::ALL);
}

/// What is in the pages of a store, or of anybody else, is left alone.
#[test]
fn flash_that_is_not_a_queue() {
    let mut nor = Nor::<4, 512>::new(2);
    nor.write_word(64, b"else").unwrap();
    let bytes = nor.bytes.clone();
    assert_eq!(call(&mut nor, &Call::Push(vec![1])), Err(StoreError::Foreign));
    assert_eq!(load(&mut nor), Err(StoreError::Foreign));
    assert_eq!(nor.bytes, bytes);
    with(&mut nor, async |queue| queue.clear().await).unwrap();
    assert_eq!(call(&mut nor, &Call::Push(vec![1])), Ok(true));
}

/// A message is written once, and one word or two are cleared when it is delivered.
#[test]
fn wear() {
    let mut nor = Nor::<4, 4096>::rewritable(4);
    let messages = 1000;
    let wear = with(&mut nor, async |queue| {
        for number in 0..messages {
            assert_eq!(queue.push(&[number as u8; 64]).await, Ok(true));
            queue.pop().await.unwrap();
        }
        queue.wear()
    });
    println!("{messages} messages of 64 bytes: {} bytes written, {} pages erased", wear.written, wear.erased);
    assert_eq!(wear.erased, nor.erased);
    assert!(wear.written / messages < 64 + 32, "{}", wear.written);
    assert!(wear.erased < messages / 40, "{}", wear.erased);
}
