//! What the operator of the cloud does and sees: devices.

use super::Platform;
use crate::device::{Credential, Device, DeviceId};
use crate::record::Judgement;

impl Platform {
    /// Enables or disables a device; a disabled one is disconnected. `false` if there is no such device.
    pub fn set_enabled(&mut self, now: u64, product_key: &str, device_name: &str, enabled: bool) -> bool {
        let at = self.connection_of(now, product_key, device_name);
        let id = DeviceId::new(product_key, device_name);
        let Some(device) = self.registry.device_mut(&id) else {
            return false;
        };
        device.enabled = enabled;
        if let Some(at) = at
            && !enabled
        {
            self.close(at, Judgement::Closed, "device was disabled");
        }
        true
    }

    /// Resets a device as the cloud's `ResetThing` does: it may register again, and its tokens count no more. One
    /// that is connected is disconnected. `false` if there is no such device.
    pub fn reset_device(&mut self, now: u64, product_key: &str, device_name: &str) -> bool {
        let at = self.connection_of(now, product_key, device_name);
        let id = DeviceId::new(product_key, device_name);
        let Some(device) = self.registry.device_mut(&id) else {
            return false;
        };
        device.active = false;
        if let Credential::Token { .. } = device.credential {
            device.credential = Credential::None;
        }
        self.tokens.forget(&id);
        if let Some(at) = at {
            self.close(at, Judgement::Closed, "device was reset");
        }
        true
    }

    /// Whether a device has logged in since it was created or reset: it cannot register any more.
    pub fn is_active(&self, product_key: &str, device_name: &str) -> bool {
        self.registry.device(&DeviceId::new(product_key, device_name)).is_some_and(|device| device.active)
    }

    /// Whether this is the secret of a device, so that what a device stored can be judged.
    pub fn is_secret(&self, product_key: &str, device_name: &str, secret: &str) -> bool {
        let device = self.registry.device(&DeviceId::new(product_key, device_name));
        device.and_then(Device::secret) == Some(secret)
    }

    /// Every secret and token that was made for a device, in order, so that traces can be searched for them.
    pub fn secrets(&self) -> &[String] {
        self.mint.secrets()
    }

    /// Whether these are what a device got by `regnwl`.
    pub fn is_token(&self, product_key: &str, device_name: &str, client_id: &str, device_token: &str) -> bool {
        let device = self.registry.device(&DeviceId::new(product_key, device_name));
        device.is_some_and(|device| {
            matches!(&device.credential, Credential::Token { client_id: name, token }
                if name == client_id && token == device_token)
        })
    }
}
