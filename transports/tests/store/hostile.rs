//! Flash that holds anything.

use proptest::prelude::*;

use crate::check::check;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(control in 0..8_u8, bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        check(&[&[control][..], &bytes].concat());
    }

    /// Mostly erased, with some words in it.
    #[test]
    fn sparse_bytes(control in 0..8_u8, words in prop::collection::vec((0..512_usize, any::<u8>()), 0..24)) {
        let mut bytes = vec![0xFF; 513];
        bytes[0] = control;
        for (at, byte) in words {
            bytes[1 + at] = byte;
        }
        check(&bytes);
    }
}

#[test]
fn kept_inputs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/flash");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of kept inputs") {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 6, "the kept inputs are there");
}
