//! What stands in the way of a dynamic registration (aliyun-iot, 3 and 5).

use wanlink_core::Error as _;
use wanlink_transports::registration::{DeviceError, RegistrationCode, RegistrationError};

use super::{Cure, Explain, OTHER_DEVICE, USAGE, of};
use crate::exit::Exit;
use crate::store::{self, MediumError};

/// The device logged in before. The error's own text says what that means.
const ALREADY_ACTIVE: Cure = Cure::new(
    Exit::Refused,
    "already_active",
    "the secret that it got then is not in this --store",
    "give the --store or --device-secret of then, or reset the device in the console",
);

/// There is a reply, and no secret in it.
const NO_REPLY: Cure = Cure::new(
    Exit::Unreachable,
    "registration_unanswered",
    "the reply was lost or cut, or it is not the platform's",
    "try again: until its first login a device may register as often as it needs; check --register-host",
);

impl<E: Explain> Explain for DeviceError<E, MediumError> {
    fn cure(&self) -> Cure {
        match self {
            Self::Module(error) => error.cure(),
            Self::Store(error) => store::cure_of(error),
            Self::OtherDevice => OTHER_DEVICE,
            Self::AlreadyActive => ALREADY_ACTIVE.with(6289_u16),
            Self::Registration(RegistrationError::Refused(code)) => refused(*code),
            Self::Registration(_) | Self::Silent | Self::Lost(_) => NO_REPLY,
            Self::Link(error) => error.cure(),
            Self::TooLong(_) => USAGE,
            _ => of(self.kind()),
        }
    }
}

fn refused(code: RegistrationCode) -> Cure {
    let (number, (meaning, cure)) = match code {
        RegistrationCode::Https(code) => (code, https(code)),
        RegistrationCode::Connack(code) => (code.into(), connack(code)),
    };
    Cure::new(Exit::Refused, "refused_registration", meaning, cure).with(number)
}

fn https(code: u32) -> (&'static str, &'static str) {
    match code {
        401 => ("product key or product secret is wrong", "compare both with the console, and --region"),
        429 | 40000 => ("the platform takes no more requests now", "try again after a pause"),
        460 | 400 | 10001 => (
            "the platform takes a part of the request to be wrong",
            "check --product-key, the device name and --sign; a report with a trace is welcome",
        ),
        500 | 6760 | 10000 => ("the platform is in trouble", "try again later"),
        521 | 6100 => (
            "the product has no device of this name",
            "enter the name in the product, in the console; without that only --register mqtt-nwl is open",
        ),
        522 | 6204 => ("the device is disabled", "enable it in the console"),
        6250 => ("there is no such product", "check --product-key and --region"),
        6280 => ("the platform does not take such a name", "a device name has 4 to 32 letters, digits and -_@.:"),
        6288 => ("dynamic registration is probably switched off", "switch it on for the product, in the console"),
        _ => (
            "the platform does not say more",
            "see whether dynamic registration is switched on for the product; else the platform's list of error codes",
        ),
    }
}

/// Over MQTT (aliyun-iot, 3.2).
fn connack(code: u8) -> (&'static str, &'static str) {
    match code {
        2 => (
            "the request lacks something, or is not taken on this instance",
            "give --instance for an instance of one's own; see whether dynamic registration is switched on",
        ),
        3 => ("the platform is in trouble, or takes no more requests now", "try again after a pause"),
        4 | 5 => (
            "the product secret is wrong, the product has no device of this name, or the device is active already: over \
             MQTT all have one code",
            "compare product key, product secret and name with the console; if they are right, reset the device there. \
             --register https tells them apart",
        ),
        _ => ("the platform does not say more", "see the platform's list of CONNACK codes"),
    }
}

#[cfg(test)]
mod tests {
    use wanlink_quectel::Error;
    use wanlink_transports::store::StoreError;
    use wanlink_transports::{LinkError, Reason};

    use super::*;
    use crate::cure::tests::{codes_on_the_page, is_on_the_page};

    type Registration = DeviceError<Error, MediumError>;

    #[test]
    fn what_stands_in_the_way_is_told_in_the_docs() {
        let errors: [(Registration, u8); 9] = [
            (DeviceError::Module(Error::Denied), 3),
            (DeviceError::Store(StoreError::Damaged), 6),
            (DeviceError::OtherDevice, 6),
            (DeviceError::AlreadyActive, 4),
            (DeviceError::Registration(RegistrationError::Refused(RegistrationCode::Https(429))), 4),
            (DeviceError::Registration(RegistrationError::Refused(RegistrationCode::Connack(4))), 4),
            (DeviceError::Registration(RegistrationError::Missing("data")), 5),
            (DeviceError::Silent, 5),
            (DeviceError::Link(LinkError::Closed(Reason::Silent)), 5),
        ];
        for (error, exit) in errors {
            assert_eq!(error.cure().exit as u8, exit, "{error}");
            is_on_the_page(error.cure());
        }
    }

    #[test]
    fn each_code_has_a_row_in_the_docs() {
        let unknown = [https(1), connack(1)];
        let over_https = (0..100_000).filter(|code| https(*code) != unknown[0]);
        let over_mqtt = (0..=255).filter(|code| connack(*code) != unknown[1]).map(u32::from);
        let mut known: Vec<_> = over_https.chain(over_mqtt).collect();
        known.sort_unstable();
        assert_eq!(codes_on_the_page("refused_registration"), known);
        assert_eq!(codes_on_the_page("already_active"), [6289]);
    }
}
