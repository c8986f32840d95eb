//! A guest that counts its instructions: it publishes, then it receives.

use std::io;

use wanlink_platform::Pushed;

use crate::guest::Guest;
use crate::work::complaint;

/// As in the images: of each length as many publishes, then as many messages, and all of it twice.
const ROUNDS: usize = 20;
const LENGTHS: [usize; 2] = [58, 1024];
const TIMES: usize = 2;

/// Between two messages, so that the guest is done with one before the next comes.
const PAUSE_US: u64 = 200_000;

/// Serves the guest until it hangs up, and says what was not as it should be.
pub(crate) fn run(mut guest: Guest) -> io::Result<Vec<String>> {
    let publishes = ROUNDS * LENGTHS.len();
    for time in 1..=TIMES {
        while guest.published().len() < time * publishes {
            if !guest.turn()? {
                break;
            }
        }
        for length in LENGTHS.into_iter().flat_map(|length| [length; ROUNDS]) {
            let due_us = guest.now_us() + PAUSE_US;
            while guest.now_us() < due_us && guest.turn()? {}
            assert_eq!(guest.push(&"x".repeat(length)), Pushed::Sent, "the guest has subscribed");
        }
    }
    while guest.turn()? {}
    Ok(complaint(guest.published().len(), TIMES * publishes))
}
