//! The driver on an emulated BG95, with the platform stand-in behind it.

mod bench;
mod happy;
#[path = "../../../../examples/host/src/scene.rs"]
mod scene;
