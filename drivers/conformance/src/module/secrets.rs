//! Secrets reach the module and nothing else: no trace, no error.

use wanlink_core::{Error as _, Module, Network};
use wanlink_emulator::{Options, SimCard};
use wanlink_scene::bench::running;

use crate::bench::{ErrorOf, ModuleBench};
use crate::rig::{Recorder, Rig};

const PIN: &str = "7391";
const APN_PASSWORD: &str = "apn-s3cret";

/// Neither when they are taken nor when they are refused.
pub fn no_trace_and_no_error_shows_pin_or_password<B: ModuleBench>() {
    let sim = SimCard { pin: Some(PIN.to_owned()), ..SimCard::default() };
    let accepted_login = Some(("me".to_owned(), APN_PASSWORD.to_owned()));
    let options = Options { sim, accepted_login, rdy: false, app_rdy: false, ..running() };
    let (mut recorder, mut errors) = (Recorder::default(), String::new());
    let network = Network::apn("cmiot").auth("me", APN_PASSWORD).pin(PIN);
    Rig::<B>::new(options).run_traced(&mut recorder, async |modem, _| {
        let mut failed = |error: ErrorOf<B>| errors += &format!("{error:?} {error} {:?}\n", error.kind());
        modem.start().await.unwrap();
        failed(modem.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap_err());
        failed(modem.attach(&network.pin("739\"1"), &mut |_| ()).await.unwrap_err());
        failed(modem.attach(&network.auth("me", "apn-s3cret\""), &mut |_| ()).await.unwrap_err());
        modem.attach(&network, &mut |_| ()).await.unwrap();
    });
    let trace = recorder.text();
    for line in ["AT+CPIN=\"***\"", B::REDACTED_LOGIN] {
        assert!(trace.contains(line), "{trace}");
    }
    assert_eq!(errors.lines().count(), 3);
    for secret in [PIN, APN_PASSWORD] {
        assert!(!trace.contains(secret) && !errors.contains(secret), "{secret}\n{trace}\n{errors}");
    }
}
