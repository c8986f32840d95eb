//! The command line.

use std::fmt;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use wanlink_transports::Region;

use crate::exit::Exit;

/// Connects microcontrollers with cellular modules to Alibaba Cloud IoT Platform: demo and tools.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole way, from power-on to recovery, with an emulated module and platform (the default)
    Demo(DemoArgs),
    /// Print client id, user name and password of a device
    Credentials(CredentialsArgs),
    /// Run driver, link and session against faults of every kind, on a virtual clock
    Simulate(crate::simulate::command::SimulateArgs),
}

/// What the demo shows.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Model of the emulated module
    #[arg(long, default_value = "bg95")]
    pub(crate) module: Module,
    /// Connection path
    #[arg(long, default_value = "mqtt")]
    pub(crate) path: PathArg,
    /// Seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Seconds of the module's time that pass in one second; 0 for as fast as possible. On a terminal 15, else 0
    #[arg(long)]
    pub(crate) speed: Option<u32>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the bytes of the wire to this file, secrets redacted
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<std::path::PathBuf>,
}

/// Models by the number on their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Module {
    /// Quectel BG95
    Bg95,
}

/// Ways to the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathArg {
    /// The module's own MQTT client
    Mqtt,
}

/// Who the device is, and where its platform.
#[derive(Debug, Args)]
pub(crate) struct IdentityArgs {
    /// Key of the product
    #[arg(long, value_name = "K")]
    pub(crate) product_key: String,
    /// Name of the device
    #[arg(long, value_name = "N")]
    pub(crate) device_name: String,
    /// Secret of the device
    #[arg(long, value_name = "S", env = "WANLINK_DEVICE_SECRET", hide_env_values = true)]
    pub(crate) device_secret: Option<String>,
    /// Region of the public instance
    #[arg(long, default_value = "cn-shanghai", value_parser = region, conflicts_with = "instance")]
    pub(crate) region: RegionArg,
    /// Instance of one's own, such as iot-06z00abcdefghij
    #[arg(long, value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// TLS
    #[arg(long, default_value = "on")]
    pub(crate) tls: OnOff,
    /// Method of signing
    #[arg(long, default_value = "hmacsha256")]
    pub(crate) sign: SignMethod,
}

/// What is to be printed.
#[derive(Debug, Args)]
pub(crate) struct CredentialsArgs {
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    /// Client id before its first bar, instead of `productKey.deviceName`
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Timestamp to sign, in milliseconds
    #[arg(long, value_name = "MS")]
    pub(crate) timestamp: Option<String>,
    /// 2 for TLS, 3 for plain TCP; from --tls when it is not given
    #[arg(long)]
    pub(crate) securemode: Option<SecureModeArg>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    /// Yes
    On,
    /// No
    Off,
}

impl OnOff {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// Methods of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignMethod {
    /// HMAC-SHA256
    Hmacsha256,
    /// HMAC-SHA1
    Hmacsha1,
    /// HMAC-MD5
    Hmacmd5,
}

/// Values of `securemode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecureModeArg {
    /// TLS
    #[value(name = "2")]
    Tls,
    /// Plain TCP
    #[value(name = "3")]
    Plain,
}

/// A region by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegionArg(pub(crate) Region);

fn region(id: &str) -> Result<RegionArg, String> {
    Region::ALL.into_iter().find(|region| region.id() == id).map(RegionArg).ok_or_else(|| {
        let ids: Vec<_> = Region::ALL.iter().map(|region| region.id()).collect();
        format!("no such region; there are {}", ids.join(", "))
    })
}

/// A wrong command line that clap cannot see, in one line.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl<E: std::error::Error> From<E> for Usage {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or_else(|| Command::Demo(DemoArgs::default()));
    let result = match command {
        Command::Demo(args) => crate::demo::run(&args),
        Command::Credentials(args) => crate::credentials::run(&args),
        Command::Simulate(args) => crate::simulate::command::simulate(&args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(usage) => {
            anstream::eprintln!("error: {usage}");
            Exit::Usage.into()
        }
    }
}

impl Default for DemoArgs {
    fn default() -> Self {
        Self { module: Module::Bg95, path: PathArg::Mqtt, seed: 1, speed: None, json: false, trace: None }
    }
}
