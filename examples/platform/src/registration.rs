//! Whether a device may have a secret: dynamic registration (facts: `aliyun-iot`, section 3).

mod connect;
mod form;

use crate::config::RegistrationRules;
use crate::device::{DeviceId, Registration, Registry};
use crate::signature::{Method, registration_content};
use std::fmt;

/// What a device asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A secret, for a device that was created before.
    Register,
    /// A client id and a token, for any device.
    Regnwl,
}

/// A registration as the device claims it. No `Debug`: it holds a signature.
pub(crate) struct Claim {
    pub(crate) device: DeviceId,
    pub(crate) mode: Mode,
    random: String,
    method: Method,
    sign: Vec<u8>,
}

/// What stands in the way of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Malformed(&'static str),
    BadName,
    Throttled,
    UnknownProduct,
    SwitchedOff,
    Unsigned,
    UnknownDevice,
    Disabled,
    Active,
}

impl Claim {
    /// Whether this cloud grants it. Nothing about a device is told to who does not know its product's secret.
    pub(crate) fn check(&self, registry: &Registry) -> Result<(), Obstacle> {
        let DeviceId { product_key, device_name } = &self.device;
        let product = registry.product(product_key).ok_or(Obstacle::UnknownProduct)?;
        let content = registration_content(device_name, product_key, &self.random);
        if !self.method.is_signed(&product.secret, &content, &self.sign) {
            return Err(Obstacle::Unsigned);
        }
        match (product.registration, self.mode) {
            (Registration::Off, _) | (Registration::Preregistered, Mode::Regnwl) => return Err(Obstacle::SwitchedOff),
            (Registration::Preregistered | Registration::Open, _) => {}
        }
        match (product.devices.get(device_name), self.mode) {
            (None, Mode::Register) => Err(Obstacle::UnknownDevice),
            (None, Mode::Regnwl) => Ok(()),
            (Some(device), _) if device.active => Err(Obstacle::Active),
            (Some(device), _) if !device.enabled => Err(Obstacle::Disabled),
            (Some(_), _) => Ok(()),
        }
    }
}

impl Obstacle {
    /// The code over HTTPS (facts, sections 3.1 and 5).
    pub(crate) fn code(self, rules: &RegistrationRules) -> u16 {
        match self {
            Self::Malformed(_) => 460,
            Self::BadName => 6280,
            Self::Throttled => 429,
            Self::UnknownProduct => 6250,
            Self::SwitchedOff => rules.off_code,
            Self::Unsigned => 401,
            Self::UnknownDevice => 6100,
            Self::Disabled => 6204,
            Self::Active => 6289,
        }
    }

    /// The message beside the code.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Malformed(_) => "request parameter error",
            Self::BadName => "deviceName is invalid",
            Self::Throttled => "too many requests",
            Self::UnknownProduct => "product not found",
            Self::SwitchedOff => "dynamic registration is not enabled",
            Self::Unsigned => "request auth error",
            Self::UnknownDevice => "device not found",
            Self::Disabled => "device is disabled",
            Self::Active => "device is already active",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "registration: {what}"),
            other => write!(f, "registration: {}", other.message()),
        }
    }
}
