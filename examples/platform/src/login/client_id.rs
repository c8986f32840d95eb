//! The client identifier of a CONNECT.

use super::Refusal;
use crate::connection::Peer;
use crate::signature::Method;
use std::collections::BTreeMap;

/// `<name>|k=v,...|` (facts, sections 1.1 and 1.2).
pub(crate) struct ClientId<'a> {
    /// What stands before the first `|`.
    pub(crate) name: &'a str,
    items: BTreeMap<&'a str, &'a str>,
}

impl<'a> ClientId<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
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

    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.items.get(key).copied()
    }

    /// The values that count in a login with a signature.
    pub(crate) fn check_login(&self, peer: &Peer, check_securemode: bool) -> Result<Method, Refusal> {
        let (wanted, transport) = match peer.tls {
            true => ("2", "TLS"),
            false => ("3", "plain TCP"),
        };
        let mode = self.securemode(&["2", "3"])?;
        if check_securemode && mode != wanted {
            return Err(Refusal::identifier(format!("securemode={mode} over {transport}")));
        }
        let decimal = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        for key in ["timestamp", "ext"] {
            if self.get(key).is_some_and(|value| !decimal(value)) {
                return Err(Refusal::identifier(format!("{key} is not a number")));
            }
        }
        self.method()
    }

    /// Those that count in a login with a device token (facts, section 3.3).
    pub(crate) fn check_token_login(&self, peer: &Peer) -> Result<(), Refusal> {
        if !peer.tls {
            return Err(Refusal::identifier("a device token over plain TCP"));
        }
        self.securemode(&["-2"]).map(drop)
    }

    pub(crate) fn securemode(&self, known: &[&str]) -> Result<&'a str, Refusal> {
        match self.get("securemode") {
            None => Err(Refusal::identifier("no securemode in the client id")),
            Some(mode) if known.contains(&mode) => Ok(mode),
            Some(mode) => Err(Refusal::identifier(format!("securemode={mode} does not belong here"))),
        }
    }

    pub(crate) fn method(&self) -> Result<Method, Refusal> {
        let name = self.get("signmethod").unwrap_or("hmacmd5");
        Method::from_name(name).ok_or_else(|| Refusal::identifier(format!("signmethod={name} is unknown")))
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
}
