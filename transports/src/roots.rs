//! Root certificates of the platform's servers (aliyun-iot, 2), and the name of any other.
//!
//! A program links those that its endpoints name, and no other. Roots end, and the platform changes them: a product that
//! lives for ten years has to be able to replace its own.

use wanlink_core::Root;

use crate::sign::{put_hex, sha256_head};
use crate::text::Text;

/// Aliyun IoT Root CA, of port 8883: the one to take. It ends 2053-07-04.
pub const ALIYUN_IOT: Root<'static> = Root::new("wl-24452467.pem", include_bytes!("roots/aliyun-iot-root-ca.pem"));

/// GlobalSign Root CA (R1), of ports 1883 and 443. **It ends 2028-01-28**: a device that knows no other root cannot
/// connect afterwards.
pub const GLOBALSIGN_R1: Root<'static> = Root::new("wl-df688419.pem", include_bytes!("roots/globalsign-root-r1.pem"));

/// GlobalSign Root CA (R6), of the HTTPS servers. It ends 2034-12-10.
pub const GLOBALSIGN_R6: Root<'static> = Root::new("wl-5ff8425b.pem", include_bytes!("roots/globalsign-root-r6.pem"));

/// The name that a root of this content goes by on modules: `wl-`, the first 8 hexadecimal digits of the content's
/// SHA-256, and `.pem`.
///
/// For a root that is read when the program runs. The name of a constant is written out, and checked by a test:
///
/// ```
/// use wanlink_core::{Root, Trust};
/// use wanlink_transports::{Endpoint, Region, roots};
/// # fn read() -> Vec<u8> { roots::GLOBALSIGN_R1.pem().to_vec() }
/// let pem = read();
/// let name = roots::name_of(&pem);
/// let endpoint = Endpoint::public(Region::Shanghai).with_trust(Trust::Root(Root::new(name.as_str(), &pem)));
/// # assert_eq!(name.as_str(), "wl-df688419.pem");
/// ```
#[must_use]
pub fn name_of(pem: &[u8]) -> RootName {
    let mut name = Text::new();
    // Fifteen bytes, for which there is room.
    let _ = name.push_str("wl-");
    put_hex(sha256_head(pem), name.as_mut_view());
    let _ = name.push_str(".pem");
    RootName(name)
}

/// The name of a root; see [`name_of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootName(Text<15>);

impl RootName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use sha2::{Digest, Sha256};

    use super::*;

    /// With the certificates' fingerprints and last days (aliyun-iot, 2; data of the platform's own SDK).
    const ALL: [(Root<'static>, &str, &str); 3] = [
        (ALIYUN_IOT, "7ca438a3976b5242d231f861499822da855831382735836b361e7e9715661676", "20530704"),
        (GLOBALSIGN_R1, "ebd41040e4bb3ec742c9e381d31ef2a41a48b6685c96e7cef3c1df6cd4331c99", "20280128"),
        (GLOBALSIGN_R6, "2cabeafe37d06ca22aba7391c0033d25982952c453647349763a3ab5ad6ccf69", "20341210"),
    ];

    #[test]
    fn names_are_those_of_the_contents() {
        for (root, ..) in ALL {
            assert_eq!(root.name(), name_of(root.pem()).as_str());
            let mut other = root.pem().to_vec();
            other[100] ^= 1;
            assert_ne!(root.name(), name_of(&other).as_str());
        }
        assert_eq!(name_of(b"").as_str(), "wl-e3b0c442.pem");
    }

    #[test]
    fn contents_are_the_certificates_that_they_are_said_to_be() {
        for (root, fingerprint, last_day) in ALL {
            let der = der(root.pem());
            let digits: String = Sha256::digest(&der).iter().map(|byte| std::format!("{byte:02x}")).collect();
            assert_eq!((digits.as_str(), last_day_of(&der).as_str()), (fingerprint, last_day));
        }
    }

    /// A module that takes lines of PEM wants them as OpenSSL writes them.
    #[test]
    fn contents_are_plain_pem() {
        for (root, ..) in ALL {
            let text = core::str::from_utf8(root.pem()).unwrap();
            assert!(
                text.starts_with("-----BEGIN CERTIFICATE-----\n") && text.ends_with("\n-----END CERTIFICATE-----\n")
            );
            assert!(text.lines().all(|line| (1..=64).contains(&line.len())) && !text.contains('\r'));
        }
    }

    fn der(pem: &[u8]) -> Vec<u8> {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let text = core::str::from_utf8(pem).unwrap();
        let body = text.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes).filter(|&byte| byte != b'=');
        let (mut der, mut bits, mut held) = (Vec::new(), 0u32, 0);
        for byte in body {
            bits = bits << 6 | DIGITS.iter().position(|&digit| digit == byte).unwrap() as u32;
            held += 6;
            if held >= 8 {
                held -= 8;
                der.push((bits >> held) as u8);
            }
        }
        der
    }

    /// Year, month and day of the certificate's `notAfter` (RFC 5280, 4.1).
    fn last_day_of(der: &[u8]) -> String {
        let certificate = element(der).1;
        let mut fields = element(certificate).1;
        // Version, serial number, signature and issuer stand before the validity.
        for _ in 0..4 {
            fields = element(fields).2;
        }
        let (_, _, not_after) = element(element(fields).1);
        let (tag, time, _) = element(not_after);
        let text = core::str::from_utf8(time).unwrap();
        match tag {
            // GeneralizedTime, with four digits of the year.
            0x18 => text[..8].into(),
            // UTCTime, with two.
            0x17 => std::format!("20{}", &text[..6]),
            _ => panic!("{tag:#x} is no time"),
        }
    }

    /// Tag and content of the first element, and what stands behind it.
    fn element(der: &[u8]) -> (u8, &[u8], &[u8]) {
        let (head, length) = match der[1] {
            short @ 0..=0x7F => (2, usize::from(short)),
            0x81 => (3, usize::from(der[2])),
            0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
            long => panic!("{long:#x} is no length of a certificate"),
        };
        let (content, rest) = der[head..].split_at(length);
        (der[0], content, rest)
    }
}
