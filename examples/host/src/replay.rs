//! `wanlink replay`: a trace from the field against the driver of today.

mod calls;
mod player;
mod tape;

use std::path::Path;

use embassy_futures::select::{Either, select};
use wanlink_emulator::{Trace, World};
use wanlink_quectel::NoPins;

use crate::board::Board;
use crate::cli::ReplayArgs;
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::pairing::{Pair, Room};

use self::calls::Repeat;
use self::player::{Difference, Judge, Player, Verdict, seconds};
use self::tape::Tape;

pub(crate) fn run(args: &ReplayArgs) -> Exit {
    let file = args.file.display();
    match replay(&args.file) {
        Ok(Replayed { verdict: Verdict::Differs(Difference { at_us, trace, driver }), .. }) => {
            println!("{file}: the first difference, at {}\n  trace   {trace}\n  driver  {driver}", seconds(at_us));
            Exit::Broken
        }
        Ok(Replayed { calls, host, module, end_us, .. }) => {
            let end = seconds(end_us);
            println!(
                "{file}: {calls} calls, {host} lines of the host and {module} of the module in {end}: no difference"
            );
            Exit::Done
        }
        Err(failure) => failure.tell(),
    }
}

struct Replayed {
    verdict: Verdict,
    calls: usize,
    host: usize,
    module: usize,
    end_us: u64,
}

fn replay(path: &Path) -> Result<Replayed, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), cure::FILE))?;
    let trace: Trace = text.parse().map_err(|error| Failure::new(format!("{shown}: {error}"), cure::NO_TRACE))?;
    let mut tape = Tape::sort(trace)
        .map_err(|reason| Failure::new(format!("{shown} cannot be replayed: {reason}"), cure::NO_TRACE))?;
    let (calls, host, module) = (tape.calls.len(), tape.host.len(), tape.module.len());
    let (model, path) = &tape.driver;
    let pair = Pair::named(model, path)
        .ok_or_else(|| Failure::new(format!("{shown}: no driver here plays {model} by {path}"), cure::NO_TRACE))?;
    let verdict = play(pair, &mut tape);
    Ok(Replayed { verdict, calls, host, module, end_us: tape.end_us })
}

fn play(pair: Pair, tape: &mut Tape) -> Verdict {
    let mut world = World::new(0);
    let (reader, writer) = world.halves();
    let mut board = Board::new(reader, writer, NoPins);
    let judge = Judge::default();
    let mut player = Player::new(tape, judge.clone());
    let host = async {
        match select(judge.wait(), pair.run(&mut board, Room::Large, None, Repeat { tape, judge: &judge })).await {
            Either::First(verdict) => verdict,
            Either::Second(()) => judge.wait().await,
        }
    };
    world.run(&mut player, host).unwrap_or_else(|stuck| {
        Verdict::Differs(Difference {
            at_us: stuck.at_us,
            trace: "goes on".to_owned(),
            driver: format!("is stuck ({:?})", stuck.reason),
        })
    })
}
