//! A device that registers over HTTPS, with the stand-in of the platform.

use wanlink_core::{Error as _, ErrorKind, Refusal};
use wanlink_transports::registration::{Applicant, Cause, DeviceError, RegistrationCode, RegistrationError};
use wanlink_transports::store::StoreError;
use wanlink_transports::{ClientId, Credentials, Identity, SecureMode};

use crate::bench::{Bench, KEY, NAME};
use crate::modem::Failed;

/// A CONNECT that logs in with this identity.
fn connect(identity: &Identity) -> Vec<u8> {
    let credentials = Credentials::new(identity, ClientId::FULL, SecureMode::Tls);
    let mut body = b"\0\x04MQTT\x04\xC2\0\x3C".to_vec();
    for text in [credentials.client_id(), credentials.user(), credentials.password()] {
        body.extend((text.len() as u16).to_be_bytes());
        body.extend(text.as_bytes());
    }
    assert!((128..16_384).contains(&body.len()));
    [&[0x10, body.len() as u8 | 0x80, (body.len() >> 7) as u8], &body[..]].concat()
}

/// The platform refuses with this code; nothing is kept.
fn refused(bench: &mut Bench, code: u32, cause: Cause) {
    let error = bench.over_https().unwrap_err();
    assert_eq!(error, DeviceError::Registration(RegistrationError::Refused(RegistrationCode::Https(code))));
    assert_eq!(RegistrationCode::Https(code).cause(), cause);
    assert!(error.to_string().contains(&format!("(code {code}): {cause}")), "{error}");
    assert!(bench.store.frames.is_empty());
}

#[test]
fn the_first_start_registers_and_the_second_asks_for_nothing() {
    let mut bench = Bench::new();
    let identity = bench.over_https().unwrap();
    assert_eq!(identity.device_name(), NAME);
    assert!(bench.keeps_the_secret());
    assert_eq!((bench.modem.connections, bench.registrations()), (1, 1));
    let again = bench.over_https().unwrap();
    assert_eq!(again.sign(&["x"]).as_str(), identity.sign(&["x"]).as_str());
    assert_eq!((bench.modem.connections, bench.registrations()), (1, 1));
    bench.activate(&connect(&again));
}

#[test]
fn a_secret_that_the_platform_refuses_leads_to_no_request() {
    let mut bench = Bench::new();
    bench.over_https().unwrap();
    let void = std::mem::take(&mut bench.store.frames);
    // Somebody else registers under this name.
    bench.over_https().unwrap();
    bench.store.frames = void;
    assert!(!bench.keeps_the_secret());
    bench.over_https().unwrap();
    assert!(!bench.keeps_the_secret());
    assert_eq!((bench.modem.connections, bench.registrations()), (2, 2));
    // Somebody decides.
    bench.store.frames.clear();
    bench.over_https().unwrap();
    assert!(bench.keeps_the_secret());
}

#[test]
fn refusals() {
    let mut bench = Bench::new();
    bench.product_secret = "ffFnFlKQW3HYjjPS";
    refused(&mut bench, 401, Cause::WrongSecret);
    let mut bench = Bench::new();
    bench.name = "nobody";
    refused(&mut bench, 6100, Cause::UnknownDevice);
    assert_eq!(bench.over_https().unwrap_err().kind(), ErrorKind::Refused(Refusal::Code(6100)));
}

#[test]
fn an_active_device_without_its_secret_is_an_error_of_its_own() {
    let mut bench = Bench::new();
    let identity = bench.over_https().unwrap();
    bench.activate(&connect(&identity));
    bench.store.frames.clear();
    let error = bench.over_https().unwrap_err();
    assert_eq!((error, error.kind()), (DeviceError::AlreadyActive, ErrorKind::Refused(Refusal::Code(6289))));
    assert!(bench.store.frames.is_empty());
    assert!(bench.platform.borrow_mut().reset_device(0, KEY, NAME));
    bench.over_https().unwrap();
    assert!(bench.keeps_the_secret());
}

#[test]
fn throttled_and_busy_heal() {
    let mut bench = Bench::new();
    bench.platform.borrow_mut().throttle_registrations(1);
    refused(&mut bench, 429, Cause::Throttled);
    bench.platform.borrow_mut().fail_requests(502, 1);
    let error = bench.over_https().unwrap_err();
    assert!(matches!(error, DeviceError::Registration(RegistrationError::Json(_))), "a page: {error:?}");
    assert_eq!((error.kind(), bench.registrations()), (ErrorKind::Retry, 0));
    bench.over_https().unwrap();
    assert!(bench.keeps_the_secret());
}

#[test]
fn a_lost_reply_costs_one_more_request() {
    let mut bench = Bench::new();
    bench.platform.borrow_mut().lose_secrets(1);
    assert_eq!(bench.over_https().unwrap_err(), DeviceError::Module(Failed(ErrorKind::Retry)));
    assert!(bench.store.frames.is_empty());
    bench.platform.borrow_mut().lose_secrets(0);
    bench.over_https().unwrap();
    assert!(bench.keeps_the_secret());
    assert_eq!(bench.registrations(), 2);
}

#[test]
fn what_cannot_be_kept_is_not_returned() {
    let mut bench = Bench::new();
    bench.store.fails = true;
    let error = bench.over_https().unwrap_err();
    assert_eq!((error, error.kind()), (DeviceError::Store(StoreError::Medium(std::fmt::Error)), ErrorKind::Misuse));
    assert!(bench.store.frames.is_empty());
    bench.store.fails = false;
    bench.over_https().unwrap();
    assert!(bench.keeps_the_secret());
}

#[test]
fn a_store_that_is_not_its_own_is_told_before_a_request() {
    let mut bench = Bench::new();
    bench.over_https().unwrap();
    let kept = bench.store.frames.clone();
    bench.name = "other";
    assert_eq!(bench.over_https().unwrap_err(), DeviceError::OtherDevice);
    assert_eq!(bench.store.frames, kept);
    bench.name = NAME;
    *bench.store.frames.get_mut(&1).unwrap().last_mut().unwrap() ^= 1;
    assert_eq!(bench.over_https().unwrap_err(), DeviceError::Store(StoreError::Damaged));
    bench.store.frames.insert(1, b"config".to_vec());
    assert_eq!(bench.over_https().unwrap_err(), DeviceError::Store(StoreError::Foreign));
    assert_eq!((bench.modem.connections, &bench.store.frames[&1][..]), (1, &b"config"[..]));
}

#[test]
fn nothing_shows_a_secret() {
    let mut bench = Bench::new();
    let applicant = Applicant::new("pk", "dn", "hunter2").unwrap();
    assert!(!format!("{applicant:?}").contains("hunter2"));
    bench.product_secret = "hunter2";
    let error = bench.over_https().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
