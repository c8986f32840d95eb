//! Power saving: what a module is asked for, and what is known of its sleep.

use core::time::Duration;

use crate::Module;

/// A module that falls asleep by itself where the network lets it (3GPP TS 23.682, 4.5.4 and 4.5.13).
///
/// The general contract stands in the [crate documentation](crate).
pub trait PowerSaving: Module {
    /// Says how power shall be saved from now on, restarts of the module included.
    ///
    /// Returns when the module took it. The network decides what it grants, and may grant less. *Dropped*: call it again.
    /// *Kinds*: [`Retry`](crate::ErrorKind::Retry), [`Restart`](crate::ErrorKind::Restart).
    async fn save_power(&mut self, saving: &Saving) -> Result<(), Self::Error>;

    /// What is known of the module's sleep: `None` while it is awake, as far as is known.
    ///
    /// [`Module::idle`] tells of its beginning ([`Notice::Asleep`](crate::Notice::Asleep)). A module that sleeps in PSM is
    /// off: all methods but `start` and `recover` fail with kind [`Restart`](crate::ErrorKind::Restart), and
    /// [`Module::start`] wakes it by its power key, or finds it awake. Neither session nor sockets outlive it, and the data
    /// context may not: [`Module::attach`] and a connect are next. In the first two seconds of its sleep a module may still
    /// answer, or overlook its key.
    fn sleep(&self) -> Option<Sleep>;
}

/// How power shall be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Saving {
    /// The power saving mode, if it shall be.
    pub psm: Option<Psm>,
    /// How far apart the network may page an idle module, if farther than usual (eDRX): the longest cycle of LTE Cat M1
    /// that is not longer.
    pub edrx: Option<Duration>,
}

impl Saving {
    /// None: the module stays reachable.
    pub const NONE: Self = Self { psm: None, edrx: None };
}

/// The power saving mode: the module is off between two updates, but for its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Psm {
    /// From one update to the next, when it wakes by itself (T3412 extended). Taken to the next longer one that can be
    /// told (3GPP TS 24.008, 10.5.7.4a).
    pub update: Duration,
    /// How long it stays reachable behind its last traffic (T3324, 10.5.7.3), likewise.
    pub active: Duration,
}

impl Psm {
    /// The two timers as eight bits each: T3412 extended, T3324.
    #[must_use]
    pub const fn timers(&self) -> [u8; 2] {
        const UPDATE: &[(u64, u8)] = &[(2, 3), (30, 4), (60, 5), (600, 0), (3_600, 1), (36_000, 2), (1_152_000, 6)];
        const ACTIVE: &[(u64, u8)] = &[(2, 0), (60, 1), (360, 2)];
        [timer(self.update, UPDATE), timer(self.active, ACTIVE)]
    }
}

/// The first unit in which at most 31 of it are enough.
const fn timer(time: Duration, units: &[(u64, u8)]) -> u8 {
    let seconds = time.as_secs();
    let mut i = 0;
    while i + 1 < units.len() && seconds.div_ceil(units[i].0) > 31 {
        i += 1;
    }
    let (unit, code) = units[i];
    let count = seconds.div_ceil(unit);
    code << 5 | if count > 31 { 31 } else { count as u8 }
}

/// The four bits of the longest eDRX cycle of LTE Cat M1 that is not longer (3GPP TS 24.008, 10.5.5.32).
#[must_use]
pub const fn edrx_cycle(cycle: Duration) -> u8 {
    // Each is 5.12 s, as often as its second number says.
    const CYCLES: [(u8, u64); 10] =
        [(0, 1), (1, 2), (2, 4), (3, 8), (5, 16), (9, 32), (10, 64), (11, 128), (12, 256), (13, 512)];
    let (mut i, mut bits) = (0, 0);
    while i < CYCLES.len() && CYCLES[i].1 * 5_120 <= cycle.as_millis() as u64 {
        bits = CYCLES[i].0;
        i += 1;
    }
    bits
}

/// A module's sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Sleep {
    /// When it is expected to wake by itself, from now: the time that was asked for, which the network may have changed.
    pub wakes_in: Duration,
}

impl Sleep {
    /// One that is expected to end so; a driver's business.
    #[must_use]
    pub const fn new(wakes_in: Duration) -> Self {
        Self { wakes_in }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_told_in_the_smallest_unit_that_reaches() {
        for (update, active, expected) in [
            (0, 0, [0b0110_0000, 0]),
            (62, 2, [0b0111_1111, 0b0000_0001]),
            (63, 3, [0b1000_0011, 0b0000_0010]),
            (3_600, 62, [0b0000_0110, 0b0001_1111]),
            (86_400, 63, [0b0011_1000, 0b0010_0010]),
            (u64::MAX, u64::MAX, [0b1101_1111, 0b0101_1111]),
        ] {
            let psm = Psm { update: Duration::from_secs(update), active: Duration::from_secs(active) };
            assert_eq!(psm.timers(), expected, "{update} {active}");
        }
    }

    #[test]
    fn a_cycle_is_never_longer_than_it_was_asked_for() {
        for (ms, bits) in [(0, 0), (5_120, 0), (10_239, 0), (10_240, 1), (81_920, 5), (100_000, 5), (u64::MAX, 13)] {
            assert_eq!(edrx_cycle(Duration::from_millis(ms)), bits, "{ms}");
        }
    }
}
