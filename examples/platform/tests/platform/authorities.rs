//! Authorities that are kept in files.

use crate::bench::{DEVICE, PRODUCT, UPDATE};
use crate::packets::*;
use crate::tls_bench::{START_S, TlsBench, Trust};
use wanlink_platform::Config;
use wanlink_platform::tls::{Authority, Certificates, KeyType};

/// That of the firmware images, of Ed25519.
const ROOT: &str = include_str!("../../../scene/authority/root.pem");
const ROOT_KEY: &str = include_str!("../../../scene/authority/root.key");
/// Made by `openssl req -x509 -newkey rsa:2048`.
const RSA: &str = include_str!("authority/rsa.pem");
const RSA_KEY: &str = include_str!("authority/rsa.key");
/// The same with `-newkey ed25519` and `CA:FALSE`.
const SERVER: &str = include_str!("authority/server.pem");
const SERVER_KEY: &str = include_str!("authority/server.key");

#[test]
fn a_device_with_a_kept_root_is_served() {
    for (root, key) in [(ROOT, ROOT_KEY), (RSA, RSA_KEY)] {
        for key_type in [KeyType::Ed25519, KeyType::EcdsaP256] {
            let authority = Authority::from_pem(root, key, key_type).expect("an authority");
            assert_eq!((authority.root_pem(), authority.key_type()), (root, key_type));
            let certificates = Certificates::signed_by(authority, &Config::default(), &[], START_S).expect("names");
            let mut bench = TlsBench::shaken(&certificates, &Trust::in_root(root), |_| {});
            assert_eq!(bench.error, None);
            assert_eq!(bench.send(&Connect::example().bytes()), connack(0));
            assert_eq!(bench.send(&publish1(1, UPDATE, b"x")), puback(1));
            assert_eq!(bench.front.platform().record().published(PRODUCT, DEVICE).count(), 1);
        }
    }
}

#[test]
fn what_is_no_authority_is_told_without_its_key() {
    for (root, key, why) in [
        (ROOT, RSA_KEY, "the key is not that of the certificate"),
        (RSA, ROOT_KEY, "the key is not that of the certificate"),
        (SERVER, SERVER_KEY, "the certificate is not that of an authority"),
        ("", ROOT_KEY, "there is no certificate in PEM"),
        (ROOT_KEY, ROOT_KEY, "there is no certificate in PEM"),
        (ROOT, "", "there is no key in PEM and PKCS #8"),
        (ROOT, ROOT, "there is no key in PEM and PKCS #8"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ROOT_KEY,
            "the certificate is none of X.509",
        ),
    ] {
        let error = Authority::from_pem(root, key, KeyType::Ed25519).err().expect("an error").to_string();
        assert!(error.starts_with(&format!("certificate cannot be made: {why}")), "{error}");
        assert!(!key.lines().any(|line| line.len() > 20 && error.contains(line)), "{error}");
    }
}
