//! Topics of a device (aliyun-iot, 6.2), written without product key and device name, which the link fills in.
//!
//! ```
//! use wanlink_transports::{Identity, topic};
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
//! assert_eq!(topic::user("get").expand(&identity)?.as_str(), "/a1B2c3D4e5F/meter-0042/user/get");
//! # Ok(())
//! # }
//! ```

mod rrpc;

use wanlink_core::{Argument, TooLong};

use crate::principal::Principal;
use crate::text::{Text, put_all};

pub use rrpc::Rrpc;

/// A topic or filter, relative to a device or whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic<'a> {
    pub(crate) scope: Scope,
    pub(crate) text: &'a str,
}

/// What stands before a topic's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Scope {
    Whole,
    Own,
    User,
    Sys,
    RrpcAnswer,
}

impl Scope {
    /// Back from `scope as u8`.
    pub(crate) const fn from_bits(bits: u8) -> Self {
        match bits {
            1 => Self::Own,
            2 => Self::User,
            3 => Self::Sys,
            4 => Self::RrpcAnswer,
            _ => Self::Whole,
        }
    }
}

/// A custom topic: `/<product key>/<device name>/user/<text>`.
///
/// `get` can be subscribed and `update` published on in every product; others have to be defined in the product first.
#[must_use]
pub const fn user(text: &str) -> Topic<'_> {
    Topic { scope: Scope::User, text }
}

/// A topic of the platform: `/sys/<product key>/<device name>/<text>`.
#[must_use]
pub const fn sys(text: &str) -> Topic<'_> {
    Topic { scope: Scope::Sys, text }
}

/// A topic below the device: `/<product key>/<device name>/<text>`.
#[must_use]
pub const fn own(text: &str) -> Topic<'_> {
    Topic { scope: Scope::Own, text }
}

/// A topic as it is; begins with `/`.
#[must_use]
pub const fn whole(text: &str) -> Topic<'_> {
    Topic { scope: Scope::Whole, text }
}

/// Which custom topic of a device a whole topic is: `get` for `/<product key>/<device name>/user/get`, and `None` for
/// every other kind of topic.
///
/// ```
/// use wanlink_transports::topic::user_part;
/// assert_eq!(user_part("/a1B2c3D4e5F/meter-0042/user/get"), Some("get"));
/// assert_eq!(user_part("/sys/a1B2c3D4e5F/meter-0042/user/get"), None);
/// ```
#[must_use]
pub fn user_part(topic: &str) -> Option<&str> {
    let below_device = topic.bytes().enumerate().filter(|&(_, byte)| byte == b'/').nth(2)?.0;
    topic.get(below_device..)?.strip_prefix("/user/")
}

/// Slashes in a custom topic, at most (aliyun-iot, 1.4); the platform's own topics have more.
const SLASHES: usize = 7;

impl Topic<'_> {
    /// Fills product key and device name in.
    ///
    /// # Errors
    /// The topic is empty, longer than 128 bytes, has too many levels for a custom topic, or does not begin with `/`.
    pub fn expand<P: Principal>(&self, principal: &P) -> Result<FullTopic, TopicError> {
        let mut full = FullTopic::new();
        self.expand_into(principal, &mut full)?;
        Ok(full)
    }

    /// As [`expand`](Self::expand), where the topic is to stay: moving it would copy its room.
    pub(crate) fn expand_into<'b, P: Principal>(
        &self,
        principal: &P,
        out: &'b mut FullTopic,
    ) -> Result<&'b str, TopicError> {
        let (head, tail) = match self.scope {
            Scope::Whole => ("", ""),
            Scope::Own => ("/", "/"),
            Scope::User => ("/", "/user/"),
            Scope::Sys => ("/sys/", "/"),
            Scope::RrpcAnswer => ("/sys/", "/rrpc/response/"),
        };
        let parts = [head, principal.product_key(), "/", principal.device_name(), tail, self.text];
        let parts = if self.scope == Scope::Whole { &parts[5..] } else { &parts[..] };
        put_all(Argument::Topic, out.0.as_mut_view(), parts).map_err(TopicError::TooLong)?;
        self.check(&out.0)?;
        Ok(&out.0)
    }

    fn check(&self, whole: &str) -> Result<(), TopicError> {
        if self.text.is_empty() {
            return Err(TopicError::Empty);
        }
        if !whole.starts_with('/') {
            return Err(TopicError::NoSlash);
        }
        let slashes = whole.bytes().filter(|&byte| byte == b'/').count();
        if self.scope == Scope::User && slashes > SLASHES {
            return Err(TopicError::Levels);
        }
        Ok(())
    }
}

/// A topic with product key and device name filled in, at most 128 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTopic(Text<128>);

impl FullTopic {
    pub(crate) const fn new() -> Self {
        Self(Text::new())
    }

    /// The topic.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A topic to publish on holds no wildcard: a broker hangs up on one (MQTT 3.1.1, 3.3.2.1).
#[cfg(any(feature = "https", feature = "mqtt", feature = "outbox", feature = "tcp"))]
pub(crate) fn without_wildcard(topic: &str) -> Result<(), TopicError> {
    if topic.bytes().any(|byte| byte == b'+' || byte == b'#') {
        return Err(TopicError::Wildcard);
    }
    Ok(())
}

/// Why a topic cannot be used. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TopicError {
    /// It has no text.
    Empty,
    /// It is longer than the platform takes.
    TooLong(TooLong),
    /// It has more than seven slashes, which the platform allows only in topics of its own.
    Levels,
    /// It does not begin with `/`.
    NoSlash,
    /// It holds `+` or `#`, which only filters may.
    Wildcard,
    /// MQTT cannot carry it: a filter with a wildcard that does not stand alone on its level, or a NUL.
    Text,
}

impl core::fmt::Display for TopicError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Empty => f.write_str("the topic is empty"),
            Self::TooLong(long) => {
                write!(f, "the topic has {} bytes, the platform takes {}", long.length(), long.limit())
            }
            Self::Levels => write!(f, "the custom topic has more than {SLASHES} slashes"),
            Self::NoSlash => f.write_str("the whole topic does not begin with a slash"),
            Self::Wildcard => f.write_str("the topic of a publish holds a wildcard"),
            Self::Text => f.write_str("the topic holds a NUL or a wildcard that does not stand alone on its level"),
        }
    }
}

impl core::error::Error for TopicError {}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::String;

    use super::*;
    use crate::Identity;

    fn expand(topic: Topic<'_>) -> Result<String, TopicError> {
        let identity = Identity::new("pk", "dn", "secret").unwrap();
        topic.expand(&identity).map(|full| full.as_str().into())
    }

    #[test]
    fn scopes() {
        assert_eq!(expand(user("update/error")).unwrap(), "/pk/dn/user/update/error");
        assert_eq!(expand(sys("thing/service/property/set")).unwrap(), "/sys/pk/dn/thing/service/property/set");
        assert_eq!(expand(own("user/get")).unwrap(), "/pk/dn/user/get");
        assert_eq!(expand(whole("/broadcast/pk/all")).unwrap(), "/broadcast/pk/all");
    }

    #[test]
    fn the_level_rule_is_for_custom_topics_only() {
        assert!(expand(user("a/b/c/d")).is_ok());
        assert_eq!(expand(user("a/b/c/d/e")), Err(TopicError::Levels));
        assert!(expand(sys("thing/event/property/batch/post/x/y/z")).is_ok());
        assert!(expand(whole("/ext/rrpc/1/sys/pk/dn/thing/service/property/set")).is_ok());
    }

    #[test]
    fn at_most_128_bytes_and_never_empty() {
        let fits = "u".repeat(128 - "/pk/dn/user/".len());
        assert_eq!(expand(user(&fits)).unwrap().len(), 128);
        let long = fits + "u";
        let expected = TopicError::TooLong(TooLong::new(Argument::Topic, 128, 129));
        assert_eq!(expand(user(&long)), Err(expected));
        assert_eq!(expand(user("")), Err(TopicError::Empty));
        assert_eq!(expand(whole("")), Err(TopicError::Empty));
        assert_eq!(expand(whole("pk/dn")), Err(TopicError::NoSlash));
    }

    #[test]
    fn wildcards_are_for_filters() {
        let identity = Identity::new("pk", "dn", "secret").unwrap();
        for text in ["+", "a/#"] {
            let filter = user(text).expand(&identity).unwrap();
            assert_eq!(without_wildcard(filter.as_str()), Err(TopicError::Wildcard));
        }
        assert_eq!(without_wildcard("/pk/dn/user/get"), Ok(()));
    }

    #[test]
    fn user_part_takes_nothing_but_custom_topics() {
        assert_eq!(user_part("/pk/dn/user/a/b"), Some("a/b"));
        for other in ["", "/", "/pk", "/pk/dn", "/pk/dn/", "/pk/dn/user", "/sys/pk/dn/user/a", "pk/dn/user/a"] {
            assert_eq!(user_part(other), None, "{other}");
        }
    }
}
