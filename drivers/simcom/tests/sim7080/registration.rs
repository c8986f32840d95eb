//! The dynamic registration that the module makes itself (simcom-at 4), and the login with what comes of it.

use wanlink_core::{Argument, Error as _, ErrorKind, Inbound, Login, MqttAt, Qos};
use wanlink_emulator::{NativeOptions, Options, SimcomOptions, polled};
use wanlink_platform::{Product, Registration};
use wanlink_simcom::{DynamicRegistration, Error, NewDevice, Sim7080};

use crate::bench::{Bench, Driver, KEY, NAME, Recorder, attach, running, secure_broker};

const SECRET: &str = "product-s3cret";
const DEVICE: NewDevice<'static> = NewDevice { product_key: KEY, device_name: "meter-0099", product_secret: SECRET };

/// A product whose devices need not be known before.
fn bench(options: Options) -> Bench {
    let bench = Bench::<Sim7080>::new(options);
    let product = Product::new(KEY, SECRET).device(NAME, "secret").registration(Registration::Open);
    bench.scene.borrow_mut().platform.add_product(product);
    bench
}

/// Client id and token of the message that the platform sends.
async fn pushed(modem: &mut Driver<'_>) -> (String, String) {
    let Ok(Inbound::Message(message)) = modem.receive().await else { panic!("no message") };
    assert_eq!(message.topic(), "/ext/regnwl");
    let text = std::str::from_utf8(message.payload).unwrap();
    let field =
        |name: &str| text.split_once(&format!("\"{name}\":\"")).unwrap().1.split_once('"').unwrap().0.to_owned();
    assert_eq!((field("productKey"), field("deviceName")), (KEY.to_owned(), DEVICE.device_name.to_owned()));
    (field("clientId"), field("deviceToken"))
}

/// Logs in with them.
async fn log_in(modem: &mut Driver<'_>, (client_id, token): &(String, String)) -> Result<(), Error> {
    let client_id = format!("{client_id}|securemode=-2,authType=connwl|");
    let user = format!("{}&{KEY}", DEVICE.device_name);
    let login = Login { client_id: &client_id, user: &user, password: token, keep_alive_s: 300, clean_session: true };
    modem.connect(&secure_broker(), &login).await
}

/// The message printed with quotes or without.
pub(crate) fn registers(bare_registration: bool) {
    let simcom = SimcomOptions { bare_registration, ..SimcomOptions::default() };
    bench(Options { simcom, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        modem.register(&secure_broker(), &DEVICE).await.unwrap();
        let token = pushed(modem).await;
        modem.disconnect().await.unwrap();
        log_in(modem, &token).await.unwrap();
        modem.publish("/pk/meter-0099/user/update", b"x", Qos::AtLeastOnce).await.unwrap();
        let scene = scene.borrow();
        let taken = scene.platform.record().published(KEY, DEVICE.device_name).count();
        assert_eq!((taken, scene.platform.record().connects(KEY, DEVICE.device_name).len()), (1, 2));
    });
}

#[test]
fn a_device_registers_and_logs_in_with_its_token() {
    registers(false);
}

#[test]
fn dropped_at_every_poll_and_called_again() {
    let ended = |polls: &usize| {
        bench(running()).run(async |modem, _| {
            attach(modem).await.unwrap();
            let ended = polled(modem.register(&secure_broker(), &DEVICE), *polls).await;
            modem.disconnect().await.unwrap();
            while embassy_time::with_timeout(embassy_time::Duration::from_millis(1), modem.ready()).await.is_ok() {
                if modem.front().is_none() {
                    break;
                }
            }
            modem.register(&secure_broker(), &DEVICE).await.unwrap();
            let token = pushed(modem).await;
            log_in(modem, &token).await.unwrap();
            ended.map(Result::unwrap).is_some()
        })
    };
    let polls = (0..).find(ended).unwrap();
    assert!(polls > 10, "{polls}");
}

#[test]
fn a_firmware_without_it_is_unsupported() {
    let native = NativeOptions { known: false, ..NativeOptions::default() };
    bench(Options { native, ..running() }).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let error = modem.register(&secure_broker(), &DEVICE).await.unwrap_err();
        assert_eq!((error, error.kind()), (Error::NoNativeLogin, ErrorKind::Unsupported));
        assert!(scene.borrow().platform.record().connects(KEY, DEVICE.device_name).is_empty());
    });
}

#[test]
fn a_refusal_has_no_reason_here() {
    bench(running()).run(async |modem, _| {
        attach(modem).await.unwrap();
        let wrong = NewDevice { product_secret: "another", ..DEVICE };
        assert_eq!(modem.register(&secure_broker(), &wrong).await, Err(Error::LoginFailed(0)));
        modem.register(&secure_broker(), &DEVICE).await.unwrap();
    });
}

/// "20 / 32 / 24 bytes".
#[test]
fn what_the_module_cannot_take_is_refused_before_a_byte() {
    bench(running()).run(async |modem, scene| {
        attach(modem).await.unwrap();
        let before = scene.borrow().module.port_bytes().0;
        let long = "s".repeat(33);
        for (device, what, limit) in [
            (NewDevice { product_key: &long[..21], ..DEVICE }, Argument::ProductKey, 20),
            (NewDevice { device_name: &long, ..DEVICE }, Argument::DeviceName, 32),
            (NewDevice { product_secret: &long[..25], ..DEVICE }, Argument::ProductSecret, 24),
        ] {
            let Err(Error::TooLong(error)) = modem.register(&secure_broker(), &device).await else { panic!("{what}") };
            assert_eq!((error.what, error.limit(), error.length()), (what, limit, limit + 1));
        }
        let quoted = NewDevice { product_secret: "a\"b", ..DEVICE };
        let error = modem.register(&secure_broker(), &quoted).await.unwrap_err();
        assert_eq!(error, Error::Malformed(Argument::ProductSecret));
        assert_eq!(scene.borrow().module.port_bytes().0, before);
    });
}

#[test]
fn neither_secret_nor_token_is_shown() {
    let (mut recorder, mut token) = (Recorder::default(), String::new());
    bench(running()).run_traced(&mut recorder, async |modem, _| {
        attach(modem).await.unwrap();
        modem.register(&secure_broker(), &DEVICE).await.unwrap();
        let pushed = pushed(modem).await;
        modem.disconnect().await.unwrap();
        log_in(modem, &pushed).await.unwrap();
        token = pushed.1;
    });
    let (trace, shown) = (recorder.text(), format!("{DEVICE:?}"));
    let hex: String = token.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert!(trace.contains("AT+SMALIDYNA=\"pk\",\"meter-0099\",\"***\"\r"), "{trace}");
    for secret in [SECRET, &token, &hex, &hex.to_lowercase()] {
        assert!(!trace.contains(secret) && !shown.contains(secret), "{secret}\n{trace}");
    }
}
