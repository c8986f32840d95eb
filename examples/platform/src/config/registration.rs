//! Rules of dynamic registration (facts: `aliyun-iot`, section 3).

use crate::packet::Qos;

/// Dynamic registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRules {
    /// Code over HTTPS for a product that has it switched off. The facts have it from memory.
    pub off_code: u16,
    /// Whether `data` stands before `code` in the answer over HTTPS: the order varies.
    pub data_first: bool,
    /// QoS of the message that carries the secret. The facts are silent.
    pub qos: Qos,
    /// Topic on which a device token is pushed; two revisions of the page print `/ext/register`.
    pub regnwl_topic: String,
    /// Regions in which a device may register without having been created before.
    pub regnwl_regions: Vec<String>,
    /// How long after the CONNACK the platform closes the connection, if the device does not.
    pub linger_us: u64,
}

impl Default for RegistrationRules {
    fn default() -> Self {
        Self {
            off_code: 6288,
            data_first: false,
            qos: Qos::AtMostOnce,
            regnwl_topic: "/ext/regnwl".into(),
            regnwl_regions: vec!["cn-shanghai".into()],
            linger_us: 15_000_000,
        }
    }
}
