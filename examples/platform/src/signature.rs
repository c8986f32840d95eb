//! Signatures, checked with code that shares nothing with the device side.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;

/// `signmethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    HmacMd5,
    HmacSha1,
    HmacSha256,
}

impl Method {
    /// By its name in a client identifier or in the body of an HTTPS login. The plain `sha256` of older pages has no published formula: unknown here.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "hmacmd5" => Some(Self::HmacMd5),
            "hmacsha1" => Some(Self::HmacSha1),
            "hmacsha256" => Some(Self::HmacSha256),
            _ => None,
        }
    }

    /// Whether `hex` is this content's signature in hexadecimal digits of either case.
    pub(crate) fn is_signed(self, secret: &str, content: &str, hex: &[u8]) -> bool {
        let signature = self.sign(secret, content);
        signature.is_some() && signature == from_hex(hex)
    }

    pub(crate) fn sign(self, secret: &str, content: &str) -> Option<Vec<u8>> {
        match self {
            Self::HmacMd5 => mac::<Hmac<Md5>>(secret, content),
            Self::HmacSha1 => mac::<Hmac<Sha1>>(secret, content),
            Self::HmacSha256 => mac::<Hmac<Sha256>>(secret, content),
        }
    }
}

fn mac<M: Mac + KeyInit>(secret: &str, content: &str) -> Option<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(content.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

/// What is signed in a login, by MQTT and by HTTPS (facts, sections 1.1 and 4).
pub(crate) struct Content<'a> {
    /// Only the part before the first `|`.
    pub(crate) client_id: &'a str,
    pub(crate) device_name: &'a str,
    pub(crate) product_key: &'a str,
    /// Present if and only if the client identifier lists one, with the same characters.
    pub(crate) timestamp: Option<&'a str>,
}

impl Content<'_> {
    pub(crate) fn text(&self) -> String {
        let mut text =
            format!("clientId{}deviceName{}productKey{}", self.client_id, self.device_name, self.product_key);
        if let Some(timestamp) = self.timestamp {
            text += "timestamp";
            text += timestamp;
        }
        text
    }
}

/// What is signed in a dynamic registration, with the product's secret (facts, section 3).
pub(crate) fn registration_content(device_name: &str, product_key: &str, random: &str) -> String {
    format!("deviceName{device_name}productKey{product_key}random{random}")
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_chunks::<2>() else {
        return None;
    };
    pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &Content<'_>, secret: &str, method: &str, hex: &str) {
        check_text(&content.text(), secret, method, hex);
    }

    fn check_text(content: &str, secret: &str, method: &str, hex: &str) {
        let method = Method::from_name(method).expect("a known method");
        assert!(method.is_signed(secret, content, hex.to_lowercase().as_bytes()));
        assert!(method.is_signed(secret, content, hex.to_uppercase().as_bytes()));
        assert!(!method.is_signed("other", content, hex.as_bytes()));
        assert!(!method.is_signed(secret, content, &hex.as_bytes()[1..]));
        assert!(!method.is_signed(secret, content, &hex.as_bytes()[2..]));
        assert!(!method.is_signed(secret, content, b""));
    }

    const PAGE: Content<'_> =
        Content { client_id: "12345", device_name: "device", product_key: "pk", timestamp: Some("789") };

    #[test]
    fn content_is_glued_in_key_order() {
        let text = "clientId12345deviceNamedeviceproductKeypktimestamp789";
        assert_eq!(PAGE.text(), text);
    }

    #[test]
    fn golden_1_of_the_connection_page() {
        for (method, hex) in [
            ("hmacsha1", "FAFD82A3D602B37FB0FA8B7892F24A477F851A14"),
            ("hmacmd5", "14b198324fe55e1d3c88f2e705e201ee"),
            ("hmacsha256", "6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57"),
        ] {
            check(&PAGE, "secret", method, hex);
        }
    }

    #[test]
    fn golden_1_without_timestamp() {
        let content = Content { timestamp: None, ..PAGE };
        for (method, hex) in [
            ("hmacmd5", "2ce7304ec0ddd548eb1492d65ac0b334"),
            ("hmacsha1", "3504e4df7ce4766d30f796ee973c9ce7fc5425cb"),
            ("hmacsha256", "c8cb3dcb7159682438e5fd9a9c34f398e41bb8edb6f222795e307bafee151090"),
        ] {
            check(&content, "secret", method, hex);
        }
    }

    #[test]
    fn golden_2_of_a_live_log() {
        let content = Content {
            client_id: "868488076506128",
            device_name: "868488076506128",
            product_key: "k1hipglLdjU",
            timestamp: None,
        };
        let secret = "fef32adf6dad46c2c7cbf335d3a7b021";
        check(&content, secret, "hmacmd5", "0f655b12adf519b9a7a2b0a990f398b6");
    }

    #[test]
    fn golden_3_in_the_form_of_the_console() {
        let content = Content {
            client_id: "a1ABCDEFGHI.Temperature01",
            device_name: "Temperature01",
            product_key: "a1ABCDEFGHI",
            timestamp: Some("1719973767245"),
        };
        let hex = "befb8c5743a7d6b7d1d655784f3571fd7b17c67484aaef770cbb01ed4bcb14da";
        check(&content, "0123456789abcdef0123456789abcdef", "hmacsha256", hex);
    }

    #[test]
    fn golden_4_in_the_form_of_the_c_sdk() {
        let content = Content {
            client_id: "a1X2bEnP82z.example1",
            device_name: "example1",
            product_key: "a1X2bEnP82z",
            timestamp: Some("2524608000000"),
        };
        let hex = "b8ce8f1d706dd3c61d13bfd9855def7e321b785084ca9c93f0169a2b46785dd2";
        check(&content, "ga7XA6KdlEeiPXQPpRbAjOZXwG8ydgSe", "hmacsha256", hex);
    }

    #[test]
    fn golden_5_a_registration_in_a_live_log() {
        let content = registration_content("868488076506128", "k1hipglLdjU", "123456");
        check_text(&content, "8LQwOYSZMwp3DFBd", "hmacmd5", "20558baadb2a0b04847767980f0ee67b");
    }

    #[test]
    fn golden_6_the_registration_of_the_official_guide() {
        let content = registration_content("Example_dyn1", "a1ExpAkj9Hi", "7y4Jg5xdKCy9W2i");
        let hex = "d3b560d5be0c9c19749470e85d912b65685fa4b20edcbd179ccfe98fcca23d5e";
        check_text(&content, "ffFnFlKQW3HYjjPR", "hmacsha256", hex);
    }

    #[test]
    fn plain_sha256_is_not_a_method() {
        assert_eq!(Method::from_name("sha256"), None);
    }
}
