//! Time as the client counts it.

use embassy_time::{Duration, Instant, TICK_HZ};

/// Milliseconds in a tick, as a fraction of 2^32. Rounded up, so that a timer of so many milliseconds never ends before
/// this count says so; it is wrong by 2 in ten millions at most for the rates that boards have.
const PER_TICK: u64 = (1000_u64 << 32).div_ceil(TICK_HZ);

/// A count of milliseconds that wraps around at 32 bits.
///
/// Not by `Instant::as_millis`, whose 64-bit division is half a kilobyte where nothing else divides.
pub(super) fn now_ms() -> u32 {
    (Instant::now().as_ticks().wrapping_mul(PER_TICK) >> 32) as u32
}

/// When that count comes to `deadline_ms`; now, when it has been there.
pub(super) fn instant(deadline_ms: u32) -> Instant {
    let left = deadline_ms.wrapping_sub(now_ms());
    let left = if left < 1 << 31 { left } else { 0 };
    Instant::now().saturating_add(Duration::from_millis(left.into()))
}
