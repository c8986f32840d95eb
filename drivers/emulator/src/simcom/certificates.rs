//! Certificates of family 1: `AT+CCERTDOWN`, `AT+CCERTLIST`, `AT+CCERTDELE` (simcom-at 8). They persist.

use super::reply::{Handled, Purpose};
use super::tls_config::file_name;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Outcome, Refused, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+CCERTDOWN", download), ("+CCERTLIST", list), ("+CCERTDELE", delete)];

const LARGEST: u32 = 10_240;

/// A certificate on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(super) name: String,
}

/// `AT+CCERTDOWN="<name>",<size>`, then the bytes.
fn download(module: &mut Module, form: &Form) -> Handled {
    let longest = module.own.model.certificate_name;
    let parameters = match form {
        Form::Test => return line(format!("+CCERTDOWN: (5-{longest}),(1-{LARGEST})")),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let name = file_name(parameters, 0, longest)?;
    let size = parameters.need(1, 1, LARGEST)? as usize;
    if size > module.flash.free() {
        return Err(Refused::Error);
    }
    Ok(Outcome::Prompt(Purpose::Certificate(Upload { name }), Size::Fixed(size)))
}

fn list(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => ok(),
        Form::Execute => lines(module.flash.iter().map(|file| format!("+CCERTLIST: \"{}\"", file.0))),
        Form::Read | Form::Write(_) => Err(Refused::Error),
    }
}

/// `AT+CCERTDELE="<name>"`
fn delete(module: &mut Module, form: &Form) -> Handled {
    let longest = module.own.model.certificate_name;
    let parameters = match form {
        Form::Test => return ok(),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(1)?;
    let name = file_name(parameters, 0, longest)?;
    if module.flash.remove(&name) { ok() } else { Err(Refused::Error) }
}

impl Module {
    /// The whole certificate is there; one of the same name is replaced.
    pub(super) fn certificate_typed(&mut self, upload: Upload, content: Vec<u8>) -> Handled {
        self.flash.write(upload.name, content);
        ok()
    }
}
