//! Runs of the simulator: a few seeds on every `cargo test`, more with `WANLINK_SEEDS`, and what once broke.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use wanlink::simulate::{Broken, Keeps, Outcome, RIGS, Rig, faults, run, run_with};

/// Seeds of a plain `cargo test`, for each rig of the first model; the others share what is common.
const SEEDS: u64 = 25;
const SEEDS_OF_OTHERS: u64 = 3;
const FIRST: &str = "bg95";

fn report(rig: &Rig, outcome: &Outcome) -> String {
    let lines = outcome.broken.iter().map(|Broken { invariant, what }| format!("{invariant}: {what}\n"));
    format!("wanlink simulate {rig} --seed {}:\n{}", outcome.seed, lines.collect::<String>())
}

#[test]
fn nothing_breaks() {
    let asked: Option<u64> = std::env::var("WANLINK_SEEDS").ok().and_then(|count| count.parse().ok());
    let seen = Mutex::new(BTreeSet::new());
    for rig in RIGS.iter() {
        let seeds = asked.unwrap_or(if rig.module() == FIRST { SEEDS } else { SEEDS_OF_OTHERS });
        let (next, broken) = (AtomicU64::new(0), Mutex::new(String::new()));
        let work = || loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return;
            }
            let outcome = run(rig, seed);
            seen.lock().unwrap().extend(outcome.faults.keys().copied());
            if !outcome.broken.is_empty() {
                broken.lock().unwrap().push_str(&report(rig, &outcome));
            }
        };
        std::thread::scope(|scope| {
            let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            (0..threads).for_each(|_| drop(scope.spawn(work)));
        });
        let broken = broken.into_inner().unwrap();
        assert!(broken.is_empty(), "{broken}");
    }
    // What never happens proves nothing.
    let seen = seen.into_inner().unwrap();
    let never: BTreeSet<_> = RIGS.iter().flat_map(faults).filter(|name| !seen.contains(name)).collect();
    assert!(asked.is_some_and(|seeds| seeds < SEEDS) || never.is_empty(), "never seen: {never:?}");
}

/// Runs a seed with faults that once broke it.
fn holds(cause: &str, seed: u64, faults: &[(&str, u64)]) {
    holds_on(FIRST, cause, seed, faults);
}

fn holds_on(module: &str, cause: &str, seed: u64, faults: &[(&str, u64)]) {
    for rig in RIGS.iter().filter(|rig| rig.module() == module && rig.register().is_none()) {
        let outcome = run_with(rig, seed, faults);
        assert!(outcome.broken.is_empty(), "{cause}, {faults:?}: {}", report(rig, &outcome));
    }
}

/// As these seeds once drew them; a seed draws something else as soon as a kind of fault joins.
#[test]
fn what_once_broke_holds() {
    for seed in 0..3 {
        // Over HTTPS, where a token at hand counted as a way to the platform, for longer.
        holds("no session renewed a context that is up in name only", seed, &[("context-lies", 100_000)]);
        holds("nobody switched off and on a radio that had stopped to search", seed, &[("sim-out", 60_000)]);
        holds("as before, with a network in between", seed, &[("sim-out", 60_000), ("deny", 61_000)]);
        let damaged = [("starve-block", 0), ("starve-block", 0), ("overrun", 20_000), ("overrun", 40_000)];
        holds("a damaged header was taken for the header of another form", seed, &damaged);
    }
    for at_ms in (5_000..11_000).step_by(200) {
        holds("a restart between PIN and READY: the PIN was never sent again", 3, &[("reset", at_ms)]);
    }
}

/// As above, on models that tell less, or later.
#[test]
fn what_once_broke_holds_on_family_2() {
    let cause = "publishes that are OK before their PUBACK put off the ping that finds a network dead";
    for seed in [82, 193] {
        holds_on("sim7080", cause, seed, &[("context-lies", 100_000)]);
    }
    let cause = "diagnosis left the module deaf, and starts that failed kept its treatment from its turn";
    for module in ["sim7080", "sim7000"] {
        holds_on(module, cause, 274, &[("context-lies", 100_000)]);
    }
}

/// Whatever the power, the module and the network do. TLS, which takes its time here, changes nothing above the session.
#[test]
fn what_an_outbox_took_arrives() {
    for keeps in [Keeps::Ram, Keeps::Flash] {
        let (mut put, mut repeated, mut erased, mut cuts) = (0, 0, 0, 0);
        // The last one only accepts.
        let rigs = [(FIRST, "mqtt-plain"), (FIRST, "tcp-plain"), ("sim7080", "mqtt-plain")];
        for rig in RIGS.iter().filter(|rig| rig.register().is_none() && rigs.contains(&(rig.module(), rig.path))) {
            let rig = rig.with_outbox(keeps);
            for seed in 0..if rig.module() == FIRST { SEEDS } else { SEEDS_OF_OTHERS } {
                let outcome = run(&rig, seed);
                assert!(outcome.broken.is_empty(), "{}", report(&rig, &outcome));
                put += outcome.outbox.put;
                repeated += outcome.outbox.repeated;
                erased += outcome.outbox.erased;
                cuts += outcome.cuts.get("in a word").copied().unwrap_or_default();
            }
        }
        // What never happens proves nothing.
        assert!(put > 1000 && repeated > 10, "{keeps:?}: {put} put, {repeated} sent again");
        assert!(keeps == Keeps::Ram || (erased > 10 && cuts > 0), "{erased} erased, {cuts} cuts");
    }
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in [1, 4] {
        let (one, other) = (run(&RIGS[0], seed), run(&RIGS[0], seed));
        assert_eq!((one.hash, one.trace), (other.hash, other.trace));
    }
    assert_ne!(run(&RIGS[0], 1).hash, run(&RIGS[0], 2).hash);
}
