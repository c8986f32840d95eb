//! One connection inside TLS.

use crate::fault::TlsFault;
use crate::record::TlsVersion;
use rustls::{ProtocolVersion, ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::sync::Arc;

/// What a server says that does not speak TLS.
const PLAIN_TEXT: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// What came of some bytes of the device.
#[derive(Default)]
pub(super) struct Progress {
    /// For the platform.
    pub(super) plain: Vec<u8>,
    /// For the device.
    pub(super) cipher: Vec<u8>,
    /// The handshake ended with these bytes.
    pub(super) established: bool,
    /// The connection is over.
    pub(super) over: Option<Over>,
}

/// How TLS came to its end.
pub(super) enum Over {
    /// The device sent its close_notify.
    Goodbye,
    /// For this reason.
    Broken(String),
}

impl Over {
    fn broken(why: impl ToString) -> Option<Self> {
        Some(Self::Broken(why.to_string()))
    }
}

pub(super) struct Session {
    tls: ServerConnection,
    /// As of the opening.
    fault: Option<TlsFault>,
    /// Whether the outcome of the handshake was told.
    pub(super) settled: bool,
}

impl Session {
    pub(super) fn new(server: Arc<ServerConfig>, fault: Option<TlsFault>) -> Result<Self, rustls::Error> {
        let mut tls = ServerConnection::new(server)?;
        // The largest message is larger than the default; whoever carries the bytes limits what waits.
        tls.set_buffer_limit(None);
        Ok(Self { tls, fault, settled: false })
    }

    /// Ciphertext of the device.
    pub(super) fn input(&mut self, mut bytes: &[u8]) -> Progress {
        let mut progress = Progress::default();
        if self.fault == Some(TlsFault::PlainText) {
            progress.cipher = PLAIN_TEXT.to_vec();
            progress.over = Over::broken("plain text was answered, as a fault asked for");
            return progress;
        }
        let shaking_hands = self.tls.is_handshaking();
        while !bytes.is_empty() && progress.over.is_none() {
            progress.over = self.advance(&mut bytes, &mut progress.plain);
        }
        self.take_output(&mut progress.cipher);
        if shaking_hands && self.fault == Some(TlsFault::CutHandshake) && !progress.cipher.is_empty() {
            progress.cipher.truncate(progress.cipher.len() / 2);
            progress.over = Over::broken("the handshake was cut, as a fault asked for");
        }
        progress.established = shaking_hands && !self.tls.is_handshaking();
        progress
    }

    /// Takes some of the bytes; `Some` when nothing more can come.
    fn advance(&mut self, bytes: &mut &[u8], plain: &mut Vec<u8>) -> Option<Over> {
        if let Err(error) = self.tls.read_tls(bytes) {
            return Over::broken(error);
        }
        let outcome = self.tls.process_new_packets();
        // It ends with an error as soon as nothing is left; what came before is appended. Records before a broken one
        // are good.
        let _ = self.tls.reader().read_to_end(plain);
        match outcome {
            Err(error) => Over::broken(error),
            Ok(state) => state.peer_has_closed().then_some(Over::Goodbye),
        }
    }

    /// Bytes of the platform, encrypted.
    pub(super) fn encrypt(&mut self, plain: &[u8]) -> Vec<u8> {
        self.tls.writer().write_all(plain).expect("a buffer without limit takes all");
        self.output()
    }

    /// The last bytes of an orderly end. A handshake that is not through has none.
    pub(super) fn goodbye(&mut self) -> Vec<u8> {
        if !self.tls.is_handshaking() {
            self.tls.send_close_notify();
        }
        self.output()
    }

    /// The name in the device's hello.
    pub(super) fn server_name(&self) -> Option<&str> {
        self.tls.server_name()
    }

    pub(super) fn version(&self) -> Option<TlsVersion> {
        match self.tls.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some(TlsVersion::V1_2),
            ProtocolVersion::TLSv1_3 => Some(TlsVersion::V1_3),
            _ => None,
        }
    }

    fn output(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.take_output(&mut bytes);
        bytes
    }

    fn take_output(&mut self, to: &mut Vec<u8>) {
        while self.tls.wants_write() {
            self.tls.write_tls(to).expect("a vector takes all");
        }
    }
}
