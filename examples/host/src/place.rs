//! Where the platform is, and whose certificate it has to show.

use std::path::Path;

use wanlink_core::{Plain, Root, Tls, TooLong, Trust};
use wanlink_transports::registration::{AuthType, MqttRequest, https_host};
use wanlink_transports::roots::{self, RootName};
use wanlink_transports::{Endpoint, https};

use crate::cli::{ConnectArgs, IdentityArgs, PathArg, RegisterArg, Usage};
use crate::cure;
use crate::failure::Failure;

impl IdentityArgs {
    /// The platform's own broker.
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
    /// Where the path of the command line leads.
    pub(crate) fn place<'a>(&'a self, authority: &'a Authority) -> Result<Place<'a>, Usage> {
        match self.path {
            PathArg::Https => self.posts(authority).map(Place::Https),
            PathArg::Mqtt | PathArg::Tcp | PathArg::Native => Ok(self.broker(authority.root_or(roots::ALIYUN_IOT))),
        }
    }

    /// The broker, which has to prove itself to `root` unless it is to be plain.
    fn broker<'a>(&'a self, root: Root<'a>) -> Place<'a> {
        match (&self.mqtt_host, self.identity.place()) {
            (Some(to), Place::Plain(_)) => Place::Plain(Endpoint::custom(&to.host, to.port, Plain)),
            (Some(to), _) => Place::Tls(Endpoint::custom(&to.host, to.port, Tls::verified(root))),
            (None, Place::Tls(endpoint)) => Place::Tls(endpoint.with_trust(Trust::Root(root))),
            (None, place) => place,
        }
    }

    /// The server that takes posts.
    fn posts<'a>(&'a self, authority: &'a Authority) -> Result<https::Endpoint<'a>, Usage> {
        let root = authority.root_or(roots::GLOBALSIGN_R6);
        if let Some(to) = &self.http_host {
            return Ok(https::Endpoint::custom(&to.host, to.port, Tls::verified(root)));
        }
        let endpoint = match &self.identity.instance {
            Some(id) => https::Endpoint::instance(id),
            None => https::Endpoint::public(self.identity.posts_in()?),
        };
        Ok(endpoint.with_trust(Trust::Root(root)))
    }

    /// Where the device registers. Over MQTT that is the broker, always inside TLS.
    pub(crate) fn desk<'a>(&'a self, way: RegisterArg, authority: &'a Authority) -> Result<Desk<'a>, Usage> {
        let IdentityArgs { region, instance, .. } = &self.identity;
        let auth = match way {
            RegisterArg::Https => {
                let tls = Tls::verified(authority.root_or(roots::GLOBALSIGN_R6));
                let (host, port) = match &self.register.register_host {
                    Some(to) => (to.host.clone(), to.port),
                    None => (https_host(region.0).as_str().to_owned(), 443),
                };
                return Ok(Desk::Https { host, port, tls });
            }
            RegisterArg::Mqtt => AuthType::Register,
            RegisterArg::MqttNwl => AuthType::Regnwl,
        };
        let root = authority.root_or(roots::ALIYUN_IOT);
        let endpoint = match (&self.register.register_host, self.broker(root), instance) {
            (Some(to), ..) => Endpoint::custom(&to.host, to.port, Tls::verified(root)),
            (None, Place::Tls(endpoint), _) => endpoint,
            (None, _, _) if self.mqtt_host.is_some() => {
                return Err(Usage("--register: over MQTT it is TLS only: give --register-host, too".to_owned()));
            }
            (None, _, Some(id)) => Endpoint::instance(id).with_trust(Trust::Root(root)),
            (None, _, None) => Endpoint::public(region.0).with_trust(Trust::Root(root)),
        };
        let request = MqttRequest::new(auth);
        let request = instance.as_ref().map_or(Ok(request), |id| request.instance(id))?;
        Ok(Desk::Mqtt { endpoint, request })
    }
}

impl IdentityArgs {
    /// The region, if it takes posts.
    fn posts_in(&self) -> Result<https::Region, Usage> {
        let id = self.region.0.id();
        https::Region::ALL.into_iter().find(|region| region.id() == id).ok_or_else(|| {
            let ids = https::Region::ALL.map(https::Region::id);
            Usage(format!("--region {id}: the path https is there in {} only; take --path mqtt or tcp", ids.join(", ")))
        })
    }
}

/// Where a device registers.
#[derive(Debug, Clone)]
pub(crate) enum Desk<'a> {
    /// A server that takes the form.
    Https { host: String, port: u16, tls: Tls<'a> },
    /// A broker that takes a login for it.
    Mqtt { endpoint: Endpoint<'a, Tls<'a>>, request: MqttRequest<'a> },
}

/// Where the platform is, and how the way there is protected.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// A broker, unprotected.
    Plain(Endpoint<'a, Plain>),
    /// A broker behind TLS.
    Tls(Endpoint<'a, Tls<'a>>),
    /// A server that takes posts.
    Https(https::Endpoint<'a>),
}

impl Place<'_> {
    /// The host's name and the port.
    pub(crate) fn address(&self, product_key: &str) -> Result<(String, u16), TooLong> {
        let (host, port) = match self {
            Self::Plain(endpoint) => (endpoint.host(product_key)?, endpoint.port()),
            Self::Tls(endpoint) => (endpoint.host(product_key)?, endpoint.port()),
            Self::Https(endpoint) => (endpoint.host()?, endpoint.port()),
        };
        Ok((host.as_str().to_owned(), port))
    }
}

/// The root to trust, and its name on modules.
pub(crate) enum Authority {
    /// The platform's, which has one for each service.
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

    /// The root of the file, or this one of the platform's.
    pub(crate) fn root_or(&self, platforms: Root<'static>) -> Root<'_> {
        match self {
            Self::Platform => platforms,
            Self::File { pem, name } => Root::new(name.as_str(), pem),
        }
    }
}
