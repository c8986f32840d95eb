//! How many instructions a publish with QoS 1 takes, and a message that is received: of all, interrupts included, between
//! the call and its end, while the core is awake. `run.sh` has QEMU take 64 ns for each.
//!
//! Twice: with bytes that wake the task together, as those of a UART with a FIFO or with DMA, and with bytes that each
//! wake it alone.

use board::finish;
use embassy_time::Instant;
use wanlink_core::Qos;
use wanlink_transports::{Connect, Downlink, Session, Uplink, topic};

use crate::network;

/// Of each kind and length.
const ROUNDS: u32 = 20;
const SHORT: [u8; 58] = [b'x'; 58];
const LONG: [u8; 1024] = [b'x'; 1024];

/// Longer than bytes that belong together are apart on a busy machine.
const SILENCE_US: u32 = 20_000;

/// Counts over this link, prints, and ends the run. Inlined as `run_mqtt` of the root is.
#[inline(always)]
pub fn run(mut link: impl Connect + Downlink) -> ! {
    finish(if board::block_on_timed(count(&mut link)).is_ok() { 0 } else { 3 })
}

async fn count<L: Connect + Downlink>(link: &mut L) -> Result<(), L::Error> {
    let mut session = Session::new(link, network(), Instant::now().as_ticks());
    session.subscribe(topic::user("get")).await?;
    let together =
        [c"publish_58_together ", c"publish_1024_together ", c"receive_58_together ", c"receive_1024_together "];
    let alone = [c"publish_58_alone ", c"publish_1024_alone ", c"receive_58_alone ", c"receive_1024_alone "];
    for (silence_us, [publish_short, publish_long, receive_short, receive_long]) in [(SILENCE_US, together), (0, alone)]
    {
        board::gather(silence_us);
        for (name, payload) in [(publish_short, &SHORT[..]), (publish_long, &LONG[..])] {
            let begun = instructions();
            for _ in 0..ROUNDS {
                session.publish(topic::user("update"), payload, Qos::AtLeastOnce).await?;
            }
            board::report(name, instructions().wrapping_sub(begun) / ROUNDS);
        }
        // As many of each length come now, each when the one before it is done with: see `run.sh`.
        for name in [receive_short, receive_long] {
            let begun = instructions();
            for _ in 0..ROUNDS {
                session.receive().await?;
            }
            board::report(name, instructions().wrapping_sub(begun) / ROUNDS);
        }
    }
    Ok(())
}

/// Of 64 ns, at 40 ns a cycle.
fn instructions() -> u32 {
    (board::awake().1 * 5 / 8) as u32
}
