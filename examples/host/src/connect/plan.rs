//! What is to be done, checked as far as it can be before anything is sent.

use embassy_time::Duration;
use wanlink_core::{Network, Qos};
use wanlink_transports::registration::Applicant;
use wanlink_transports::topic::{self, Topic};
use wanlink_transports::{Identity, Region};

use crate::cli::{ConnectArgs, OnOff, PathArg, PublishArg, RegisterArg, Secret, Usage};
use crate::pairing::Pair;

/// The work of one run.
pub(super) struct Plan<'a> {
    pub(super) device_name: DeviceName<'a>,
    pub(super) source: Source<'a>,
    pub(super) network: Network<'a>,
    pub(super) subscribe: &'a [String],
    pub(super) publish: &'a [PublishArg],
    pub(super) rounds: Rounds,
    pub(super) interval: Duration,
    pub(super) qos: Qos,
    /// Messages to receive.
    pub(super) receive: u32,
    pub(super) end: End,
    pub(super) limit: Option<Duration>,
}

/// The device's name.
#[derive(Clone, Copy)]
pub(super) enum DeviceName<'a> {
    Given(&'a str),
    /// The module tells it.
    Read(Number),
}

/// Where the device has its secret from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// The command line.
    Given(&'a str),
    /// The platform, once; then the store.
    Registered { way: RegisterArg, product_secret: &'a str },
    /// The store: an earlier run registered.
    Stored,
}

/// A number that a module can tell.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Imei,
    Iccid,
}

/// How often all messages are published.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounds {
    Count(u32),
    /// Until the end.
    Endless,
}

/// When the work is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// When all rounds are published and enough messages received.
    Work,
    /// When the time is over or a signal comes.
    Outside,
}

impl<'a> Plan<'a> {
    /// The work that the options name.
    pub(super) fn new(args: &'a ConnectArgs) -> Result<Self, Usage> {
        let device = &args.identity.device;
        let device_name = match device.device_name.as_str() {
            "@imei" => DeviceName::Read(Number::Imei),
            "@iccid" => DeviceName::Read(Number::Iccid),
            name if name.starts_with('@') => {
                return Err(Usage(format!("--device-name {name}: a module tells @imei and @iccid")));
            }
            name => DeviceName::Given(name),
        };
        let source = Source::of(args)?;
        // The longest of the names that a module can tell.
        let name = if let DeviceName::Given(name) = device_name { name } else { "00000000000000000000" };
        let identity = source.check(&device.product_key, name)?;
        check_path(args)?;
        for filter in &args.subscribe {
            topic_of(filter).expand(&identity).map_err(|error| Usage(format!("--subscribe {filter}: {error}")))?;
        }
        for PublishArg { topic, .. } in &args.publish {
            topic_of(topic).expand(&identity).map_err(|error| Usage(format!("--publish {topic}: {error}")))?;
            if topic.contains(['+', '#']) {
                return Err(Usage(format!("--publish {topic}: a wildcard is for --subscribe only")));
            }
        }
        let pin = args.pin.as_ref().map(Secret::reveal);
        let is_pin = |pin: &str| (4..=8).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit());
        if !pin.is_none_or(is_pin) {
            return Err(Usage("--pin: a PIN has 4 to 8 digits".to_owned()));
        }
        let network = Network::apn(&args.apn);
        let endless = args.count.is_none() && args.receive.is_none();
        Ok(Self {
            device_name,
            source,
            network: pin.map_or(network, |pin| network.pin(pin)),
            subscribe: &args.subscribe,
            publish: &args.publish,
            rounds: match args.count {
                Some(count) => Rounds::Count(count),
                None if endless && args.for_s.is_some() => Rounds::Endless,
                None => Rounds::Count(1),
            },
            interval: Duration::from_millis(args.interval_ms),
            qos: args.qos.into(),
            receive: args.receive.unwrap_or(0),
            end: if endless && (args.for_s.is_some() || args.publish.is_empty() && !args.subscribe.is_empty()) {
                End::Outside
            } else {
                End::Work
            },
            limit: args.for_s.map(Duration::from_secs),
        })
    }

    /// Checks what depends on model and path.
    pub(super) fn check(&self, pair: Pair) -> Result<(), Usage> {
        let last = match self.rounds {
            Rounds::Count(count) => count.saturating_mul(self.publish.len() as u32),
            Rounds::Endless => u32::MAX,
        };
        self.publish.iter().try_for_each(|publish| {
            // The longest one: its number has the most digits.
            pair.check_payload(publish.text(last).as_bytes()).map_err(|error| match error {
                error if error.length() == 0 => {
                    Usage(format!("--publish {}: this model sends no empty text", publish.topic))
                }
                error => Usage(format!("--publish {}: {error}", publish.topic)),
            })
        })
    }
}

impl<'a> Source<'a> {
    fn of(args: &'a ConnectArgs) -> Result<Self, Usage> {
        let options = &args.register;
        let device_secret = args.identity.device.given_secret();
        let Some(way) = options.register else {
            return match device_secret {
                Some(secret) => Ok(Self::Given(secret)),
                None if options.store.is_some() => Ok(Self::Stored),
                None => Err(Usage(
                    "the device secret is missing: give --device-secret, or set WANLINK_DEVICE_SECRET; or let the device \
                     register, with --register"
                        .to_owned(),
                )),
            };
        };
        let wrong = |text: &str| Err(Usage(format!("--register: {text}")));
        if device_secret.is_some() {
            return wrong("the device has a secret: leave this out, or --device-secret and WANLINK_DEVICE_SECRET");
        }
        if options.store.is_none() {
            return wrong("give --store, too: a device registers once, and its secret would be lost with this run");
        }
        if way == RegisterArg::MqttNwl {
            if args.path == PathArg::Https {
                return wrong("mqtt-nwl gives a token, and the path https wants a secret: take https or mqtt");
            }
            if args.identity.tls == OnOff::Off {
                return wrong("mqtt-nwl gives a token, which needs TLS to log in with: leave --tls off out");
            }
            // An instance of one's own may be anywhere (aliyun-iot, 2).
            if args.identity.instance.is_none() && args.identity.region.0 != Region::Shanghai {
                return wrong("mqtt-nwl is there in cn-shanghai only: take https or mqtt");
            }
        }
        match &options.product_secret {
            Some(secret) => Ok(Self::Registered { way, product_secret: secret.reveal() }),
            None => wrong("the product secret is missing: give --product-secret, or set WANLINK_PRODUCT_SECRET"),
        }
    }

    /// Checks the parts that are known, and gives an identity to check topics with.
    fn check(self, product_key: &str, name: &str) -> Result<Identity, Usage> {
        let secret = match self {
            Self::Given(secret) => secret,
            Self::Registered { product_secret, .. } => {
                Applicant::new(product_key, name, product_secret)?;
                "unknown"
            }
            Self::Stored => "unknown",
        };
        Ok(Identity::new(product_key, name, secret)?)
    }
}

/// What the path `https` has not.
fn check_path(args: &ConnectArgs) -> Result<(), Usage> {
    let wrong = |text: &str| Err(Usage(format!("--path https: {text}")));
    match args.path {
        PathArg::Https if !args.subscribe.is_empty() => {
            wrong("nothing comes down this path: leave --subscribe and --receive out, or take --path mqtt or tcp")
        }
        PathArg::Https if args.identity.tls == OnOff::Off => wrong("there is none without TLS: leave --tls off out"),
        _ => Ok(()),
    }
}

/// A TOPIC of the command line: whole when it begins with `/`, else below the device.
pub(super) fn topic_of(text: &str) -> Topic<'_> {
    if text.starts_with('/') { topic::whole(text) } else { topic::own(text) }
}
