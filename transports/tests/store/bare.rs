//! Why pages have heads: `sequential-storage` alone takes a page whose erasure was cut for a full one.

use embassy_futures::block_on;
use sequential_storage::cache::Cache;
use sequential_storage::map::{MapConfig, MapStorage};
use wanlink_emulator::{Nor, Torn};

type Bare = Nor<4, 256>;

fn put(nor: &mut Bare, key: u8, value: u64) -> bool {
    let mut map = MapStorage::<u8, _, _>::new(nor, MapConfig::new(0..512), Cache::new_uncached());
    block_on(map.store_item(&mut [0; 64], &key, &value)).is_ok()
}

fn get(nor: &mut Bare, key: u8) -> Option<u64> {
    let mut map = MapStorage::<u8, _, _>::new(nor, MapConfig::new(0..512), Cache::new_uncached());
    block_on(map.fetch_item(&mut [0; 64], &key)).ok().flatten()
}

/// A record that was written long ago is gone after the erasure of the page that held its old copy was cut, with all
/// bits programmed first, as many parts do. When this fails the crate has found a way of its own, and heads may go.
#[test]
fn without_heads_a_cut_erasure_loses_records() {
    let mut nor = Bare::new(2);
    assert!(put(&mut nor, 1, 42));
    let mut lost = 0;
    for value in 0..40 {
        for step in 0..40 {
            let mut torn = nor.clone();
            torn.cut(step, Torn::Zeros, 0);
            if put(&mut torn, 2, value) {
                break;
            }
            torn.power_on();
            put(&mut torn, 2, value);
            lost += u32::from(get(&mut torn, 1) != Some(42));
        }
        put(&mut nor, 2, value);
        assert_eq!(get(&mut nor, 1), Some(42));
    }
    assert!(lost > 0);
}
