//! What a module reaches here: servers that echo, one with a page, and the platform.

use std::net::{IpAddr, Ipv4Addr};

use wanlink_emulator::{Emulator, PortOptions, PortReader, PortWriter, Profile};
use wanlink_platform::{Config, Limits, Platform, Product};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel};
use wanlink_scene::bench::{Bench, running};
use wanlink_scene::{Scene, Service};

pub(crate) use wanlink_scene::bench::SharedScene;

pub(crate) type Driver<'b> = Quectel<'b, Bg95, PortReader, PortWriter, NoPins>;

/// A server that sends back what it gets.
pub(crate) const ECHO: u16 = 7;
pub(crate) const HTTP: u16 = 80;

pub(crate) const KEY: &str = "a1B2c3D4e5F";
/// The device of the module's own MQTT client, and that of ours.
pub(crate) const DEVICES: [&str; 2] = ["meter-0042", "meter-0043"];
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The address of a name: one that shows whose it is.
pub(crate) fn address(host: &str) -> IpAddr {
    let sum = host.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    IpAddr::V4(Ipv4Addr::from_bits(sum & 0x00ff_ffff | 0x0a00_0000))
}

/// A page of 5,000 bytes that do not repeat.
pub(crate) fn page() -> String {
    (0..1000).map(|line| format!("{line:04}\n")).collect()
}

/// Runs `story` over the driver of a BG95 that is on.
pub(crate) fn run<T>(seed: u64, port: PortOptions, story: impl AsyncFnOnce(Driver<'_>, &SharedScene) -> T) -> T {
    let limits = Limits { connects_per_minute: None, ..Limits::none() };
    let mut platform = Platform::new(Config { limits, ..Config::default() });
    let product =
        DEVICES.iter().fold(Product::new(KEY, "product secret"), |product, name| product.device(name, SECRET));
    platform.add_product(product);
    let mut module = Emulator::new(Profile::bg95(), running(), seed);
    module.slow(20_000);
    let mut scene = Scene::new(module, platform);
    scene.servers.serve(ECHO, Service::Echo);
    scene.servers.serve(HTTP, Service::Page(page().into_bytes()));
    scene.addresses = Box::new(|host| vec![address(host)]);
    Bench::new(scene, port, seed).run(async |reader, writer, scene| {
        let mut buffers = Buffers::<256, 1600, 4096>::new();
        story(Quectel::new(reader, writer, NoPins, &mut buffers), scene).await
    })
}
