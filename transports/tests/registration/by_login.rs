//! A device that registers by a login, the module's or that of our own client, with the stand-in of the platform.

use wanlink_core::{Error as _, ErrorKind, MqttAt as _, Refusal, Server, Tls};
use wanlink_transports::registration::{
    Applicant, AuthType, DeviceError, MqttRequest, Random, RegistrationCode, RegistrationError,
};
use wanlink_transports::store::{Name, StoreError};
use wanlink_transports::{Endpoint, Region, SecureMode, roots};

use crate::bench::{Bench, Error, KEY, NAME, PRODUCT_SECRET, Way, in_world};
use crate::modem::Modem;

const REGISTER: MqttRequest<'_> = MqttRequest::new(AuthType::Register);
const REGNWL: MqttRequest<'_> = MqttRequest::new(AuthType::Regnwl);

const fn connack(code: u8) -> Error {
    DeviceError::Registration(RegistrationError::Refused(RegistrationCode::Connack(code)))
}

#[test]
fn a_secret_by_either_securemode_and_the_second_start_asks_for_nothing() {
    for (way, mode) in Way::ALL.into_iter().flat_map(|way| [SecureMode::Tls, SecureMode::Token].map(|mode| (way, mode)))
    {
        let mut bench = Bench::new();
        let request = REGISTER.secure_mode(mode);
        let identity = bench.identity(way, &request).unwrap();
        assert_eq!(identity.device_name(), NAME);
        assert!(bench.keeps_the_secret());
        assert_eq!((bench.modem.connections, bench.modem.disconnects), (1, 1));
        let again = bench.identity(way, &request).unwrap();
        assert_eq!(again.sign(&["x"]).as_str(), identity.sign(&["x"]).as_str());
        // The way does not matter.
        for way in Way::ALL {
            bench.identity(way, &request).unwrap();
        }
        bench.over_https().unwrap();
        assert_eq!((bench.modem.connections, bench.registrations()), (1, 1));
    }
}

#[test]
fn a_token_for_a_device_that_nobody_entered() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        bench.name = "newcomer";
        let token = bench.token(way, &REGNWL).unwrap();
        assert_eq!((token.product_key(), token.device_name()), (KEY, "newcomer"));
        assert!(bench.platform.borrow().is_token(KEY, "newcomer", token.client_id(), token.reveal()));
        let again = bench.token(way, &REGNWL).unwrap();
        assert_eq!((again.reveal(), bench.modem.connections), (token.reveal(), 1));
        assert_eq!(bench.store.frames.keys().collect::<Vec<_>>(), [&(Name::DeviceToken as u8)]);
        bench.name = "other";
        assert_eq!(bench.token(way, &REGNWL).unwrap_err(), DeviceError::OtherDevice);
    }
}

/// It is registered by either, and a second registration would make the first void.
#[test]
fn a_device_with_one_kind_of_credential_asks_for_no_other() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        bench.token(way, &REGNWL).unwrap();
        assert_eq!(bench.identity(way, &REGISTER).unwrap_err(), DeviceError::OtherCredential);
        assert_eq!(bench.over_https().unwrap_err(), DeviceError::OtherCredential);
        let mut bench = Bench::new();
        bench.identity(way, &REGISTER).unwrap();
        let error = bench.token(way, &REGNWL).unwrap_err();
        assert_eq!((error, error.kind()), (DeviceError::OtherCredential, ErrorKind::Misuse));
        assert_eq!((bench.modem.connections, bench.store.frames.len()), (1, 1));
    }
}

/// A call that was dropped behind its login leaves a message in the module: that secret is void once there is another.
#[test]
fn what_an_earlier_call_was_given_is_not_taken_for_the_result() {
    let mut bench = Bench::new();
    let earlier = Applicant::new(KEY, NAME, PRODUCT_SECRET).unwrap().mqtt_login(&REGISTER, &Random::from_bits(99));
    let host = Endpoint::public(Region::Shanghai).host(KEY).unwrap();
    let broker = Server::new(host.as_str(), 8883, Tls::verified(roots::ALIYUN_IOT));
    in_world(bench.modem.connect(&broker, &earlier.login(60, true))).unwrap();
    bench.identity(Way::Mqtt, &REGISTER).unwrap();
    assert_eq!(bench.registrations(), 2);
    assert!(bench.keeps_the_secret());
}

/// SIM7080 says `ERROR` to a login that it had told of too late, and shows the message behind it (simcom-at 5).
#[test]
fn what_was_pushed_is_taken_though_the_login_failed() {
    let mut bench = Bench::new();
    bench.modem.is_late = true;
    let identity = bench.identity(Way::Mqtt, &REGISTER).unwrap();
    assert_eq!(identity.device_name(), NAME);
    assert!(bench.keeps_the_secret());
    assert_eq!((bench.modem.connections, bench.modem.disconnects, bench.registrations()), (1, 1, 1));
}

#[test]
fn code_4_names_both_causes() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        bench.product_secret = "ffFnFlKQW3HYjjPS";
        let error = bench.identity(way, &REGISTER).unwrap_err();
        assert_eq!((error, error.kind()), (connack(4), ErrorKind::Refused(Refusal::Connack(4))));
        assert_eq!(
            error.to_string(),
            "the platform refused to register the device (CONNACK 4): wrong product secret or device name, or the device is \
             active already"
        );
        assert!(bench.store.frames.is_empty());
    }
}

#[test]
fn a_securemode_that_is_not_taken_is_code_2_and_throttling_heals() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        assert_eq!(bench.identity(way, &REGISTER.secure_mode(SecureMode::Plain)).unwrap_err(), connack(2));
        bench.platform.borrow_mut().throttle_registrations(1);
        let error = bench.identity(way, &REGISTER).unwrap_err();
        assert_eq!((error, error.kind()), (connack(3), ErrorKind::Retry));
        assert!(bench.store.frames.is_empty());
        bench.identity(way, &REGISTER).unwrap();
    }
}

#[test]
fn a_push_that_never_comes_is_waited_for_15_seconds() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        // Longer than we wait: the platform does not close first.
        bench.platform.borrow_mut().config_mut().registration.linger_us = 60_000_000;
        bench.platform.borrow_mut().lose_secrets(1);
        let error = bench.identity(way, &REGISTER).unwrap_err();
        assert_eq!((error, error.kind()), (DeviceError::Silent, ErrorKind::Retry));
        assert_eq!((bench.modem.disconnects, bench.store.frames.len()), (1, 0));
        bench.platform.borrow_mut().lose_secrets(0);
        bench.identity(way, &REGISTER).unwrap();
        assert!(bench.keeps_the_secret());
    }
}

#[test]
fn a_connection_that_breaks_is_told() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        bench.platform.borrow_mut().config_mut().registration.linger_us = 2_000_000;
        bench.platform.borrow_mut().lose_secrets(1);
        assert_eq!(bench.identity(way, &REGISTER).unwrap_err().kind(), ErrorKind::Reconnect);
        assert_eq!((bench.modem.disconnects, bench.store.frames.len()), (1, 0));
    }
}

#[test]
fn an_inbox_that_is_too_small_is_named() {
    let mut bench = Bench::new();
    bench.modem = Modem::new(bench.platform.clone(), 64);
    let error = bench.identity(Way::Mqtt, &REGISTER).unwrap_err();
    assert!(matches!(error, DeviceError::Lost(lost) if lost.count == 1 && lost.longest > 64), "{error:?}");
    assert!(bench.store.frames.is_empty());
}

#[test]
fn what_cannot_be_kept_is_not_returned_and_the_session_ends() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        bench.store.fails = true;
        assert_eq!(
            bench.identity(way, &REGISTER).unwrap_err(),
            DeviceError::Store(StoreError::Medium(std::fmt::Error))
        );
        assert_eq!((bench.modem.disconnects, bench.store.frames.len()), (1, 0));
    }
}

#[test]
fn a_request_for_the_other_result_is_not_sent() {
    for way in Way::ALL {
        let mut bench = Bench::new();
        assert_eq!(bench.identity(way, &REGNWL).unwrap_err(), DeviceError::AuthType);
        assert_eq!(bench.token(way, &REGISTER).unwrap_err(), DeviceError::AuthType);
        assert_eq!(bench.modem.connections, 0);
    }
}
