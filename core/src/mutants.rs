//! Deliberate defects for the tests of the tests, by name; nothing of it is linked without the private feature.

#[cfg(feature = "_mutants")]
mod active {
    extern crate std;
    use core::cell::Cell;

    std::thread_local! {
        static ACTIVE: Cell<Option<&'static str>> = const { Cell::new(None) };
    }

    /// Turns a defect on for this thread, or all off.
    pub fn activate_mutant(name: Option<&'static str>) {
        ACTIVE.set(name);
    }

    /// Whether this defect is on.
    pub fn is_mutant(name: &str) -> bool {
        ACTIVE.get() == Some(name)
    }
}

#[cfg(feature = "_mutants")]
pub use active::{activate_mutant, is_mutant};

/// Whether this defect is on.
#[cfg(not(feature = "_mutants"))]
#[inline(always)]
pub const fn is_mutant(_: &str) -> bool {
    false
}
