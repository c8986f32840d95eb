//! Options of `wanlink emulate`.

use std::net::SocketAddr;

use clap::{ArgGroup, Args};
use wanlink_emulator::live::Rule;
use wanlink_emulator::{Profile, TimedFault};

use super::module::emulated;
use super::platform::address;

/// Which module is emulated, and where.
///
/// The first line on stdout is one JSON object: {"pty":PATH} or {"listen":ADDR}, and "pins":ADDR with --pins. The module
/// runs already, as one that was switched on before its host, unless --off says other. It reaches the network of this
/// machine, with TLS of its own where it is asked for. A line `fault FAULT` on stdin has something go wrong, at times that
/// count from then.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("line").required(true).args(["pty", "listen"])))]
pub(crate) struct EmulateArgs {
    /// Model of the module
    #[arg(long, value_parser = emulated())]
    pub(crate) module: &'static Profile,
    /// Be at a pseudo-terminal
    #[arg(long)]
    pub(crate) pty: bool,
    /// Be at a TCP port, for one host at a time; port 0 stands for any free one
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Have the module's pins at a TCP port: `K0` presses PWRKEY and `K1` lets it go, `R0` and `R1` do so with RESET_N, `D0`
    /// and `D1` with DTR; `S?` asks for STATUS, which is `0` or `1`
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) pins: Option<SocketAddr>,
    /// Be off until PWRKEY is pressed
    #[arg(long, requires = "pins")]
    pub(crate) off: bool,
    /// Where a name leads: HOST=ADDR:PORT, any=ADDR:PORT or any:PORT=ADDR:PORT; other names go to the real DNS
    #[arg(long, value_name = "RULE")]
    pub(crate) resolve: Vec<Rule>,
    /// What goes wrong: NAME[=VALUE][@AT_MS[+FOR_MS]]; a wrong name lists all
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<TimedFault>,
    /// PIN that the SIM asks for
    #[arg(long, value_name = "P")]
    pub(crate) pin: Option<String>,
    /// The only access point name that the network accepts
    #[arg(long, value_name = "A")]
    pub(crate) apn: Option<String>,
    /// A network that answers without its usual waits
    #[arg(long)]
    pub(crate) quick: bool,
}
