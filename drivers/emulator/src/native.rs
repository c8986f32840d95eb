//! The log-in that a module computes by itself, from what its host types once: `aliauth`, `AT+SMALIAUTH`,
//! `AT+SMALIDYNA`. Written from the platform's own rules (aliyun-iot 1.1, 3.2).

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;

use crate::module::command::Parameters;
use crate::module::options::NativeSign;
use crate::module::reply::Refused;

/// Who the device is: product key, device name, and the secret of one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Triple {
    pub(crate) product_key: String,
    pub(crate) device_name: String,
    pub(crate) secret: String,
}

/// What a CONNECT says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Triple {
    /// Reads three texts, of which none may be empty or longer than its limit.
    pub(crate) fn typed(parameters: &Parameters, first: usize, longest: [usize; 3]) -> Result<Self, Refused> {
        let text = |index: usize| {
            let text = parameters.need_text(first + index, longest[index])?;
            String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)
        };
        Ok(Self { product_key: text(0)?, device_name: text(1)?, secret: text(2)? })
    }

    /// As a device that has its secret. Which mode it names "per ssl flag" (quectel-at 2.1).
    pub(crate) fn login(&self, id: &str, tls: bool, method: NativeSign) -> Credentials {
        let Self { product_key, device_name, .. } = self;
        let mode = if tls { 2 } else { 3 };
        self.credentials(
            format!("{id}|securemode={mode},signmethod={}|", method.name()),
            &format!("clientId{id}deviceName{device_name}productKey{product_key}"),
            method,
        )
    }

    /// As a device that registers without having been named before; the secret is the product's (simcom-at 4).
    pub(crate) fn registration(&self, id: &str, random: u32, method: NativeSign) -> Credentials {
        let Self { product_key, device_name, .. } = self;
        self.credentials(
            format!("{id}|securemode=-2,authType=regnwl,random={random},signmethod={}|", method.name()),
            &format!("deviceName{device_name}productKey{product_key}random{random}"),
            method,
        )
    }

    fn credentials(&self, client_id: String, content: &str, method: NativeSign) -> Credentials {
        let Self { product_key, device_name, secret } = self;
        let password = match method {
            NativeSign::HmacMd5 => mac::<Hmac<Md5>>(secret, content),
            NativeSign::HmacSha1 => mac::<Hmac<Sha1>>(secret, content),
            NativeSign::HmacSha256 => mac::<Hmac<Sha256>>(secret, content),
        };
        Credentials { client_id, username: format!("{device_name}&{product_key}"), password }
    }
}

fn mac<M: Mac + KeyInit>(secret: &str, content: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triple() -> Triple {
        let text = str::to_owned;
        Triple { product_key: text("pk"), device_name: text("dn"), secret: text("ds") }
    }

    /// Checked against `openssl dgst -hmac`.
    #[test]
    fn each_method_signs_what_the_platform_wants() {
        for (method, password) in [
            (NativeSign::HmacMd5, "8b3fd8c1b3559d1ca0a071d081630838"),
            (NativeSign::HmacSha1, "4784896d648ceedf02fd2e1dab6351bc62997397"),
            (NativeSign::HmacSha256, "6b6f535ec746256e145d7e7b6834954fb369ed1a98a1934cfe86413cfc5e7374"),
        ] {
            assert_eq!(triple().login("id", true, method).password, password);
        }
    }

    #[test]
    fn the_client_id_tells_how_it_is_signed() {
        let plain = triple().login("id", false, NativeSign::HmacSha1);
        assert_eq!(plain.client_id, "id|securemode=3,signmethod=hmacsha1|");
        assert_eq!(plain.username, "dn&pk");
        let new = triple().registration("pk.dn", 7, NativeSign::HmacSha256);
        assert_eq!(new.client_id, "pk.dn|securemode=-2,authType=regnwl,random=7,signmethod=hmacsha256|");
        assert_eq!(new.password, "3fec2db5702440cd7526ecccedb6338fe0b776bcd5d497e0353dc165d3bd5945");
    }
}
