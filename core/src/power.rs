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

    /// Asks what the network granted of it, which it does when the module attaches, and may do later.
    ///
    /// [`sleep`](Self::sleep) goes by what was granted from then on. *Dropped*: nothing is left. *Kinds*: as
    /// [`save_power`](Self::save_power).
    async fn granted(&mut self) -> Result<Granted, Self::Error>;

    /// What is known of the module's sleep: `None` while it is awake, as far as is known.
    ///
    /// [`Module::idle`] tells of its beginning ([`Notice::Asleep`](crate::Notice::Asleep)). A module that sleeps in PSM is
    /// off: all methods but `start` and `recover` fail with kind [`Restart`](crate::ErrorKind::Restart), and
    /// [`Module::start`] wakes it by its power key, or finds it awake. Neither session nor sockets outlive it, and the data
    /// context may not: [`Module::attach`] and a connect are next. In the first two seconds of its sleep a module may still
    /// answer, or overlook its key.
    fn sleep(&self) -> Option<Sleep>;
}

/// A module whose port sleeps while its sleep line (DTR) lets it.
///
/// It stays on line all the while: registration, data context, session and sockets go on, and so do the pings of its own
/// MQTT client. What has to be sent for the keep-alive of another client is the program's business: the links of
/// `wanlink-transports` say by `next_deadline` when. The general contract stands in the [crate documentation](crate).
pub trait Doze: Module {
    /// Lets the port sleep until the next method.
    ///
    /// Settles what a dropped call left, tells the module that its line counts, and then releases the line. Whatever
    /// method comes next takes it back and waits as long as the module's manual says before its first byte, so that none is
    /// lost. A module that dozes says nothing: messages and news wait in it, and come with the next method that listens.
    /// *Twice*: harmless. *Dropped*: the port sleeps, or does not; call anything. *Kinds*:
    /// [`Retry`](crate::ErrorKind::Retry), [`Restart`](crate::ErrorKind::Restart),
    /// [`Misuse`](crate::ErrorKind::Misuse) (the pin failed).
    async fn doze(&mut self) -> Result<(), Self::Error>;
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

impl Psm {
    /// What two timers of eight bits each mean, or `None` when one of them is switched off.
    #[must_use]
    pub const fn from_timers([update, active]: [u8; 2]) -> Option<Self> {
        const OFF: u8 = 7;
        let update_unit_s = [600, 3_600, 36_000, 2, 30, 60, 1_152_000, 0][(update >> 5) as usize];
        // A unit that is not known counts as minutes (10.5.7.3).
        let active_unit_s = [2, 60, 360, 60, 60, 60, 60, 0][(active >> 5) as usize];
        if update >> 5 == OFF || active >> 5 == OFF {
            return None;
        }
        Some(Self {
            update: Duration::from_secs(update_unit_s * (update & 31) as u64),
            active: Duration::from_secs(active_unit_s * (active & 31) as u64),
        })
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

/// What the network granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Granted {
    /// The power saving mode with the network's own times; `None` when the module may not use it, or is not registered.
    pub psm: Option<Psm>,
}

impl Granted {
    /// This much of it; a driver's business.
    #[must_use]
    pub const fn new(psm: Option<Psm>) -> Self {
        Self { psm }
    }
}

/// A module's sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Sleep {
    /// When it is expected to wake by itself, from now: by the time that the network [granted](PowerSaving::granted), if
    /// that was asked, else by the one that was asked for.
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
    fn what_is_told_is_read_back() {
        for (update, active) in [(62, 2), (3_600, 62), (86_400, 60), (31 * 1_152_000, 31 * 360)] {
            let psm = Psm { update: Duration::from_secs(update), active: Duration::from_secs(active) };
            assert_eq!(Psm::from_timers(psm.timers()), Some(psm));
        }
        assert_eq!(Psm::from_timers([0b1110_0000, 0b0000_0001]), None);
        assert_eq!(Psm::from_timers([0b0000_0001, 0b1110_0000]), None);
        let minutes = Psm { update: Duration::from_secs(600), active: Duration::from_secs(120) };
        assert_eq!(Psm::from_timers([0b0000_0001, 0b0110_0010]), Some(minutes));
    }

    #[test]
    fn a_cycle_is_never_longer_than_it_was_asked_for() {
        for (ms, bits) in [(0, 0), (5_120, 0), (10_239, 0), (10_240, 1), (81_920, 5), (100_000, 5), (u64::MAX, 13)] {
            assert_eq!(edrx_cycle(Duration::from_millis(ms)), bits, "{ms}");
        }
    }
}
