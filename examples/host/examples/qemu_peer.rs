//! The other end of the serial port of a firmware that runs in QEMU: a BG95 and the platform, in real time.
//!
//! `qemu_peer SOCKET COUNT [tls]` listens on a Unix socket, serves one guest, and tells it to stop after so many
//! publishes. It ends with 0 when they are what stands in the platform's raw list.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use wanlink::scene::{Scene, Site};
use wanlink_emulator::{Emulator, Options, Peer, Profile, Start};
use wanlink_platform::tls::{Authority, Certificates, Front};
use wanlink_platform::{Config, Platform, Product, Pushed, Qos};

/// As in the images.
const KEY: &str = "a1B2c3D4e5F";
const NAME: &str = "meter-0042";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const HOST: &str = "a1B2c3D4e5F.iot-as-mqtt.cn-shanghai.aliyuncs.com";

/// The images with TLS are built for the root of this key. It opens nothing else.
const ROOT_KEY: &str = include_str!("../../firmware/mps2/root.key");

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let (path, count, is_tls) = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [path, count] => (path, count, false),
        [path, count, "tls"] => (path, count, true),
        _ => return usage(),
    };
    let Ok(wanted) = count.parse() else { return usage() };
    let served = if is_tls {
        serve(path, wanted, scene(front(platform())), Front::platform_mut)
    } else {
        serve(path, wanted, scene(platform()), |platform| platform)
    };
    match served {
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
    eprintln!("usage: qemu_peer SOCKET COUNT [tls]");
    ExitCode::from(2)
}

fn platform() -> Platform {
    let mut platform = Platform::new(Config::default());
    platform.add_product(Product::new(KEY, "not used here").device(NAME, SECRET));
    platform
}

fn front(platform: Platform) -> Front {
    let utc_s = Options::default().utc_at_start;
    let authority = Authority::of_key("wanlink test root", utc_s, ROOT_KEY).expect("the key is one of Ed25519");
    let certificates = Certificates::signed_by(authority, &Config::default(), &[HOST], utc_s);
    Front::new(platform, certificates.expect("the names are names"))
}

fn scene<S: Site>(site: S) -> Scene<S> {
    // Quick, so that a run takes seconds; the virtual worlds of the tests have the patience.
    // It runs already: the guest's power key is not wired to it.
    let options = Options {
        start: Start::Running,
        registration_us: 300_000,
        activation_us: 100_000,
        functionality_us: 50_000,
        ..Options::default()
    };
    Scene::new(Emulator::new(Profile::bg95(), options, 1), site)
}

/// Serves one guest until it hangs up; how many publishes there are then.
fn serve<S: Site>(
    path: &str,
    wanted: usize,
    mut scene: Scene<S>,
    platform: fn(&mut S) -> &mut Platform,
) -> std::io::Result<usize> {
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
        if !stopped && published(platform(&mut scene.platform)) == wanted {
            stopped = true;
            let topic = format!("/{KEY}/{NAME}/user/get");
            let pushed = platform(&mut scene.platform).push(now_us, KEY, NAME, &topic, b"stop", Qos::AtLeastOnce);
            assert_eq!(pushed, Pushed::Sent, "the guest has subscribed {topic}");
        }
    }
    Ok(published(platform(&mut scene.platform)))
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
