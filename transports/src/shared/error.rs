//! What can go wrong between the tasks and the module.

use wanlink_core::ErrorKind;

/// Error of a shared module whose driver reports `E`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The driver's error, with its evidence.
    Module(E),
    /// The connection is over. Nothing was asked of the module.
    Closed,
    /// The module's buffer stays full: the other end does not read. Nothing of this write went out.
    Full,
    /// All seats are taken: connections, handles and waiting futures are more than `SEATS` of
    /// [`Shared`](super::Shared).
    NoSeat,
    /// The name has no address of the wanted version of IP that the module tells.
    NoAddress,
    /// Modules do not look up names of addresses.
    NoReverseLookup,
}

impl<E: wanlink_core::Error> wanlink_core::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Module(error) => error.kind(),
            Self::Closed | Self::NoAddress => ErrorKind::Reconnect,
            Self::Full => ErrorKind::Retry,
            Self::NoSeat => ErrorKind::Misuse,
            Self::NoReverseLookup => ErrorKind::Unsupported,
        }
    }
}

impl<E: wanlink_core::Error> embedded_io_async::Error for Error<E> {
    fn kind(&self) -> embedded_io_async::ErrorKind {
        use embedded_io_async::ErrorKind as Io;
        match self {
            Self::Closed => Io::NotConnected,
            Self::Full => Io::TimedOut,
            Self::NoSeat => Io::OutOfMemory,
            Self::NoAddress => Io::AddrNotAvailable,
            Self::NoReverseLookup => Io::Unsupported,
            Self::Module(error) => match error.kind() {
                ErrorKind::Reconnect => Io::ConnectionReset,
                ErrorKind::Reattach | ErrorKind::Restart => Io::ConnectionAborted,
                ErrorKind::Refused(_) => Io::PermissionDenied,
                ErrorKind::Unsupported => Io::Unsupported,
                ErrorKind::Misuse => Io::InvalidInput,
                _ => Io::Other,
            },
        }
    }
}

impl<E: core::fmt::Display> core::fmt::Display for Error<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Module(error) => error.fmt(f),
            Self::Closed => f.write_str("the connection is over"),
            Self::Full => f.write_str("the module's buffer stays full, since the other end does not read"),
            Self::NoSeat => f.write_str("all seats of the shared module are taken, raise SEATS"),
            Self::NoAddress => f.write_str("the name has no address of this version of IP"),
            Self::NoReverseLookup => f.write_str("modules do not look up the name of an address"),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Module(error) => error.source(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use embedded_io_async::ErrorKind as Io;
    use std::string::ToString;
    use wanlink_core::Refusal;

    #[derive(Debug)]
    struct Failed(ErrorKind);

    impl core::fmt::Display for Failed {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(f, "{:?}", self.0)
        }
    }

    impl core::error::Error for Failed {}

    impl wanlink_core::Error for Failed {
        fn kind(&self) -> ErrorKind {
            self.0
        }
    }

    #[test]
    fn kinds_of_the_driver_pass_through() {
        for (kind, io) in [
            (ErrorKind::Retry, Io::Other),
            (ErrorKind::Reconnect, Io::ConnectionReset),
            (ErrorKind::Reattach, Io::ConnectionAborted),
            (ErrorKind::Restart, Io::ConnectionAborted),
            (ErrorKind::Refused(Refusal::Certificate), Io::PermissionDenied),
            (ErrorKind::Unsupported, Io::Unsupported),
            (ErrorKind::Misuse, Io::InvalidInput),
        ] {
            let error = Error::Module(Failed(kind));
            assert_eq!(wanlink_core::Error::kind(&error), kind);
            assert_eq!(embedded_io_async::Error::kind(&error), io);
            assert_eq!(error.to_string(), std::format!("{kind:?}"));
        }
    }

    #[test]
    fn each_of_our_own_errors_says_what_can_help() {
        for (error, kind, io) in [
            (Error::Closed, ErrorKind::Reconnect, Io::NotConnected),
            (Error::Full, ErrorKind::Retry, Io::TimedOut),
            (Error::NoSeat, ErrorKind::Misuse, Io::OutOfMemory),
            (Error::NoAddress, ErrorKind::Reconnect, Io::AddrNotAvailable),
            (Error::NoReverseLookup, ErrorKind::Unsupported, Io::Unsupported),
        ] {
            let error: Error<Failed> = error;
            assert_eq!(wanlink_core::Error::kind(&error), kind);
            assert_eq!(embedded_io_async::Error::kind(&error), io);
        }
    }
}
