//! Who the module is (3GPP TS 27.007; quectel-at 1.3; simcom-at 2.3).

use super::command::Form;
use super::dialect::Dialect;
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const IDENTITY: Chapter<D> =
        &[("+CGMI", maker), ("+GMI", maker), ("+CGMM", model), ("+GMM", model), ("+GSN", imei), ("+CGSN", imei)];
}

/// An execute form with one bare line; the test form is just OK.
pub(crate) fn bare<D: Dialect>(form: &Form, text: &str) -> Handled<D> {
    match form {
        Form::Execute => line(text),
        Form::Test => ok(),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

fn maker<D: Dialect>(_: &mut Module<D>, form: &Form) -> Handled<D> {
    bare(form, D::MAKER)
}

fn model<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    bare(form, module.profile.model)
}

fn imei<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    bare(form, &module.options.imei)
}
