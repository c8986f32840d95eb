//! What is simulated: a model, a path, whether TLS is on it, and whether the device registers first. A new one joins
//! with one line.

use std::fmt;
use std::sync::OnceLock;

use clap::ValueEnum as _;
use wanlink_core::{Root, Trust};
use wanlink_emulator::Profile;
use wanlink_transports::roots::{self, RootName};
use wanlink_transports::{Endpoint, Region, https};

use super::fault;
use crate::cli::RegisterArg;
use crate::pairing::Pair;
use crate::place::Place;

/// A model on a path.
pub struct Rig {
    /// The model's name.
    pub module: &'static str,
    /// The path's name; `-plain` is without TLS.
    pub path: &'static str,
    pub(super) profile: fn() -> &'static Profile,
    pub(super) pair: Pair,
    is_tls: bool,
    /// How the device comes to its secret, and who does that; it has one from the start without.
    pub(super) register: Option<(RegisterArg, Pair)>,
    /// Lines that the driver waits for on this path.
    awaited: &'static [&'static str],
}

const MQTT: &[&str] = &["+QMTPUB:", "+QMTSUB:", "+QMTOPEN:", "+QMTCONN:", "+QMTRECV:", "+QMTSTAT:"];
const TCP: &[&str] = &["+QIOPEN:", "+QIURC: \"recv\"", "+QIURC: \"closed\"", "+QIRD:", "SEND OK", "SEND FAIL"];
const TLS: &[&str] =
    &["+QSSLOPEN:", "+QSSLURC: \"recv\"", "+QSSLURC: \"closed\"", "+QSSLRECV:", "SEND OK", "SEND FAIL"];
const HTTPS: &[&str] = &["CONNECT", "+QHTTPPOST:", "+QHTTPREAD:"];

/// All that can be simulated.
pub const RIGS: &[Rig] = &[
    bg95("mqtt", Pair::Bg95Mqtt, MQTT),
    bg95("mqtt-plain", Pair::Bg95Mqtt, MQTT).plain(),
    bg95("tcp", Pair::Bg95Tcp, TLS),
    bg95("tcp-plain", Pair::Bg95Tcp, TCP).plain(),
    bg95("https", Pair::Bg95Https, HTTPS),
    bg95("https", Pair::Bg95Https, HTTPS).registering(RegisterArg::Https, Pair::Bg95Https),
    bg95("mqtt", Pair::Bg95Mqtt, MQTT).registering(RegisterArg::Https, Pair::Bg95Https),
    bg95("mqtt", Pair::Bg95Mqtt, MQTT).registering(RegisterArg::Mqtt, Pair::Bg95Mqtt),
    bg95("mqtt", Pair::Bg95Mqtt, MQTT).registering(RegisterArg::MqttNwl, Pair::Bg95Mqtt),
    bg95("tcp", Pair::Bg95Tcp, TLS).registering(RegisterArg::Mqtt, Pair::Bg95Tcp),
    bg95("tcp", Pair::Bg95Tcp, TLS).registering(RegisterArg::MqttNwl, Pair::Bg95Tcp),
];

/// With TLS, and a secret of its own.
const fn bg95(path: &'static str, pair: Pair, awaited: &'static [&'static str]) -> Rig {
    Rig { module: "bg95", path, profile: Profile::bg95, pair, is_tls: true, register: None, awaited }
}

impl Rig {
    const fn plain(self) -> Self {
        Self { is_tls: false, ..self }
    }

    const fn registering(self, way: RegisterArg, pair: Pair) -> Self {
        Self { register: Some((way, pair)), ..self }
    }

    /// How the device registers, as on the command line, if it does.
    #[must_use]
    pub fn register(&self) -> Option<String> {
        let way = self.way()?;
        way.to_possible_value().map(|value| value.get_name().to_owned())
    }

    pub(super) fn way(&self) -> Option<RegisterArg> {
        self.register.map(|(way, _)| way)
    }

    /// Lines that the driver waits for.
    pub(super) fn awaited(&self) -> Vec<&'static str> {
        let form = if self.way() == Some(RegisterArg::Https) { HTTPS } else { &[] };
        [fault::AWAITED, self.awaited, form].concat()
    }

    /// Where messages go.
    pub(super) fn place(&self) -> Place<'static> {
        let trust = Trust::Root(root());
        match (self.posts(), self.is_tls) {
            (true, _) => Place::Https(https::Endpoint::public(https::Region::Shanghai).with_trust(trust)),
            (false, true) => Place::Tls(Endpoint::public(Region::Shanghai).with_trust(trust)),
            (false, false) => Place::Plain(Endpoint::plain_public(Region::Shanghai)),
        }
    }
}

/// What can go wrong there.
impl Rig {
    pub(super) const fn any(&self) -> bool {
        true
    }

    /// Messages are posts.
    pub(super) fn posts(&self) -> bool {
        self.path == "https"
    }

    /// Messages go through a connection that stays.
    pub(super) fn keeps_session(&self) -> bool {
        !self.posts()
    }

    pub(super) fn registers(&self) -> bool {
        self.register.is_some()
    }

    pub(super) fn speaks_https(&self) -> bool {
        self.posts() || self.way() == Some(RegisterArg::Https)
    }

    /// What registration gives comes as a message.
    pub(super) fn is_pushed(&self) -> bool {
        matches!(self.way(), Some(RegisterArg::Mqtt | RegisterArg::MqttNwl))
    }

    /// Some of its connections are there for one request.
    pub(super) fn is_short(&self) -> bool {
        self.posts() || self.registers()
    }

    pub(super) fn has_store(&self) -> bool {
        self.posts() || self.registers()
    }
}

/// As on the command line.
impl fmt::Display for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--module {} --path {}", self.module, self.path)?;
        self.register().map_or(Ok(()), |way| write!(f, " --register {way}"))
    }
}

/// That of the scene.
pub(super) fn root() -> Root<'static> {
    static NAME: OnceLock<RootName> = OnceLock::new();
    let pem = wanlink_scene::root_pem().as_bytes();
    Root::new(NAME.get_or_init(|| roots::name_of(pem)).as_str(), pem)
}
