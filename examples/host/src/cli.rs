//! The command line.

mod connect;
mod demo;
mod doctor;
mod emulate;
mod explain;
mod identity;
mod module;
mod platform;
mod register;
mod replay;
mod secret;
mod trace;

use std::fmt;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::exit::Exit;

pub(crate) use self::connect::{ConnectArgs, PublishArg};
pub(crate) use self::demo::DemoArgs;
pub(crate) use self::doctor::DoctorArgs;
pub(crate) use self::emulate::EmulateArgs;
pub(crate) use self::explain::ExplainArgs;
pub(crate) use self::identity::{CredentialsArgs, IdentityArgs, SecureModeArg, SignMethod};
pub(crate) use self::platform::PlatformArgs;
pub(crate) use self::register::RegisterArg;
pub(crate) use self::replay::ReplayArgs;
pub(crate) use self::secret::Secret;
pub(crate) use self::trace::TraceArgs;

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
    /// Connect through a module at a serial port: publish, receive, and come back by itself
    Connect(Box<ConnectArgs>),
    /// Look at a serial port and the module behind it, and say what to change
    Doctor(DoctorArgs),
    /// Print client id, user name and password of a device
    Credentials(CredentialsArgs),
    /// Run driver, link and session against faults of every kind, on a virtual clock
    Simulate(crate::simulate::command::SimulateArgs),
    /// Run each model on each path under each kind of fault, and say what is not there and why
    Matrix(crate::matrix::command::MatrixArgs),
    /// Run thousands of devices through one outage of the platform, and count their logins
    Fleet(crate::fleet::command::FleetArgs),
    /// Count what each path costs on air: bytes up and down, and how long the radio is on, by the emulator
    Airtime(crate::airtime::command::AirtimeArgs),
    /// Be a module at a pseudo-terminal or a TCP port
    Emulate(EmulateArgs),
    /// Be the platform: MQTT over TCP and TLS, with products and devices of your own
    Platform(PlatformArgs),
    /// Play a trace of `wanlink connect` against the driver of today, and show the first difference
    Replay(ReplayArgs),
    /// Show what a trace tells: calls, commands, waits and bytes, as a list and as a time line
    Trace(TraceArgs),
    /// Show what a driver sends and waits for on a path: commands, bounds, gaps, errors and chapters, from its tables
    Explain(ExplainArgs),
}

/// Ways to the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathArg {
    /// The module's own MQTT client
    Mqtt,
    /// A socket of the module, and an MQTT client of ours
    Tcp,
    /// The module's HTTPS client; nothing comes down this path
    Https,
    /// The module's own MQTT client, which makes the login itself, where its firmware can
    Native,
}

impl PathArg {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Tcp => "tcp",
            Self::Https => "https",
            Self::Native => "native",
        }
    }
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
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command.unwrap_or_else(|| Command::Demo(DemoArgs::default())),
        Err(error) => return refuse(&error),
    };
    let result = match command {
        Command::Demo(args) => crate::demo::run(&args),
        Command::Connect(args) => crate::connect::run(&args),
        Command::Doctor(args) => crate::doctor::run(&args),
        Command::Emulate(args) => crate::emulate::run(&args),
        Command::Platform(args) => crate::platform::run(&args),
        Command::Replay(args) => Ok(crate::replay::run(&args)),
        Command::Trace(args) => crate::timeline::run(&args),
        Command::Explain(args) => crate::explain::run(&args),
        Command::Credentials(args) => crate::credentials::run(&args),
        Command::Matrix(args) => Ok(crate::matrix::command::matrix(&args)),
        Command::Fleet(args) => crate::fleet::command::fleet(&args),
        Command::Airtime(args) => crate::airtime::command::airtime(&args),
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

/// Prints help where that was asked for, else what is wrong with the command line, in one line.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe is nobody's error.
        let _ = error.print();
        return Exit::Done.into();
    }
    let text = error.to_string();
    let first: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    anstream::eprintln!("{}", first.join(" "));
    Exit::Usage.into()
}
