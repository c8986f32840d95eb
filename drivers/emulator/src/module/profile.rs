//! What differs between models, whatever their vendor: times, limits, names.

use crate::{quectel, simcom, ublox};

/// A vendor, with the data of one of its models.
#[derive(Debug)]
pub(crate) enum Vendor {
    Quectel(&'static quectel::Model),
    Simcom(&'static simcom::Model),
    Ublox(&'static ublox::Model),
}

/// The data of one model.
#[derive(Debug)]
pub struct Profile {
    /// The name on the label, lower case, as the host program writes it.
    pub name: &'static str,
    /// What `ATI` and `AT+CGMM` say.
    pub model: &'static str,
    /// What `ATI` and `AT+CGMR` say.
    pub firmware: &'static str,
    /// Times of PWRKEY, RESET_N and boot.
    pub power: PowerTimes,
    /// Lengths and ranges.
    pub limits: Limits,
    /// `AT+CMEE` after a boot.
    pub error_form: u8,
    /// `AT+IPR` from the factory; 0: the module finds it by itself.
    pub rate: u32,
    /// From the card's start to the search for a network.
    pub search_delay_us: u64,
    /// Which modes `AT+CEREG` takes.
    pub cereg_modes: &'static [u8],
    /// The access technology of its cells, in `+COPS` and `+CxREG`.
    pub technology: u8,
    /// `AT+CGREG` answers for LTE too.
    pub lte_is_packet_service: bool,
    /// Whose commands it speaks, and what this model is among their models.
    pub(crate) vendor: Vendor,
}

impl Profile {
    /// Every model that is played.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        [quectel::PROFILES, simcom::PROFILES, ublox::PROFILES].into_iter().flatten().copied()
    }

    /// The model of this name, as the host program writes it.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|profile| profile.name == name)
    }
}

/// Microseconds; a pair is the shortest and the longest pulse that counts.
#[derive(Debug)]
pub struct PowerTimes {
    /// PWRKEY low, module off: switches on.
    pub on_pulse: (u64, u64),
    /// PWRKEY low, module on: switches off.
    pub off_pulse: (u64, u64),
    /// RESET_N low.
    pub reset_pulse: (u64, u64),
    /// PWRKEY low for so long restarts a module that is on; `None`: it does not.
    pub key_reset: Option<u64>,
    /// From the end of the pulse to STATUS high.
    pub status: u64,
    /// From the end of the pulse to `RDY` and the first answer.
    pub ready: u64,
    /// From DTR low to the first byte that is heard.
    pub wake: u64,
    /// From the command or the pulse to silence.
    pub off: u64,
    /// After a hardware reset a power-off pulse is ignored so long.
    pub no_off_after_reset: u64,
    /// After `PSM POWER DOWN` a pulse is ignored so long.
    pub no_wake_after_psm: u64,
}

/// Lengths in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A command line.
    pub line: usize,
    /// Context ids are 1 to this.
    pub contexts: u32,
    /// A host name.
    pub host: usize,
    /// Bytes of the file system.
    pub flash: usize,
}
