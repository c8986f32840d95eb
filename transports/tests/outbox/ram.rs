//! The queue in RAM, beside one of the standard library.

use std::collections::VecDeque;

use embassy_futures::block_on;
use proptest::prelude::*;
use wanlink_transports::outbox::{Queue, Ram};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_any_queue(steps in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..20)), 0..60)) {
        let (mut ram, mut model) = (Ram::<50>::new(), VecDeque::new());
        for step in steps {
            match step {
                Some(record) => {
                    let used: usize = model.iter().map(|kept: &Vec<u8>| kept.len() + 2).sum();
                    let fits = used + record.len() + 2 <= 50;
                    prop_assert_eq!(block_on(ram.push(&record)), Ok(fits));
                    if fits {
                        model.push_back(record);
                    }
                }
                None => {
                    block_on(ram.pop()).unwrap();
                    model.pop_front();
                }
            }
            prop_assert_eq!(block_on(ram.count()), Ok(model.len() as u32));
            for index in 0..=model.len() {
                let mut room = [0; 20];
                let length = block_on(ram.peek(index as u32, &mut room)).unwrap();
                prop_assert_eq!(length.map(|length| &room[..length]), model.get(index).map(Vec::as_slice));
            }
        }
    }
}
