//! What every model refuses, whatever its vendor.

mod bench;
mod refusals;

use refusals::{COMMON, try_all};
use wanlink_emulator::Profile;

#[test]
fn every_model_refuses_the_common_table() {
    for profile in Profile::all() {
        try_all(profile.name, COMMON, |before| before.bench(profile));
    }
}
