//! How a module looks at a certificate: roots from one file, name and dates each with a switch of its own.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::{TlsFailure, Trust};

/// A chain has at most so many dates to get past.
const DATES: usize = 16;

#[derive(Debug)]
pub(super) struct Verifier {
    provider: Arc<CryptoProvider>,
    chain: Option<Chain>,
}

#[derive(Debug)]
struct Chain {
    inner: Arc<WebPkiServerVerifier>,
    check_name: bool,
    ignore_dates: bool,
    now: UnixTime,
}

impl Verifier {
    pub(super) fn new(provider: Arc<CryptoProvider>, trust: Option<&Trust>) -> Result<Self, TlsFailure> {
        let chain = trust.map(|trust| Chain::new(provider.clone(), trust)).transpose()?;
        Ok(Self { provider, chain })
    }
}

impl Chain {
    fn new(provider: Arc<CryptoProvider>, trust: &Trust) -> Result<Self, TlsFailure> {
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(&trust.roots) {
            let root = root.map_err(|_| TlsFailure::BadRoots)?;
            roots.add(root).map_err(|_| TlsFailure::BadRoots)?;
        }
        // Without any root there is nothing to build.
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|_| TlsFailure::BadRoots)?;
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(trust.now_s));
        Ok(Self { inner, check_name: trust.check_name, ignore_dates: trust.ignore_dates, now })
    }

    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
    ) -> Result<ServerCertVerified, Error> {
        let mut at = self.now;
        for _ in 0..DATES {
            let result = self.inner.verify_server_cert(leaf, between, name, &[], at);
            let Err(Error::InvalidCertificate(why)) = &result else { return result };
            match why {
                // The name is looked at last: all else was good.
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
                    if !self.check_name =>
                {
                    return Ok(ServerCertVerified::assertion());
                }
                // No switch of webpki leaves the dates out: look at a moment that this certificate allows.
                CertificateError::ExpiredContext { not_after, .. } if self.ignore_dates => at = *not_after,
                CertificateError::NotValidYetContext { not_before, .. } if self.ignore_dates => at = *not_before,
                _ => return result,
            }
        }
        Err(Error::General("no moment at which every certificate of the chain is valid".to_owned()))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.chain {
            Some(chain) => chain.verify(leaf, between, name),
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
