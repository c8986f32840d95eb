//! Where the platform is, and whose certificate it has to show.

use std::path::Path;

use wanlink_core::{Plain, Root, Tls, TooLong, Trust};
use wanlink_transports::Endpoint;
use wanlink_transports::roots::{self, RootName};

use crate::cli::{ConnectArgs, IdentityArgs};
use crate::cure;
use crate::failure::Failure;

impl IdentityArgs {
    /// The platform's own host.
    pub(crate) fn place(&self) -> Place<'_> {
        match (&self.instance, self.tls.is_on()) {
            (Some(id), false) => Place::Plain(Endpoint::plain_instance(id)),
            (None, false) => Place::Plain(Endpoint::plain_public(self.region.0)),
            (Some(id), true) => Place::Tls(Endpoint::instance(id)),
            (None, true) => Place::Tls(Endpoint::public(self.region.0)),
        }
    }
}

impl ConnectArgs {
    /// The broker, which has to prove itself to `root` unless it is to be plain.
    pub(crate) fn place<'a>(&'a self, root: Root<'a>) -> Place<'a> {
        match (&self.mqtt_host, self.identity.place()) {
            (Some(to), Place::Plain(_)) => Place::Plain(Endpoint::custom(&to.host, to.port, Plain)),
            (Some(to), Place::Tls(_)) => Place::Tls(Endpoint::custom(&to.host, to.port, Tls::verified(root))),
            (None, Place::Tls(endpoint)) => Place::Tls(endpoint.with_trust(Trust::Root(root))),
            (None, plain) => plain,
        }
    }
}

/// Where the broker is, and how the way there is protected.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    Plain(Endpoint<'a, Plain>),
    Tls(Endpoint<'a, Tls<'a>>),
}

impl Place<'_> {
    /// The host's name and the port.
    pub(crate) fn address(&self, product_key: &str) -> Result<(String, u16), TooLong> {
        let (host, port) = match self {
            Self::Plain(endpoint) => (endpoint.host(product_key)?, endpoint.port()),
            Self::Tls(endpoint) => (endpoint.host(product_key)?, endpoint.port()),
        };
        Ok((host.as_str().to_owned(), port))
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
