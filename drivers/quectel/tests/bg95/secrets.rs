//! Secrets reach the module and nothing else: no trace, no error.

use std::cell::RefCell;
use std::rc::Rc;

use wanlink_core::{Error as _, Login, Module, MqttAt, Network, Qos, Server};
use wanlink_emulator::{Emulator, Options, Profile, SimCard, World};
use wanlink_platform::{Config, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel, Trace};

use crate::bench::{KEY, LOGIN, NAME, Scene, UP, broker, running};

const PIN: &str = "7391";
const APN_PASSWORD: &str = "apn-s3cret";

#[derive(Default)]
struct Recorder(Rc<RefCell<Vec<u8>>>);

impl Trace for Recorder {
    fn sent(&mut self, piece: &[u8]) {
        self.0.borrow_mut().extend(piece);
    }

    fn received(&mut self, line: &[u8]) {
        self.0.borrow_mut().extend(line);
        self.0.borrow_mut().push(b'\n');
    }
}

#[test]
fn no_trace_and_no_error_shows_a_secret() {
    let sim = SimCard { pin: Some(PIN.to_owned()), ..SimCard::default() };
    let accepted_login = Some(("me".to_owned(), APN_PASSWORD.to_owned()));
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, "product secret").device(NAME, "secret"));
    let options = Options { sim, accepted_login, rdy: false, app_rdy: false, ..running() };
    let mut scene = Scene::new(Emulator::new(Profile::bg95(), options, 1), platform);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut recorder = Recorder(seen.clone());
    let mut buffers: Buffers = Buffers::new();
    let mut errors = String::new();
    let mut world = World::new(1);
    let (reader, writer) = world.halves();
    let mut modem = Quectel::<Bg95, _, _, _>::new(reader, writer, NoPins, &mut buffers);
    modem.set_trace(&mut recorder);
    let network = Network::apn("cmiot").auth("me", APN_PASSWORD).pin(PIN);
    let story = async {
        let mut failed = |error: wanlink_quectel::Error| errors += &format!("{error:?} {error} {:?}\n", error.kind());
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
    };
    world.run(&mut scene, story).unwrap();
    let trace = String::from_utf8_lossy(&seen.borrow()).into_owned();
    for line in ["AT+CPIN=\"***\"", "AT+QICSGP=1,1,\"cmiot\",\"me\",\"***\",3", "\"device&pk\",\"***\"\r"] {
        assert!(trace.contains(line), "{trace}");
    }
    assert_eq!(errors.lines().count(), 5);
    for secret in [PIN, APN_PASSWORD, LOGIN.password] {
        assert!(!trace.contains(secret) && !errors.contains(secret), "{secret}\n{trace}\n{errors}");
    }
}
