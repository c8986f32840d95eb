//! Registration by a CONNECT (facts: `aliyun-iot`, section 3.2).

use super::{Claim, Mode};
use crate::config::Config;
use crate::connection::Peer;
use crate::endpoint;
use crate::login::{self, ClientId, Refusal};
use crate::packet::Connect;

impl Claim {
    /// Checks the form of the client id; `mode` is its `authType`. The keep-alive does not count.
    pub(crate) fn from_connect(
        connect: &Connect,
        client_id: &ClientId<'_>,
        mode: &str,
        peer: &Peer,
        config: &Config,
    ) -> Result<Self, Refusal> {
        let mode = match mode {
            "register" => Mode::Register,
            "regnwl" => Mode::Regnwl,
            other => return Err(Refusal::identifier(format!("authType={other} is unknown"))),
        };
        if !peer.tls {
            return Err(Refusal::identifier("registration over plain TCP"));
        }
        // Sources disagree about which goes with which mode and host: the server takes both.
        client_id.securemode(&["2", "-2"])?;
        let method = client_id.method()?;
        let random = client_id.get("random").filter(|random| !random.is_empty());
        let random = random.ok_or_else(|| Refusal::identifier("no random in the client id"))?.into();
        let device = login::identify(connect, peer, config)?;
        check_place(client_id, mode, peer, config)?;
        let sign = connect.password.clone().unwrap_or_default();
        Ok(Self { device, mode, random, method, sign })
    }
}

/// An instance has to be named at its host, and regnwl is served in few regions.
fn check_place(client_id: &ClientId<'_>, mode: Mode, peer: &Peer, config: &Config) -> Result<(), Refusal> {
    let named = client_id.get("instanceId");
    if named.is_some_and(|id| !config.instances.iter().any(|known| known == id)) {
        return Err(Refusal::identifier("instanceId is unknown"));
    }
    let Some(host) = peer.host.as_deref().map(str::to_ascii_lowercase).filter(|_| config.check_endpoint) else {
        return Ok(());
    };
    if let Some(id) = endpoint::instance(&host)
        && named != Some(id)
    {
        return Err(Refusal::identifier("instanceId is not that of the host"));
    }
    let served = |region| config.registration.regnwl_regions.iter().any(|known| known == region);
    match endpoint::region(&host) {
        Some(region) if mode == Mode::Regnwl && !served(region) => {
            Err(Refusal::new(config.wrong_endpoint, format!("no regnwl in {region}")))
        }
        _ => Ok(()),
    }
}
