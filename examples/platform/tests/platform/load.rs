//! A product with a thousand devices, all of them there at once.

use crate::live_bench::{ANY_PORT, Device, Live, patient};
use crate::packets::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use wanlink_platform::live::Listen;
use wanlink_platform::{Config, Direction, Limits, PacketType, Platform, Product, Statistics};

const DEVICES: usize = 1000;
const MESSAGES: u16 = 5;
const KEY: &str = "a1LoadTest1";

fn name(n: usize) -> String {
    format!("meter-{n:04}")
}

fn secret(n: usize) -> String {
    format!("{n:032x}")
}

/// Facts, section 1.1.
fn login(n: usize, securemode: u8) -> Vec<u8> {
    let name = name(n);
    let content = format!("clientId{name}deviceName{name}productKey{KEY}");
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret(n).as_bytes()).expect("any length");
    hmac.update(content.as_bytes());
    let mut connect = Connect::example();
    connect.client_id = format!("{name}|securemode={securemode},signmethod=hmacsha256|");
    connect.username = format!("{name}&{KEY}");
    connect.password = hmac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    connect.bytes()
}

trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// A device takes two open files here, which is more than many systems allow at first.
fn allow_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const WANTED: u64 = 8192;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < WANTED) {
        let raised = maximum.map_or(WANTED, |most| most.min(WANTED));
        setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).expect("up to its maximum");
    }
}

#[test]
fn a_thousand_devices() {
    allow_open_files();
    let mut platform = Platform::new(Config { limits: Limits::none(), ..patient() });
    let product = Product::new(KEY, "");
    platform.add_product((0..DEVICES).fold(product, |product, n| product.device(&name(n), &secret(n))));
    let both = Listen { mqtt: Some(ANY_PORT), mqtts: Some(ANY_PORT), ..Listen::default() };
    let live = Live::bind(platform, both).expect("ports on loopback");

    let config = live.tls_config();
    let mut devices: Vec<_> = (0..DEVICES)
        // Every tenth inside TLS.
        .map(|n| match n % 10 {
            1.. => (3, Device(Box::new(live.plain().0) as Box<dyn Stream>)),
            0 => (2, Device(Box::new(live.tls_with(&config, "localhost").0) as _)),
        })
        .enumerate()
        .map(|(n, (securemode, mut device))| {
            device.send(&login(n, securemode));
            device
        })
        .collect();
    for device in &mut devices {
        device.expect(&connack(0));
    }
    for id in 1..=MESSAGES {
        for (n, device) in devices.iter_mut().enumerate() {
            device.send(&publish1(id, &format!("/{KEY}/{}/user/update", name(n)), &id.to_be_bytes()));
        }
        for device in &mut devices {
            device.expect(&puback(id));
        }
    }
    let (statistics, seen) = live.handle.with(|platform, _| (platform.record().statistics(), published(platform)));
    let messages = DEVICES as u64 * u64::from(MESSAGES);
    let expected = Statistics {
        connections: DEVICES as u64,
        handshakes: DEVICES as u64 / 10,
        logins: DEVICES as u64,
        published: messages,
        published_bytes: 2 * messages,
        acknowledged: messages,
        ..Statistics::default()
    };
    assert_eq!(statistics, expected);
    let all: Vec<_> = (1..=MESSAGES).collect();
    assert_eq!(seen.len(), DEVICES);
    assert!(seen.values().all(|ids| *ids == all));
}

/// The messages of each device, from the raw list.
fn published(platform: &Platform) -> BTreeMap<String, Vec<u16>> {
    let mut seen: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in platform.record().entries() {
        if (entry.direction, entry.packet_type()) == (Direction::Up, Some(PacketType::Publish)) {
            let device = entry.device.as_ref().expect("a device").device_name.clone();
            seen.entry(device).or_default().push(u16::from_be_bytes(entry.payload().try_into().expect("two bytes")));
        }
    }
    seen
}
