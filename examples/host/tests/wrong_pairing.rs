//! A model without an MQTT client cannot be given to the `mqtt` path, and the compiler names the way out.

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = r#"
use wanlink_core::Model;
use wanlink_quectel::{Buffers, NoPins, Quectel, QuectelModel};
use wanlink_transports::{Endpoint, Identity, Region, mqtt};

struct Socketed;

impl Model for Socketed {
    const NAME: &'static str = "Socketed";
    const LINE: u16 = 559;
}

impl QuectelModel for Socketed {
    const KEY_ON_MS: u32 = 500;
    const RESET_MS: u32 = 200;
    const BOOT_DS: u16 = 100;
}

pub fn run(rx: impl embedded_io_async::Read, tx: impl embedded_io_async::Write, identity: &Identity) {
    let mut buffers: Buffers = Buffers::new();
    let mut modem = Quectel::<Socketed, _, _, _>::new(rx, tx, NoPins, &mut buffers);
    let _ = mqtt::Link::new(&mut modem, identity, Endpoint::plain_public(Region::Shanghai));
}
"#;

#[test]
fn the_compiler_names_the_way_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong_pairing");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let path = |name: &str| root.join(name).canonicalize().unwrap().display().to_string();
    let manifest = format!(
        "[package]\nname = \"wrong-pairing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         embedded-io-async = \"0.7\"\nwanlink-core = {{ path = {:?} }}\nwanlink-quectel = {{ path = {:?} }}\n\
         wanlink-transports = {{ path = {:?}, features = [\"mqtt\"] }}\n",
        path("core"),
        path("drivers/quectel"),
        path("transports"),
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/lib.rs"), PROGRAM).unwrap();
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for text in ["`Socketed` has no MQTT client fit for the platform", "take the `tcp` path", "docs/choose-a-path.md"] {
        assert!(errors.contains(text), "no `{text}` in\n{errors}");
    }
}
