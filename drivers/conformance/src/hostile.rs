//! Hostile modules: the property that the fuzz targets of the drivers have, over drawn bytes and over the kept inputs of
//! the target of the same name.

mod check;

pub use check::{Begun, Held, Service, check, https, module, mqtt, sockets};

use std::fs;
use std::path::Path;

use wanlink_at::driver::{DriverModel, ErrorOf};
use wanlink_emulator::{Profile, SplitMix64};

/// Bytes in front of what the module says.
const HEAD: usize = 25;
/// Drawn inputs of a test, unless `WANLINK_CASES` says more.
const CASES: u64 = 100;

/// Says of the model that the property holds. `phrases` are lines that such modules say, so that the drawn bytes are not
/// mere noise; `kept` is the folder of the kept inputs.
///
/// # Panics
/// When it does not hold.
pub fn holds<M: DriverModel + 'static>(
    profile: &'static Profile,
    services: &[Service<M>],
    phrases: &[&str],
    kept: impl AsRef<Path>,
) where
    ErrorOf<M>: wanlink_core::Error,
{
    let cases = std::env::var("WANLINK_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    for seed in 0..cases {
        println!("input {seed}");
        check(profile, services, &drawn(&mut SplitMix64::new(seed), phrases));
    }
    let inputs = fs::read_dir(kept).expect("the folder of kept inputs");
    let inputs: Vec<_> = inputs.map(|entry| entry.expect("an entry of it").path()).collect();
    assert!(!inputs.is_empty(), "the kept inputs are there");
    for path in inputs {
        println!("{}", path.display());
        check(profile, services, &fs::read(path).expect("a kept input"));
    }
}

/// Pieces of phrases and noise, each behind its pause and its length.
fn drawn(random: &mut SplitMix64, phrases: &[&str]) -> Vec<u8> {
    let mut noise = |count: u64| -> Vec<u8> { (0..count).map(|_| random.next_u64() as u8).collect() };
    let mut data = noise(HEAD as u64);
    for _ in 0..noise(1)[0] % 48 {
        let [pause, kind, length] = noise(3)[..] else { unreachable!("three were drawn") };
        let piece = match kind % 4 {
            0 => noise(1 + u64::from(length % 63)),
            _ => format!("\r\n{}\r\n", phrases[usize::from(length) % phrases.len()]).into_bytes(),
        };
        let piece = &piece[..piece.len().min(64)];
        data.extend([pause, piece.len() as u8]);
        data.extend(piece);
    }
    data
}
