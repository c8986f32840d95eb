//! PSM and eDRX (3GPP TS 27.007; quectel-at 1.7; simcom-at 2.3, 2.7).

use super::command::Form;
use super::dialect::Dialect;
use super::events::Event;
use super::power::Supply;
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const POWER_SAVING: Chapter<D> = &[("+CPSMS", psm), ("+CEDRXS", edrx)];
}

/// What the host asked for; kept in NV.
#[derive(Debug, Default)]
pub(crate) struct Saving {
    pub(crate) timers: Option<(String, String)>,
    /// What the network gave: it is asked only when PSM goes from off to on (simcom-at 2.7).
    pub(crate) granted: Option<(String, String)>,
    pub(crate) edrx: Option<(u32, String)>,
}

/// The network lets go of a module that is quiet, and only then the active time begins.
const RELEASE_US: u64 = 10_000_000;
/// From the line that says so to the sleep.
pub(crate) const LAST_WORDS_US: u64 = 100_000;

/// Unit and count of a timer (3GPP TS 24.008, chapter 10.5.7).
fn unit_and_count(bits: &str) -> Option<(u8, u64)> {
    let value = u8::from_str_radix(bits, 2).ok()?;
    Some((value >> 5, u64::from(value & 0x1f)))
}

/// The active time, T3324.
fn active_us(bits: &str) -> Option<u64> {
    let (unit, count) = unit_and_count(bits)?;
    let seconds = match unit {
        0 => 2,
        1 => 60,
        2 => 360,
        _ => return None,
    };
    Some(count * seconds * 1_000_000)
}

/// The time from update to update, T3412 extended.
fn tau_us(bits: &str) -> Option<u64> {
    let (unit, count) = unit_and_count(bits)?;
    let seconds = match unit {
        0 => 600,
        1 => 3_600,
        2 => 36_000,
        3 => 2,
        4 => 30,
        5 => 60,
        6 => 1_152_000,
        _ => return None,
    };
    Some(count * seconds * 1_000_000)
}

/// `AT+CPSMS=<0,1>[,,,"<TAU>","<active>"]`, timers as eight bits.
pub(crate) fn psm<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => line("+CPSMS: (0,1),,,(\"00000000\"-\"11111111\"),(\"00000000\"-\"11111111\")"),
        Form::Read => match &module.saving.timers {
            None => line("+CPSMS: 0"),
            Some((tau, active)) => line(format!("+CPSMS: 1,,,\"{tau}\",\"{active}\"")),
        },
        Form::Write(parameters) => {
            parameters.at_most(5)?;
            let on = parameters.need(0, 0, 1)? == 1;
            let bits = |index| -> Result<String, Refused> {
                let text = parameters.text(index, 8)?.unwrap_or(b"00000000");
                let valid = text.len() == 8 && text.iter().all(|bit| matches!(bit, b'0' | b'1'));
                if valid { Ok(String::from_utf8_lossy(text).into_owned()) } else { Err(Refused::Error) }
            };
            let timers = (bits(3)?, bits(4)?);
            if module.saving.timers.is_none() {
                module.saving.granted = module.options.granted_timers.clone().or(Some(timers.clone()));
            }
            module.saving.timers = on.then_some(timers);
            if !on {
                module.saving.granted = None;
            }
            module.stays_awake();
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CEDRXS=<0,1,2,3>[,<AcT 4, 5>[,"<four bits>"]]`
pub(crate) fn edrx<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Test => line("+CEDRXS: (0-3),(4,5),(\"0000\"-\"1111\")"),
        Form::Read => match &module.saving.edrx {
            None => line("+CEDRXS: 0"),
            Some((technology, value)) => line(format!("+CEDRXS: {technology},\"{value}\"")),
        },
        Form::Write(parameters) => {
            parameters.at_most(3)?;
            let mode = parameters.need(0, 0, 3)?;
            let technology = parameters.number(1, 4, 5)?;
            let value = parameters.text(2, 4)?.unwrap_or(b"0010");
            if value.len() != 4 || !value.iter().all(|bit| matches!(bit, b'0' | b'1')) {
                return Err(Refused::Error);
            }
            let on = mode == 1 || mode == 2;
            let value = String::from_utf8_lossy(value).into_owned();
            let technology = technology.unwrap_or(4);
            if mode == 2 && module.radio.is_registered() {
                module.urc(format!("+CEDRXP: {technology},\"{value}\",\"{value}\",\"0011\""));
            }
            module.saving.edrx = on.then_some((technology, value));
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    /// Something happened: PSM has to wait for its whole time again.
    pub(crate) fn stays_awake(&mut self) {
        self.agenda.cancel(|event| matches!(event, Event::SleepBegins));
        let active_us = self.saving.granted.as_ref().and_then(|timers| active_us(&timers.1));
        if let Some(active_us) = active_us
            && D::SLEEPS_BY_ITSELF
            && self.radio.is_registered()
        {
            self.agenda.add(self.now_us + RELEASE_US + active_us, Event::SleepBegins);
        }
    }

    pub(crate) fn sleep_begins(&mut self) {
        if self.running.is_some() || self.console.in_entry() || !self.radio.is_registered() {
            return self.stays_awake();
        }
        D::falls_asleep(self);
        self.agenda.add(self.now_us + LAST_WORDS_US, Event::SleepDeep);
    }

    /// Deep sleep: a wake is a boot, and MQTT and TCP do not survive it. The key ends it, or the timer of the network.
    pub(crate) fn sleep_deep(&mut self) {
        self.off();
        if let Some(after_us) = self.saving.granted.as_ref().and_then(|timers| tau_us(&timers.0)) {
            self.agenda.add(self.now_us + after_us, Event::SleepEnds);
        }
        self.power.supply = Supply::DeepSleep;
        self.power.asleep_us = self.now_us;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_eight_bits() {
        const SECOND: u64 = 1_000_000;
        for (bits, active, tau) in [
            ("00000001", Some(2), Some(600)),
            ("00101111", Some(15 * 60), Some(15 * 3_600)),
            ("01000010", Some(12 * 60), Some(20 * 3_600)),
            ("01011111", Some(31 * 360), Some(31 * 36_000)),
            ("10100101", None, Some(300)),
            ("11011111", None, Some(31 * 1_152_000)),
            ("11100000", None, None),
        ] {
            assert_eq!(active_us(bits), active.map(|seconds: u64| seconds * SECOND), "{bits}");
            assert_eq!(tau_us(bits), tau.map(|seconds: u64| seconds * SECOND), "{bits}");
        }
    }
}
