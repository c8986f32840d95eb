//! What can be a store, and what fits.

use std::ops::Range;

use embassy_futures::block_on;
use wanlink_emulator::Nor;
use wanlink_transports::Identity;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::store::{Flash, HttpsToken, LayoutError, Store, StoreError};

use crate::story::{Call, State, call, load, with};

fn layout(range: Range<u32>, room: usize) -> Result<(), LayoutError> {
    Flash::new(Nor::<4, 512>::new(40), range, &mut vec![0; room]).map(drop)
}

#[test]
fn ranges_and_rooms() {
    assert_eq!(layout(512..1536, Flash::ROOM), Ok(()));
    assert_eq!(layout(512..1536, Flash::ROOM - 1), Err(LayoutError::Room(Flash::ROOM)));
    assert_eq!(layout(500..1536, Flash::ROOM), Err(LayoutError::Boundary(512)));
    assert_eq!(layout(512..1500, Flash::ROOM), Err(LayoutError::Boundary(512)));
    assert_eq!(layout(512..1024, Flash::ROOM), Err(LayoutError::Pages(1)));
    assert_eq!(
        layout(Range { start: 1024, end: 512 }, Flash::ROOM),
        Err(LayoutError::Pages(0)),
        "ends before it begins"
    );
    assert_eq!(layout(0..33 * 512, Flash::ROOM), Err(LayoutError::Pages(33)));
    assert_eq!(layout(39 * 512..41 * 512, Flash::ROOM), Err(LayoutError::Size));
    assert_eq!(Flash::new(Nor::<16, 64>::new(2), 0..128, &mut [0; Flash::ROOM]).err(), Some(LayoutError::Size));
}

#[test]
fn the_longest_records_fit_the_room() {
    let mut room = [0; Flash::ROOM];
    let mut store = Flash::new(Nor::<8, 2048>::new(2), 0..4096, &mut room).unwrap();
    let (key, name, long) = ("k".repeat(20), "n".repeat(32), "t".repeat(128));
    for _ in 0..2 {
        block_on(store.save(&DeviceToken::new(&key, &name, &long, &long).unwrap())).unwrap();
        block_on(store.save(&Identity::new(&key, &name, &"s".repeat(64)).unwrap())).unwrap();
        block_on(store.save(&HttpsToken::new(&"h".repeat(64), u64::MAX).unwrap())).unwrap();
    }
    assert_eq!(block_on(store.load::<DeviceToken>()).unwrap().unwrap().reveal(), long);
}

#[test]
fn flash_that_is_too_small_for_all_is_full_and_keeps_what_it_has() {
    let mut nor = Nor::<4, 256>::new(2);
    let mut state = State::default();
    for next in [Call::Identity(1), Call::HttpsToken(1)] {
        call(&mut nor, next).unwrap();
        state = state.after(next);
    }
    let long = "t".repeat(128);
    for (client_id, error) in [("c", StoreError::Full), (&long, StoreError::NoRoom)] {
        let token = DeviceToken::new("pk", "dn", client_id, &long).unwrap();
        let result = with(&mut nor, async |store| store.save(&token).await);
        assert_eq!(result, Err(error), "with the rest, and longer than a page");
        assert_eq!(load(&mut nor), Ok(state));
    }
}

/// Other parts of the flash are nobody's business.
#[test]
fn nothing_outside_the_range_is_touched() {
    let mut nor = Nor::<4, 512>::new(4);
    nor.bytes[..512].fill(0xA5);
    nor.bytes[1536..].fill(0x5A);
    let mut room = [0; Flash::ROOM];
    let mut store = Flash::new(nor, 512..1536, &mut room).unwrap();
    for number in 0..40 {
        block_on(store.save(&HttpsToken::new("t", number).unwrap())).unwrap();
    }
    block_on(store.clear()).unwrap();
    let nor = store.release();
    assert!(nor.bytes[..512].iter().all(|byte| *byte == 0xA5) && nor.bytes[1536..].iter().all(|byte| *byte == 0x5A));
}
