//! What the crates log, kept for the run on whose thread it was said.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Once;

use log::{LevelFilter, Log, Metadata, Record};

thread_local! {
    static LINES: RefCell<Option<String>> = const { RefCell::new(None) };
}

struct Keep;

impl Log for Keep {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LINES.with_borrow_mut(|lines| {
            // Outside of a run nobody listens.
            if let Some(lines) = lines {
                writeln!(lines, "{} {}", record.level(), record.args()).expect("a text takes every text");
            }
        });
    }

    fn flush(&self) {}
}

/// Keeps what is logged on this thread from now on.
pub(super) fn begin() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // Where another logger is installed already its owner sees the lines, and this run has none to look at.
        if log::set_logger(&Keep).is_ok() {
            log::set_max_level(LevelFilter::Trace);
        }
    });
    LINES.set(Some(String::new()));
}

/// What was logged since.
pub(super) fn end() -> String {
    LINES.take().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_run_logs_is_kept_and_nothing_else() {
        super::begin();
        log::info!("in a run");
        let elsewhere = std::thread::spawn(|| log::info!("elsewhere"));
        elsewhere.join().unwrap();
        assert_eq!(super::end(), "INFO in a run\n");
        log::info!("after it");
        assert_eq!(super::end(), "");
    }

    #[test]
    fn a_session_logs_its_failures() {
        let outcome = crate::simulate::run_with(&crate::simulate::RIGS[0], 1, &[("reset", 60_000)]);
        assert!(outcome.log.contains("failure"), "{}", outcome.log);
    }
}
