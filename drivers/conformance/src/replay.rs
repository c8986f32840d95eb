//! Transcripts of a dialect, replayed whole, byte by byte, in random pieces, and with a foreign line between every two
//! lines of the module.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use wanlink_emulator::trace::{Direction, Entry};
use wanlink_emulator::{PortOptions, PortReader, PortWriter, Script, Split, Trace, World};

/// Pieces of how many seeds a transcript is replayed in.
const SEEDS: u64 = 10;

/// Replays a transcript in every form, `own_line` being a line that a module of the dialect says by itself; `story` makes
/// a driver each time and the calls that the transcript answers. Returns how often that was.
///
/// # Panics
/// When the driver sends something else, or leaves something out; what went over the wire is printed first.
pub fn every_form(text: &str, own_line: &str, story: impl AsyncFn(PortReader, PortWriter)) -> usize {
    let trace: Trace = text.parse().expect("a transcript");
    let foreign = ["+FOO: 1,\"OK\"", own_line].map(|line| interrupted(&trace, line));
    let mut replays = 0;
    for trace in [&trace].into_iter().chain(&foreign) {
        let split = |split| PortOptions { split, ..PortOptions::default() };
        let pieces = PortOptions { gap_us: 200, ..split(Split::Random) };
        let random = (0..SEEDS).map(|seed| (pieces.clone(), seed));
        for (port, seed) in [(PortOptions::default(), 1), (split(Split::At(1)), 1)].into_iter().chain(random) {
            replay(trace, port, seed, &story);
            replays += 1;
        }
    }
    replays
}

fn replay(trace: &Trace, port: PortOptions, seed: u64, story: &impl AsyncFn(PortReader, PortWriter)) {
    let mut world = World::with_port(seed, port);
    let (reader, writer) = world.halves();
    let mut script = Script::from_trace(trace);
    let run = AssertUnwindSafe(|| world.run(&mut script, story(reader, writer)).expect("the story comes to its end"));
    if let Err(panic) = catch_unwind(run) {
        println!("{}", world.trace());
        resume_unwind(panic);
    }
    script.assert_done();
}

/// The same with a foreign line before every line of the module.
fn interrupted(trace: &Trace, line: &str) -> Trace {
    let mut entries = Vec::new();
    for entry in &trace.entries {
        if entry.direction == Direction::ToHost {
            entries.push(Entry { bytes: format!("\r\n{line}\r\n").into_bytes(), ..entry.clone() });
        }
        entries.push(entry.clone());
    }
    Trace { entries }
}
