//! Whether a CONNECT is one of our devices.

use crate::config::{Config, KeepAlive, Rejection, ReturnCode};
use crate::connection::Peer;
use crate::device::{DeviceId, Registry};
use crate::packet::Connect;
use crate::signature::{Content, Method};
use std::collections::BTreeMap;

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

    fn code(code: ReturnCode, reason: impl Into<String>) -> Self {
        Self::new(Rejection::Code(code), reason)
    }

    fn identifier(reason: impl Into<String>) -> Self {
        Self::code(ReturnCode::IdentifierRejected, reason)
    }
}

/// Checks everything that a CONNECT claims.
pub(crate) fn check(connect: &Connect, peer: &Peer, config: &Config, registry: &Registry) -> Result<Login, Refusal> {
    if let Some(rejection) = config.plain_tcp
        && !peer.tls
    {
        return Err(Refusal::new(rejection, "plain TCP is switched off"));
    }
    let client_id = ClientId::parse(&connect.client_id).map_err(Refusal::identifier)?;
    let method = client_id.check(peer, config.check_securemode)?;
    let keep_alive_s = keep_alive(connect.keep_alive_s, config.keep_alive)?;
    let username = connect.username.as_deref().unwrap_or_default();
    let bad = |reason: &str| Refusal::code(ReturnCode::BadUserNameOrPassword, reason);
    let device = DeviceId::from_username(username).ok_or_else(|| bad("user name is not <deviceName>&<productKey>"))?;
    if config.check_endpoint {
        endpoint(peer, &device.product_key, config).map_err(|reason| Refusal::new(config.wrong_endpoint, reason))?;
    }
    let known =
        registry.device(&device).ok_or_else(|| Refusal::new(config.unknown_device, format!("no device {device}")))?;
    let content = Content {
        client_id: client_id.name,
        device_name: &device.device_name,
        product_key: &device.product_key,
        timestamp: client_id.get("timestamp"),
    };
    let password = connect.password.as_deref().unwrap_or_default();
    if !content.is_signed(method, &known.secret, password) {
        return Err(bad("password is not the signature"));
    }
    if !known.enabled {
        let reason = format!("device {device} is disabled");
        return Err(Refusal::new(config.disabled_device, reason));
    }
    let ext = client_id.get("ext").and_then(|ext| ext.parse::<u32>().ok());
    Ok(Login {
        device,
        auto_subscribe: client_id.get("_ss") == Some("1"),
        extended_rrpc: ext.unwrap_or(0) & 1 != 0,
        error_notices: ext.unwrap_or(0) & 2 != 0,
        keep_alive_s,
    })
}

/// `<name>|k=v,...|` (facts, sections 1.1 and 1.2).
struct ClientId<'a> {
    name: &'a str,
    items: BTreeMap<&'a str, &'a str>,
}

impl<'a> ClientId<'a> {
    fn parse(text: &'a str) -> Result<Self, &'static str> {
        let (name, rest) = text.split_once('|').ok_or("no `|` in the client id")?;
        if !(1..=64).contains(&name.chars().count()) {
            return Err("client id before `|` is not of 1 to 64 characters");
        }
        let list = rest.strip_suffix('|').ok_or("client id does not end in `|`")?;
        if list.contains('|') {
            return Err("third `|` in the client id");
        }
        let mut items = BTreeMap::new();
        // The C SDK 4 leaves a comma before the last bar.
        for item in list.strip_suffix(',').unwrap_or(list).split(',') {
            let (key, value) = item.split_once('=').ok_or("item without `=` in the client id")?;
            if key.is_empty() {
                return Err("item without a key in the client id");
            }
            if items.insert(key, value).is_some() {
                return Err("same key twice in the client id");
            }
        }
        Ok(Self { name, items })
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.items.get(key).copied()
    }

    /// The values that the platform itself reads.
    fn check(&self, peer: &Peer, check_securemode: bool) -> Result<Method, Refusal> {
        if self.get("authType").is_some() {
            return Err(Refusal::identifier("authType is not served here"));
        }
        let (wanted, transport) = match peer.tls {
            true => ("2", "TLS"),
            false => ("3", "plain TCP"),
        };
        match self.get("securemode") {
            None => return Err(Refusal::identifier("no securemode in the client id")),
            Some(mode) if !["2", "3"].contains(&mode) => {
                return Err(Refusal::identifier(format!("securemode={mode} is unknown")));
            }
            Some(mode) if check_securemode && mode != wanted => {
                let reason = format!("securemode={mode} over {transport}");
                return Err(Refusal::identifier(reason));
            }
            Some(_) => {}
        }
        let decimal = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        for key in ["timestamp", "ext"] {
            if self.get(key).is_some_and(|value| !decimal(value)) {
                return Err(Refusal::identifier(format!("{key} is not a number")));
            }
        }
        let name = self.get("signmethod").unwrap_or("hmacmd5");
        Method::from_name(name).ok_or_else(|| Refusal::identifier(format!("signmethod={name} is unknown")))
    }
}

/// Section 1.4: 30 to 1200 s.
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

/// Section 2: which host serves this product, and which port is TLS alone.
fn endpoint(peer: &Peer, product_key: &str, config: &Config) -> Result<(), String> {
    if peer.port == Some(8883) && !peer.tls {
        return Err("port 8883 is TLS only".into());
    }
    let Some(host) = peer.host.as_deref() else {
        return Ok(());
    };
    let lower = host.to_ascii_lowercase();
    let of_product =
        |region: &String| lower == format!("{product_key}.iot-as-mqtt.{region}.aliyuncs.com").to_ascii_lowercase();
    let of_instance = |id: &String| lower == format!("{id}.mqtt.iothub.aliyuncs.com");
    let further = |name: &String| lower == name.to_ascii_lowercase();
    if config.regions.iter().any(of_product)
        || config.instances.iter().any(of_instance)
        || config.hosts.iter().any(further)
    {
        Ok(())
    } else {
        Err(format!("{host} does not serve product {product_key}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_ids_of_the_sdks_are_read() {
        for (text, name, items) in [
            ("12345|securemode=3,signmethod=hmacsha1,timestamp=789|", "12345", 3),
            (
                "pk.dn|timestamp=2524608000000,_ss=1,_v=sdk-c-4.2.0,securemode=2,signmethod=hmacsha256,ext=3,|",
                "pk.dn",
                6,
            ),
            ("pk&dn|securemode=3,signmethod=hmacsha1,timestamp=1600000000000,lan=NodeJS,_v=1.2.8|", "pk&dn", 5),
        ] {
            let id = ClientId::parse(text).expect(text);
            assert_eq!((id.name, id.items.len()), (name, items));
        }
    }

    #[test]
    fn malformed_client_ids_are_refused() {
        let long = format!("{}|securemode=2|", "x".repeat(65));
        for text in [
            "",
            "name",
            "|securemode=2|",
            "name|securemode=2",
            "name|securemode=2|x",
            "name|securemode=2||",
            "name||",
            "name|securemode|",
            "name|=2|",
            "name|securemode=2,,|",
            "name|securemode=2,securemode=2|",
            &long,
        ] {
            assert!(ClientId::parse(text).is_err(), "{text}");
        }
    }

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
