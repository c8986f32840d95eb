//! Registrations that are dropped at every poll, as `select` does.

use wanlink_emulator::polled;
use wanlink_transports::registration::AuthType;
use wanlink_transports::store::{Name, Store as _};

use crate::bench::{Bench, KEY, NAME, Wish, obtain, post};

/// The call after a dropped one ends well, and with a secret that counts.
#[test]
fn a_call_that_was_dropped_is_called_again() {
    for wish in Wish::all() {
        let record = if wish.auth == AuthType::Register { Name::Identity } else { Name::DeviceToken };
        let drops = Bench::new().live(async |device, modem, scene| {
            for polls in 0.. {
                scene.borrow_mut().platform.reset_device(0, KEY, NAME);
                device.store().erase(record).await.unwrap();
                let bits = 2 * polls as u64;
                let ended = polled(obtain(device, modem, wish, bits), polls).await.is_some();
                let proof = obtain(device, modem, wish, bits + 1).await;
                let proof = proof.unwrap_or_else(|error| panic!("{wish:?}, dropped after {polls} polls: {error}"));
                post(modem, wish.way, &proof, "x").await;
                if ended {
                    return polls;
                }
            }
            0
        });
        println!("{wish:?}: dropped at {drops} polls");
        assert!(drops > 50, "{wish:?}: {drops}");
    }
}
