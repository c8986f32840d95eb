//! Secrets reach the module and nothing else: no trace, no error.

use wanlink_core::{Error as _, Login, MqttAt, Qos, Server};
use wanlink_scene::bench::running;

use crate::bench::{ErrorOf, MqttBench};
use crate::rig::{LOGIN, Recorder, Rig, UP, attach, broker};

/// Neither that of a login that succeeds nor that of one that fails.
pub fn no_trace_shows_the_password<B: MqttBench>() {
    let (mut recorder, mut errors) = (Recorder::default(), String::new());
    Rig::<B>::new(running()).run_traced(&mut recorder, async |modem, _| {
        let mut failed = |error: ErrorOf<B>| errors += &format!("{error:?} {error} {:?}\n", error.kind());
        attach(modem).await.unwrap();
        let wrong = Login { user: "nobody&pk", ..LOGIN };
        failed(modem.connect(&broker(), &wrong).await.unwrap_err());
        failed(modem.connect(&Server { host: "", ..broker() }, &LOGIN).await.unwrap_err());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
    let trace = recorder.text();
    assert!(trace.contains(B::REDACTED_PASSWORD), "{trace}");
    assert!(!trace.contains(LOGIN.password) && !errors.contains(LOGIN.password), "{trace}\n{errors}");
}
