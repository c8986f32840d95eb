//! The clock, beside that of this machine.

use std::time::Duration;

use super::check::{Chart, Check, Subject};
use super::driven::Measured;

/// `utc` was the time of this machine when that of the module was measured.
pub(super) fn tell(measured: &Measured, utc: Duration, chart: &Chart<'_>) {
    chart.tell(match &measured.clock {
        Ok(time) => judge(*time, utc),
        Err(failure) => Check::failure(Subject::Clock, (), failure.clone()),
    });
}

fn judge(time: Option<Duration>, utc: Duration) -> Check {
    /// Certificates do not care for less, and clocks of zones that were mistaken are off by more.
    const PLAUSIBLE_S: u64 = 15 * 60;
    let Some(time) = time else {
        return Check::warning(
            Subject::Clock,
            (),
            "not set: no network has told the time since it started (NITZ)",
            "wait for the network's time, or set it by AT+CCLK: until then TLS cannot look at the dates of certificates",
        );
    };
    let off_s = time.as_secs().abs_diff(utc.as_secs());
    if off_s > PLAUSIBLE_S {
        let off = if off_s < 3 * 3600 {
            format!("{} minutes", (off_s + 30) / 60)
        } else {
            format!("{} hours", (off_s + 1800) / 3600)
        };
        return Check::warning(
            Subject::Clock,
            time.as_secs(),
            format!("{off} off the clock of this machine"),
            "see which of the two is right: TLS looks at the dates of certificates with the module's",
        );
    }
    Check::ok(Subject::Clock, time.as_secs(), "set, and right within a quarter of an hour")
}
