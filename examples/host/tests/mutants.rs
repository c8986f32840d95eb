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

/// The other defects of the engine are noticed by its own tests, byte by byte: not every one shows in what a device does,
/// since a driver that missed the end of a session finds out in another way, and a session heals what a late result breaks.
const DEFECTS: &[Defect] = &[
    Above("no jitter"),
    Above("waits do not grow"),
    Above("any number of logins"),
    Above("no resubscription"),
    Above("a lost publish counts as delivered"),
    Above("no ladder"),
    Above("an endless search"),
    Above("a missing PUBACK counts as one"),
    Above("silence counts as a PUBACK"),
    Above("anybody's certificate is taken"),
    Engine(Mutant::ChunkBoundaryEndsLine),
    Engine(Mutant::UrcDroppedWhilePending),
    Engine(Mutant::CountedBytesAreLines),
    Engine(Mutant::CompleteAtOk),
    Engine(Mutant::ResultNeedsOkFirst),
    Engine(Mutant::LateAnswerKept),
    Engine(Mutant::SecretTraced),
    Engine(Mutant::LossSilent),
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
    let rigs = RIGS.iter().cycle();
    let caught = (0..SEEDS).zip(rigs).find_map(|(seed, rig)| {
        let broken = run(rig, seed).broken;
        broken.first().map(|broken| (seed, broken.invariant.to_string()))
    });
    set(None);
    caught
}

#[test]
fn every_mutant_is_caught_within_a_thousand_seeds() {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&defect) = DEFECTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            match caught(defect) {
                Some((seed, invariant)) => println!("{defect:?}: seed {seed}, {invariant}"),
                None => {
                    println!("{defect:?}: not caught");
                    missed.lock().unwrap().push(defect);
                }
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
