//! One TLS session over bytes: rustls, without its input and output.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::TLS12;
use rustls::{CertificateError, ClientConfig, ClientConnection, Error};

use super::verify::Verifier;
use super::{Received, TlsFailure, TlsSettings};

/// Every suite that is there.
const ALL_SUITES: u16 = 0xffff;

#[derive(Debug)]
pub(crate) struct Session(ClientConnection);

impl Session {
    /// A session that is ready to say its first word.
    pub(crate) fn start(host: &str, settings: &TlsSettings) -> Result<Self, TlsFailure> {
        let name = settings.name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(|_| TlsFailure::BadName)?;
        let config = config(settings)?;
        let mut connection = ClientConnection::new(Arc::new(config), name).map_err(failure)?;
        connection.set_buffer_limit(None);
        Ok(Self(connection))
    }

    /// Takes bytes of the server.
    pub(crate) fn input(&mut self, mut bytes: &[u8]) -> Result<Received, TlsFailure> {
        let mut received = Received::default();
        while !bytes.is_empty() && !received.closed {
            self.0.read_tls(&mut bytes).map_err(|error| TlsFailure::Other(error.to_string()))?;
            let state = self.0.process_new_packets().map_err(failure)?;
            received.closed = state.peer_has_closed();
            let start = received.plain.len();
            received.plain.resize(start + state.plaintext_bytes_to_read(), 0);
            // Exactly so many bytes are there.
            let read = self.0.reader().read(&mut received.plain[start..]).unwrap_or(0);
            received.plain.truncate(start + read);
        }
        Ok(received)
    }

    /// Takes bytes for the server; before the end of the handshake they wait for it.
    pub(crate) fn write(&mut self, plain: &[u8]) {
        // There is no limit to the buffer, and memory does not fail.
        let _ = self.0.writer().write_all(plain);
    }

    pub(crate) fn close(&mut self) {
        self.0.send_close_notify();
    }

    /// Takes what goes to the server now.
    pub(crate) fn output(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.0.wants_write() && self.0.write_tls(&mut bytes).is_ok_and(|count| count > 0) {}
        bytes
    }

    pub(crate) fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }
}

fn config(settings: &TlsSettings) -> Result<ClientConfig, TlsFailure> {
    let mut provider: CryptoProvider = ring::default_provider();
    let wanted = settings.suite;
    provider.cipher_suites.retain(|suite| wanted == ALL_SUITES || u16::from(suite.suite()) == wanted);
    if !settings.tls12 {
        return Err(TlsFailure::Unsupported);
    }
    let provider = Arc::new(provider);
    let verifier = Verifier::new(provider.clone(), settings.trust.as_ref())?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS12])
        .map_err(|_| TlsFailure::Unsupported)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &settings.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
            let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsFailure::BadIdentity)?;
            let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsFailure::BadIdentity)?;
            builder.with_client_auth_cert(chain, key).map_err(|_| TlsFailure::BadIdentity)?
        }
    };
    config.enable_sni = settings.sni;
    // Each open shows its certificate anew.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn failure(error: Error) -> TlsFailure {
    use CertificateError as Bad;
    match error {
        Error::InvalidCertificate(Bad::UnknownIssuer) => TlsFailure::UnknownIssuer,
        Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => TlsFailure::WrongName,
        Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => TlsFailure::Expired,
        Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => TlsFailure::NotYetValid,
        Error::InvalidCertificate(other) => TlsFailure::BadCertificate(other.to_string()),
        Error::AlertReceived(alert) => TlsFailure::Alert(format!("{alert:?}")),
        Error::InvalidMessage(_) => TlsFailure::NotTls,
        other => TlsFailure::Other(other.to_string()),
    }
}
