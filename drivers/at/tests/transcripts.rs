//! The transcripts of the fact sheets, replayed: cut at every byte, byte by byte, and with a URC in every gap, the driver
//! learns the same.

#[path = "transcripts/dialects.rs"]
mod dialects;

use std::fs;
use std::path::Path;

use embassy_time::{Duration, Instant};
use wanlink_at::{Answer, Arg, Buffers, Effect, Ending, Fault, Job, Modem, Notes, Verdict};
use wanlink_emulator::trace::{Direction, Entry};
use wanlink_emulator::{PortOptions, Script, Split, Trace, World};

use dialects::{PUT, QUECTEL, SIMCOM, UBLOX, Vendor, table, verdict};

/// All that a driver can learn of a replay.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    events: Vec<String>,
    /// Records: tag, head, body.
    records: Vec<(u8, Vec<u8>, Vec<u8>)>,
    strays: u16,
    garbled: u16,
}

#[derive(Default)]
struct Log(Vec<String>);

impl Notes for Log {
    fn note(&mut self, note: u8, answer: Answer<'_>) -> Verdict {
        let (kind, line) = match answer {
            Answer::Info(line) => ("info", line),
            Answer::Result(line) => ("result", line),
            Answer::Error(reason) => ("error", reason),
            Answer::Silence => ("silence", &b""[..]),
            Answer::Tick | Answer::Record | Answer::Due(_) | Answer::Data(_) => return Verdict::Default,
        };
        self.0.push(format!("{kind} {}", String::from_utf8_lossy(line)));
        verdict(note, &answer)
    }

    fn urc(&mut self, id: u8, line: &[u8]) -> Effect {
        self.0.push(format!("urc {id} {}", String::from_utf8_lossy(line)));
        Effect::None
    }

    fn restarted(&mut self) {
        self.0.push("restarted".to_owned());
    }
}

/// A command of the transcript, the data that it asks for, and whether the module refuses or ignores it.
struct Exchange {
    at: Instant,
    command: String,
    data: Vec<u8>,
    refused: bool,
    ignored: bool,
}

fn exchanges(trace: &Trace) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for entry in &trace.entries {
        let text = String::from_utf8_lossy(&entry.bytes).into_owned();
        match (entry.direction, exchanges.last_mut()) {
            (Direction::ToModule, last) => match (text.strip_prefix("AT"), last) {
                (Some(command), _) => exchanges.push(Exchange {
                    at: Instant::from_micros(entry.at_us),
                    command: command.trim_end().to_owned(),
                    data: Vec::new(),
                    refused: false,
                    ignored: true,
                }),
                (None, Some(last)) => last.data.clone_from(&entry.bytes),
                (None, None) => panic!("data without a command"),
            },
            (Direction::ToHost, Some(last)) => {
                last.ignored = false;
                last.refused |= text.starts_with("\r\nERROR\r\n")
                    || text.ends_with("\r\nERROR\r\n")
                    || text.starts_with("\r\n+CME ERROR");
            }
            _ => {}
        }
    }
    exchanges
}

fn replay(vendor: &Vendor, exchanges: &[Exchange], trace: &Trace, options: PortOptions, cut: usize) -> Seen {
    let mut world = World::with_port(1, options);
    let mut module = Script::from_trace(trace);
    let (reader, writer) = world.halves();
    let mut buffers = Buffers::<256, 384, 600>::new();
    let mut modem = Modem::new(vendor.dialect, Cut { inner: reader, cut, seen: 0 }, writer, &mut buffers);
    let mut log = Log::default();
    world
        .run(&mut module, async {
            for exchange in exchanges {
                let wait = Duration::from_ticks(exchange.at.as_ticks().saturating_sub(Instant::now().as_ticks()));
                modem.pause(wait, 0, &mut log).await.unwrap();
                if let Some(count) =
                    log.0.iter().rev().find_map(|event| event.strip_prefix("result +QHTTPPOST: 0,200,"))
                {
                    modem.engine_mut().announce(if exchange.command == "+QHTTPREAD=60" {
                        count.parse().unwrap()
                    } else {
                        0
                    });
                }
                let args = [Arg::Text(exchange.command.as_bytes())];
                let table = table(vendor.tables, &exchange.command);
                let job = Job { table, args: &args, flags: 0, body: &exchange.data };
                match modem.run(&job, &mut log).await {
                    Ok(()) => assert!(!exchange.refused && !exchange.ignored, "{}", exchange.command),
                    Err(Fault::Ending(Ending::Error { .. })) => assert!(exchange.refused, "{}", exchange.command),
                    Err(Fault::Ending(Ending::Silent(_))) => assert!(exchange.ignored, "{}", exchange.command),
                    Err(fault) => panic!("{}: {fault:?}", exchange.command),
                }
            }
            modem.pause(Duration::from_secs(30), 0, &mut log).await.unwrap();
        })
        .unwrap();
    module.assert_done();
    let mut records = Vec::new();
    while let Some(record) = modem.engine_mut().front() {
        records.push((record.tag, record.head.to_vec(), record.body.to_vec()));
        modem.engine_mut().release();
    }
    assert_eq!(modem.engine_mut().take_loss(), None);
    Seen { events: log.0, records, strays: modem.engine().strays(), garbled: modem.engine().garbled() }
}

/// Every place at a line boundary, as entry and byte in it. An entry behind the note `one piece` holds counted bytes.
fn gaps(trace: &Trace) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut one_piece = false;
    for (index, Entry { direction, bytes, .. }) in trace.entries.iter().enumerate() {
        if *direction == Direction::ToHost {
            let ends = (2..bytes.len()).filter(|&end| !one_piece && bytes[..end].ends_with(b"\r\n"));
            gaps.extend([0].into_iter().chain(ends).map(|at| (index, at)));
            if !one_piece || bytes.ends_with(b"\r\n") {
                gaps.push((index, bytes.len()));
            }
        }
        one_piece = *direction == Direction::Note && bytes == b"one piece";
    }
    gaps
}

fn with_line(trace: &Trace, (index, at): (usize, usize), line: &[u8]) -> Trace {
    let mut trace = trace.clone();
    trace.entries[index].bytes.splice(at..at, line.iter().copied());
    trace
}

/// Replays all transcripts of a vendor in all ways; prints how many there were.
fn replay_all(vendor: &Vendor) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(vendor.name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let (mut splits, mut places) = (0, 0);
    for file in &files {
        let trace: Trace = fs::read_to_string(file).unwrap().parse().unwrap();
        let exchanges = exchanges(&trace);
        let ideal = PortOptions::default;
        let whole = replay(vendor, &exchanges, &trace, ideal(), 0);
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(whole.garbled, 0, "{name}");
        assert_eq!(whole.strays, strays(&name), "{name}: {whole:#?}");
        let from_module = trace.entries.iter().filter(|entry| entry.direction == Direction::ToHost);
        let bytes: usize = from_module.map(|entry| entry.bytes.len()).sum();
        for cut in 1..bytes {
            assert_eq!(replay(vendor, &exchanges, &trace, ideal(), cut), whole, "{name}, cut at {cut}");
        }
        let one = PortOptions { split: Split::At(1), ..ideal() };
        assert_eq!(replay(vendor, &exchanges, &trace, one, 0), whole, "{name}, byte by byte");
        for gap in gaps(&trace) {
            let urc = with_line(&trace, gap, b"\r\n+PUT: \"OK\"\r\n");
            let mut seen = replay(vendor, &exchanges, &urc, ideal(), 0);
            let at = seen.events.iter().position(|event| *event == format!("urc {PUT} +PUT: \"OK\""));
            seen.events.remove(at.unwrap_or_else(|| panic!("{name}, URC in gap {gap:?} was lost: {:#?}", seen.events)));
            assert_eq!(seen, whole, "{name}, URC in gap {gap:?}");
            let foreign = with_line(&trace, gap, b"\r\n^FOREIGN: 1\r\n");
            let seen = replay(vendor, &exchanges, &foreign, ideal(), 0);
            is_same_but_for_a_line(seen, &whole, &format!("{name}, foreign line in gap {gap:?}"));
            places += 1;
        }
        splits += bytes;
    }
    println!(
        "{}: {} transcripts, {splits} splits, {places} gaps with a URC and a foreign line",
        vendor.name,
        files.len()
    );
}

/// Counted as nobody's, or taken for a line of an answer without a name, where only the driver knows better.
fn is_same_but_for_a_line(mut seen: Seen, whole: &Seen, place: &str) {
    let taken = seen.events.iter().position(|event| event == "info ^FOREIGN: 1");
    match taken {
        Some(at) => drop(seen.events.remove(at)),
        None => seen.strays -= 1,
    }
    assert_eq!(seen, *whole, "{place}");
}

/// Lines that no throw-away dialect knows: the three of a message in R410's old syntax.
fn strays(name: &str) -> u16 {
    if name == "mqtt_old_syntax_sara_r410" { 3 } else { 0 }
}

/// A reader that ends one of its reads at a given byte of the stream.
struct Cut<R> {
    inner: R,
    cut: usize,
    seen: usize,
}

impl<R: embedded_io_async::ErrorType> embedded_io_async::ErrorType for Cut<R> {
    type Error = R::Error;
}

impl<R: embedded_io_async::Read> embedded_io_async::Read for Cut<R> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, R::Error> {
        let most = if self.seen < self.cut { buf.len().min(self.cut - self.seen) } else { buf.len() };
        let count = self.inner.read(&mut buf[..most]).await?;
        self.seen += count;
        Ok(count)
    }
}

#[test]
fn quectel() {
    replay_all(&QUECTEL);
}

#[test]
fn simcom() {
    replay_all(&SIMCOM);
}

#[test]
fn ublox() {
    replay_all(&UBLOX);
}
