//! Registration over HTTPS (facts: `aliyun-iot`, section 3.1).

use super::{Claim, Mode, Obstacle};
use crate::device::DeviceId;
use crate::http::Form;
use crate::signature::Method;

impl Claim {
    /// Further fields are ignored, as the SDKs send some.
    pub(crate) fn from_form(form: &Form) -> Result<Self, Obstacle> {
        let field = |name: &str| form.get(name).filter(|value| !value.is_empty());
        let missing = |what| Obstacle::Malformed(what);
        let product_key = field("productKey").ok_or(missing("no productKey"))?;
        let device_name = field("deviceName").ok_or(missing("no deviceName"))?;
        let random = field("random").ok_or(missing("no random"))?.into();
        let sign = field("sign").ok_or(missing("no sign"))?.into();
        let method = field("signMethod").ok_or(missing("no signMethod"))?;
        let method =
            Method::from_name(&method.to_ascii_lowercase()).ok_or(Obstacle::Malformed("signMethod is unknown"))?;
        let device = DeviceId::checked(product_key, device_name).ok_or(Obstacle::BadName)?;
        Ok(Self { device, mode: Mode::Register, random, method, sign })
    }
}
