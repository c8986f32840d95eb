//! The login that a module makes by itself.

use crate::limits::{Argument, UNSTATED};
use crate::{MqttAt, Security, Server, TooLong};

/// A module that logs in to Alibaba Cloud IoT Platform by itself: it is given the device's own three texts, and makes
/// client id, user name and password of them. Behind the login it is an [`MqttAt`] like any other.
///
/// Whether the firmware at hand can do it is not a matter of the model: it is found out by the first call. The general
/// contract stands in the [crate documentation](crate).
pub trait AliyunAt: MqttAt {
    /// What the model takes of a device.
    const DEVICE: DeviceLimits;

    /// As [`MqttAt::connect`], with a login that the module makes.
    ///
    /// The module keeps the secret until it restarts, and some tell it to whoever asks. A later
    /// [`connect`](MqttAt::connect) with a login of ours is for a module that was restarted meanwhile.
    /// *Twice* and *dropped*: as `connect`. *Kinds*: those of `connect`, and
    /// [`Unsupported`](crate::ErrorKind::Unsupported) (this firmware does not know it; nothing was opened).
    async fn sign_in<S: Security>(&mut self, broker: &Server<'_, S>, device: &Device<'_>) -> Result<(), Self::Error>;
}

/// Who the platform takes a device for, and how the session shall be.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// Product key.
    pub product_key: &'a str,
    /// Device name.
    pub device_name: &'a str,
    /// Device secret.
    pub device_secret: &'a str,
    /// Keep-alive in seconds.
    pub keep_alive_s: u16,
    /// Whether the broker forgets subscriptions and queued messages of earlier sessions.
    pub clean_session: bool,
}

impl core::fmt::Debug for Device<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Device")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("keep_alive_s", &self.keep_alive_s)
            .field("clean_session", &self.clean_session)
            .finish_non_exhaustive()
    }
}

/// The longest texts of a device that a model takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceLimits {
    /// Product key.
    pub product_key: u16,
    /// Device name.
    pub device_name: u16,
    /// Device secret.
    pub device_secret: u16,
}

impl DeviceLimits {
    /// The manual states none.
    pub const UNSTATED: Self = Self::new(UNSTATED, UNSTATED, UNSTATED);

    /// So much of product key, device name and device secret.
    #[must_use]
    pub const fn new(product_key: u16, device_name: u16, device_secret: u16) -> Self {
        Self { product_key, device_name, device_secret }
    }

    /// Checks the lengths of a device's texts; links call it before power-on, drivers once more.
    ///
    /// # Errors
    /// One is longer than the model takes.
    pub fn check(&self, product_key: usize, device_name: usize, device_secret: usize) -> Result<(), TooLong> {
        for (what, limit, length) in [
            (Argument::ProductKey, self.product_key, product_key),
            (Argument::DeviceName, self.device_name, device_name),
            (Argument::DeviceSecret, self.device_secret, device_secret),
        ] {
            crate::limits::fits(what, limit, length)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn debug_of_a_device_shows_no_secret() {
        let device = Device {
            product_key: "pk",
            device_name: "dn",
            device_secret: "hunter2",
            keep_alive_s: 300,
            clean_session: true,
        };
        assert!(!std::format!("{device:?}").contains("hunter2"));
    }

    #[test]
    fn each_text_has_its_limit() {
        let limits = DeviceLimits::new(20, 32, 40);
        assert_eq!(limits.check(20, 32, 40), Ok(()));
        assert_eq!(limits.check(21, 32, 40), Err(TooLong::new(Argument::ProductKey, 20, 21)));
        assert_eq!(limits.check(20, 33, 40), Err(TooLong::new(Argument::DeviceName, 32, 33)));
        assert_eq!(limits.check(20, 32, 41), Err(TooLong::new(Argument::DeviceSecret, 40, 41)));
        assert_eq!(DeviceLimits::UNSTATED.check(usize::MAX, 1, 1), Ok(()));
    }
}
