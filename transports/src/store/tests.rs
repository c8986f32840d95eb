//! The form of records, on a medium that fails at will.

extern crate std;
use std::boxed::Box;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use embassy_futures::block_on;
use proptest::prelude::*;

use super::*;
use crate::identity::Identity;
use crate::registration::DeviceToken;
use crate::sign::HmacSha1;

/// Records in memory.
#[derive(Default)]
struct Memory {
    frames: BTreeMap<u8, Vec<u8>>,
    room: usize,
    writes: usize,
    forgets: bool,
}

fn memory() -> Memory {
    Memory { room: 400, ..Memory::default() }
}

impl Store for Memory {
    type Error = core::fmt::Error;

    async fn read(&mut self, name: Name, show: &mut dyn FnMut(&[u8])) -> Result<(), StoreError<Self::Error>> {
        self.frames.get(&(name as u8)).into_iter().for_each(|frame| show(frame));
        Ok(())
    }

    async fn write(&mut self, name: Name, fill: &Fill<'_>) -> Result<(), StoreError<Self::Error>> {
        let mut room = vec![0; self.room];
        let length = fill(&mut room).ok_or(StoreError::NoRoom)?;
        room.truncate(length);
        self.writes += 1;
        if !self.forgets {
            self.frames.insert(name as u8, room);
        }
        Ok(())
    }

    async fn erase(&mut self, name: Name) -> Result<(), StoreError<Self::Error>> {
        self.frames.remove(&(name as u8));
        Ok(())
    }

    async fn clear(&mut self) -> Result<(), StoreError<Self::Error>> {
        self.frames.clear();
        Ok(())
    }
}

fn identity() -> Identity {
    Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef").unwrap()
}

#[test]
fn the_form_to_the_byte() {
    let mut store = memory();
    block_on(store.save(&Identity::new("pk", "dn", "abc").unwrap())).unwrap();
    // Checksum computed with Python's zlib.crc32.
    let expected = b"wl\x01\x01\x0A\x00\x02pk\x02dn\x03abc\xDE\x31\xBE\xE0";
    assert_eq!(store.frames[&1], expected);
    block_on(store.save(&HttpsToken::new("t", 0x0102).unwrap())).unwrap();
    assert_eq!(store.frames[&3][..16], *b"wl\x01\x03\x0A\x00\x01t\x02\x01\0\0\0\0\0\0");
}

#[test]
fn what_is_saved_is_loaded() {
    let mut store = memory();
    assert!(block_on(store.load::<Identity>()).unwrap().is_none());
    block_on(store.save(&identity())).unwrap();
    // The signing method is no part of the record, and a borrowed store is one.
    async fn borrowed<S: Store>(mut store: S) -> Option<Identity<HmacSha1>> {
        store.load().await.ok()?
    }
    let loaded = block_on(borrowed(&mut store)).unwrap();
    assert_eq!(
        (loaded.product_key(), loaded.device_name(), loaded.secret()),
        ("a1B2c3D4e5F", "meter-0042", identity().secret())
    );

    let token = DeviceToken::new("pk", "dn", "c", "^1^2").unwrap();
    block_on(store.save(&token)).unwrap();
    let loaded = block_on(store.load::<DeviceToken>()).unwrap().unwrap();
    assert_eq!((loaded.client_id(), loaded.reveal()), ("c", "^1^2"));
    block_on(store.save(&HttpsToken::new("6944e5bf", 1_700_000_000).unwrap())).unwrap();
    let loaded = block_on(store.load::<HttpsToken>()).unwrap().unwrap();
    assert_eq!((loaded.reveal(), loaded.given_s()), ("6944e5bf", 1_700_000_000));

    block_on(store.erase(Name::Identity)).unwrap();
    assert!(block_on(store.load::<Identity>()).unwrap().is_none());
    assert!(block_on(store.load::<DeviceToken>()).unwrap().is_some());
    block_on(store.clear()).unwrap();
    assert!(store.frames.is_empty());
}

#[test]
fn the_same_record_is_written_once() {
    let mut store = memory();
    for _ in 0..3 {
        block_on(store.save(&identity())).unwrap();
    }
    assert_eq!(store.writes, 1);
    block_on(store.save(&Identity::new("a1B2c3D4e5F", "meter-0042", "other").unwrap())).unwrap();
    assert_eq!(store.writes, 2);
}

#[test]
fn what_does_not_read_back_is_no_success() {
    let mut store = Memory { forgets: true, ..memory() };
    assert_eq!(block_on(store.save(&identity())), Err(StoreError::NotKept));
}

#[test]
fn a_room_too_small_is_told() {
    let needed = 6 + 1 + 11 + 1 + 10 + 1 + 32 + 4;
    for (room, expected) in [(needed, Ok(())), (needed - 1, Err(StoreError::NoRoom)), (0, Err(StoreError::NoRoom))] {
        assert_eq!(block_on(Memory { room, ..memory() }.save(&identity())), expected, "{room}");
    }
}

/// What cannot be read is an error of load and of save, and save changes nothing.
#[test]
fn what_is_not_ours_stays() {
    let mut good = memory();
    block_on(good.save(&identity())).unwrap();
    let frame = good.frames[&1].clone();
    let changed = |at: usize, byte: u8| {
        let mut frame = frame.clone();
        frame[at] = byte;
        frame
    };
    let end = frame.len();
    let cases: [(Vec<u8>, StoreError<core::fmt::Error>); 9] = [
        (Vec::new(), StoreError::Foreign),
        (b"wl\x01\x01\0".to_vec(), StoreError::Foreign),
        (b"SQLite format 3\0".to_vec(), StoreError::Foreign),
        (changed(2, 2), StoreError::Version(2)),
        (changed(3, 2), StoreError::Damaged),
        (changed(4, frame[4] ^ 1), StoreError::Damaged),
        (changed(20, b'x'), StoreError::Damaged),
        (changed(end - 1, frame[end - 1] ^ 1), StoreError::Damaged),
        (frame[..end - 5].to_vec(), StoreError::Damaged),
    ];
    for (bytes, error) in cases {
        let mut store = memory();
        store.frames.insert(1, bytes.clone());
        assert_eq!(block_on(store.load::<Identity>()).unwrap_err(), error, "{bytes:?}");
        assert_eq!(block_on(store.save(&identity())), Err(error));
        assert_eq!((store.frames[&1].clone(), store.writes), (bytes, 0));
        block_on(store.erase(Name::Identity)).unwrap();
        assert_eq!(block_on(store.save(&identity())), Ok(()));
    }
}

#[test]
fn errors_and_debug_show_no_secret() {
    let token = HttpsToken::new("t0ken", 1).unwrap();
    let error: Box<dyn core::error::Error> = Box::new(StoreError::Medium(core::fmt::Error));
    let shown: String = format!("{token:?} {error} {:?}", error.source());
    assert!(shown.contains("given_s") && !shown.contains("t0ken"), "{shown}");
    assert!(HttpsToken::new("a b", 1).is_err() && HttpsToken::new(&"t".repeat(65), 1).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Damage is noticed, and nothing panics.
    #[test]
    fn damaged_frames(at in any::<prop::sample::Index>(), bit in 0..8_u32, cut in any::<prop::sample::Index>()) {
        let mut store = memory();
        block_on(store.save(&identity())).unwrap();
        let mut frame = store.frames[&1].clone();
        let at = at.index(frame.len());
        frame[at] ^= 1 << bit;
        prop_assert!(frame::decode::<Identity>(&frame).is_err());
        prop_assert!(frame::decode::<Identity>(&frame[..cut.index(frame.len())]).is_err());
    }

    #[test]
    fn frames_of_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(frame::decode::<DeviceToken>(&bytes).is_err());
        prop_assert!(!frame::equal(&identity(), &bytes));
    }
}
