//! What is to be done, checked as far as it can be before anything is sent.

use embassy_time::Duration;
use wanlink_core::{Network, Qos};
use wanlink_transports::topic::{self, Topic};

use crate::cli::{ConnectArgs, PublishArg, Secret, Usage};
use crate::pairing::Pair;

/// The work of one run.
pub(super) struct Plan<'a> {
    pub(super) device_name: DeviceName<'a>,
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
        // The longest of the names that a module can tell.
        let name = if let DeviceName::Given(name) = device_name { name } else { "00000000000000000000" };
        let identity = device.identity(name)?;
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

/// A TOPIC of the command line: whole when it begins with `/`, else below the device.
pub(super) fn topic_of(text: &str) -> Topic<'_> {
    if text.starts_with('/') { topic::whole(text) } else { topic::own(text) }
}
