//! What the checks inside TLS want to know.

use wanlink_core::{HasTlsSocket, TlsSocket};
use wanlink_emulator::{OpenFailure, Options, TlsContext};
use wanlink_scene::bench::running;

use super::{Bench, DriverFor, ErrorOf, ModuleBench, MqttBench, SocketBench};
use crate::rig::FILE;

/// A bench whose driver has sockets inside TLS.
pub trait TlsBench:
    ModuleBench + SocketBench + Bench<Model: HasTlsSocket> + for<'b> DriverFor<'b, Driver: TlsSocket>
{
    /// How a command begins that sends a root to the module, and its how many-th of that name it is.
    const UPLOAD: (&'static str, u64);
    /// How a command begins that opens a socket inside TLS.
    const TLS_OPEN: &'static str;
    /// How often it is sent, questions for the reason included, when the certificate is not trusted and the root was
    /// uploaded just now.
    const TLS_TRIES: usize = 1;
    /// A line that tells that the other end of the first of them closed.
    const TLS_END_LINE: &'static str;
    /// The TLS context of a socket, as the emulator numbers them.
    const TLS_CONTEXT: usize;
    /// Whether a module that is asked for data tells an end that it told nobody of: else the next write does.
    const TELLS_TLS_END: bool = true;
    /// Whether a certificate for another name is refused.
    const CHECKS_NAME: bool = true;
    /// Whether the server is told the name that it shall have.
    const TELLS_NAME: bool = true;
    /// Whether the module says that a name or a date was wrong: then no other root would help.
    const SAYS_WHY: bool = false;
    /// Whether the module looks at a root before it keeps it.
    const LOOKS_AT_ROOTS: bool = false;
    /// What a refusal takes at most, in seconds.
    const REFUSED_S: u64 = 10;

    /// The file of the root of this name, as the emulator has it.
    fn file_of(root: &str) -> String {
        root.to_owned()
    }

    /// Whether these are the settings of a verified connection, as far as the emulator has them at one place.
    fn is_verified(tls: &TlsContext) -> bool {
        (tls.version, tls.level, tls.root_file.as_str()) == (3, 1, FILE)
            && (tls.check_host, tls.ignore_dates) == (Self::CHECKS_NAME, false)
    }

    /// Commands that delete [`FILE`].
    fn delete_by_hand() -> Vec<String>;

    /// What an opening inside TLS tells of each failure that is none of TLS.
    fn tls_failures() -> Vec<(OpenFailure, u16)> {
        Self::failures()
    }

    /// A running module, once for each setting of a weak fact that sockets inside TLS meet.
    fn tls_options() -> Vec<Options> {
        vec![running()]
    }

    /// The file of the platform's root.
    fn root_file() -> String {
        Self::file_of(FILE)
    }
}

/// A bench whose module's own MQTT client speaks TLS.
pub trait TlsSessionBench: TlsBench + MqttBench {
    /// How a command begins that opens a session.
    const SESSION_OPEN: &'static str;
    /// As [`TLS_TRIES`](TlsBench::TLS_TRIES).
    const SESSION_TRIES: usize = 1;
    /// The TLS context of a session, as the emulator numbers them.
    const SESSION_CONTEXT: usize;
    /// An `OK` alone tells that a login succeeded, also one that came twice.
    const OK_OPENS_A_SESSION: bool = false;

    /// What a certificate that is not trusted is told as.
    fn untrusted() -> ErrorOf<Self> {
        wanlink_at::driver::Error::Certificate
    }
}
