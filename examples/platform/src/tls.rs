//! TLS in front of the state machine, itself without sockets: ciphertext and time go in, ciphertext comes out.
//!
//! [`Front`] owns a [`Platform`](crate::Platform) and is pumped in the same way. [`Certificates`] makes a root and the
//! certificates below it at start; the root's PEM is what a device has to trust.
//!
//! Every handshake is a whole one. Neither session identifiers nor tickets are kept, so that no device skips the check
//! of a certificate because it saw a better one before.

mod authority;
mod certificates;
mod front;
mod session;

pub use authority::{Authority, CertificateError, KeyType};
pub use certificates::Certificates;
pub use front::Front;
