//! A host that keeps the gaps of the sheet loses no command, whatever the module says of its own accord, on a line with
//! a rate.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{Read, Write};
use wanlink_emulator::{
    Emulator, Options, PortOptions, PortReader, PortWriter, Profile, Split, SplitMix64, Start, UbloxOptions, World,
};

/// A line, once nothing has come for so long, and what comes until the next pause of that length.
async fn command(reader: &mut PortReader, writer: &mut PortWriter, gap: Duration, line: &str) -> String {
    let mut came = Vec::new();
    let mut bytes = [0; 64];
    while with_timeout(gap, reader.read(&mut bytes)).await.is_ok() {}
    writer.write_all(format!("{line}\r").as_bytes()).await.unwrap();
    while let Ok(Ok(count)) = with_timeout(Duration::from_millis(40), reader.read(&mut bytes)).await {
        came.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8_lossy(&came).into_owned()
}

/// Lines that were answered, of a hundred, by a host that waits so long.
fn answered(profile: &'static Profile, gap_ms: u64, seed: u64) -> usize {
    let port = PortOptions { split: Split::Random, baud: Some(115_200), ..PortOptions::default() };
    let mut world = World::with_port(seed, port);
    let (mut reader, mut writer) = world.halves();
    let ublox = UbloxOptions { nul_bytes: false, ..UbloxOptions::default() };
    let options = Options { start: Start::Running, registration_us: 30_000, ublox, ..Options::default() };
    let emulator = Rc::new(RefCell::new(Emulator::new(profile, options, seed)));
    let peer = emulator.clone();
    let mut random = SplitMix64::new(seed);
    world
        .run(&mut { peer }, async {
            let (reader, writer) = (&mut reader, &mut writer);
            let gap = Duration::from_millis(gap_ms);
            // The first two are without a gap to keep to.
            let quiet = Duration::from_millis(200);
            assert!(command(reader, writer, quiet, "ATE0").await.contains("OK"));
            assert!(command(reader, writer, quiet, "AT+CEREG=1").await.contains("OK"));
            let unrest = async {
                loop {
                    Timer::after_micros(random.below(90_000)).await;
                    emulator.borrow_mut().lose_network();
                    Timer::after_micros(random.below(90_000)).await;
                    emulator.borrow_mut().restore_network();
                }
            };
            let host = async {
                let mut count = 0;
                for _ in 0..100 {
                    count += usize::from(command(reader, writer, gap, "AT").await.contains("OK"));
                }
                count
            };
            match select(unrest, host).await {
                Either::First(()) => unreachable!("it never ends"),
                Either::Second(count) => count,
            }
        })
        .unwrap()
}

#[test]
fn a_host_that_keeps_the_gap_is_always_heard() {
    for seed in 0..20 {
        assert_eq!(answered(Profile::sara_r5(), 20, seed), 100, "seed {seed}");
        assert_eq!(answered(Profile::lara_r6(), 20, seed), 100, "seed {seed}");
    }
}

#[test]
fn a_host_that_does_not_is_not() {
    assert!(answered(Profile::sara_r5(), 10, 1) < 100);
    assert!(answered(Profile::sara_r410m(), 50, 1) < 100);
}
