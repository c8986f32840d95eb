//! What this program knows of a model.

use std::fmt;

use wanlink_at::driver::{DriverModel, Lack, Service};
use wanlink_emulator::Profile;

use crate::cli::PathArg;
use crate::dialect::{Awaited, Dialect, TlsQuestions};
use crate::pairing::Way;

/// A model with a driver.
#[derive(Clone, Copy)]
pub(crate) struct Module {
    /// The number on the label.
    pub(crate) name: &'static str,
    pub(crate) vendor: &'static str,
    /// Other labels.
    pub(crate) also: &'static [&'static str],
    lacks: &'static [Lack],
    /// What TLS checks.
    pub(crate) checks: &'static str,
    pub(crate) awaited: &'static Awaited,
    pub(crate) checks_names: bool,
    /// See [`Dialect::OF_A_PUBLISH_S`].
    pub(crate) of_a_publish_s: u64,
    pub(crate) tls_questions: TlsQuestions,
    type_name: fn() -> &'static str,
    ways: &'static [Way],
}

impl Module {
    pub(crate) const fn new<M: DriverModel<Family: Dialect>>(ways: &'static [Way]) -> Self {
        Self {
            name: M::NAME,
            vendor: <M::Family as Dialect>::VENDOR,
            also: M::ALSO,
            lacks: M::LACKS,
            checks: <M::Family as Dialect>::CHECKS,
            awaited: <M::Family as Dialect>::AWAITED,
            checks_names: <M::Family as Dialect>::CHECKS_NAMES,
            of_a_publish_s: <M::Family as Dialect>::OF_A_PUBLISH_S,
            tls_questions: <M::Family as Dialect>::TLS_QUESTIONS,
            type_name: std::any::type_name::<M>,
            ways,
        }
    }

    /// The name of its type.
    pub(crate) fn type_name(self) -> &'static str {
        let path = (self.type_name)();
        path.rsplit("::").next().unwrap_or(path)
    }

    pub(crate) const fn ways(self) -> &'static [Way] {
        self.ways
    }

    /// The module that is played for it.
    ///
    /// # Panics
    /// No module of this name is emulated; a test looks at all of them.
    pub(crate) fn profile(self) -> &'static Profile {
        let is_it = |profile: &&Profile| profile.name.eq_ignore_ascii_case(self.name);
        Profile::all().find(is_it).expect("each driver has an emulated module")
    }

    /// As it is written on the command line.
    pub(crate) fn label(self) -> &'static str {
        self.profile().name
    }

    /// Why it does not take this path, if it does not.
    pub(crate) fn lack(self, path: PathArg) -> Option<&'static str> {
        let services: &[Service] = match path {
            PathArg::Mqtt => &[Service::Mqtt],
            PathArg::Tcp => &[Service::TcpSocket, Service::TlsSocket],
            PathArg::Https => &[Service::Https],
            PathArg::Native => &[Service::Aliyun],
        };
        self.lacks.iter().find(|(lacking, _)| services.contains(lacking)).map(|&(_, why)| why)
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Module {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
