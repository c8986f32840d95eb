//! Calls dropped at every poll.

use wanlink_emulator::{Options, PortOptions, polled};
use wanlink_scene::bench::{SharedScene, crumbs};

use crate::bench::{DriverOf, Drives, ErrorOf};
use crate::rig::Rig;

/// Drops `call` after its n-th poll, for every n until it comes to its end, each time in a new world; then `after` has
/// to find what the documentation promises. Returns the number of drops.
fn at_every_poll<B: Drives>(
    options: &Options,
    port: &PortOptions,
    before: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene),
    call: impl AsyncFn(&mut DriverOf<'_, B>) -> Result<(), ErrorOf<B>>,
    after: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene),
) -> usize {
    for polls in 0.. {
        let ended = Rig::<B>::with_port(options.clone(), port.clone(), polls as u64).run(async |modem, scene| {
            before(modem, scene).await;
            let ended = polled(call(modem), polls).await;
            after(modem, scene).await;
            ended
        });
        if let Some(result) = ended {
            result.unwrap();
            return polls;
        }
    }
    unreachable!("a call ends")
}

/// Whole reads, and a port of crumbs that stops inside lines; prints how many drops there were.
pub(crate) fn everywhere<B: Drives>(
    name: &str,
    options: &Options,
    before: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene),
    call: impl AsyncFn(&mut DriverOf<'_, B>) -> Result<(), ErrorOf<B>>,
    after: impl AsyncFn(&mut DriverOf<'_, B>, &SharedScene),
) {
    let ports = [PortOptions::default(), crumbs()];
    let [whole, crumbs] = ports.map(|port| at_every_poll::<B>(options, &port, &before, &call, &after));
    println!("{name}: dropped at {whole} polls of whole reads, {crumbs} of crumbs");
    assert!(crumbs >= whole && whole > 0);
}
