//! The clock, the runner and the port together.

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer, with_timeout};
use embedded_io_async::{Read, Write};
use wanlink_emulator::{
    Limits, Peer, PortError, PortOptions, PortReader, Script, Split, SplitMix64, StuckReason, World,
};

/// Answers every `\r` with the count of bytes before it, after a delay that a seed chooses.
struct Counter {
    random: SplitMix64,
    length: usize,
    answers: Vec<(u64, String)>,
}

impl Counter {
    fn new(seed: u64) -> Self {
        Self { random: SplitMix64::new(seed), length: 0, answers: Vec::new() }
    }
}

impl Peer for Counter {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\r' {
                let at = now_us + self.random.below(2_000_000);
                self.answers.push((at, format!("<{}>", std::mem::take(&mut self.length))));
            } else {
                self.length += 1;
            }
        }
    }

    fn poll(&mut self, _: u64) {}

    fn next(&self) -> Option<u64> {
        self.answers.first().map(|answer| answer.0)
    }

    fn output(&mut self) -> Vec<u8> {
        let now = Instant::now().as_micros();
        self.answers.extract_if(.., |answer| answer.0 <= now).flat_map(|answer| answer.1.into_bytes()).collect()
    }
}

async fn until(reader: &mut PortReader, end: u8) -> Vec<u8> {
    let mut all = Vec::new();
    while all.last() != Some(&end) {
        let mut some = [0; 64];
        let count = reader.read(&mut some).await.unwrap();
        all.extend_from_slice(&some[..count]);
    }
    all
}

fn sixty_commands(seed: u64) -> (u64, u64) {
    let mut world = World::with_port(seed, PortOptions { split: Split::Random, ..PortOptions::default() });
    let (mut reader, mut writer) = world.halves();
    let mut peer = Counter::new(seed);
    let work = async {
        for length in 0..60 {
            writer.write_all(&vec![b'x'; length]).await.unwrap();
            writer.write_all(b"\r").await.unwrap();
            let late = with_timeout(Duration::from_secs(1), until(&mut reader, b'>')).await;
            if let Ok(answer) = late {
                assert_eq!(answer, format!("<{length}>").into_bytes());
            } else {
                until(&mut reader, b'>').await;
            }
            Timer::after_secs(60).await;
        }
    };
    world.run(&mut peer, work).unwrap();
    (world.hash(), world.now_us())
}

#[test]
fn equal_seeds_give_equal_runs_and_others_differ() {
    for seed in 0..20 {
        assert_eq!(sixty_commands(seed), sixty_commands(seed));
    }
    assert_ne!(sixty_commands(1).0, sixty_commands(2).0);
    assert!(sixty_commands(1).1 > 3_600_000_000);
}

#[test]
fn worlds_of_parallel_threads_do_not_meet() {
    let alone: Vec<_> = (0..8).map(sixty_commands).collect();
    let threads: Vec<_> = (0..8).map(|seed| std::thread::spawn(move || sixty_commands(seed))).collect();
    let together: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(alone, together);
}

#[test]
fn timers_move_the_clock_and_dropped_ones_do_not() {
    let mut world = World::new(0);
    let work = async {
        match select(Timer::after_secs(3600), Timer::after_millis(5)).await {
            Either::First(()) => panic!("the hour is not over"),
            Either::Second(()) => Timer::after_millis(5).await,
        }
        Instant::now().as_micros()
    };
    assert_eq!(world.run(&mut Script::new(), work).unwrap(), 10_000);
}

#[test]
fn a_deadlock_is_an_error_with_the_trace() {
    let mut world = World::new(42);
    let (mut reader, mut writer) = world.halves();
    let stuck = world
        .run(&mut Script::new().expect("AT\r"), async {
            writer.write_all(b"AT\r").await.unwrap();
            reader.read(&mut [0; 8]).await.unwrap()
        })
        .unwrap_err();
    assert_eq!(stuck.reason, StuckReason::Deadlock);
    let text = stuck.to_string();
    assert!(text.contains("seed 42") && text.contains("0.000000 > AT\\r"), "{text}");
}

#[test]
fn a_dropped_timer_does_not_hide_a_deadlock() {
    let mut world = World::new(0);
    let (mut reader, _) = world.halves();
    let stuck = world
        .run(&mut Script::new().send_after(5, "x"), async {
            with_timeout(Duration::from_secs(3600), reader.read(&mut [0; 8])).await.unwrap().unwrap();
            reader.read(&mut [0; 8]).await.unwrap()
        })
        .unwrap_err();
    assert_eq!((stuck.reason, stuck.at_us), (StuckReason::Deadlock, 5));
}

#[test]
fn limits_end_a_run() {
    let mut world = World::new(0);
    world.limit(Limits { rounds: 100, time_us: 1_000_000 });
    let late = world.run(&mut Script::new(), Timer::after_secs(2)).unwrap_err();
    assert_eq!(late.reason, StuckReason::Time);
    let busy = async {
        for _ in 0..1000 {
            embassy_futures::yield_now().await;
        }
    };
    let stuck = world.run(&mut Script::new(), busy).unwrap_err();
    assert_eq!(stuck.reason, StuckReason::Rounds);
}

#[test]
fn splits_give_the_same_bytes_in_other_pieces() {
    for (split, most) in [(Split::Whole, 10), (Split::At(3), 3), (Split::At(1), 1), (Split::At(0), 1)] {
        let mut world = World::with_port(0, PortOptions { split, ..PortOptions::default() });
        let (mut reader, _) = world.halves();
        let (pieces, all) = world
            .run(&mut Script::new().send("0123456789"), async {
                let (mut pieces, mut all) = (Vec::new(), Vec::new());
                while all.len() < 10 {
                    let mut some = [0; 64];
                    let count = reader.read(&mut some).await.unwrap();
                    pieces.push(count);
                    all.extend_from_slice(&some[..count]);
                }
                (pieces, all)
            })
            .unwrap();
        assert_eq!(all, b"0123456789");
        assert_eq!(pieces.iter().max(), Some(&most), "{split:?}");
    }
}

#[test]
fn a_gap_between_pieces_takes_time() {
    let options = PortOptions { split: Split::At(4), gap_us: 1_000, ..PortOptions::default() };
    let mut world = World::with_port(0, options);
    let (mut reader, _) = world.halves();
    world.run(&mut Script::new().send("0123456789"), reader.read_exact(&mut [0; 10])).unwrap().unwrap();
    assert_eq!(world.now_us(), 2_000);
}

#[test]
fn a_line_rate_paces_both_directions() {
    // 9600 baud: 1041.67 us a byte. Three bytes out, the answer's six bytes back.
    let mut world = World::with_port(0, PortOptions { baud: Some(9600), ..PortOptions::default() });
    let (mut reader, mut writer) = world.halves();
    let mut module = Script::new().expect("AT\r").send("\r\nOK\r\n");
    world
        .run(&mut module, async {
            writer.write_all(b"AT\r").await.unwrap();
            writer.flush().await.unwrap();
            assert_eq!(Instant::now().as_micros(), 3_125);
            reader.read_exact(&mut [0; 6]).await.unwrap();
        })
        .unwrap();
    assert_eq!(world.now_us(), 3_125 + 6_250);
}

#[test]
fn a_full_transmitter_makes_a_write_wait() {
    let options = PortOptions { baud: Some(9600), transmit_buffer: Some(4), ..PortOptions::default() };
    let mut world = World::with_port(0, options);
    let (_, mut writer) = world.halves();
    let times = world.run(&mut Script::new().expect("0123456789"), async {
        assert_eq!(writer.write(b"0123456789").await.unwrap(), 4);
        writer.write_all(b"456789").await.unwrap();
        let written = Instant::now().as_micros();
        writer.flush().await.unwrap();
        (written, Instant::now().as_micros())
    });
    // The tenth byte has room when the sixth is out; flush ends with the tenth.
    assert_eq!(times.unwrap(), (6_250, 10_417));
}

#[test]
fn an_overrun_loses_bytes_and_says_so() {
    let mut world = World::new(0);
    let (mut reader, _) = world.halves();
    let mut module = Script::new().send("01").send_after(10, "23456789");
    world
        .run(&mut module, async {
            let mut buf = [0; 16];
            assert_eq!(reader.read(&mut buf).await, Ok(2));
        })
        .unwrap();
    world.wire().overrun(3);
    world
        .run(&mut module, async {
            let mut buf = [0; 16];
            assert_eq!(reader.read(&mut buf).await, Err(PortError::Overrun));
            assert_eq!(reader.read(&mut buf).await, Ok(5));
            assert_eq!(&buf[..5], b"56789");
        })
        .unwrap();
}

#[test]
fn a_full_receiver_overruns_by_itself() {
    let options = PortOptions { baud: Some(9600), receive_buffer: Some(4), ..PortOptions::default() };
    let mut world = World::with_port(0, options);
    let (mut reader, _) = world.halves();
    world
        .run(&mut Script::new().send("0123456789"), async {
            let mut buf = [0; 16];
            Timer::after_micros(7_300).await;
            assert_eq!(reader.read(&mut buf).await, Ok(4));
            assert_eq!(&buf[..4], b"0123");
            assert_eq!(reader.read(&mut buf).await, Err(PortError::Overrun));
            Timer::after_micros(3_200).await;
            assert_eq!(reader.read(&mut buf).await, Ok(3));
            assert_eq!(&buf[..3], b"789");
        })
        .unwrap();
}

#[test]
fn a_port_that_goes_away_ends_reads_and_fails_writes() {
    let mut world = World::new(0);
    let (mut reader, mut writer) = world.halves();
    let wire = world.wire();
    world
        .run(&mut Script::new().send("ab"), async {
            let mut buf = [0; 4];
            Timer::after_micros(1).await;
            wire.hang_up();
            assert_eq!(reader.read(&mut buf).await, Ok(2));
            assert_eq!(reader.read(&mut buf).await, Ok(0));
            assert_eq!(writer.write(b"AT\r").await, Err(PortError::Gone));
            assert_eq!(writer.flush().await, Err(PortError::Gone));
        })
        .unwrap();
}

#[test]
fn a_framing_error_is_one_read() {
    let mut world = World::new(0);
    let (mut reader, _) = world.halves();
    let wire = world.wire();
    world
        .run(&mut Script::new().send_after(5, "x"), async {
            wire.framing_error(0);
            assert_eq!(reader.read(&mut [0; 4]).await, Err(PortError::Framing));
            assert_eq!(reader.read(&mut [0; 4]).await, Ok(1));
        })
        .unwrap();
}
