//! Length limits of a model's services, usable in constants.

use crate::{Login, Post, Security, Server, Tls};

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

/// What a module's MQTT client takes and tells, as its manual states it. Lengths in bytes.
///
/// Built from [`MqttLimits::UNSTATED`] by the methods of the same names:
///
/// ```
/// use wanlink_core::MqttLimits;
/// const LIMITS: MqttLimits = MqttLimits::UNSTATED.host(100).topic(255).payload(4096);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MqttLimits {
    /// Host name or address of the broker.
    pub host: u16,
    /// MQTT client identifier.
    pub client_id: u16,
    /// User name.
    pub user: u16,
    /// Password.
    pub password: u16,
    /// Topic of a publish and filter of a subscription.
    pub topic: u16,
    /// Payload of a publish.
    pub payload: u16,
    /// Whether a publish may be empty.
    pub empty_payload: bool,
    /// Whether `clean_session: false` can be asked for.
    pub persistent_session: bool,
    /// Whether success of a QoS 1 publish means that the broker's PUBACK was seen
    /// ([`Delivery::Acknowledged`](crate::Delivery::Acknowledged)).
    pub acknowledged: bool,
    /// Whether a refused login comes with the broker's CONNACK code.
    pub gives_reason: bool,
}

impl MqttLimits {
    /// No stated limit, and a client that does everything.
    pub const UNSTATED: Self = Self {
        host: UNSTATED,
        client_id: UNSTATED,
        user: UNSTATED,
        password: UNSTATED,
        topic: UNSTATED,
        payload: UNSTATED,
        empty_payload: true,
        persistent_session: true,
        acknowledged: true,
        gives_reason: true,
    };

    /// Sets the limit of the host name.
    #[must_use]
    pub const fn host(self, host: u16) -> Self {
        Self { host, ..self }
    }

    /// Sets the limits of client identifier, user name and password.
    #[must_use]
    pub const fn login(self, client_id: u16, user: u16, password: u16) -> Self {
        Self { client_id, user, password, ..self }
    }

    /// Sets the limit of topics and filters.
    #[must_use]
    pub const fn topic(self, topic: u16) -> Self {
        Self { topic, ..self }
    }

    /// Sets the limit of a published payload.
    #[must_use]
    pub const fn payload(self, payload: u16) -> Self {
        Self { payload, ..self }
    }

    /// For a client that cannot publish an empty payload.
    #[must_use]
    pub const fn no_empty_payload(self) -> Self {
        Self { empty_payload: false, ..self }
    }

    /// For a client that always starts a clean session.
    #[must_use]
    pub const fn no_persistent_session(self) -> Self {
        Self { persistent_session: false, ..self }
    }

    /// For a client whose manual does not tie a QoS 1 success to the PUBACK.
    #[must_use]
    pub const fn not_acknowledged(self) -> Self {
        Self { acknowledged: false, ..self }
    }

    /// For a client that hides why a login was refused.
    #[must_use]
    pub const fn no_reason(self) -> Self {
        Self { gives_reason: false, ..self }
    }

    /// Checks a login before anything is sent; links call it before power-on, drivers once more.
    ///
    /// # Errors
    /// The first field that is too long.
    pub fn check_login<S: Security>(&self, server: &Server<'_, S>, login: &Login<'_>) -> Result<(), TooLong> {
        self.check_lengths(server.host.len(), login.client_id.len(), login.user.len(), login.password.len())
    }

    /// As [`check_login`](Self::check_login), for a caller that knows the lengths before the texts.
    ///
    /// # Errors
    /// The first length that is above its limit.
    pub fn check_lengths(&self, host: usize, client_id: usize, user: usize, password: usize) -> Result<(), TooLong> {
        fits(Argument::HostName, self.host, host)?;
        fits(Argument::ClientId, self.client_id, client_id)?;
        fits(Argument::UserName, self.user, user)?;
        fits(Argument::Password, self.password, password)
    }

    /// Checks a topic or filter.
    ///
    /// # Errors
    /// It is longer than the model takes.
    pub fn check_topic(&self, topic: &str) -> Result<(), TooLong> {
        at_most(Argument::Topic, self.topic, topic)
    }

    /// Checks the length of a payload.
    ///
    /// # Errors
    /// It is longer than the model takes, or empty where the model needs at least one byte (the limit is 0 then).
    pub fn check_payload(&self, payload: &[u8]) -> Result<(), TooLong> {
        let length = payload.len();
        if length == 0 && !self.empty_payload {
            return Err(TooLong::new(Argument::EmptyPayload, 0, length));
        }
        fits(Argument::Payload, self.payload, length)
    }
}

/// What a module's sockets take, as its manual states it.
///
/// ```
/// use wanlink_core::SocketLimits;
/// const LIMITS: SocketLimits = SocketLimits::new(12).host(150);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketLimits {
    /// How many can be open at a time.
    pub count: u8,
    /// Host name or address, in bytes.
    pub host: u16,
}

impl SocketLimits {
    /// So many sockets, and no stated limit of the host name.
    #[must_use]
    pub const fn new(count: u8) -> Self {
        Self { count, host: UNSTATED }
    }

    /// Sets the limit of the host name.
    #[must_use]
    pub const fn host(self, host: u16) -> Self {
        Self { host, ..self }
    }

    /// Checks a host name before anything is sent; links call it before power-on, drivers once more.
    ///
    /// # Errors
    /// It is longer than the model takes.
    pub fn check_host(&self, host: &str) -> Result<(), TooLong> {
        at_most(Argument::HostName, self.host, host)
    }
}

/// What a module's HTTPS client takes, as its manual states it. Lengths in bytes.
///
/// ```
/// use wanlink_core::HttpsLimits;
/// const LIMITS: HttpsLimits = HttpsLimits::UNSTATED.url(700).header(256).body(153_600);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpsLimits {
    /// `https://`, host, port and path together.
    pub url: u16,
    /// Name and value of one header line together.
    pub header: u16,
    /// Body of the request.
    pub body: u32,
}

impl HttpsLimits {
    /// No stated limit.
    pub const UNSTATED: Self = Self { url: UNSTATED, header: UNSTATED, body: u32::MAX };

    /// Sets the limit of the address.
    #[must_use]
    pub const fn url(self, url: u16) -> Self {
        Self { url, ..self }
    }

    /// Sets the limit of a header line.
    #[must_use]
    pub const fn header(self, header: u16) -> Self {
        Self { header, ..self }
    }

    /// Sets the limit of the body.
    #[must_use]
    pub const fn body(self, body: u32) -> Self {
        Self { body, ..self }
    }

    /// Checks a request before anything is sent.
    ///
    /// # Errors
    /// The first part that is too long.
    pub fn check(&self, server: &Server<'_, Tls<'_>>, post: &Post<'_>, body: usize) -> Result<(), TooLong> {
        // The longest port that can stand between them.
        fits(Argument::Url, self.url, "https://:65535".len() + server.host.len() + post.path.len())?;
        for (name, value) in post.headers {
            fits(Argument::Header, self.header, name.len() + value.len())?;
        }
        if u32::try_from(body).map_or(true, |length| length > self.body) {
            return Err(TooLong::body(self.body, body));
        }
        Ok(())
    }
}

const fn saturated(length: usize) -> u16 {
    if length < u16::MAX as usize { length as u16 } else { u16::MAX }
}

fn at_most(what: Argument, limit: u16, text: &str) -> Result<(), TooLong> {
    fits(what, limit, text.len())
}

fn fits(what: Argument, limit: u16, length: usize) -> Result<(), TooLong> {
    if limit != UNSTATED && length > usize::from(limit) {
        return Err(TooLong::new(what, limit.into(), length));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::Plain;

    const LIMITS: MqttLimits = MqttLimits::UNSTATED.host(5).login(4, 3, 2).topic(6).payload(7);

    fn login<'a>(client_id: &'a str, user: &'a str, password: &'a str) -> Login<'a> {
        Login { client_id, user, password, keep_alive_s: 300, clean_session: true }
    }

    #[test]
    fn each_field_is_refused_one_byte_above_its_limit_and_taken_at_it() {
        let server = Server::new("12345", 1883, Plain);
        assert_eq!(LIMITS.check_login(&server, &login("1234", "123", "12")), Ok(()));
        for (client_id, user, password, what) in [
            ("12345", "123", "12", Argument::ClientId),
            ("1234", "1234", "12", Argument::UserName),
            ("1234", "123", "123", Argument::Password),
        ] {
            assert_eq!(LIMITS.check_login(&server, &login(client_id, user, password)).unwrap_err().what, what);
        }
        let long = Server::new("123456", 1883, Plain);
        assert_eq!(LIMITS.check_login(&long, &login("", "", "")), Err(TooLong::new(Argument::HostName, 5, 6)));
        assert!(LIMITS.check_topic("123456").is_ok() && LIMITS.check_topic("1234567").is_err());
        assert!(LIMITS.check_payload(&[0; 7]).is_ok() && LIMITS.check_payload(&[0; 8]).is_err());
    }

    #[test]
    fn an_empty_payload_is_refused_only_where_the_model_cannot_send_it() {
        assert_eq!(LIMITS.check_payload(&[]), Ok(()));
        assert_eq!(LIMITS.no_empty_payload().check_payload(&[]).unwrap_err().what, Argument::EmptyPayload);
    }

    #[test]
    fn each_part_of_a_request_has_its_limit() {
        use crate::{ContentType, Root, Tls};
        let server = Server::new("h", 443, Tls::verified(Root::new("r", b"")));
        let post = Post { path: "/p", content: ContentType::Json, headers: &[("a", "bc")] };
        let limits = HttpsLimits::UNSTATED.url(17).header(3).body(5);
        let what = |limits: HttpsLimits| limits.check(&server, &post, 5).err().map(|error| error.what);
        assert_eq!(what(limits), None);
        assert_eq!(what(limits.url(16)), Some(Argument::Url));
        assert_eq!(what(limits.header(2)), Some(Argument::Header));
        assert_eq!(what(limits.body(4)), Some(Argument::Body));
    }

    #[test]
    fn lengths_are_told_as_far_as_they_go() {
        let told = |long: TooLong| std::format!("{long}");
        assert_eq!(told(TooLong::new(Argument::Topic, 128, 129)), "the topic has 129 bytes, this module takes 128");
        let long = TooLong::new(Argument::Payload, 4096, 70_000);
        assert_eq!(told(long), "the payload has 65535 bytes or more, this module takes 4096");
        let body = TooLong::body(153_600, 153_601);
        assert_eq!((body.limit(), body.length()), (153_600, 154_624));
    }

    #[test]
    fn an_unstated_limit_refuses_nothing() {
        assert_eq!(MqttLimits::UNSTATED.check_payload(&[0; 70_000]), Ok(()));
    }
}
