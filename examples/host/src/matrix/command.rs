//! `wanlink matrix`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::cells;
use super::table::{Row, Table};
use crate::exit::Exit;
use crate::models::Module;
use crate::simulate::command::tell;
use crate::simulate::{Condition, RIGS, Rig, run_under};

/// What is run.
///
/// Each model on each of its paths, plain and inside TLS, with each way to register, under each kind of fault. What a model
/// lacks is told with the fact that says so.
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
    let rigs: Vec<&Rig> = RIGS.iter().filter(|rig| is_asked(rig.module())).collect();
    let lacks: Vec<_> = cells().filter(|cell| cell.lack.is_some() && is_asked(cell.module)).collect();
    let table = Mutex::new(Table::new(rigs.iter().map(|rig| Row::new(rig)).collect()));
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

/// On all processors.
fn run_all(runs: &[Run<'_>], table: &Mutex<Table>, json: bool) {
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = run_under(run.rig, run.seed, run.condition);
            table.lock().expect("no run panics while it counts").add(run.row, run.condition, &outcome);
            tell(run.rig, run.condition, &outcome, json);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        scope.spawn(|| show_progress(runs.len(), table, &is_over));
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(|worker| worker.expect("a run's panic is caught"));
    });
}

/// A line every few seconds, for whoever waits.
fn show_progress(runs: usize, table: &Mutex<Table>, is_over: &AtomicBool) {
    const STEPS: u32 = 20;
    loop {
        for _ in 0..STEPS {
            std::thread::sleep(Duration::from_millis(100));
            if is_over.load(Ordering::Relaxed) {
                return;
            }
        }
        let table = table.lock().expect("no run panics while it counts");
        anstream::eprintln!("{} of {runs} runs, {} broken", table.runs(), table.broken());
    }
}
