//! The promises of the engine, through its public API, in simulated worlds.

mod suite;

#[test]
fn every_promise_has_tests_and_each_is_listed_once() {
    let mut names: Vec<&str> = suite::all().map(|test| test.1).collect();
    for promise in 1..=12 {
        let name = format!("promise_{promise:02}_");
        assert!(names.iter().any(|test| test.starts_with(&name)), "no test for promise {promise}");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
