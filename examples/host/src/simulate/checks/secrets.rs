//! Secrets in texts that anybody may read.

use wanlink_platform::{Direction, PacketType};
use wanlink_scene::Scene;

use super::super::account::Account;
use super::super::{DEVICE_SECRET, PIN, PRODUCT_SECRET};
use super::Invariant;

/// What stands in front of a signature.
const SIGN: [&str; 2] = ["\"sign\":\"", "&sign="];

/// The signatures of a request.
fn signatures(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let of =
        |mark: &&str| text.split_once(mark).map(|(_, rest)| rest.split(['"', '&']).next().unwrap_or(rest).to_owned());
    // Shorter ones were cut off.
    SIGN.iter().filter_map(of).filter(|sign| sign.len() >= 64).collect()
}

pub(super) fn check(account: &mut Account, scene: &Scene, texts: &[(&str, &str)]) {
    let entries = scene.platform.record().entries();
    let mut secrets = vec![DEVICE_SECRET.to_owned(), PRODUCT_SECRET.to_owned(), PIN.to_owned()];
    secrets.extend_from_slice(scene.platform.secrets());
    for entry in entries.iter().filter(|entry| entry.direction == Direction::Up) {
        match entry.packet_type() {
            // The password is the last field of the packet: 64 hexadecimal digits, or a token that was given.
            Some(PacketType::Connect) => {
                secrets.extend(entry.raw.last_chunk::<64>().map(|digits| String::from_utf8_lossy(digits).into_owned()));
            }
            Some(PacketType::Request) => secrets.extend(signatures(&entry.raw)),
            _ => {}
        }
    }
    secrets.sort();
    secrets.dedup();
    let lines = String::from_utf8_lossy(&account.driver_trace).into_owned();
    let texts = texts.iter().copied().chain([("the driver's trace", lines.as_str())]);
    for (name, text) in texts {
        if secrets.iter().any(|secret| text.contains(secret)) {
            account.break_now(Invariant::Secrets, format!("a secret is in {name}"));
        }
    }
}
