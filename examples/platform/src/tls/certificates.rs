//! What the platform shows in a handshake, right and wrong.

use super::authority::{Authority, CertificateError, Dates, KeyType, Leaf};
use crate::config::Config;
use crate::fault::TlsFault;
use rustls::crypto::ring;
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use std::sync::Arc;

/// The platform's root, and the certificates that its servers present.
///
/// It never changes; a clone shares the keys, so that one is enough for thousands of runs.
#[derive(Clone)]
pub struct Certificates {
    root_pem: Arc<str>,
    good: Arc<ServerConfig>,
    foreign: Arc<ServerConfig>,
    wrong_name: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    not_yet_valid: Arc<ServerConfig>,
    tls13_only: Arc<ServerConfig>,
}

/// TLS 1.2 is what the real platform is known to serve (facts, section 2).
const TLS12_ONLY: &[&SupportedProtocolVersion] = &[&TLS12];

impl Certificates {
    /// For the hosts of this configuration, this machine, and the names in `more`, host names or IP addresses.
    ///
    /// `utc_s` is the Unix time at which the world begins: the dates are set around it.
    pub fn new(config: &Config, more: &[&str], utc_s: u64, key_type: KeyType) -> Result<Self, CertificateError> {
        Self::signed_by(Authority::new("wanlink platform root", utc_s, key_type)?, config, more, utc_s)
    }

    /// The same, signed by this authority.
    pub fn signed_by(
        mut ours: Authority,
        config: &Config,
        more: &[&str],
        utc_s: u64,
    ) -> Result<Self, CertificateError> {
        let mut other = Authority::new("some other root", utc_s, ours.key_type())?;
        let names = names(config, more);
        let elsewhere = ["elsewhere.example".to_string()];
        let now = Dates::around(utc_s, 10);
        let mut of_ours = |names: &[String], dates| serve(ours.leaf(names, dates)?, TLS12_ONLY);
        let good = of_ours(&names, now)?;
        let wrong_name = of_ours(&elsewhere, now)?;
        let expired = of_ours(&names, Dates::past(utc_s))?;
        let not_yet_valid = of_ours(&names, Dates::future(utc_s))?;
        Ok(Self {
            root_pem: ours.root_pem().into(),
            good,
            wrong_name,
            expired,
            not_yet_valid,
            foreign: serve(other.leaf(&names, now)?, TLS12_ONLY)?,
            tls13_only: serve(ours.leaf(&names, now)?, &[&TLS13])?,
        })
    }

    /// The root in PEM: what a device has to trust.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// What a connection gets under a fault.
    pub(super) fn server(&self, fault: Option<TlsFault>) -> Arc<ServerConfig> {
        let server = match fault {
            Some(TlsFault::WrongCertificate) => &self.foreign,
            Some(TlsFault::WrongName) => &self.wrong_name,
            Some(TlsFault::ExpiredCertificate) => &self.expired,
            Some(TlsFault::NotYetValidCertificate) => &self.not_yet_valid,
            Some(TlsFault::Tls13Only) => &self.tls13_only,
            None | Some(TlsFault::PlainText | TlsFault::CutHandshake | TlsFault::NoCloseNotify) => &self.good,
        };
        Arc::clone(server)
    }
}

fn serve(leaf: Leaf, versions: &[&'static SupportedProtocolVersion]) -> Result<Arc<ServerConfig>, CertificateError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions)?;
    let mut server = builder.with_no_client_auth().with_single_cert(vec![leaf.certificate], leaf.key)?;
    server.session_storage = Arc::new(NoServerSessionStorage {});
    server.send_tls13_tickets = 0;
    Ok(Arc::new(server))
}

/// As the real certificates do it, a wildcard stands for all products of a region and for all instances.
fn names(config: &Config, more: &[&str]) -> Vec<String> {
    let of = |regions: &[String], service: &'static str| {
        let name = |region: &String| format!("{service}.{region}.aliyuncs.com");
        regions.iter().map(name).collect::<Vec<_>>()
    };
    let regional = [
        of(&config.regions, "*.iot-as-mqtt"),
        of(&config.http.regions, "iot-as-http"),
        of(&config.regions, "iot-auth"),
    ];
    let instances = ["*.mqtt.iothub.aliyuncs.com", "*.http.iothub.aliyuncs.com"];
    let fixed = instances.into_iter().chain(["localhost", "127.0.0.1", "::1"]).chain(more.iter().copied());
    regional.into_iter().flatten().chain(fixed.map(String::from)).chain(config.hosts.iter().cloned()).collect()
}
