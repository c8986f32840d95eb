//! What the texts of a command have to be.

use wanlink_core::{Argument, DeviceLimits, HttpsLimits, MqttLimits, SocketLimits, TooLong, UNSTATED};

use super::error::Error;
use super::family::Family;
use crate::{Arg, int};

/// What a text argument has to be.
#[derive(Clone, Copy)]
pub struct Rule {
    what: Argument,
    limit: u16,
    index: u8,
    may_be_empty: bool,
    may_have_wildcards: bool,
}

impl Rule {
    /// The text of this index, as errors name it, has at least one byte, and at most so many as the module takes.
    pub const fn new(index: u8, what: Argument, limit: u16) -> Self {
        Self { what, limit, index, may_be_empty: false, may_have_wildcards: true }
    }

    /// It may be empty.
    pub const fn or_empty(self) -> Self {
        Self { may_be_empty: true, ..self }
    }

    /// It has none of the wildcards of topic filters.
    pub const fn plain(self) -> Self {
        Self { may_have_wildcards: false, ..self }
    }
}

/// Checks the texts that will stand between quotes.
pub fn check<F: Family>(args: &[Arg<'_>], rules: &[Rule]) -> Result<(), Error<F>> {
    for &Rule { what, limit, index, may_be_empty, may_have_wildcards } in rules {
        let Some(&(Arg::Text(text) | Arg::Secret(text))) = args.get(usize::from(index)) else { continue };
        let length = text.len();
        if limit != UNSTATED && length > limit.into() {
            return Err(TooLong::new(what, limit.into(), length).into());
        }
        // There is no way to escape a quote (wire rules).
        let is_right = |&b: &u8| match b {
            b'+' | b'#' => may_have_wildcards,
            b'"' | ..b' ' | 0x7f => false,
            _ => true,
        };
        if !text.iter().all(is_right) || (length == 0 && !may_be_empty) {
            return Err(Error::Malformed(what));
        }
    }
    Ok(())
}

/// Whether a line begins with these numbers.
pub fn begins_with(line: &[u8], numbers: &[i32]) -> bool {
    numbers.iter().enumerate().all(|(index, &number)| int(line, index) == Some(number))
}

/// What the texts of a login have to be.
pub const fn login_rules(limits: &MqttLimits) -> [Rule; 4] {
    [
        Rule::new(0, Argument::HostName, limits.host),
        Rule::new(2, Argument::ClientId, limits.client_id),
        Rule::new(3, Argument::UserName, limits.user).or_empty(),
        Rule::new(4, Argument::Password, limits.password).or_empty(),
    ]
}

/// What the texts of a login have to be that the module makes.
pub const fn device_rules(host: &MqttLimits, limits: &DeviceLimits) -> [Rule; 4] {
    [
        Rule::new(0, Argument::HostName, host.host),
        Rule::new(2, Argument::DeviceName, limits.device_name),
        Rule::new(3, Argument::ProductKey, limits.product_key),
        Rule::new(4, Argument::DeviceSecret, limits.device_secret),
    ]
}

/// What a filter has to be.
pub const fn filter_rules(limits: &MqttLimits) -> [Rule; 1] {
    [Rule::new(1, Argument::Topic, limits.topic)]
}

/// What a topic has to be: the broker hangs up on wildcards (MQTT 3.1.1, 3.3.2.1).
pub const fn topic_rules(limits: &MqttLimits) -> [Rule; 1] {
    let [rule] = filter_rules(limits);
    [rule.plain()]
}

/// What the host of a socket has to be.
pub const fn socket_rules(limits: &SocketLimits) -> [Rule; 1] {
    [Rule::new(0, Argument::HostName, limits.host)]
}

/// What the host of a request has to be.
pub const fn https_rules(limits: &HttpsLimits) -> [Rule; 1] {
    [Rule::new(0, Argument::HostName, limits.url)]
}
