//! Where the platform is, and whose certificate it has to show.

use std::path::Path;

use wanlink_core::{Plain, Root, Tls, Trust};
use wanlink_transports::Endpoint;
use wanlink_transports::roots::{self, RootName};

use crate::cli::{ConnectArgs, IdentityArgs};
use crate::cure;
use crate::failure::Failure;

impl IdentityArgs {
    /// The platform's own host without protection.
    pub(crate) fn plain(&self) -> Endpoint<'_, Plain> {
        match &self.instance {
            Some(id) => Endpoint::plain_instance(id),
            None => Endpoint::plain_public(self.region.0),
        }
    }

    /// The platform's own host.
    pub(crate) fn secured(&self) -> Endpoint<'_, Tls<'static>> {
        match &self.instance {
            Some(id) => Endpoint::instance(id),
            None => Endpoint::public(self.region.0),
        }
    }
}

impl ConnectArgs {
    /// The broker without protection.
    pub(crate) fn plain(&self) -> Endpoint<'_, Plain> {
        match &self.mqtt_host {
            Some(place) => Endpoint::custom(&place.host, place.port, Plain),
            None => self.identity.plain(),
        }
    }

    /// The broker, which has to prove itself to `root`.
    pub(crate) fn secured<'a>(&'a self, root: Root<'a>) -> Endpoint<'a, Tls<'a>> {
        match &self.mqtt_host {
            Some(place) => Endpoint::custom(&place.host, place.port, Tls::verified(root)),
            None => self.identity.secured().with_trust(Trust::Root(root)),
        }
    }
}

/// The root to trust, and its name on modules.
pub(crate) enum Authority {
    /// The platform's.
    Platform,
    /// That of a file.
    File { pem: Vec<u8>, name: RootName },
}

impl Authority {
    /// Reads the file, if one is given.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::Platform) };
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), cure::FILE))?;
        if !text.contains("-----BEGIN CERTIFICATE-----") || !text.contains("-----END CERTIFICATE-----") {
            return Err(Failure::new(format!("{shown} holds no certificate in PEM"), cure::FILE));
        }
        // Its name is that of its content, which editors of some systems change at line ends.
        let pem = text.replace("\r\n", "\n").into_bytes();
        let name = roots::name_of(&pem);
        Ok(Self::File { pem, name })
    }

    /// The root.
    pub(crate) fn root(&self) -> Root<'_> {
        match self {
            Self::Platform => roots::ALIYUN_IOT,
            Self::File { pem, name } => Root::new(name.as_str(), pem),
        }
    }
}
