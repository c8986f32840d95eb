//! Flash that holds something else is told, and stays as it is until somebody asks for it to be cleared.

use proptest::prelude::*;
use wanlink_emulator::{Nor, NorError, SplitMix64};
use wanlink_transports::store::{FlashError, Name, Store, StoreError};

use crate::story::{Call, State, call, load, with};

type Flash = Nor<4, 512>;

fn stays(mut nor: Flash, error: StoreError<FlashError<NorError>>) {
    let bytes = nor.bytes.clone();
    assert_eq!(load(&mut nor), Err(error));
    assert_eq!(call(&mut nor, Call::Identity(1)), Err(error));
    assert_eq!(call(&mut nor, Call::Erase(Name::Identity)), Err(error));
    assert!(nor.bytes == bytes && nor.steps == 0, "the flash was changed");

    with(&mut nor, async |store| store.clear().await).unwrap();
    assert_eq!(load(&mut nor), Ok(State::default()));
    call(&mut nor, Call::Identity(1)).unwrap();
    assert_eq!(load(&mut nor), Ok(State::default().after(Call::Identity(1))));
}

#[test]
fn other_data() {
    // One byte is enough, but in a head, where it is what a cut leaves.
    for place in [12, 100, 511, 524, 1023] {
        let mut nor = Flash::new(2);
        nor.bytes[place] = 0x7F;
        stays(nor, StoreError::Foreign);
    }
    let mut program = Flash::new(2);
    let mut random = SplitMix64::new(1);
    program.bytes.fill_with(|| random.next_u64() as u8);
    stays(program, StoreError::Foreign);
    let mut zeros = Flash::new(2);
    zeros.bytes.fill(0);
    stays(zeros, StoreError::Foreign);
}

/// `sequential-storage` of its own, as a product may use it for its settings: the same states of pages, another head.
#[test]
fn a_map_of_somebody_else() {
    let mut nor = Flash::new(2);
    nor.bytes[..4].fill(0);
    nor.bytes[4..12].copy_from_slice(&[1, 2, 3, 4, 5, 0, 7, 8]);
    nor.bytes[12..20].copy_from_slice(b"settings");
    stays(nor, StoreError::Foreign);
}

#[test]
fn a_newer_layout() {
    let mut nor = Flash::new(2);
    call(&mut nor, Call::Identity(1)).unwrap();
    // The version in both labels of the first page.
    (nor.bytes[3], nor.bytes[11], nor.steps) = (2, 2, 0);
    stays(nor, StoreError::Version(2));
}

/// The first save was cut in the head of the first page: there is nothing to lose, and the device goes on by itself.
#[test]
fn a_head_that_was_cut_is_nothing() {
    let mut nor = Flash::new(2);
    nor.bytes[..6].copy_from_slice(b"wls\x01w\x7F");
    nor.bytes[513] = 0;
    assert_eq!(load(&mut nor), Ok(State::default()));
    assert_eq!(nor.steps, 0, "loading changes nothing");
    call(&mut nor, Call::Identity(1)).unwrap();
}

#[test]
fn erased_flash_is_read_without_a_write() {
    let mut nor = Flash::new(2);
    assert_eq!(load(&mut nor), Ok(State::default()));
    call(&mut nor, Call::Erase(Name::Identity)).unwrap();
    assert_eq!(nor.steps, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever becomes of the bytes behind the heads, nothing panics or spins, and the store works after a clear.
    #[test]
    fn any_damage(places in proptest::collection::vec((0..1024_usize, any::<u8>()), 1..200)) {
        let mut nor = Flash::new(2);
        for next in [Call::Identity(1), Call::HttpsToken(1), Call::DeviceToken(1), Call::HttpsToken(2)] {
            call(&mut nor, next).unwrap();
        }
        for (at, byte) in places {
            nor.bytes[at] &= byte;
        }
        // Damaged words cannot be written again: what a write finds there is not the store's fault.
        let _ = with(&mut nor, async |store| store.load::<wanlink_transports::Identity>().await.map(drop));
        with(&mut nor, async |store| store.clear().await).unwrap();
        prop_assert_eq!(load(&mut nor), Ok(State::default()));
    }
}
