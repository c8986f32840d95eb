//! The emulator in a simulated world: driven over the port, with its trace.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_time::{Duration, Timer, with_timeout};
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_io_async::{Read, Write};
use wanlink_emulator::{Emulator, Options, Peer, PortOptions, PortReader, PortWriter, Profile, Split, World};

async fn command(reader: &mut PortReader, writer: &mut PortWriter, line: &str) -> String {
    writer.write_all(format!("{line}\r").as_bytes()).await.unwrap();
    let mut all = String::new();
    while !all.ends_with("OK\r\n") && !all.ends_with("ERROR\r\n") {
        let mut some = [0; 64];
        let count = reader.read(&mut some).await.unwrap();
        all += std::str::from_utf8(&some[..count]).unwrap();
    }
    all
}

/// Boots a module over a slow line with split reads, loses its network, and gives hash and trace.
fn life(seed: u64) -> (u64, String) {
    let options = PortOptions { split: Split::Random, baud: Some(115_200), ..PortOptions::default() };
    let mut world = World::with_port(seed, options);
    let (mut reader, mut writer) = world.halves();
    let options = Options { jitter_us: 20_000, rdy: false, app_rdy: false, sim_lines: false, ..Options::default() };
    let emulator = Rc::new(RefCell::new(Emulator::new(Profile::bg95(), options, seed)));
    let pins = emulator.borrow().pins();
    let (mut key, mut status) = (pins.pwrkey(), pins.status());
    let peer = emulator.clone();
    world
        .run(&mut { peer }, async {
            key.set_low().unwrap();
            Timer::after_millis(575).await;
            key.set_high().unwrap();
            while status.is_low().unwrap() {
                Timer::after_millis(100).await;
            }
            Timer::after_millis(600).await;
            let (reader, writer) = (&mut reader, &mut writer);
            command(reader, writer, "ATE0").await;
            command(reader, writer, "AT+QICSGP=1,1,\"cmnet\",\"user\",\"s3cret\",1").await;
            assert!(command(reader, writer, "AT+QICSGP=1").await.contains("s3cret"));
            command(reader, writer, "AT+QMTCONN=0,\"id\",\"user\",\"hunter2\"").await;
            Timer::after_secs(5).await;
            assert!(command(reader, writer, "AT+CEREG?").await.contains("0,1"));
            emulator.borrow_mut().lose_network();
            assert!(command(reader, writer, "AT+CEREG?").await.contains("0,2"));
            emulator.borrow_mut().silence(1_000_000);
            let silent = with_timeout(Duration::from_millis(900), command(reader, writer, "AT")).await;
            assert!(silent.is_err());
        })
        .unwrap();
    (world.hash(), world.trace().to_string())
}

#[test]
fn equal_seeds_give_equal_lives() {
    let (hash, trace) = life(7);
    assert_eq!(life(7), (hash, trace));
    assert_ne!(life(8).0, hash);
}

#[test]
fn secrets_are_not_in_the_trace_and_faults_are() {
    let (_, trace) = life(1);
    assert!(!trace.contains("s3cret") && !trace.contains("hunter2"), "{trace}");
    assert!(trace.contains(" > AT+QICSGP=1,1,\"cmnet\",\"user\",\"***\",1\\r\n"), "{trace}");
    assert!(trace.contains(" ! lose_network\n") && trace.contains(" ! silence\n"), "{trace}");
}

#[test]
fn many_lives_are_quick_enough_to_be_many() {
    let hashes: std::collections::BTreeSet<u64> = (0..200).map(|seed| life(seed).0).collect();
    assert_eq!(hashes.len(), 200);
}

#[test]
fn a_module_without_power_is_a_deadlock() {
    let mut world = World::new(1);
    let (mut reader, mut writer) = world.halves();
    let mut emulator = Emulator::new(Profile::bg95(), Options::default(), 1);
    let stuck = world.run(&mut emulator, command(&mut reader, &mut writer, "AT")).unwrap_err();
    assert_eq!(stuck.reason, wanlink_emulator::StuckReason::Deadlock);
    assert_eq!(emulator.next(), None);
}
