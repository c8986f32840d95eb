//! Length limits of a model's services, usable in constants.

mod https;
mod mqtt;
mod socket;

pub use https::HttpsLimits;
pub use mqtt::MqttLimits;
pub use socket::SocketLimits;

/// The manual states no limit; nothing is refused on its account.
pub const UNSTATED: u16 = u16::MAX;

/// What a caller gave, as errors name it.
///
/// Not a text, so that a program that shows no error links none of the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Argument {
    /// Host name or address.
    HostName,
    /// MQTT client identifier.
    ClientId,
    /// User name of a login.
    UserName,
    /// Password of a login.
    Password,
    /// Topic or filter.
    Topic,
    /// Payload of a publish.
    Payload,
    /// Payload of a publish, where the model cannot send an empty one.
    EmptyPayload,
    /// MQTT packet, in the transmit buffer of a link that makes its packets itself.
    Packet,
    /// All filters of a session together.
    Filters,
    /// Topic and payload of a received message together.
    Message,
    /// Product key of a device.
    ProductKey,
    /// Name of a device.
    DeviceName,
    /// Secret of a device.
    DeviceSecret,
    /// Secret of a product, which all its devices share until they are registered.
    ProductSecret,
    /// Token that a device logs in with instead of a secret.
    DeviceToken,
    /// Random text of a registration.
    Random,
    /// Id of an instance of the platform.
    InstanceId,
    /// International Mobile Equipment Identity of a module.
    Imei,
    /// Number of a SIM card.
    Iccid,
    /// Timestamp of a login.
    Timestamp,
    /// Access point name.
    Apn,
    /// User name of an access point.
    ApnUser,
    /// Password of an access point.
    ApnPassword,
    /// PIN of a SIM.
    Pin,
    /// Address of a request: `https://`, host, port and path together.
    Url,
    /// Header line of a request: name and value together.
    Header,
    /// Body of a request.
    Body,
}

impl core::fmt::Display for Argument {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::HostName => "host name",
            Self::ClientId => "client id",
            Self::UserName => "user name",
            Self::Password => "password",
            Self::Topic => "topic",
            Self::Payload => "payload",
            Self::EmptyPayload => "empty payload",
            Self::Packet => "packet",
            Self::Filters => "list of filters",
            Self::Message => "message",
            Self::ProductKey => "product key",
            Self::DeviceName => "device name",
            Self::DeviceSecret => "device secret",
            Self::ProductSecret => "product secret",
            Self::DeviceToken => "device token",
            Self::Random => "random text",
            Self::InstanceId => "instance id",
            Self::Imei => "IMEI",
            Self::Iccid => "ICCID",
            Self::Timestamp => "timestamp",
            Self::Apn => "APN",
            Self::ApnUser => "APN user",
            Self::ApnPassword => "APN password",
            Self::Pin => "PIN",
            Self::Url => "address of the request",
            Self::Header => "header line",
            Self::Body => "body",
        })
    }
}

/// A length above the model's limit. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TooLong {
    /// Which argument.
    pub what: Argument,
    /// In bytes, those of a body in KiB: an error is copied at each await, and all of a driver's shall be two words.
    limit: u16,
    length: u16,
}

impl TooLong {
    /// An argument of `length` bytes where `limit` are taken; what is longer than 65,535 counts as that.
    #[must_use]
    pub const fn new(what: Argument, limit: usize, length: usize) -> Self {
        Self { what, limit: saturated(limit), length: saturated(length) }
    }

    /// A body of `length` bytes where `limit` are taken, both rounded up to KiB.
    #[must_use]
    pub const fn body(limit: u32, length: usize) -> Self {
        Self::new(Argument::Body, limit.div_ceil(1024) as usize, length.div_ceil(1024))
    }

    /// The most that is taken, in bytes.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.unit() * self.limit as usize
    }

    /// What was given, in bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.unit() * self.length as usize
    }

    const fn unit(&self) -> usize {
        if matches!(self.what, Argument::Body) { 1024 } else { 1 }
    }
}

impl core::fmt::Display for TooLong {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (length, limit) = (self.length(), self.limit());
        let or_more = if self.length == u16::MAX { " or more" } else { "" };
        write!(f, "the {} has {length} bytes{or_more}, this module takes {limit}", self.what)
    }
}

impl core::error::Error for TooLong {}

fn at_most(what: Argument, limit: u16, text: &str) -> Result<(), TooLong> {
    fits(what, limit, text.len())
}

pub(crate) fn fits(what: Argument, limit: u16, length: usize) -> Result<(), TooLong> {
    if limit != UNSTATED && length > usize::from(limit) {
        return Err(TooLong::new(what, limit.into(), length));
    }
    Ok(())
}

const fn saturated(length: usize) -> u16 {
    if length < u16::MAX as usize { length as u16 } else { u16::MAX }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn lengths_are_told_as_far_as_they_go() {
        let told = |long: TooLong| std::format!("{long}");
        assert_eq!(told(TooLong::new(Argument::Topic, 128, 129)), "the topic has 129 bytes, this module takes 128");
        let long = TooLong::new(Argument::Payload, 4096, 70_000);
        assert_eq!(told(long), "the payload has 65535 bytes or more, this module takes 4096");
        let body = TooLong::body(153_600, 153_601);
        assert_eq!((body.limit(), body.length()), (153_600, 154_624));
    }
}
