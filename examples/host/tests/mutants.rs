//! The simulator bites: each deliberate defect of engine, driver and session breaks an invariant within a thousand seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wanlink::simulate::{RIGS, run};
use wanlink_at::mutants::{Mutant, activate};
use wanlink_core::__private::activate_mutant;

const SEEDS: u64 = 1000;

#[derive(Debug, Clone, Copy)]
enum Defect {
    Engine(Mutant),
    Above(&'static str),
}
use Defect::{Above, Engine};

/// Every one has to be caught. Those of the engine that no seed can notice are caught by its own tests; see `ci.sh mutants`.
const DEFECTS: &[Defect] = &[
    Above("no jitter"),
    Above("waits do not grow"),
    Above("any number of logins"),
    Above("no resubscription"),
    Above("a lost publish counts as delivered"),
    Above("no ladder"),
    Above("an endless search"),
];

fn set(defect: Option<Defect>) {
    activate(match defect {
        Some(Engine(mutant)) => Some(mutant),
        _ => None,
    });
    activate_mutant(match defect {
        Some(Above(name)) => Some(name),
        _ => None,
    });
}

/// The first seed that it breaks, and what.
fn caught(defect: Defect) -> Option<(u64, String)> {
    set(Some(defect));
    let caught = (0..SEEDS).find_map(|seed| {
        let broken = run(&RIGS[0], seed).broken;
        broken.first().map(|broken| (seed, broken.invariant.to_string()))
    });
    set(None);
    caught
}

#[test]
fn every_mutant_is_caught_within_a_thousand_seeds() {
    let all: Vec<_> = DEFECTS
        .iter()
        .copied()
        .chain(std::env::var_os("WANLINK_ALL").into_iter().flat_map(|_| Mutant::ALL.iter().map(|m| Engine(m.0))))
        .collect();
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&defect) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            match caught(defect) {
                Some((seed, invariant)) => println!("{defect:?}: seed {seed}, {invariant}"),
                None => missed.lock().unwrap().push(defect),
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
