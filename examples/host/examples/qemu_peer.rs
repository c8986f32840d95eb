//! The other end of the serial port of a firmware that runs in QEMU: a BG95 and the platform, in real time.
//!
//! `qemu_peer SOCKET COUNT` listens on a Unix socket, serves one guest, and tells it to stop after so many
//! publishes. It ends with 0 when they are what stands in the platform's raw list.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use wanlink_emulator::{Emulator, Options, Peer, Profile, Start};
use wanlink_platform::{Config, Platform, Product, Pushed, Qos};
use wanlink_scene::Scene;

/// As in the images.
const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [path, count] = &args[..] else { return usage() };
    let Ok(wanted) = count.parse() else { return usage() };
    match serve(path, wanted, scene()) {
        Ok(count) if count == wanted => ExitCode::SUCCESS,
        Ok(count) => {
            eprintln!("the platform has {count} publishes, {wanted} were expected");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: qemu_peer SOCKET COUNT");
    ExitCode::from(2)
}

fn platform() -> Platform {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, "not used here").device(NAME, SECRET));
    platform
}

/// The images with TLS are built for the root of its kept key.
fn scene() -> Scene {
    // Quick, so that a run takes seconds; the virtual worlds of the tests have the patience.
    // It runs already: the guest's power key is not wired to it.
    let options = Options {
        start: Start::Running,
        registration_us: 300_000,
        activation_us: 100_000,
        functionality_us: 50_000,
        ..Options::default()
    };
    Scene::new(Emulator::new(Profile::bg95(), options, 1), platform())
}

/// Serves one guest until it hangs up; how many publishes there are then.
fn serve(path: &str, wanted: usize, mut scene: Scene) -> std::io::Result<usize> {
    let (mut port, _) = UnixListener::bind(path)?.accept()?;
    port.set_read_timeout(Some(Duration::from_millis(1)))?;
    let start = Instant::now();
    let mut stopped = wanted == 0;
    loop {
        let mut bytes = [0; 256];
        let read = match port.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => 0,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => return Err(error),
        };
        let now_us = start.elapsed().as_micros() as u64;
        scene.input(now_us, &bytes[..read]);
        scene.poll(now_us);
        answer(&mut port, &scene.output())?;
        if !stopped && published(&scene.platform) == wanted {
            stopped = true;
            let topic = format!("/{KEY}/{NAME}/user/get");
            let pushed = scene.platform.push(now_us, KEY, NAME, &topic, b"stop", Qos::AtLeastOnce);
            // One that posts is never on line, and stops by itself.
            assert!(matches!(pushed, Pushed::Sent | Pushed::Offline), "the guest has subscribed {topic}");
        }
    }
    Ok(published(&scene.platform))
}

fn published(platform: &Platform) -> usize {
    platform.record().published(KEY, NAME).count()
}

/// A guest that has just hung up is seen by the next read.
fn answer(port: &mut UnixStream, bytes: &[u8]) -> std::io::Result<()> {
    match port.write_all(bytes) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
