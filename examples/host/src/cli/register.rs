//! Options of a device that has its secret from the platform.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Secret;
use super::connect::{HostPort, host_port};

/// How a device without a secret gets one, and where it keeps it.
#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    /// Register the device, in place of --device-secret: once, when --store has nothing of it yet
    #[arg(long, value_name = "WAY")]
    pub(crate) register: Option<RegisterArg>,
    /// Secret of the product, which signs the registration
    #[arg(long, value_name = "S", env = "WANLINK_PRODUCT_SECRET", hide_env_values = true)]
    pub(crate) product_secret: Option<Secret>,
    /// File for what outlives the program: what registration gave, and the token of --path https
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Server of --register, instead of the platform's own host and port
    #[arg(long, value_name = "HOST:PORT", value_parser = host_port, requires = "register")]
    pub(crate) register_host: Option<HostPort>,
}

/// Ways of dynamic registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegisterArg {
    /// A form over HTTPS
    Https,
    /// A login over MQTT in TLS: that of --path tcp by our own client, else by the module's
    Mqtt,
    /// The same for a name that the product does not know yet; gives a token in place of a secret
    MqttNwl,
}
