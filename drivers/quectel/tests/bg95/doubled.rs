//! An `OK` that comes twice in an attach with a PIN. Those of connections inside TLS are in the conformance suite.

use wanlink_core::{Error as _, Module as _};
use wanlink_emulator::{BusyInput, Options, PortOptions, SimCard};
use wanlink_scene::bench::with_doubled_ok;

use crate::bench::{APN, Bench, Error, within_ms};

/// A line of a real speed: the second `OK` comes when the next command is out already.
fn bench(options: Options) -> Bench {
    Bench::with_port(options, PortOptions { baud: Some(115_200), ..PortOptions::default() }, 1)
}

/// Or in a way that a session heals.
fn ends_well(result: Result<(), Error>) -> bool {
    result.is_ok() || result.is_err_and(|error| error.kind().can_heal())
}

/// A radio that stays off for it is a search that a session gives up.
#[test]
fn a_pin_that_the_card_took_is_not_refused() {
    let card = SimCard { pin: Some("1234".to_owned()), ..SimCard::default() };
    for busy_input in [BusyInput::Ignored, BusyInput::Rejected] {
        let options = Options { busy_input, sim: card.clone(), ..Options::default() };
        for nth in 1.. {
            let (result, is_hit) = bench(options.clone()).run(async |modem, scene| {
                modem.start().await.unwrap();
                with_doubled_ok(nth, scene, within_ms(100_000, modem.attach(&APN.pin("1234"), &mut |_| ()))).await
            });
            if !is_hit {
                assert!(nth > 8);
                break;
            }
            let is_good = result.is_none_or(ends_well);
            assert!(is_good, "{result:?}: {busy_input:?}, the answer to command {nth}");
        }
    }
}
