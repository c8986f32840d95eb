//! Traps that the facts of a vendor's modules know, each met by the driver on an emulated module.

/// A trap.
#[derive(Debug, Clone, Copy)]
pub struct Trap {
    section: &'static str,
    what: &'static str,
    meet: fn(),
}

/// What a section of the facts tells, and the test that meets it.
#[must_use]
pub const fn trap(section: &'static str, what: &'static str, meet: fn()) -> Trap {
    Trap { section, what, meet }
}

/// Meets each of these.
///
/// # Panics
/// When one of them catches the driver, or there are none.
pub fn meet<'a>(traps: impl IntoIterator<Item = &'a Trap>) {
    let mut count = 0;
    for Trap { section, what, meet } in traps {
        println!("{section}: {what}");
        meet();
        count += 1;
    }
    println!("{count} traps");
    assert!(count > 0, "there are no traps");
}
