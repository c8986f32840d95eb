//! Whether a CONNECT is one of our devices.

mod client_id;

pub(crate) use client_id::ClientId;

use crate::config::{Config, KeepAlive, Rejection, ReturnCode};
use crate::connection::Peer;
use crate::device::{Credential, Device, DeviceId, Registry};
use crate::endpoint;
use crate::packet::Connect;
use crate::registration::Claim;
use crate::signature::{Content, Method};

/// What an accepted CONNECT established.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) device: DeviceId,
    /// `_ss=1`: system topics come without a SUBSCRIBE.
    pub(crate) auto_subscribe: bool,
    /// `ext` bit 0: RRPC on `/ext/rrpc/`.
    pub(crate) extended_rrpc: bool,
    /// `ext` bit 1: error notices.
    pub(crate) error_notices: bool,
    /// Keep-alive that the server counts with; 0 is off.
    pub(crate) keep_alive_s: u16,
}

impl Login {
    /// Of a device that holds a token.
    pub(crate) fn over_http(device: DeviceId) -> Self {
        Self { device, auto_subscribe: false, extended_rrpc: false, error_notices: false, keep_alive_s: 0 }
    }
}

/// What a CONNECT wants and may have.
pub(crate) enum Admission {
    /// A session.
    Login(Login),
    /// A secret, if its claim is right.
    Registration(Claim),
}

/// What a password has to be.
enum Proof {
    /// A signature.
    Signature(Method),
    /// The device token as it is (facts, section 3.3).
    Token,
}

/// Why not, and how it is said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) rejection: Rejection,
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(rejection: Rejection, reason: impl Into<String>) -> Self {
        Self { rejection, reason: reason.into() }
    }

    pub(crate) fn code(code: ReturnCode, reason: impl Into<String>) -> Self {
        Self::new(Rejection::Code(code), reason)
    }

    pub(crate) fn identifier(reason: impl Into<String>) -> Self {
        Self::code(ReturnCode::IdentifierRejected, reason)
    }
}

/// Checks everything that a CONNECT claims; of a registration, all but the claim itself.
pub(crate) fn check(
    connect: &Connect,
    peer: &Peer,
    config: &Config,
    registry: &Registry,
) -> Result<Admission, Refusal> {
    if let Some(rejection) = config.plain_tcp
        && !peer.tls
    {
        return Err(Refusal::new(rejection, "plain TCP is switched off"));
    }
    let client_id = ClientId::parse(&connect.client_id).map_err(Refusal::identifier)?;
    let proof = match client_id.get("authType") {
        None => Proof::Signature(client_id.check_login(peer, config.check_securemode)?),
        Some("connwl") => {
            client_id.check_token_login(peer)?;
            Proof::Token
        }
        Some(mode) => return Claim::from_connect(connect, &client_id, mode, peer, config).map(Admission::Registration),
    };
    let keep_alive_s = keep_alive(connect.keep_alive_s, config.keep_alive)?;
    let device = identify(connect, peer, config)?;
    let known =
        registry.device(&device).ok_or_else(|| Refusal::new(config.unknown_device, format!("no device {device}")))?;
    check_password(connect, &client_id, &device, known, &proof)?;
    if !known.enabled {
        let reason = format!("device {device} is disabled");
        return Err(Refusal::new(config.disabled_device, reason));
    }
    let ext = client_id.get("ext").and_then(|ext| ext.parse::<u32>().ok());
    Ok(Admission::Login(Login {
        device,
        auto_subscribe: client_id.get("_ss") == Some("1"),
        extended_rrpc: ext.unwrap_or(0) & 1 != 0,
        error_notices: ext.unwrap_or(0) & 2 != 0,
        keep_alive_s,
    }))
}

/// The device that the user name means, if it is served where the CONNECT came in.
pub(crate) fn identify(connect: &Connect, peer: &Peer, config: &Config) -> Result<DeviceId, Refusal> {
    let username = connect.username.as_deref().unwrap_or_default();
    let bad = || Refusal::code(ReturnCode::BadUserNameOrPassword, "user name is not <deviceName>&<productKey>");
    let device = DeviceId::from_username(username).ok_or_else(bad)?;
    if config.check_endpoint {
        endpoint::check_mqtt(peer, &device.product_key, config)
            .map_err(|reason| Refusal::new(config.wrong_endpoint, reason))?;
    }
    Ok(device)
}

fn check_password(
    connect: &Connect,
    client_id: &ClientId<'_>,
    device: &DeviceId,
    known: &Device,
    proof: &Proof,
) -> Result<(), Refusal> {
    let password = connect.password.as_deref().unwrap_or_default();
    let (good, reason) = match proof {
        Proof::Signature(method) => {
            let content = Content {
                client_id: client_id.name,
                device_name: &device.device_name,
                product_key: &device.product_key,
                timestamp: client_id.get("timestamp"),
            };
            let signed = |secret| method.is_signed(secret, &content.text(), password);
            (known.secret().is_some_and(signed), "password is not the signature")
        }
        Proof::Token => {
            let is_ours = matches!(&known.credential, Credential::Token { client_id: name, token }
                if name == client_id.name && token.as_bytes() == password);
            (is_ours, "client id and password are not those of the device token")
        }
    };
    if good { Ok(()) } else { Err(Refusal::code(ReturnCode::BadUserNameOrPassword, reason)) }
}

fn keep_alive(seconds: u16, rule: KeepAlive) -> Result<u16, Refusal> {
    match rule {
        _ if (30..=1200).contains(&seconds) => Ok(seconds),
        KeepAlive::Unchecked => Ok(seconds),
        KeepAlive::Clamp if seconds == 0 => Ok(1200),
        KeepAlive::Clamp => Ok(seconds.clamp(30, 1200)),
        KeepAlive::Refuse(rejection) => {
            let reason = format!("keep-alive of {seconds} s is not within 30..1200 s");
            Err(Refusal::new(rejection, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_alive_bounds() {
        let refuse = KeepAlive::Refuse(Rejection::Close);
        for (seconds, refused, clamped) in
            [(0, true, 1200), (29, true, 30), (30, false, 30), (1200, false, 1200), (1201, true, 1200)]
        {
            assert_eq!(keep_alive(seconds, refuse).is_err(), refused);
            assert_eq!(keep_alive(seconds, KeepAlive::Clamp), Ok(clamped));
            assert_eq!(keep_alive(seconds, KeepAlive::Unchecked), Ok(seconds));
        }
    }
}
