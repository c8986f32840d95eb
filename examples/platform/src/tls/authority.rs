//! A certificate authority, made at start or kept in files.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SignatureAlgorithm,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fmt;
use std::time::Duration;
use x509_parser::parse_x509_certificate;

/// Kind of the keys that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyType {
    /// Signatures have one length, so that the packets of two runs have equal sizes: for simulations. The default.
    #[default]
    Ed25519,
    /// More clients know it; the length of a signature varies by a few bytes.
    EcdsaP256,
}

impl KeyType {
    fn generate(self) -> Result<KeyPair, rcgen::Error> {
        let algorithm: &SignatureAlgorithm = match self {
            Self::Ed25519 => &rcgen::PKCS_ED25519,
            Self::EcdsaP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        };
        KeyPair::generate_for(algorithm)
    }
}

/// A certificate could not be made, most often for a name that no certificate can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateError(String);

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "certificate cannot be made: {}", self.0)
    }
}

impl std::error::Error for CertificateError {}

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<rustls::Error> for CertificateError {
    fn from(error: rustls::Error) -> Self {
        Self(error.to_string())
    }
}

/// First and last second of a certificate, in Unix time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    pub(super) from_s: u64,
    pub(super) until_s: u64,
}

const DAY_S: u64 = 86_400;
const YEAR_S: u64 = 365 * DAY_S;

/// X.509 has four digits for a year; the latest start leaves room for a root's thirty years.
const LATEST_START_S: u64 = 253_370_764_800 - 31 * YEAR_S;

impl Dates {
    /// From the day before `utc_s`, as a device's clock may be behind, until years after it.
    pub(super) fn around(utc_s: u64, years: u64) -> Self {
        let utc_s = utc_s.min(LATEST_START_S);
        Self { from_s: utc_s.saturating_sub(DAY_S), until_s: utc_s + years * YEAR_S }
    }

    /// Over since the day before.
    pub(super) fn past(utc_s: u64) -> Self {
        let until_s = utc_s.min(LATEST_START_S).saturating_sub(DAY_S);
        Self { from_s: until_s.saturating_sub(YEAR_S), until_s }
    }

    /// Begins in a year.
    pub(super) fn future(utc_s: u64) -> Self {
        let from_s = utc_s.min(LATEST_START_S) + YEAR_S;
        Self { from_s, until_s: from_s + YEAR_S }
    }

    fn apply(self, params: &mut CertificateParams) {
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        params.not_before = epoch + Duration::from_secs(self.from_s);
        params.not_after = epoch + Duration::from_secs(self.until_s);
    }
}

/// A server's certificate and its key. No `Debug`: it holds the key.
pub(super) struct Leaf {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// A root certificate and its key. No `Debug`: it holds the key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root_pem: String,
    root_der: CertificateDer<'static>,
    key_type: KeyType,
    serial: u64,
}

impl Authority {
    /// A root of this common name, valid for thirty years around `utc_s`, the Unix time at which the world begins.
    pub fn new(common_name: &str, utc_s: u64, key_type: KeyType) -> Result<Self, CertificateError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = named(common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.serial_number = Some(serial_number(0));
        Dates::around(utc_s, 30).apply(&mut params);
        let key = key_type.generate()?;
        let root = params.self_signed(&key)?;
        let (root_pem, root_der) = (root.pem(), root.der().clone());
        Ok(Self { issuer: Issuer::new(params, key), root_pem, root_der, key_type, serial: 0 })
    }

    /// One that is kept: its certificate and its key (PKCS #8: Ed25519, ECDSA or RSA), both in PEM. So a device can be
    /// built for it. `key_type` is the kind of the servers' keys.
    pub fn from_pem(root_pem: &str, key_pem: &str, key_type: KeyType) -> Result<Self, CertificateError> {
        let wrong = |why: &str| CertificateError(why.to_owned());
        let root_der = CertificateDer::from_pem_slice(root_pem.as_bytes())
            .map_err(|_| wrong("there is no certificate in PEM"))?
            .into_owned();
        let key = KeyPair::from_pem(key_pem)
            .map_err(|_| wrong("there is no key in PEM and PKCS #8 of a kind that can sign here"))?;
        let (_, root) = parse_x509_certificate(&root_der).map_err(|_| wrong("the certificate is none of X.509"))?;
        if !root.is_ca() {
            return Err(wrong("the certificate is not that of an authority"));
        }
        if root.public_key().raw != key.subject_public_key_info() {
            return Err(wrong("the key is not that of the certificate"));
        }
        let issuer = Issuer::from_ca_cert_der(&root_der, key)?;
        Ok(Self { issuer, root_pem: root_pem.to_owned(), root_der, key_type, serial: 0 })
    }

    /// Kind of its servers' keys.
    pub const fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The root in PEM: what a device trusts.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The root in DER.
    pub fn root_der(&self) -> &[u8] {
        &self.root_der
    }

    /// A certificate for these names; a name that reads as an IP address becomes one.
    pub(super) fn leaf(&mut self, names: &[String], dates: Dates) -> Result<Leaf, CertificateError> {
        self.serial += 1;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = named(names.first().map_or("nobody", String::as_str));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.serial_number = Some(serial_number(self.serial));
        dates.apply(&mut params);
        let key = self.key_type.generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        Ok(Leaf { certificate: certificate.der().clone(), key })
    }
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// Always of eight bytes and positive: what is left to chance may be a byte shorter now and then.
fn serial_number(n: u64) -> SerialNumber {
    SerialNumber::from_slice(&(0x4000_0000_0000_0000 | n).to_be_bytes())
}
