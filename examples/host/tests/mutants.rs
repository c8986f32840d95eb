//! The simulator bites: each deliberate defect of engine, driver and session breaks an invariant within a thousand seeds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wanlink::simulate::{Keeps, RIGS, Rig, run};
use wanlink_at::mutants::{Mutant, activate};
use wanlink_core::__private::activate_mutant;

const SEEDS: u64 = 1000;

#[derive(Debug, Clone, Copy)]
enum Defect {
    Engine(Mutant),
    Above(&'static str),
}
use Defect::{Above, Engine};

/// The model that they are looked for on: some are in its driver alone.
const MODEL: &str = "bg95";

/// Rigs on which a defect can show.
type Where = fn(&Rig) -> bool;

const ANY: Where = |_| true;
const MQTT: Where = |rig| rig.path != "https" && rig.register().is_none();
/// A defect that shows seldom is looked for where it showed.
const ON_MQTT: Where = |rig| rig.path == "mqtt" && rig.register().is_none();
const HTTPS: Where = |rig| rig.path == "https" && rig.register().is_none();
const REGISTERS: Where = |rig| rig.register().is_some();
const BY_FORM: Where = |rig| rig.register().as_deref() == Some("https");

/// The other defects of the engine are noticed by its own tests, byte by byte: not every one shows in what a device does,
/// since a driver that missed the end of a session finds out in another way, and a session heals what a late result breaks.
const DEFECTS: &[(Defect, Where)] = &[
    (Above("no jitter"), ANY),
    (Above("waits do not grow"), ANY),
    (Above("any number of logins"), MQTT),
    (Above("no resubscription"), MQTT),
    (Above("a lost publish counts as delivered"), MQTT),
    (Above("a lost publish counts as delivered"), HTTPS),
    (Above("no ladder"), MQTT),
    (Above("no ladder"), HTTPS),
    (Above("an endless search"), ON_MQTT),
    (Above("a missing PUBACK counts as one"), MQTT),
    (Above("silence counts as a PUBACK"), MQTT),
    (Above("anybody's certificate is taken"), MQTT),
    (Above("anybody's certificate is taken"), HTTPS),
    (Above("a lost answer is asked for in silence"), HTTPS),
    (Above("a kept token is not taken"), HTTPS),
    (Above("a token of any age"), HTTPS),
    (Above("a secret is used before it is kept"), BY_FORM),
    (Above("what is kept is not looked for"), REGISTERS),
    (Above("a store is cleared for each record"), BY_FORM),
    (Above("a refused request is repeated"), REGISTERS),
    (Above("a refused session goes on"), REGISTERS),
    (Above("a secret loses its end"), REGISTERS),
    (Engine(Mutant::ChunkBoundaryEndsLine), ANY),
    (Engine(Mutant::UrcDroppedWhilePending), MQTT),
    (Engine(Mutant::CountedBytesAreLines), MQTT),
    (Engine(Mutant::CompleteAtOk), ANY),
    (Engine(Mutant::ResultNeedsOkFirst), ANY),
    (Engine(Mutant::LateAnswerKept), ANY),
    (Engine(Mutant::SecretTraced), ANY),
    (Engine(Mutant::LossSilent), MQTT),
];

/// Those of an outbox in flash.
const OF_OUTBOX: &[(Defect, Where)] =
    &[(Above("what an earlier life left is thrown away"), MQTT), (Above("what is on its way has arrived"), MQTT)];

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

/// The first seed that it breaks, on which rig, and what.
fn caught(defect: Defect, is_there: Where, keeps: Option<Keeps>) -> Option<String> {
    set(Some(defect));
    let rigs = RIGS.iter().filter(|rig| rig.module() == MODEL && is_there(rig));
    let rigs: Vec<_> = rigs.map(|rig| keeps.map_or_else(|| rig.clone(), |keeps| rig.with_outbox(keeps))).collect();
    let caught = (0..SEEDS).zip(rigs.iter().cycle()).find_map(|(seed, rig)| {
        let broken = run(rig, seed).broken;
        broken.first().map(|broken| format!("{rig} --seed {seed}, {}", broken.invariant))
    });
    set(None);
    caught
}

#[test]
fn every_mutant_is_caught_within_a_thousand_seeds() {
    all_are_caught(DEFECTS, None);
}

#[test]
fn so_is_every_mutant_of_the_outbox() {
    all_are_caught(OF_OUTBOX, Some(Keeps::Flash));
}

fn all_are_caught(defects: &[(Defect, Where)], keeps: Option<Keeps>) {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&(defect, is_there)) = defects.get(next.fetch_add(1, Ordering::Relaxed)) {
            match caught(defect, is_there, keeps) {
                Some(how) => println!("{defect:?}: {how}"),
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
