//! What is simulated: a model, a path, whether TLS is on it, and whether the device registers first.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use clap::ValueEnum;
use embassy_time::Duration;
use wanlink_core::{Root, Trust};
use wanlink_emulator::Profile;
use wanlink_transports::roots::{self, RootName};
use wanlink_transports::{Endpoint, Region, https};

use super::condition::Condition;
use super::{fault, outbox};
use crate::cli::{PathArg, RegisterArg};
use crate::pairing::Pair;
use crate::place::Place;

/// What a device keeps its messages in until they have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Keeps {
    /// An outbox in RAM, which ends with the power
    Ram,
    /// An outbox in NOR flash
    Flash,
}

/// A model on a path.
#[derive(Clone)]
pub struct Rig {
    /// The path's name; `-plain` is without TLS.
    pub path: &'static str,
    pub(crate) pair: Pair,
    is_tls: bool,
    /// How the device comes to its secret, and who does that; it has one from the start without.
    pub(super) register: Option<(RegisterArg, Pair)>,
    /// What its messages go through, if the program does not publish by itself.
    pub(super) outbox: Option<Keeps>,
}

/// All that can be simulated: each model with a driver on each of its paths, with and without TLS where the path has
/// both, and each way to register that the model has.
pub static RIGS: LazyLock<Vec<Rig>> = LazyLock::new(|| Pair::all().flat_map(rigs).collect());

fn rigs(pair: Pair) -> Vec<Rig> {
    let (module, path) = pair.names();
    let rig = |path, is_tls| Rig { path, pair, is_tls, register: None, outbox: None };
    let registering = |path: &'static str, way, over| {
        let with = Pair::find(module, over).ok()?;
        Some(Rig { register: Some((way, with)), ..rig(path, true) })
    };
    let (plain, ways): (_, &[(RegisterArg, PathArg)]) = match path {
        PathArg::Mqtt => (
            Some("mqtt-plain"),
            &[
                (RegisterArg::Https, PathArg::Https),
                (RegisterArg::Mqtt, PathArg::Mqtt),
                (RegisterArg::MqttNwl, PathArg::Mqtt),
            ],
        ),
        PathArg::Tcp => (Some("tcp-plain"), &[(RegisterArg::Mqtt, PathArg::Tcp), (RegisterArg::MqttNwl, PathArg::Tcp)]),
        PathArg::Https => (None, &[(RegisterArg::Https, PathArg::Https)]),
        PathArg::Native => (Some("native-plain"), &[]),
    };
    let name = path.name();
    let registered = ways.iter().filter_map(|&(way, over)| registering(name, way, over));
    [Some(rig(name, true)), plain.map(|path| rig(path, false))].into_iter().flatten().chain(registered).collect()
}

impl Rig {
    /// The same, with a program whose messages go through an outbox.
    #[must_use]
    pub fn with_outbox(&self, keeps: Keeps) -> Self {
        Self { outbox: Some(keeps), ..self.clone() }
    }

    /// This one, and where a device with a secret speaks TLS the same with an outbox of each kind.
    pub fn with_outboxes(&self) -> impl Iterator<Item = Self> {
        let has_more = self.is_tls && !self.registers();
        let more = Keeps::value_variants().iter().filter(move |_| has_more);
        std::iter::once(self.clone()).chain(more.map(|&keeps| self.with_outbox(keeps)))
    }

    /// The model's name.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.pair.names().0.label()
    }

    /// The module that is played.
    pub(crate) fn profile(&self) -> &'static Profile {
        self.pair.names().0.profile()
    }

    /// How the device registers, as on the command line, if it does.
    #[must_use]
    pub fn register(&self) -> Option<String> {
        let way = self.way()?;
        way.to_possible_value().map(|value| value.get_name().to_owned())
    }

    /// What its messages go through, as on the command line, if it has an outbox.
    #[must_use]
    pub fn outbox(&self) -> Option<&'static str> {
        self.outbox.map(|keeps| match keeps {
            Keeps::Ram => "ram",
            Keeps::Flash => "flash",
        })
    }

    pub(super) fn way(&self) -> Option<RegisterArg> {
        self.register.map(|(way, _)| way)
    }

    /// Whether there is anything of this condition to be met.
    #[must_use]
    pub fn meets(&self, condition: Condition) -> bool {
        condition != Condition::Certificate || self.is_tls
    }

    /// Lines that the driver waits for.
    pub(super) fn awaited(&self) -> Vec<&'static str> {
        let all = self.pair.names().0.awaited;
        let own = match self.pair.names().1 {
            PathArg::Mqtt | PathArg::Native => all.mqtt,
            PathArg::Tcp if self.is_tls => all.tls,
            PathArg::Tcp => all.tcp,
            PathArg::Https => all.https,
        };
        let form = if self.way() == Some(RegisterArg::Https) { all.https } else { &[] };
        [fault::AWAITED, own, form].concat()
    }

    /// Where messages go.
    pub(crate) fn place(&self) -> Place<'static> {
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

    /// Where no fact shows that a module compares the name in a certificate with the server's, another one there is no fault
    /// to survive, but what its driver's documentation says.
    pub(super) fn checks_names(&self) -> bool {
        self.pair.names().0.checks_names
    }

    /// Seconds more that a call of the MQTT client may take, since one before it was dropped.
    pub(super) fn of_a_publish_s(&self) -> u64 {
        if self.path == "mqtt" { self.pair.names().0.of_a_publish_s } else { 0 }
    }

    /// Messages are posts.
    pub(super) fn posts(&self) -> bool {
        self.path == "https"
    }

    /// Messages go through a connection that stays.
    pub(crate) fn keeps_session(&self) -> bool {
        !self.posts()
    }

    pub(crate) fn registers(&self) -> bool {
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

    /// The longest payload that its module, and its outbox, take.
    pub(super) fn longest_payload(&self) -> usize {
        let of_outbox = if self.outbox.is_some() { outbox::LONGEST_PAYLOAD } else { usize::MAX };
        self.pair.longest_payload().min(of_outbox)
    }

    /// Whether its module tells that the platform has a message.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.pair.is_acknowledged()
    }

    /// How much longer than others its device may take until all is known to have arrived: what a module only accepted has to
    /// be outlived by its connection, twice.
    pub(super) fn confirmed_after(&self) -> Duration {
        let is_awaited = self.outbox.is_some() && !self.is_acknowledged();
        Duration::from_secs(if is_awaited { 2 * 750 + 60 } else { 0 })
    }

    pub(super) fn has_store(&self) -> bool {
        self.posts() || self.registers()
    }

    /// Something of it outlives a loss of power.
    pub(super) fn has_flash(&self) -> bool {
        self.has_store() || self.outbox == Some(Keeps::Flash)
    }
}

/// As on the command line.
impl fmt::Display for Rig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--module {} --path {}", self.module(), self.path)?;
        self.register().map_or(Ok(()), |way| write!(f, " --register {way}"))?;
        self.outbox().map_or(Ok(()), |keeps| write!(f, " --outbox {keeps}"))
    }
}

/// That of the scene.
pub(super) fn root() -> Root<'static> {
    static NAME: OnceLock<RootName> = OnceLock::new();
    let pem = wanlink_scene::root_pem().as_bytes();
    Root::new(NAME.get_or_init(|| roots::name_of(pem)).as_str(), pem)
}
