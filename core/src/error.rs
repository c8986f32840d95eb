//! Errors: the driver's error keeps the evidence, its kind tells the caller what can help.

/// An error that can say which step of recovery may help.
pub trait Error: core::error::Error {
    /// The lowest step that can help; see [`ErrorKind`].
    fn kind(&self) -> ErrorKind;
}

/// Names the error type that all traits of one driver share.
pub trait ErrorType {
    /// The driver's error.
    type Error: Error;
}

impl<T: ErrorType + ?Sized> ErrorType for &mut T {
    type Error = T::Error;
}

/// What the caller can do about an error.
///
/// The first four are rungs of a ladder, lowest first: when a rung did not help, the next one includes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// Call the same method again.
    Retry,
    /// The session with the broker is gone: [`MqttAt::connect`](crate::MqttAt::connect), then subscribe again.
    Reconnect,
    /// The data context or the registration is gone: [`Module::attach`](crate::Module::attach), then connect.
    Reattach,
    /// The module restarted or does not answer: [`Module::start`](crate::Module::start), then attach and connect.
    Restart,
    /// Somebody who may say no said no. Trying the same again is of no use and may lock a SIM or an account.
    Refused(Refusal),
    /// This module's firmware lacks what was asked for.
    Unsupported,
    /// The caller's argument or the order of calls is at fault; the error's text names it.
    Misuse,
}

/// Who refused, and how it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Refusal {
    /// The broker refused the login with this CONNACK return code (MQTT 3.1.1, table 3.1).
    Connack(u8),
    /// The broker refused a subscription (SUBACK 0x80).
    Subscription,
    /// The server's certificate is not trusted.
    Certificate,
    /// The SIM is absent, wants a PIN that was not given, or refused the one that was.
    Sim,
    /// The network denied registration.
    Network,
    /// The module reported a refused login without its reason.
    Unexplained,
    /// The platform answered a request over HTTPS with this code of its own.
    Code(u16),
}

impl ErrorKind {
    /// Whether a ladder may climb on this kind; `false` means that only a human or a changed argument can help.
    #[must_use]
    pub const fn can_heal(self) -> bool {
        matches!(self, Self::Retry | Self::Reconnect | Self::Reattach | Self::Restart)
    }
}
