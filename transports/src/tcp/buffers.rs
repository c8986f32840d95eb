//! The room that a link needs.

use zeroize::Zeroize;

use super::SPARE;
use crate::identity::Identity;
use crate::principal::LogIn;

/// Buffers of a [`Link`](super::Link), which the caller owns.
///
/// * `RX` holds messages until they are used: the largest packet wanted, which is topic, payload and 4 to 9 bytes more,
///   and [`SPARE`]. What is larger is skipped and reported.
/// * `TX` holds the packet that is sent, and a QoS 1 publish until it is acknowledged. A publish longer than that is
///   refused; with `clean_session(false)` also one that leaves no room for the login of about 200 bytes. A link with a
///   device token wants 359 bytes of it, a registration 307.
///
/// ```
/// use wanlink_transports::tcp;
/// let mut buffers: tcp::Buffers = tcp::Buffers::new(); // payloads of 1,024 bytes down, of about 400 up
/// let mut small: tcp::Buffers<256, 288> = tcp::Buffers::new();
/// # drop((buffers, small));
/// ```
pub struct Buffers<const RX: usize = 1152, const TX: usize = 512> {
    pub(super) receive: [u8; RX],
    pub(super) transmit: [u8; TX],
}

impl<const RX: usize, const TX: usize> Buffers<RX, TX> {
    /// Empty buffers; may stand in a `static`.
    #[must_use]
    pub const fn new() -> Self {
        const {
            assert!(RX >= SPARE + 16, "no message fits the receive buffer");
            assert!(
                TX >= <Identity as LogIn>::CONNECT,
                "the login does not fit the transmit buffer: it may have 268 bytes"
            );
        }
        Self { receive: [0; RX], transmit: [0; TX] }
    }
}

impl<const RX: usize, const TX: usize> Default for Buffers<RX, TX> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const RX: usize, const TX: usize> Drop for Buffers<RX, TX> {
    /// Wipes a login that was never sent; one that was, the client has wiped.
    fn drop(&mut self) {
        self.transmit.zeroize();
    }
}

impl<const RX: usize, const TX: usize> core::fmt::Debug for Buffers<RX, TX> {
    /// Without their content: a password may be there.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Buffers<{RX}, {TX}>")
    }
}
