//! `wanlink replay`: a trace from the field against the driver of today.

mod calls;
mod player;
mod tape;

use std::path::Path;

use embassy_futures::select::{Either, select};
use wanlink_at::driver::NoPins;
use wanlink_emulator::World;

use crate::board::Board;
use crate::cli::ReplayArgs;
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::pairing::{Pair, Room};

use self::calls::Repeat;
use self::player::{Difference, Judge, Player, Verdict, seconds};
use self::tape::{Part, Tape};

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
    let mut tape = Tape::sort(crate::timeline::read(path)?)
        .map_err(|reason| Failure::new(format!("{shown} cannot be replayed: {reason}"), cure::NO_TRACE))?;
    let (calls, host, module) = (tape.calls(), tape.host.len(), tape.module.len());
    let pair = |part: &Part| {
        let (model, path) = &part.driver;
        let none = || Failure::new(format!("{shown}: no driver here plays {model} by {path}"), cure::NO_TRACE);
        Pair::named(model, path).ok_or_else(none)
    };
    let pairs = tape.parts.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let verdict = play(&pairs, &mut tape);
    Ok(Replayed { verdict, calls, host, module, end_us: tape.end_us })
}

fn play(pairs: &[Pair], tape: &mut Tape) -> Verdict {
    let mut world = World::new(0);
    let (reader, writer) = world.halves();
    let mut board = Board::new(reader, writer, NoPins);
    let judge = Judge::default();
    let mut player = Player::new(tape, judge.clone());
    let host = async {
        match select(judge.wait(), repeat(pairs, tape, &mut board, &judge)).await {
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

/// One driver after the other, as in the trace.
async fn repeat(pairs: &[Pair], tape: &Tape, board: &mut Board, judge: &Judge) {
    let begins = tape.parts.iter().skip(1).map(|part| part.calls.first().map_or(tape.end_us, |call| call.at_us));
    let ends = begins.chain([tape.end_us]);
    for ((pair, part), end_us) in pairs.iter().zip(&tape.parts).zip(ends) {
        let errand = Repeat { calls: &part.calls, end_us, judge };
        pair.run(board, Room::Large, None, errand).await;
    }
    judge.called();
}
