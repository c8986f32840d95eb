//! Signal (3GPP TS 27.007; quectel-at 1.3; simcom-at 2.3).

use super::command::Form;
use super::dialect::Dialect;
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const SIGNAL: Chapter<D> = &[("+CSQ", csq), ("+CESQ", cesq)];
}

pub(crate) fn measured<D: Dialect>(module: &Module<D>, form: &Form, with: &str, without: &str) -> Handled<D> {
    match form {
        Form::Execute if module.radio.is_registered() => line(with),
        Form::Execute => line(without),
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

fn csq<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    measured(module, form, "+CSQ: 24,99", "+CSQ: 99,99")
}

fn cesq<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    measured(module, form, "+CESQ: 99,99,255,255,17,45", "+CESQ: 99,99,255,255,255,255")
}
