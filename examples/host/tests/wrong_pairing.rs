//! A model cannot be given to a path that it lacks, nor a device token to a connection without TLS, and the compiler names
//! the way out.

use std::path::Path;
use std::process::Command;

/// A model with the markers of `marked`, as the argument of `link`.
fn program(marked: &str, link: &str) -> String {
    format!(
        r#"
#![allow(unused_imports)]
use wanlink_core::{{HasMqtt, HasTcpSocket, Model, MqttLimits, SocketLimits}};
use wanlink_quectel::{{Buffers, NoPins, Quectel, DriverModel, QuectelFamily}};
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::{{Endpoint, Identity, Region, mqtt, native, tcp}};

struct Bare;

impl Model for Bare {{
    const NAME: &'static str = "Bare";
    const LINE: u16 = 559;
}}

impl DriverModel for Bare {{
    type Family = QuectelFamily;
    const KEY_ON_MS: u32 = 500;
    const RESET_MS: u32 = 200;
    const BOOT_DS: u16 = 100;
}}

{marked}

pub fn run(rx: impl embedded_io_async::Read, tx: impl embedded_io_async::Write, identity: &Identity, token: &DeviceToken) {{
    let mut buffers: Buffers = Buffers::new();
    let mut packets: tcp::Buffers = tcp::Buffers::new();
    let mut modem = Quectel::<Bare, _, _, _>::new(rx, tx, NoPins, &mut buffers);
    let _ = (&mut packets, token);
    let _ = {link};
}}
"#
    )
}

/// What the compiler says to these, in a crate each.
fn errors(programs: &[(&str, String)]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong_pairings");
    std::fs::create_dir_all(folder.join("src/bin")).unwrap();
    let path = |name: &str| root.join(name).canonicalize().unwrap().display().to_string();
    let manifest = format!(
        "[package]\nname = \"wrong-pairing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         embedded-io-async = \"0.7\"\nwanlink-core = {{ path = {:?} }}\nwanlink-quectel = {{ path = {:?} }}\n\
         wanlink-transports = {{ path = {:?}, features = [\"mqtt\", \"native\", \"tcp\"] }}\n",
        path("core"),
        path("drivers/quectel"),
        path("transports"),
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for (name, program) in programs {
        std::fs::write(folder.join(format!("src/bin/{name}.rs")), format!("{program}\nfn main() {{}}\n")).unwrap();
    }
    programs.iter().map(|(name, _)| check(&folder, name)).collect()
}

fn check(folder: &Path, name: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--bin", name])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{name} compiles");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_compiler_names_the_way_out() {
    const PLAIN: &str = "tcp::Link::new(&mut modem, identity, Endpoint::plain_public(Region::Shanghai), &mut packets)";
    const TLS: &str = "tcp::Link::new(&mut modem, identity, Endpoint::public(Region::Shanghai), &mut packets)";
    const SOCKETS: &str = "impl HasTcpSocket for Bare { const SOCKETS: SocketLimits = SocketLimits::new(1); }";
    const MQTT: &str = "impl HasMqtt for Bare { const MQTT: MqttLimits = MqttLimits::UNSTATED; }";
    let native = "native::Link::new(&mut modem, identity, Endpoint::public(Region::Shanghai))";
    let mqtt = "mqtt::Link::new(&mut modem, identity, Endpoint::plain_public(Region::Shanghai))";
    let token = PLAIN.replace("identity", "token");
    let programs = [
        ("mqtt", program("", mqtt)),
        ("tcp", program("", PLAIN)),
        ("tls", program(SOCKETS, TLS)),
        ("native", program(MQTT, native)),
        ("token", program(SOCKETS, &token)),
    ];
    let wanted = [
        ["`Bare` has no MQTT client fit for the platform", "take the `tcp` path"],
        ["`Bare` has no TCP sockets that this driver can use", "take the `mqtt` path"],
        ["the sockets of `Bare` have no TLS fit for the platform", "take another path, or write out `Plain`"],
        ["`Bare` does not log in to the platform by itself", "take the `mqtt` path"],
        [
            "`wanlink_transports::registration::DeviceToken` does not log in over `wanlink_core::Plain`",
            "take an endpoint with TLS",
        ],
    ];
    let guides = ["docs/choose-a-path.md"; 4].into_iter().chain(["docs/registration.md"]);
    for ((errors, wanted), guide) in errors(&programs).iter().zip(wanted).zip(guides) {
        for text in wanted.iter().chain(&[guide]) {
            assert!(errors.contains(text), "no `{text}` in\n{errors}");
        }
    }
}
