//! What a product does on its path: how it registers, and how it works when it has its identity.

#[cfg(feature = "_https")]
pub(crate) mod https;
#[cfg(feature = "_mqtt")]
pub(crate) mod mqtt;
#[cfg(feature = "_tcp")]
pub(crate) mod tcp;

/// Another region is another word here.
#[cfg(any(feature = "_mqtt", feature = "_tcp"))]
const REGION: wanlink_transports::Region = wanlink_transports::Region::Shanghai;

/// What a session begins with.
pub(crate) struct Begin {
    /// What its waits are drawn from.
    pub(crate) seed: u64,
    /// The logins of before. A registration by HTTPS is none.
    pub(crate) pace: wanlink_transports::Pace,
}
