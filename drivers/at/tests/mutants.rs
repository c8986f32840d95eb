//! Tests of the tests: each deliberate defect of the engine must be noticed by a test of the promise that it breaks.
//!
//! The defects are in one build and switched on for a thread, so that this takes seconds.

mod suite;

use std::cell::Cell;
use std::panic::{catch_unwind, set_hook, take_hook};

use wanlink_at::mutants::{Mutant, activate};

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Lets a test fail on this thread without a word. All else is told as before.
fn hush() {
    let before = take_hook();
    set_hook(Box::new(move |info| {
        if !QUIET.get() {
            before(info);
        }
    }));
}

/// Names of the tests of this promise that notice the defect.
fn noticed_by(mutant: Mutant, promise: u8) -> Vec<&'static str> {
    let tests = suite::all().filter(|test| test.0 == promise);
    let fails = |test: &suite::Test| {
        activate(Some(mutant));
        QUIET.set(true);
        let failed = catch_unwind(test.2).is_err();
        QUIET.set(false);
        activate(None);
        failed
    };
    tests.filter(fails).map(|test| test.1).collect()
}

#[test]
fn every_mutant_is_noticed() {
    hush();
    let mut unnoticed = Vec::new();
    println!("{:26} | promise | caught by", "mutant");
    for &(mutant, promise, defect) in Mutant::ALL {
        let caught = noticed_by(mutant, promise);
        let first = caught.first().map_or("NOBODY", |name| name);
        println!("{:26} | {promise:7} | {} tests, {first}", format!("{mutant:?}"), caught.len());
        if caught.is_empty() {
            unnoticed.push(format!("{mutant:?}: {defect}"));
        }
    }
    assert!(unnoticed.is_empty(), "no test notices {unnoticed:#?}");
}

#[test]
fn every_promise_has_a_mutant() {
    for promise in 1..=12 {
        assert!(Mutant::ALL.iter().any(|mutant| mutant.1 == promise), "none breaks promise {promise}");
    }
}
