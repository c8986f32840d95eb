//! Shows the linker where `memory.x` and `device.x` are.

fn main() {
    let folder = env!("CARGO_MANIFEST_DIR");
    println!("cargo:rustc-link-search={folder}");
    println!("cargo:rerun-if-changed=memory.x");
    println!("cargo:rerun-if-changed=device.x");
}
