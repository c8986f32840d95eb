//! An `OK` that comes twice: from there on each command is answered by what is meant for the one before, and some modules
//! drop a command that comes while they work on another. Whom a connection trusts must not depend on it, and nothing may
//! end for good by it.

use wanlink_core::{Error as _, Tls};
use wanlink_emulator::{BusyInput, Options, PortOptions};
use wanlink_platform::TlsFault;
use wanlink_scene::bench::{running, with_doubled_ok};

use crate::bench::{DriverOf, ErrorOf, TlsBench};
use crate::opening::{Opening, assert_whole_requests, open_and_talk};
use crate::rig::{Rig, root};

/// With the answer to each command of `call` doubled in turn, on modules that drop a command and on those that refuse it.
/// The line has a real speed: the second `OK` comes when the next command is out already.
fn everywhere<B: TlsBench, O: Opening<B>>(
    options: &Options,
    fault: Option<TlsFault>,
    call: impl AsyncFn(&mut DriverOf<'_, B>) -> Result<(), ErrorOf<B>>,
    check: impl Fn(Result<(), ErrorOf<B>>, String),
) {
    for busy_input in [BusyInput::Ignored, BusyInput::Rejected] {
        for nth in (1..).step_by(B::STRIDE) {
            let port = PortOptions { baud: Some(115_200), ..PortOptions::default() };
            let mut rig = Rig::<B>::with_port(Options { busy_input, ..options.clone() }, port, 1);
            let (result, is_hit) = rig.run(async |modem, scene| {
                O::prepare(modem).await;
                scene.borrow_mut().platform.break_tls(fault);
                let ended = with_doubled_ok(nth, scene, call(modem)).await;
                assert_whole_requests(scene, &format!("{busy_input:?}, command {nth}"));
                ended
            });
            if !is_hit {
                assert!(nth > 8, "{nth}");
                break;
            }
            check(result, format!("{busy_input:?}, the answer to command {nth}"));
        }
    }
}

async fn open<B: TlsBench, O: Opening<B>>(modem: &mut DriverOf<'_, B>) -> Result<(), ErrorOf<B>> {
    O::open(modem, &Tls::verified(root())).await.map(drop)
}

/// Whatever fails can be tried again.
pub fn nothing_ends_for_good<B: TlsBench, O: Opening<B>>() {
    everywhere::<B, O>(
        &running(),
        None,
        async |modem| open::<B, O>(modem).await,
        |result, place| {
            let heals = result.as_ref().map_or_else(|error| error.kind().can_heal(), |()| true);
            assert!(heals, "{result:?}: {place}");
        },
    );
}

/// Where an `OK` alone tells of a login, what counts is who was told something.
pub fn a_stranger_is_not_trusted<B: TlsBench, O: Opening<B>>() {
    // Whoever takes any certificate takes one for another name, too; a model that compares no names takes that always.
    let stranger = if B::CHECKS_NAME { TlsFault::WrongName } else { TlsFault::WrongCertificate };
    for fault in [stranger, TlsFault::ExpiredCertificate] {
        nobody_is_trusted::<O, B>(&running(), fault);
    }
}

/// Whatever is doubled, a module of these settings opens nothing to such a server.
///
/// # Panics
/// When it does.
pub fn nobody_is_trusted<O: Opening<B>, B: TlsBench>(options: &Options, fault: TlsFault) {
    everywhere::<B, O>(
        options,
        Some(fault),
        async |modem| match O::OK_OPENS {
            true => open_and_talk::<B, O>(modem, &Tls::verified(root())).await,
            false => open::<B, O>(modem).await,
        },
        |result, place| assert!(result.is_err(), "{fault:?}: {place}"),
    );
}
