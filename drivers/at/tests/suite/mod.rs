//! What the engine promises (README), each as tests that are named after it.
//!
//! They are ordinary tests; the tests of the mutants run them once more, by [`all`], to see which of them notices a
//! defect.

pub(crate) mod chunks;
pub(crate) mod counted;
pub(crate) mod foreign;
pub(crate) mod garbage;
pub(crate) mod late;
pub(crate) mod module;
pub(crate) mod prompts;
pub(crate) mod restart;
pub(crate) mod rig;
pub(crate) mod secrets;
pub(crate) mod shapes;
pub(crate) mod streams;
pub(crate) mod unsolicited;
pub(crate) mod waiting;

/// Number of the promise, name, and the test itself.
pub(crate) type Test = (u8, &'static str, fn());

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Test> {
    [
        chunks::TESTS,
        unsolicited::TESTS,
        counted::TESTS,
        prompts::TESTS,
        shapes::TESTS,
        streams::TESTS,
        late::TESTS,
        restart::TESTS,
        garbage::TESTS,
        waiting::TESTS,
        secrets::TESTS,
        foreign::TESTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
