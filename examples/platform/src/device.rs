//! Products and devices that exist in this cloud.

use std::collections::BTreeMap;
use std::fmt;

/// Which device: a device name is unique only inside its product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId {
    /// Key of the product.
    pub product_key: String,
    /// Name of the device.
    pub device_name: String,
}

impl DeviceId {
    /// The device `device_name` of the product `product_key`.
    pub fn new(product_key: &str, device_name: &str) -> Self {
        Self { product_key: product_key.into(), device_name: device_name.into() }
    }

    /// From an MQTT user name, `<deviceName>&<productKey>` (facts, section 1.1).
    pub(crate) fn from_username(username: &str) -> Option<Self> {
        let (device_name, product_key) = username.split_once('&')?;
        Self::checked(product_key, device_name)
    }

    /// If both are of the right form (facts, section 1.3). Too short a name is no device's.
    pub(crate) fn checked(product_key: &str, device_name: &str) -> Option<Self> {
        let named = |c: char| c.is_ascii_alphanumeric() || "-_@.:".contains(c);
        let valid = !device_name.is_empty()
            && device_name.len() <= 32
            && device_name.chars().all(named)
            && !product_key.is_empty()
            && product_key.chars().all(|c| c.is_ascii_alphanumeric());
        valid.then(|| Self::new(product_key, device_name))
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}&{}", self.device_name, self.product_key)
    }
}

/// What a device may do with a topic that the user defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The device publishes.
    Publish,
    /// The device subscribes.
    Subscribe,
    /// Both.
    All,
}

/// A topic class of a product: a topic below `/<productKey>/<deviceName>/` and who may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicClass {
    /// Such as `user/get`; `+` and `#` only together with [`Access::Subscribe`] or [`Access::All`].
    pub pattern: String,
    /// The right.
    pub access: Access,
}

impl TopicClass {
    /// The class of this pattern.
    pub fn new(pattern: &str, access: Access) -> Self {
        Self { pattern: pattern.into(), access }
    }
}

/// What a device proves itself with. No `Debug`: it is secret.
#[derive(Clone)]
pub(crate) enum Credential {
    /// Signs its logins.
    Secret(String),
    /// Two texts that it logs in with as they are.
    Token { client_id: String, token: String },
    /// None: it was created before, or reset, and has not registered yet.
    None,
}

impl Credential {
    pub(crate) fn secret(&self) -> Option<&str> {
        match self {
            Self::Secret(secret) => Some(secret),
            Self::Token { .. } | Self::None => None,
        }
    }
}

/// One device as the cloud knows it. No `Debug`: it holds the secret.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) credential: Credential,
    pub(crate) enabled: bool,
    /// Whether it ever logged in. From then on it cannot register.
    pub(crate) active: bool,
    /// The secret that it gets when it registers, if that is settled.
    pub(crate) reserved: Option<String>,
}

impl Device {
    pub(crate) fn new(credential: Credential) -> Self {
        Self { credential, enabled: true, active: false, reserved: None }
    }

    pub(crate) fn secret(&self) -> Option<&str> {
        self.credential.secret()
    }
}

/// Whether the devices of a product may register dynamically, with the product's secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// None may.
    Off,
    /// Those whose names were created before. The default.
    #[default]
    Preregistered,
    /// Also any other, by `regnwl`, which creates it.
    Open,
}

/// A product with its devices. No `Debug`: it holds secrets.
#[derive(Clone)]
pub struct Product {
    pub(crate) key: String,
    /// Signs dynamic registration.
    pub(crate) secret: String,
    pub(crate) registration: Registration,
    pub(crate) devices: BTreeMap<String, Device>,
    pub(crate) topics: Vec<TopicClass>,
}

impl Product {
    /// A product without devices. Any topic below `/<productKey>/<deviceName>/user/` is allowed in both directions.
    pub fn new(key: &str, secret: &str) -> Self {
        Self {
            key: key.into(),
            secret: secret.into(),
            registration: Registration::default(),
            devices: BTreeMap::new(),
            topics: vec![TopicClass::new("user/#", Access::All)],
        }
    }

    /// Adds a device, or replaces the one of that name.
    #[must_use]
    pub fn device(mut self, name: &str, secret: &str) -> Self {
        self.devices.insert(name.into(), Device::new(Credential::Secret(secret.into())));
        self
    }

    /// Adds a device that has yet to register, or replaces the one of that name.
    #[must_use]
    pub fn preregistered(mut self, name: &str) -> Self {
        self.devices.insert(name.into(), Device::new(Credential::None));
        self
    }

    /// As [`preregistered`](Self::preregistered), and the first secret that the device gets is this one. So a later run
    /// can know what an earlier one handed out.
    #[must_use]
    pub fn reserved(mut self, name: &str, secret: &str) -> Self {
        let device = Device { reserved: Some(secret.into()), ..Device::new(Credential::None) };
        self.devices.insert(name.into(), device);
        self
    }

    /// Who may register.
    #[must_use]
    pub fn registration(mut self, registration: Registration) -> Self {
        self.registration = registration;
        self
    }

    /// Allows only these topic classes, as a product does whose topics are all defined by hand.
    #[must_use]
    pub fn topics(mut self, classes: &[TopicClass]) -> Self {
        self.topics = classes.to_vec();
        self
    }
}

/// All products.
#[derive(Default)]
pub(crate) struct Registry(BTreeMap<String, Product>);

impl Registry {
    pub(crate) fn add(&mut self, product: Product) {
        self.0.insert(product.key.clone(), product);
    }

    pub(crate) fn product(&self, key: &str) -> Option<&Product> {
        self.0.get(key)
    }

    pub(crate) fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.product(&id.product_key)?.devices.get(&id.device_name)
    }

    pub(crate) fn product_mut(&mut self, key: &str) -> Option<&mut Product> {
        self.0.get_mut(key)
    }

    pub(crate) fn device_mut(&mut self, id: &DeviceId) -> Option<&mut Device> {
        self.product_mut(&id.product_key)?.devices.get_mut(&id.device_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_of_the_right_form() {
        let longest = "x".repeat(32);
        for name in ["device", "868488076506128", "a-b_c@d.e:f", "x", &longest] {
            let device = DeviceId::from_username(&format!("{name}&a1B2c3"));
            assert_eq!(device, Some(DeviceId::new("a1B2c3", name)));
        }
    }

    #[test]
    fn user_names_of_a_wrong_form() {
        let long = format!("{}&pk", "x".repeat(33));
        for name in ["", "device", "&pk", "device&", "&", "a&b&c", "de vice&pk", "de/vice&pk", "device&p-k", &long] {
            assert_eq!(DeviceId::from_username(name), None, "{name}");
        }
    }
}
