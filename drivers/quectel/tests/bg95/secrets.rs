//! Secrets reach the module and nothing else: no trace, no error.

use wanlink_core::{Error as _, Login, Module, MqttAt, Network, Qos, Server};
use wanlink_emulator::{Options, SimCard};

use crate::bench::{Bench, LOGIN, Recorder, UP, broker, running};

const PIN: &str = "7391";
const APN_PASSWORD: &str = "apn-s3cret";

#[test]
fn no_trace_and_no_error_shows_a_secret() {
    let sim = SimCard { pin: Some(PIN.to_owned()), ..SimCard::default() };
    let accepted_login = Some(("me".to_owned(), APN_PASSWORD.to_owned()));
    let options = Options { sim, accepted_login, rdy: false, app_rdy: false, ..running() };
    let (mut recorder, mut errors) = (Recorder::default(), String::new());
    let network = Network::apn("cmiot").auth("me", APN_PASSWORD).pin(PIN);
    Bench::new(options).run_traced(&mut recorder, async |modem, _| {
        let mut failed = |error: crate::bench::Error| errors += &format!("{error:?} {error} {:?}\n", error.kind());
        modem.start().await.unwrap();
        failed(modem.attach(&Network::apn("cmiot"), &mut |_| ()).await.unwrap_err());
        failed(modem.attach(&network.pin("739\"1"), &mut |_| ()).await.unwrap_err());
        failed(modem.attach(&network.auth("me", "apn-s3cret\""), &mut |_| ()).await.unwrap_err());
        modem.attach(&network, &mut |_| ()).await.unwrap();
        let wrong = Login { user: "nobody&pk", ..LOGIN };
        failed(modem.connect(&broker(), &wrong).await.unwrap_err());
        failed(modem.connect(&Server { host: "", ..broker() }, &LOGIN).await.unwrap_err());
        modem.connect(&broker(), &LOGIN).await.unwrap();
        modem.publish(UP, b"x", Qos::AtLeastOnce).await.unwrap();
    });
    let trace = recorder.text();
    for line in ["AT+CPIN=\"***\"", "AT+QICSGP=1,1,\"cmiot\",\"me\",\"***\",3", "\"device&pk\",\"***\"\r"] {
        assert!(trace.contains(line), "{trace}");
    }
    assert_eq!(errors.lines().count(), 5);
    for secret in [PIN, APN_PASSWORD, LOGIN.password] {
        assert!(!trace.contains(secret) && !errors.contains(secret), "{secret}\n{trace}\n{errors}");
    }
}
