//! Options of `wanlink platform`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wanlink_platform::{Registration, TimedFault};

use super::secret::Secret;

/// Where the stand-in of the platform listens, and whom it knows.
///
/// The first line on stdout is one JSON object: {"mqtt":ADDR,"mqtts":ADDR,"https":ADDR,"ca":FILE}; what does not listen is
/// null. What happens is told on stderr. Lines on stdin are orders: `push TOPIC TEXT` sends TEXT to the device whose TOPIC
/// it is, `kick TOPIC` closes its connection, `reset TOPIC` lets it register again, and `fault FAULT` has something go
/// wrong, at times that count from then.
#[derive(Debug, Args)]
pub(crate) struct PlatformArgs {
    /// Listen for MQTT over plain TCP; port 0 stands for any free one
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Listen for MQTT inside TLS. With neither of the two both are 127.0.0.1:0
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) tls_listen: Option<SocketAddr>,
    /// Listen for HTTPS, which takes posts and registrations. The port for MQTT inside TLS takes them too, by their names
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) https_listen: Option<SocketAddr>,
    /// A product: its key and its secret
    #[arg(long, value_name = "K:SECRET", required = true)]
    pub(crate) product: Vec<Secret>,
    /// A device: its name and its secret. It exists in each product
    #[arg(long, value_name = "N:SECRET")]
    pub(crate) device: Vec<Secret>,
    /// A device that has no secret yet and may register: its name. It exists in each product
    #[arg(long, value_name = "N")]
    pub(crate) preregistered: Vec<String>,
    /// Who may register with the product's secret
    #[arg(long, default_value = "preregistered")]
    pub(crate) registration: RegistrationArg,
    /// Write the root certificate to this file, instead of a temporary one that goes with the program
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Sign with an authority that is kept, instead of one made for this run: its root certificate, in PEM. So firmware
    /// can have the root built in
    #[arg(long, value_name = "FILE", requires = "ca_key")]
    pub(crate) ca_cert: Option<PathBuf>,
    /// The key of that authority, in PEM and PKCS #8 (Ed25519, ECDSA or RSA); a file that only its owner can read
    #[arg(long, value_name = "FILE", requires = "ca_cert")]
    pub(crate) ca_key: Option<PathBuf>,
    /// What goes wrong: NAME[=NUMBERS][@AT_MS[+FOR_MS]]; a wrong name lists all
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<TimedFault>,
    /// Without the platform's limits of rate and number, for load
    #[arg(long)]
    pub(crate) no_limits: bool,
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegistrationArg {
    /// Nobody: it is switched off
    Off,
    /// Devices that exist
    Preregistered,
    /// Any other too, over MQTT and for a token: there is no list of names
    Open,
}

impl From<RegistrationArg> for Registration {
    fn from(who: RegistrationArg) -> Self {
        match who {
            RegistrationArg::Off => Self::Off,
            RegistrationArg::Preregistered => Self::Preregistered,
            RegistrationArg::Open => Self::Open,
        }
    }
}

/// An address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|_| "not of the form HOST:PORT with a host of this machine")?;
    found.next().ok_or_else(|| "this host has no address".to_owned())
}
