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
