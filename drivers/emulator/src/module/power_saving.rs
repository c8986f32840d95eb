//! PSM and eDRX (3GPP TS 27.007; quectel-at 1.7; simcom-at 2.3, 2.7).

use super::command::Form;
use super::dialect::Dialect;
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
    pub(crate) edrx: Option<(u32, String)>,
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
            module.saving.timers = on.then_some(timers);
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
            module.saving.edrx = on.then(|| (technology.unwrap_or(4), value));
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    /// Deep sleep: a wake is a boot, and MQTT and TCP do not survive it.
    pub(crate) fn sleep_deep(&mut self) {
        self.off();
        self.power.supply = Supply::DeepSleep;
        self.power.asleep_us = self.now_us;
    }
}
