//! Refusals: of which kind they are, that they are not tried again, and that nothing is kept.

use wanlink_core::{Error as _, ErrorKind, Refusal};
use wanlink_platform::Registration;
use wanlink_transports::registration::{DeviceError, RegistrationCode, RegistrationError};

use crate::bench::{Bench, NAME, Way, Wish, obtain, post};
use crate::board::Chip;

/// One try: what was refused, for which code over HTTPS, and over MQTT.
fn refuses(bench: &mut Bench, wish: Wish, https: u16, connack: u8) {
    let (before, steps) = (bench.connections(), bench.chip.steps);
    let error = bench.register(wish).map(drop).unwrap_err();
    let (code, refusal) = match wish.way {
        Way::Https => (RegistrationCode::Https(https.into()), Refusal::Code(https)),
        Way::Mqtt | Way::Tcp => (RegistrationCode::Connack(connack), Refusal::Connack(connack)),
    };
    match error {
        DeviceError::AlreadyActive => assert_eq!(code, RegistrationCode::Https(6289)),
        error => assert_eq!(error, DeviceError::Registration(RegistrationError::Refused(code)), "{wish:?}"),
    }
    let kind = if code.cause().may_pass() { ErrorKind::Retry } else { ErrorKind::Refused(refusal) };
    assert_eq!(error.kind(), kind, "{wish:?}");
    assert_eq!(bench.connections() - before, 1, "{wish:?} is not tried again by itself");
    assert_eq!(bench.chip.steps, steps, "{wish:?} keeps nothing");
}

#[test]
fn a_wrong_product_secret() {
    for wish in Wish::all() {
        let mut bench = Bench::new();
        bench.product_secret = "8LQwOYSZMwp3DFBe";
        refuses(&mut bench, wish, 401, 4);
        bench.product_secret = crate::bench::PRODUCT_SECRET;
        assert!(bench.register(wish).is_ok());
    }
}

#[test]
fn a_name_that_nobody_entered() {
    for wish in Wish::SECRETS {
        let mut bench = Bench::new();
        bench.name = "stranger";
        refuses(&mut bench, wish, 6100, 4);
    }
}

/// Only a device that was entered may register here.
#[test]
fn no_registration_without_a_list_of_names() {
    for wish in Wish::TOKENS {
        let mut bench = Bench::of(Registration::Preregistered);
        for name in [NAME, "newcomer"] {
            bench.name = name;
            refuses(&mut bench, wish, 0, 4);
        }
    }
}

#[test]
fn registration_that_is_switched_off() {
    for wish in Wish::all() {
        refuses(&mut Bench::of(Registration::Off), wish, 6288, 4);
    }
}

#[test]
fn a_device_that_is_active_and_lost_its_flash() {
    for wish in Wish::all() {
        let mut bench = Bench::new();
        bench.live(async |device, modem, _| {
            let proof = obtain(device, modem, wish, 7).await.unwrap();
            post(modem, wish.way, &proof, "active now").await;
        });
        bench.chip = Chip::new(2);
        for _ in 0..2 {
            refuses(&mut bench, wish, 6289, 4);
        }
        assert_eq!(bench.registrations(), 1);
    }
}

#[test]
fn throttling_heals() {
    for wish in Wish::all() {
        let mut bench = Bench::new();
        bench.base.scene.borrow_mut().platform.throttle_registrations(1);
        refuses(&mut bench, wish, 429, 3);
        assert!(bench.register(wish).is_ok());
        assert_eq!(bench.registrations(), 1);
    }
}
