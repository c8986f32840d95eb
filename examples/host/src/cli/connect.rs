//! Options of `wanlink connect`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use wanlink_core::Qos;

use super::identity::IdentityArgs;
use super::register::RegisterArgs;
use super::{PathArg, Secret};
use crate::models::Module;
use crate::port::PortArg;

/// How to connect, and what to do then.
///
/// Until it was on line once, the first failure ends the program and says why; afterwards everything heals that can.
/// Without --count, --receive and --for-s it publishes once, or with only --subscribe listens until interrupted.
#[derive(Debug, Args)]
pub(crate) struct ConnectArgs {
    /// Serial port of the module: path of a tty, or tcp:HOST:PORT
    #[arg(long, value_name = "PORT")]
    pub(crate) port: PortArg,
    /// Rate of the serial port, in bits per second
    #[arg(long, default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(50..=4_000_000))]
    pub(crate) baud: u32,
    /// Model of the module
    #[arg(long, value_enum)]
    pub(crate) module: Module,
    /// Connection path
    #[arg(long)]
    pub(crate) path: PathArg,
    /// The device; --device-name @imei or @iccid takes the number that the module reads
    #[command(flatten)]
    pub(crate) identity: IdentityArgs,
    /// Broker, instead of the platform's own host and port
    #[arg(long, value_name = "HOST:PORT", value_parser = host_port)]
    pub(crate) mqtt_host: Option<HostPort>,
    /// Server that takes the posts of --path https, instead of the platform's own host and port
    #[arg(long, value_name = "HOST:PORT", value_parser = host_port)]
    pub(crate) http_host: Option<HostPort>,
    #[command(flatten)]
    pub(crate) register: RegisterArgs,
    /// File with the root certificate, in PEM, instead of the platform's own
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Access point name
    #[arg(long, value_name = "A", default_value = "cmiot", value_parser = apn)]
    pub(crate) apn: String,
    /// PIN of the SIM; it is sent once, and never again when the SIM refused it
    #[arg(long, value_name = "P", env = "WANLINK_PIN", hide_env_values = true)]
    pub(crate) pin: Option<Secret>,
    /// Subscribe; a topic that begins with `/` is whole, any other stands below /productKey/deviceName/. Nothing comes
    /// down the path https
    #[arg(long, value_name = "TOPIC")]
    pub(crate) subscribe: Vec<String>,
    /// Publish TEXT on TOPIC; `{seq}` in TEXT is the number of the message, from 1
    #[arg(long, value_name = "TOPIC=TEXT")]
    pub(crate) publish: Vec<PublishArg>,
    /// Rounds of all --publish
    #[arg(long, value_name = "N", requires = "publish", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: Option<u32>,
    /// Time from one round to the next, in milliseconds
    #[arg(long, value_name = "M", default_value_t = 1000)]
    pub(crate) interval_ms: u64,
    /// Quality of service of --publish
    #[arg(long, default_value = "1")]
    pub(crate) qos: QosArg,
    /// End after so many messages were received, and all rounds are published
    #[arg(long, value_name = "N", requires = "subscribe", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) receive: Option<u32>,
    /// End after so many seconds; exit code 5 if --count or --receive are not done by then
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub(crate) for_s: Option<u64>,
    /// Write the bytes of the serial port to this file, secrets redacted; `wanlink replay` plays it
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPort {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// 3GPP TS 23.003, 9.1: at most 100 bytes. A quote would end it in a command.
pub(super) fn apn(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
        return Err("an access point name has 1 to 100 letters, digits, dots and hyphens");
    }
    Ok(text.to_owned())
}

pub(super) fn host_port(text: &str) -> Result<HostPort, &'static str> {
    const FORM: &str = "not of the form HOST:PORT";
    let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match port.parse() {
        Ok(port) if !host.is_empty() && port != 0 => Ok(HostPort { host: host.to_owned(), port }),
        _ => Err(FORM),
    }
}

/// A topic and what to publish on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishArg {
    pub(crate) topic: String,
    text: String,
}

impl PublishArg {
    /// The text of the message with this number.
    pub(crate) fn text(&self, seq: u32) -> String {
        self.text.replace("{seq}", &seq.to_string())
    }
}

impl FromStr for PublishArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((topic, text)) if !topic.is_empty() => Ok(Self { topic: topic.to_owned(), text: text.to_owned() }),
            _ => Err("not of the form TOPIC=TEXT"),
        }
    }
}

/// Qualities of service that the platform has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QosArg {
    /// Sent once, perhaps lost
    #[value(name = "0")]
    AtMostOnce,
    /// Acknowledged, perhaps repeated
    #[value(name = "1")]
    AtLeastOnce,
}

impl From<QosArg> for Qos {
    fn from(qos: QosArg) -> Self {
        match qos {
            QosArg::AtMostOnce => Self::AtMostOnce,
            QosArg::AtLeastOnce => Self::AtLeastOnce,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_to_publish() {
        let publish: PublishArg = "user/update={\"n\":{seq},\"a\"=1}".parse().unwrap();
        assert_eq!((publish.topic.as_str(), publish.text(7).as_str()), ("user/update", "{\"n\":7,\"a\"=1}"));
        assert!("=text".parse::<PublishArg>().is_err() && "topic".parse::<PublishArg>().is_err());
    }

    #[test]
    fn hosts_with_ports() {
        let expected = |host: &str| Ok(HostPort { host: host.to_owned(), port: 1883 });
        assert_eq!(host_port("broker.example:1883"), expected("broker.example"));
        assert_eq!(host_port("[::1]:1883"), expected("::1"));
        for bad in ["broker", "broker:", "broker:0", ":1883", "broker:65536"] {
            assert!(host_port(bad).is_err(), "{bad}");
        }
    }
}
