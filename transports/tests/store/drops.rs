//! Calls that are dropped at every step, as `select` does: what a loss of power may leave, and the same store goes on.

use core::pin::pin;

use embassy_futures::{block_on, poll_once};
use wanlink_emulator::Nor;
use wanlink_transports::store::Flash;

use crate::story::{State, call, load, perform, story};

#[test]
fn calls_that_are_dropped() {
    let (mut nor, mut state, mut drops) = (Nor::<4, 512>::new(2), State::default(), 0);
    for next in story() {
        let mut done = false;
        // Once with one poll more each time, until the call ends.
        for polls in 1.. {
            let mut other = nor.clone();
            other.waits = true;
            let mut room = [0; Flash::ROOM];
            let mut store = Flash::new(&mut other, 0..1024, &mut room).unwrap();
            {
                let mut future = pin!(perform(&mut store, next));
                done |= (0..polls).any(|_| poll_once(&mut future).is_ready());
            }
            // The store itself is still there, and is asked again.
            block_on(perform(&mut store, next)).unwrap();
            drop(store);
            assert_eq!(load(&mut other), Ok(state.after(next)), "{next:?}, dropped after {polls} polls");
            if done {
                break;
            }
            drops += 1;
        }
        // And without asking again.
        for polls in [1, 2, 5, 10, 20] {
            let mut other = nor.clone();
            other.waits = true;
            let mut room = [0; Flash::ROOM];
            let mut store = Flash::new(&mut other, 0..1024, &mut room).unwrap();
            {
                let mut future = pin!(perform(&mut store, next));
                (0..polls).any(|_| poll_once(&mut future).is_ready());
            }
            drop(store);
            let found = load(&mut other).unwrap();
            assert!(found == state || found == state.after(next), "{next:?}: {state:?} became {found:?}");
        }
        call(&mut nor, next).unwrap();
        state = state.after(next);
    }
    println!("{drops} calls were dropped");
    assert!(drops > 500);
}
