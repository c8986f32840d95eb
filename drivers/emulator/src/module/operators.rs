//! Operators (3GPP TS 27.007; quectel-at 1.3; simcom-at 2.3).

use super::command::Form;
use super::dialect::Dialect;
use super::reply::{Handled, Job, Outcome, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const OPERATORS: Chapter<D> = &[("+COPS", operator)];
}

const NAME: &str = "CHINA MOBILE";
const NUMBER: &str = "46000";
/// `AT+COPS=0` may take 180 s; a network in reach is chosen much sooner.
const SELECT_US: u64 = 2_000_000;

fn operator<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    match form {
        Form::Read => line(module.operator_line()),
        Form::Test => {
            module.sim.check()?;
            Ok(Outcome::Blocks(module.options.operator_scan_us, Job::ListOperators))
        }
        Form::Write(parameters) => {
            parameters.at_most(4)?;
            let mode = parameters.need(0, 0, 3)?;
            if mode == 3 {
                module.radio.operator_format = parameters.need(1, 0, 2)? as u8;
                return ok();
            }
            if mode == 1 {
                parameters.need(1, 0, 2)?;
                parameters.need_text(2, 32)?;
            }
            module.sim.check()?;
            if module.radio.functionality != 1 {
                return Err(Refused::Cme(3));
            }
            Ok(Outcome::Blocks(SELECT_US, Job::SelectOperator(mode as u8)))
        }
        Form::Execute => Err(Refused::Error),
    }
}

impl<D: Dialect> Module<D> {
    /// Unregistered it is just `+COPS: 0`.
    fn operator_line(&self) -> String {
        let mode = if self.radio.deregistered { 2 } else { 0 };
        let format = self.radio.operator_format;
        let name = if format == 2 { NUMBER } else { NAME };
        let technology = self.profile.technology;
        if self.radio.is_registered() {
            format!("+COPS: {mode},{format},\"{name}\",{technology}")
        } else {
            format!("+COPS: {mode}")
        }
    }

    pub(crate) fn operator_selected(&mut self, mode: u8) -> Handled<D> {
        self.radio.deregistered = mode == 2;
        if mode == 2 {
            self.lose_contexts();
        }
        self.update_registration();
        if mode == 2 || self.radio.coverage { ok() } else { Err(Refused::Cme(30)) }
    }

    /// The scan "detaches service" (quectel-at 1.3): the registration is gone when it ends.
    pub(crate) fn operators_listed(&mut self) -> Handled<D> {
        self.search_again();
        let technology = self.profile.technology;
        line(format!("+COPS: (1,\"{NAME}\",\"CMCC\",\"{NUMBER}\",{technology}),,(0,1,2,3,4),(0,1,2)"))
    }
}
