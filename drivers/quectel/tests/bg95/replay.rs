//! Transcripts replayed whole, byte by byte, in random pieces, and with a foreign line between every two lines of the
//! module.

use std::pin::Pin;

use wanlink_emulator::trace::{Direction, Entry};
use wanlink_emulator::{PortOptions, PortReader, PortWriter, Script, Split, Trace, World};
use wanlink_quectel::{Buffers, NoPins, Quectel};

use crate::model::Model;

pub(crate) type Driver<'b> = Quectel<'b, Model, PortReader, PortWriter, NoPins>;
pub(crate) type Story = for<'a> fn(&'a mut Driver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// A transcript and the calls that it answers.
macro_rules! stories {
    ($($file:literal, |$modem:ident| $calls:block)*) => {
        &[$((
            $file,
            include_str!(concat!("../transcripts/", $file)),
            (|$modem| Box::pin(async move $calls)) as crate::replay::Story,
        )),*]
    };
}
pub(crate) use stories;

fn replay(trace: &Trace, port: PortOptions, seed: u64, story: Story) {
    let mut world = World::with_port(seed, port);
    let (reader, writer) = world.halves();
    let mut buffers: Buffers = Buffers::new();
    let mut modem: Driver<'_> = Quectel::new(reader, writer, NoPins, &mut buffers);
    let mut script = Script::from_trace(trace);
    let run = std::panic::AssertUnwindSafe(|| world.run(&mut script, story(&mut modem)).unwrap());
    if let Err(panic) = std::panic::catch_unwind(run) {
        println!("{}", world.trace());
        std::panic::resume_unwind(panic);
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

/// Each of them, in every form.
pub(crate) fn every_form(stories: &[(&str, &str, Story)]) {
    let mut replays = 0;
    for (file, text, story) in stories {
        println!("{file}");
        let trace: Trace = text.parse().unwrap();
        let foreign = [interrupted(&trace, "+FOO: 1,\"OK\""), interrupted(&trace, "+QIND: SMS DONE")];
        for trace in [&trace].into_iter().chain(&foreign) {
            replay(trace, PortOptions::default(), 1, *story);
            replay(trace, PortOptions { split: Split::At(1), ..PortOptions::default() }, 1, *story);
            for seed in 0..10 {
                replay(
                    trace,
                    PortOptions { split: Split::Random, gap_us: 200, ..PortOptions::default() },
                    seed,
                    *story,
                );
            }
            replays += 12;
        }
    }
    println!("{} transcripts, {replays} replays", stories.len());
}
