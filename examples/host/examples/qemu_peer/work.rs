//! A guest whose work is counted.

use std::io;

use wanlink_emulator::{Emulator, Options, Profile, Start};
use wanlink_platform::{Config, Limits, Platform, Product, Pushed};
use wanlink_scene::Scene;

use crate::guest::Guest;
use crate::{KEY, NAME};

/// As in the images.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Quick, so that a run takes seconds; the virtual worlds of the tests have the patience.
pub(crate) fn quick() -> Options {
    Options { registration_us: 300_000, activation_us: 100_000, functionality_us: 50_000, ..Options::default() }
}

/// The module runs already: the guest's power key is not wired to it. Images with TLS are built for the root of the
/// platform's kept key.
pub(crate) fn scene(limits: Limits) -> Scene {
    let mut platform = Platform::new(Config { limits, ..Config::default() });
    platform.add_product(Product::new(KEY, "not used here").device(NAME, SECRET));
    Scene::new(Emulator::new(Profile::bg95(), Options { start: Start::Running, ..quick() }, 1), platform)
}

/// Serves the guest until it hangs up, and says what was not as it should be.
pub(crate) fn run(mut guest: Guest, wanted: usize) -> io::Result<Vec<String>> {
    let mut stopped = wanted == 0;
    while guest.turn()? {
        if !stopped && guest.published().len() == wanted {
            stopped = true;
            // One that posts is never on line, and stops by itself.
            let pushed = guest.push("stop");
            assert!(matches!(pushed, Pushed::Sent | Pushed::Offline), "the guest has subscribed, {pushed:?}");
        }
    }
    Ok(complaint(guest.published().len(), wanted))
}

pub(crate) fn complaint(count: usize, wanted: usize) -> Vec<String> {
    let complaint = format!("the platform has {count} publishes, {wanted} were expected");
    if count == wanted { Vec::new() } else { vec![complaint] }
}
