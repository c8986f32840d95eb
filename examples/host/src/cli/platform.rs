//! Options of `wanlink platform`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use wanlink_platform::TimedFault;

/// Where the stand-in of the platform listens, and whom it knows.
///
/// The first line on stdout is one JSON object: {"mqtt":ADDR,"mqtts":ADDR,"https":null,"ca":FILE}. What happens is told
/// on stderr. A line `push TOPIC TEXT` on stdin sends TEXT to the device whose TOPIC it is; `kick TOPIC` closes its
/// connection.
#[derive(Debug, Args)]
pub(crate) struct PlatformArgs {
    /// Listen for MQTT over plain TCP; port 0 stands for any free one
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Listen for MQTT inside TLS. With neither of the two both are 127.0.0.1:0
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) tls_listen: Option<SocketAddr>,
    /// A product: its key and its secret
    #[arg(long, value_name = "K:SECRET", value_parser = named_secret, required = true)]
    pub(crate) product: Vec<NamedSecret>,
    /// A device: its name and its secret. It exists in each product
    #[arg(long, value_name = "N:SECRET", value_parser = named_secret)]
    pub(crate) device: Vec<NamedSecret>,
    /// Write the root certificate to this file, instead of a temporary one that goes with the program
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// What goes wrong: NAME[=NUMBERS][@AT_MS[+FOR_MS]]; a wrong name lists all
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<TimedFault>,
    /// Without the platform's limits of rate and number, for load
    #[arg(long)]
    pub(crate) no_limits: bool,
}

/// A name and its secret. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct NamedSecret {
    pub(crate) name: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for NamedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:***", self.name)
    }
}

fn named_secret(text: &str) -> Result<NamedSecret, &'static str> {
    // A name may hold a colon, a secret of the platform does not.
    match text.rsplit_once(':') {
        Some((name, secret)) if !name.is_empty() && !secret.is_empty() => {
            Ok(NamedSecret { name: name.to_owned(), secret: secret.to_owned() })
        }
        _ => Err("not of the form NAME:SECRET"),
    }
}

/// An address to listen on.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|_| "not of the form HOST:PORT with a host of this machine")?;
    found.next().ok_or_else(|| "this host has no address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_a_colon_and_secrets_are_not_shown() {
        let named = named_secret("a:b:c0ffee").unwrap();
        assert_eq!((named.name.as_str(), named.secret.as_str()), ("a:b", "c0ffee"));
        assert_eq!(format!("{named:?}"), "a:b:***");
        assert!(named_secret("a:").is_err() && named_secret(":a").is_err() && named_secret("a").is_err());
    }
}
