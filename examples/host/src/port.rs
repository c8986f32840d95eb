//! The serial port of a module: a tty, or a TCP connection to whatever has one.

mod halves;
mod tap;
mod tty;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tokio::net::TcpStream;
use wanlink_at::driver::NoPins;

pub(crate) use self::tap::Tap;

use self::halves::{Reader, Writer};
use crate::board::Board;

/// What `--port` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PortArg {
    /// A tty by its path.
    Tty(PathBuf),
    /// `HOST:PORT` of `tcp:HOST:PORT`.
    Tcp(String),
}

impl FromStr for PortArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(address) = text.strip_prefix("tcp:") else {
            return if text.is_empty() { Err("empty") } else { Ok(Self::Tty(text.into())) };
        };
        match address.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(Self::Tcp(address.to_owned())),
            _ => Err("not of the form tcp:HOST:PORT"),
        }
    }
}

impl fmt::Display for PortArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tty(path) => path.display().fmt(f),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

/// Why a port cannot be used, in one line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PortError {
    pub(crate) message: String,
    pub(crate) cure: String,
}

impl PortError {
    fn new(message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { message: message.into(), cure: cure.into() }
    }
}

/// Opens a port that has no power pins; `baud` is for a tty. Reads and writes are told to `tap`.
pub(crate) async fn open(port: &PortArg, baud: u32, tap: &Tap) -> Result<Board, PortError> {
    match port {
        PortArg::Tty(path) => {
            let (reader, writer) = tty::open(path, baud)?;
            Ok(Board::new(Reader::new(reader, tap.clone()), Writer::new(writer, tap.clone()), NoPins))
        }
        PortArg::Tcp(address) => {
            let stream = TcpStream::connect(address.as_str()).await;
            // An AT command is a handful of bytes that the module waits for.
            let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
            let stream = stream.map_err(|error| {
                PortError::new(
                    format!("cannot connect to {address}: {}", reason(&error)),
                    "start what serves the port there, or correct the address",
                )
            })?;
            let (reader, writer) = stream.into_split();
            Ok(Board::new(Reader::new(reader, tap.clone()), Writer::new(writer, tap.clone()), NoPins))
        }
    }
}

/// An error of the system in lower case and without its number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_two_forms() {
        assert_eq!("/dev/ttyUSB0".parse(), Ok(PortArg::Tty("/dev/ttyUSB0".into())));
        assert_eq!("tcp:[::1]:4000".parse(), Ok(PortArg::Tcp("[::1]:4000".into())));
        for bad in ["", "tcp:", "tcp:host", "tcp::1", "tcp:host:65536", "tcp:host:"] {
            assert!(bad.parse::<PortArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn reasons_read_well_in_a_sentence() {
        assert_eq!(reason(&std::io::Error::from_raw_os_error(111)), "connection refused");
    }
}
