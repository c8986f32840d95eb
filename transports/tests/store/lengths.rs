//! Records of any length, and what claims to be one: nothing panics, though `sequential-storage` slices by the lengths that
//! it is given and that it finds.

use embassy_futures::block_on;
use proptest::prelude::*;
use wanlink_emulator::Nor;
use wanlink_transports::store::{Flash, Name, Store, StoreError};

type Small = Nor<8, 1024>;
type Error = StoreError<wanlink_transports::store::FlashError<wanlink_emulator::NorError>>;

/// Writes a record that claims this length, with so much room for it.
fn write(nor: &mut Small, room: usize, name: Name, claim: usize) -> Result<(), Error> {
    let mut room = vec![0; room];
    let mut store = Flash::new(nor, 0..2048, &mut room).unwrap();
    block_on(store.write(name, &|place: &mut [u8]| {
        place.iter_mut().take(claim).for_each(|byte| *byte = 0xA5);
        Some(claim)
    }))
}

/// The length of what is there.
fn read(nor: &mut Small, room: usize, name: Name) -> Result<Option<usize>, Error> {
    let mut room = vec![0; room];
    let mut store = Flash::new(nor, 0..2048, &mut room).unwrap();
    let mut length = None;
    block_on(store.read(name, &mut |bytes| length = Some(bytes.len())))?;
    Ok(length)
}

#[test]
fn a_length_beyond_the_room_is_an_error() {
    let mut nor = Small::new(2);
    // The first byte is the record's name.
    let most = Flash::ROOM - 1;
    write(&mut nor, Flash::ROOM, Name::Identity, most).unwrap();
    for claim in [most + 1, most + 2, usize::MAX] {
        assert_eq!(write(&mut nor, Flash::ROOM, Name::Identity, claim), Err(StoreError::NoRoom), "{claim}");
        assert_eq!(read(&mut nor, Flash::ROOM, Name::Identity), Ok(Some(most)), "it has what it had");
    }
}

/// As of a program with more room, which was replaced by an older one.
#[test]
fn a_record_that_is_longer_than_the_room_is_an_error() {
    let mut nor = Small::new(2);
    write(&mut nor, 2 * Flash::ROOM, Name::DeviceToken, Flash::ROOM + 8).unwrap();
    assert_eq!(read(&mut nor, Flash::ROOM, Name::DeviceToken), Err(StoreError::NoRoom));
    assert_eq!(read(&mut nor, 2 * Flash::ROOM, Name::DeviceToken), Ok(Some(Flash::ROOM + 8)));
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![Just(Name::Identity), Just(Name::DeviceToken), Just(Name::HttpsToken)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    /// Records of all lengths, written with more room and with less; then bits fall, and they are read with more room and
    /// with less: each call returns, and after a clear the store works. (A damaged word cannot be written again, which
    /// [`Nor`] finds for itself: so no writes behind the damage.)
    #[test]
    fn any_lengths(
        writes in proptest::collection::vec((name(), 0..2 * Flash::ROOM, 0..2 * Flash::ROOM), 1..20),
        damage in proptest::collection::vec((0..2048_usize, any::<u8>()), 0..20),
        reads in proptest::collection::vec((name(), 0..2 * Flash::ROOM), 1..6),
    ) {
        let mut nor = Small::new(2);
        for (name, more, claim) in writes {
            let written = write(&mut nor, Flash::ROOM + more, name, claim);
            if written == Ok(()) {
                let found = read(&mut nor, Flash::ROOM + more, name);
                // An older record that is longer than this room stands in the way.
                let whole = Ok(Some(claim).filter(|claim| *claim > 0));
                prop_assert!(found == whole || found == Err(StoreError::NoRoom), "{found:?}");
            }
        }
        for (at, byte) in damage {
            nor.bytes[at] &= byte;
        }
        for (name, more) in reads {
            let _ = read(&mut nor, Flash::ROOM + more, name);
        }
        let mut room = [0; Flash::ROOM];
        block_on(Flash::new(&mut nor, 0..2048, &mut room).unwrap().clear()).unwrap();
        write(&mut nor, Flash::ROOM, Name::Identity, 40).unwrap();
        prop_assert_eq!(read(&mut nor, Flash::ROOM, Name::Identity), Ok(Some(40)));
    }
}
