//! Synchronous calls from the cloud (revert-RPC; aliyun-iot, 6.2).

use super::{Scope, Topic};
use crate::text::Text;

/// The message id of a call, kept so that the answer can be published after the request's bytes were given back.
///
/// Calls come on `sys("rrpc/request/+")`. Answer with QoS 0, and within the caller's time, which is 8 seconds at most.
///
/// ```
/// use wanlink_transports::{Identity, topic::Rrpc};
/// # fn main() -> Result<(), Box<dyn core::error::Error>> {
/// # let identity = Identity::new("a1B2c3D4e5F", "meter-0042", "0123456789abcdef0123456789abcdef")?;
/// let call = Rrpc::of("/sys/a1B2c3D4e5F/meter-0042/rrpc/request/892632031").ok_or("not a call")?;
/// let answer = call.answer().expand(&identity)?;
/// assert_eq!(answer.as_str(), "/sys/a1B2c3D4e5F/meter-0042/rrpc/response/892632031");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rrpc {
    message_id: Text<32>,
}

impl Rrpc {
    /// The call that came on `topic`; `None` when it is no call, or has an id longer than 32 bytes.
    #[must_use]
    pub fn of(topic: &str) -> Option<Self> {
        let mut levels = topic.split('/');
        let is_call = levels.next() == Some("")
            && levels.next() == Some("sys")
            && levels.next().is_some_and(|product_key| !product_key.is_empty())
            && levels.next().is_some_and(|device_name| !device_name.is_empty())
            && levels.next() == Some("rrpc")
            && levels.next() == Some("request");
        let id = levels.next().filter(|id| is_call && !id.is_empty() && levels.next().is_none())?;
        Some(Self { message_id: Text::try_from(id).ok()? })
    }

    /// Where the answer goes.
    #[must_use]
    pub fn answer(&self) -> Topic<'_> {
        Topic { scope: Scope::RrpcAnswer, text: &self.message_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls() {
        assert!(Rrpc::of("/sys/pk/dn/rrpc/request/1").is_some());
        for other in [
            "",
            "/sys/pk/dn/rrpc/request/",
            "/sys/pk/dn/rrpc/request",
            "/sys/pk/dn/rrpc/request/1/2",
            "/sys/pk/dn/rrpc/response/1",
            "/sys//dn/rrpc/request/1",
            "/ext/rrpc/1/pk/dn/user/get",
            "x/sys/pk/dn/rrpc/request/1",
        ] {
            assert_eq!(Rrpc::of(other), None, "{other}");
        }
        let (fits, long) = ("9".repeat(32), "9".repeat(33));
        let of = |id: &str| Rrpc::of(&std::format!("/sys/pk/dn/rrpc/request/{id}"));
        assert!(of(&fits).is_some() && of(&long).is_none());
    }
}
