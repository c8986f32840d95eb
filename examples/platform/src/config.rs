//! What this platform allows and how it says no.
//!
//! Defaults are the published rules (facts: `aliyun-iot`, sections 1.4 and 5). Where the sources disagree or are
//! silent, the choice is a field here and its documentation says so.

mod http;
mod registration;

pub use http::{BodyEnd, HttpRules, JsonForm};
pub use registration::RegistrationRules;

/// Return code of a CONNACK (MQTT 3.1.1, table 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReturnCode {
    /// 0: connection accepted.
    Accepted = 0,
    /// 1: the protocol level is neither 3 nor 4.
    BadProtocolVersion = 1,
    /// 2: the client identifier, most often its `|...|` part, is malformed.
    IdentifierRejected = 2,
    /// 3: service trouble, or a keep-alive outside 30..1200 s.
    ServerUnavailable = 3,
    /// 4: wrong user name, device, secret or signature.
    BadUserNameOrPassword = 4,
    /// 5: the device is not authorised.
    NotAuthorized = 5,
}

/// How a CONNECT is turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The connection is closed without a CONNACK.
    Close,
    /// A CONNACK with this code, then the connection is closed.
    Code(ReturnCode),
}

/// What happens to a keep-alive outside 30..1200 s.
///
/// The pages say refused, the C SDK's header says clamped above 1200, an old limits page says clamped below 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// The CONNECT is turned down. The default, with code 3, as the C SDK reports it.
    Refuse(Rejection),
    /// The server counts with the nearest allowed value; 0 counts as 1200.
    Clamp,
    /// Any value is taken as it is; 0 switches the check off.
    Unchecked,
}

/// What happens to a PUBLISH on a topic that the device has no right for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignPublish {
    /// The connection is closed. The default.
    Close,
    /// The message is dropped; QoS 1 is acknowledged all the same ([MQTT-3.3.5-2] leaves only these two).
    Drop,
}

/// Numbers that the platform limits. `None` switches one off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// CONNECTs of one device within a minute, refused ones included.
    pub connects_per_minute: Option<usize>,
    /// QoS 0 messages of one device within a second; the rest is dropped without a word.
    pub qos0_per_second: Option<usize>,
    /// QoS 1 messages of one device within a second; the rest is dropped without a word.
    pub qos1_per_second: Option<usize>,
    /// Bytes of one payload; a larger one is discarded.
    pub payload_bytes: Option<usize>,
    /// Bytes of the body of an HTTPS request; a larger one is refused as soon as its head is here.
    pub body_bytes: Option<usize>,
    /// Bytes of a topic name or filter.
    pub topic_bytes: Option<usize>,
    /// Slashes of a topic that the user defined; the platform's own topics have more.
    pub custom_topic_slashes: Option<usize>,
    /// Filters in one SUBSCRIBE packet.
    pub filters_per_subscribe: Option<usize>,
    /// Subscriptions of one device.
    pub subscriptions: Option<usize>,
    /// Unacknowledged QoS 1 messages, in each direction.
    pub unacknowledged: Option<usize>,
    /// How long a QoS 1 message waits for an absent device, in microseconds.
    pub retention_us: Option<u64>,
}

impl Limits {
    /// No limit at all, for load tests.
    pub const fn none() -> Self {
        Self {
            connects_per_minute: None,
            qos0_per_second: None,
            qos1_per_second: None,
            payload_bytes: None,
            body_bytes: None,
            topic_bytes: None,
            custom_topic_slashes: None,
            filters_per_subscribe: None,
            subscriptions: None,
            unacknowledged: None,
            retention_us: None,
        }
    }
}

impl Default for Limits {
    /// The limits page of the platform.
    fn default() -> Self {
        Self {
            connects_per_minute: Some(5),
            qos0_per_second: Some(30),
            qos1_per_second: Some(10),
            payload_bytes: Some(256 * 1024),
            body_bytes: Some(128 * 1024),
            topic_bytes: Some(128),
            custom_topic_slashes: Some(7),
            filters_per_subscribe: Some(8),
            subscriptions: Some(100),
            unacknowledged: Some(100),
            retention_us: Some(7 * 24 * 3600 * 1_000_000),
        }
    }
}

/// The rules of one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Regions of which the hosts `<productKey>.iot-as-mqtt.<region>.aliyuncs.com` are answered for.
    pub regions: Vec<String>,
    /// Instance ids of which the hosts `<instanceId>.mqtt.iothub.aliyuncs.com` are answered for.
    pub instances: Vec<String>,
    /// Further host names that serve every product, by MQTT and HTTPS, such as `localhost` where a test connects.
    pub hosts: Vec<String>,
    /// Whether the host has to be one of those, and port 8883 to be TLS. Not checked while the host or port of a
    /// connection is unknown.
    pub check_endpoint: bool,
    /// Answer to a CONNECT that came in by a wrong host or port.
    pub wrong_endpoint: Rejection,
    /// Answer to a CONNECT over plain TCP; `None` serves it, as old instances do.
    pub plain_tcp: Option<Rejection>,
    /// Whether `securemode` has to be 2 on TLS and 3 on plain TCP.
    pub check_securemode: bool,
    /// A connection that has not sent its CONNECT after this time is closed.
    pub connect_deadline_us: u64,
    /// Keep-alive outside 30..1200 s.
    pub keep_alive: KeepAlive,
    /// Answer to a user name that names no device here.
    pub unknown_device: Rejection,
    /// Answer to a device that is disabled. The code is a guess of the facts.
    pub disabled_device: Rejection,
    /// Answer to a CONNECT beyond the limit of a minute.
    pub too_many_connects: Rejection,
    /// PUBLISH without the right to.
    pub foreign_publish: ForeignPublish,
    /// Whether a QoS 1 message that is dropped for a limit gets its PUBACK all the same. The facts say only "without
    /// any error"; off by default, so that an acknowledged message is always a stored one.
    pub puback_dropped: bool,
    /// Whether [`Platform::push`](crate::Platform::push) reaches a device on topics that it never subscribed.
    pub unsolicited: bool,
    /// Unix time, in seconds, at which the platform's time begins; while it is unknown, the timestamps of devices are
    /// not checked.
    pub start_utc_s: Option<u64>,
    /// The HTTPS side.
    pub http: HttpRules,
    /// Dynamic registration.
    pub registration: RegistrationRules,
    /// The numbers.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        const REGIONS: [&str; 8] = [
            "cn-shanghai",
            "cn-beijing",
            "cn-shenzhen",
            "ap-northeast-1",
            "ap-southeast-1",
            "eu-central-1",
            "us-west-1",
            "us-east-1",
        ];
        Self {
            regions: REGIONS.map(String::from).to_vec(),
            instances: Vec::new(),
            hosts: Vec::new(),
            check_endpoint: true,
            wrong_endpoint: Rejection::Close,
            plain_tcp: None,
            check_securemode: true,
            connect_deadline_us: 5_000_000,
            keep_alive: KeepAlive::Refuse(Rejection::Code(ReturnCode::ServerUnavailable)),
            unknown_device: Rejection::Code(ReturnCode::BadUserNameOrPassword),
            disabled_device: Rejection::Code(ReturnCode::NotAuthorized),
            too_many_connects: Rejection::Close,
            foreign_publish: ForeignPublish::Close,
            puback_dropped: false,
            unsolicited: false,
            start_utc_s: None,
            http: HttpRules::default(),
            registration: RegistrationRules::default(),
            limits: Limits::default(),
        }
    }
}
