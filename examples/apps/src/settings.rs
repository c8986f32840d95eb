//! What a device carries in its flash.

use wanlink_core::{Network, Root};

/// What a device carries in its flash.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Product key of the product, as the console shows it.
    pub product_key: &'a str,
    /// Name of the device.
    pub device_name: &'a str,
    /// Secret of the device; of one that registers itself, the secret of its product.
    pub secret: &'a str,
    /// What the platform's certificate has to stand under: [`ALIYUN_IOT`](crate::roots::ALIYUN_IOT) where a product
    /// speaks MQTT, [`GLOBALSIGN_R6`](crate::roots::GLOBALSIGN_R6) where it posts.
    pub root: Root<'a>,
    /// Access point name of the SIM's operator.
    pub apn: &'a str,
    /// PIN of the SIM, if it is locked.
    pub pin: Option<&'a str>,
    /// How often a reading is published, in seconds.
    pub interval_s: u32,
}

impl<'a> Settings<'a> {
    /// How the network is reached.
    pub fn network(&self) -> Network<'a> {
        let mut network = Network::apn(self.apn);
        network.pin = self.pin;
        network
    }
}

impl core::fmt::Debug for Settings<'_> {
    /// Without secret and PIN.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Settings")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("root", &self.root.name())
            .field("apn", &self.apn)
            .field("interval_s", &self.interval_s)
            .finish_non_exhaustive()
    }
}
