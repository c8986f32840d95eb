//! The two signals that ask a program to end.

use std::future::pending;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Waits for SIGINT or SIGTERM.
pub(crate) async fn interrupted() {
    let wait = async |kind| -> io::Result<()> {
        signal(kind)?.recv().await;
        Ok(())
    };
    let first = tokio::select! {
        result = wait(SignalKind::interrupt()) => result,
        result = wait(SignalKind::terminate()) => result,
    };
    if first.is_err() {
        // Without a handler the system itself ends the program.
        pending::<()>().await;
    }
}
