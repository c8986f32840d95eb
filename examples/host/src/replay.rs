//! `wanlink replay`: a trace from the field against the driver of today.

mod calls;
mod player;
mod tape;

use std::path::Path;

use embassy_futures::select::{Either, select};
use wanlink_emulator::{Trace, World};
use wanlink_quectel::{Bg95, Buffers, NoPins, Quectel};

use crate::cli::ReplayArgs;
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::witness::Driver;

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
    let verdict = match (tape.driver.0.as_str(), tape.driver.1.as_str()) {
        ("bg95", "mqtt") => {
            let mut world = World::new(0);
            let (reader, writer) = world.halves();
            let mut buffers: Box<Buffers<1024, 8192, 16_384>> = Box::new(Buffers::new());
            let driver = Quectel::<Bg95, _, _, _>::new(reader, writer, NoPins, &mut buffers);
            play(&mut world, driver, &mut tape)
        }
        (module, path) => {
            return Err(Failure::new(format!("{shown}: no driver here plays {module} by {path}"), cure::NO_TRACE));
        }
    };
    Ok(Replayed { verdict, calls, host, module, end_us: tape.end_us })
}

fn play(world: &mut World, driver: impl Driver, tape: &mut Tape) -> Verdict {
    let judge = Judge::default();
    let mut player = Player::new(tape, judge.clone());
    let host = async {
        match select(judge.wait(), calls::repeat(driver, tape, &judge)).await {
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
