//! Options of `wanlink doctor`.

use clap::Args;

use super::connect::apn;
use crate::models::Module;
use crate::port::PortArg;

/// Where to look.
///
/// Each check is told with its verdict, and with what to change where it is not good. It asks, and sets nothing but what a
/// driver sets when it starts; a PIN is never sent. It takes half a minute where all is well, and ten minutes at most.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Serial port of the module: path of a tty, or tcp:HOST:PORT
    #[arg(long, value_name = "PORT")]
    pub(crate) port: PortArg,
    /// Rate that the port should have, in bits per second; others are tried behind it
    #[arg(long, default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(50..=4_000_000))]
    pub(crate) baud: u32,
    /// Model that the module should be; without it the module is asked
    #[arg(long, value_enum)]
    pub(crate) module: Option<Module>,
    /// Bring the data context up with this access point name, as `wanlink connect` does; the module keeps the name
    #[arg(long, value_name = "A", value_parser = apn)]
    pub(crate) apn: Option<String>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
}
