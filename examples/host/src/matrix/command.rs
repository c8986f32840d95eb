//! `wanlink matrix`.

use std::sync::Mutex;
use std::time::Instant;

use super::cells;
use super::table::{Row, Table};
use crate::exit::Exit;
use crate::models::Module;
use crate::simulate::command::{Form, tell};
use crate::simulate::{Condition, RIGS, Rig, pool, run_under};

/// What is run.
///
/// Each model on each of its paths, plain and inside TLS, with each way to register and each kind of outbox, under each kind
/// of fault alone and under all at once. What a model lacks is told with the fact that says so.
#[derive(Debug, clap::Args)]
pub(crate) struct MatrixArgs {
    /// This model only
    #[arg(long)]
    module: Option<Module>,
    /// How many seeds are run for each cell, from 0 up
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    json: bool,
}

/// A run that is to be done: of which row, under what, and its seed.
struct Run<'a> {
    row: usize,
    rig: &'a Rig,
    condition: Condition,
    seed: u64,
}

pub(crate) fn matrix(args: &MatrixArgs) -> Exit {
    let begin = Instant::now();
    let is_asked = |module: &str| args.module.is_none_or(|asked| asked.label() == module);
    let rigs: Vec<Rig> = RIGS.iter().filter(|rig| is_asked(rig.module())).flat_map(Rig::with_outboxes).collect();
    let lacks: Vec<_> = cells().filter(|cell| cell.lack.is_some() && is_asked(cell.module)).collect();
    let table = Mutex::new(Table::new(rigs.iter().map(Row::new).collect()));
    let runs: Vec<_> = rigs.iter().enumerate().flat_map(|(row, rig)| runs_of(row, rig, args.seeds)).collect();
    run_all(&runs, &table, args.json);
    let table = table.into_inner().expect("no run panics while it counts");
    table.show(&lacks, args.json, begin.elapsed());
    if table.broken() == 0 { Exit::Done } else { Exit::Broken }
}

fn runs_of(row: usize, rig: &Rig, seeds: u64) -> impl Iterator<Item = Run<'_>> {
    let conditions = Condition::EACH.into_iter().filter(|&condition| rig.meets(condition));
    conditions.flat_map(move |condition| (0..seeds).map(move |seed| Run { row, rig, condition, seed }))
}

fn run_all(runs: &[Run<'_>], table: &Mutex<Table>, json: bool) {
    let counted = || table.lock().expect("no run panics while it counts");
    let work = |number| {
        let Some(run) = runs.get(number as usize) else { return };
        let outcome = run_under(run.rig, run.seed, run.condition);
        let mut table = counted();
        table.add(run.row, run.condition, &outcome);
        tell(run.rig, run.condition, &outcome, Form::of(json));
    };
    pool::each(runs.len() as u64, work, || {
        let table = counted();
        format!("{} of {} runs, {} broken", table.runs(), runs.len(), table.broken())
    });
}
