//! What comes out of the platform.

use crate::connection::ConnId;
use std::fmt;

/// What the caller has to do on the network.
///
/// Its `Debug` shows short packets whole, and of longer bytes, which may hold a secret, the number.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Write these bytes. Each action is one packet or one HTTP answer.
    Send {
        /// To this connection.
        conn: ConnId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close this connection; it is forgotten here already.
    Close {
        /// This connection.
        conn: ConnId,
    },
}

impl Action {
    pub(super) fn is_for(&self, to: ConnId) -> bool {
        match self {
            Self::Send { conn, .. } | Self::Close { conn } => *conn == to,
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHORT: usize = 16;
        match self {
            Self::Close { conn } => write!(f, "Close {{ {conn:?} }}"),
            Self::Send { conn, bytes } if bytes.len() <= SHORT => write!(f, "Send {{ {conn:?}, {bytes:02x?} }}"),
            Self::Send { conn, bytes } => write!(f, "Send {{ {conn:?}, {} bytes }}", bytes.len()),
        }
    }
}
