//! Files of family 2: `AT+CFSINIT`, `AT+CFSWFILE`, `AT+CFSRFILE`, `AT+CFSGFIS`, `AT+CFSDFILE`, `AT+CFSTERM`
//! (simcom-at 8, 9).

use super::reply::{Handled, Purpose};
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CFSINIT", begin),
    ("+CFSTERM", end),
    ("+CFSWFILE", write),
    ("+CFSRFILE", read),
    ("+CFSGFIS", size),
    ("+CFSDFILE", delete),
];

const LARGEST: u32 = 10_240;
const LONGEST_NAME: usize = 230;
/// `/customer/`, where certificates are.
const CUSTOMER: u32 = 3;

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileUpload {
    name: String,
    /// Behind what is there.
    appends: bool,
    pub(super) wait_us: u64,
}

fn begin(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        // "a second CFSINIT answers ERROR"
        Form::Execute if !module.own.lpwa.files_open => {}
        _ => return Err(Refused::Error),
    }
    module.own.lpwa.files_open = true;
    ok()
}

fn end(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => return ok(),
        Form::Execute if module.own.lpwa.files_open => {}
        _ => return Err(Refused::Error),
    }
    module.own.lpwa.files_open = false;
    ok()
}

/// Directory and name, as the flash keeps them: files of `/customer/` by their name alone.
fn name(module: &Module, parameters: &Parameters) -> Result<String, Refused> {
    let directory = parameters.need(0, 0, CUSTOMER)?;
    let name = std::str::from_utf8(parameters.need_text(1, LONGEST_NAME)?).map_err(|_| Refused::Error)?;
    if name.contains('/') || !module.own.lpwa.files_open {
        return Err(Refused::Error);
    }
    Ok(if directory == CUSTOMER { name.to_owned() } else { format!("{directory}/{name}") })
}

fn parameters(form: &Form) -> Result<&Parameters, Refused> {
    match form {
        Form::Write(parameters) => Ok(parameters),
        Form::Test | Form::Read | Form::Execute => Err(Refused::Error),
    }
}

/// `AT+CFSWFILE=<directory>,"<name>",<0 new, 1 append>,<size>,<time, ms>`, then the bytes.
fn write(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return line(format!("+CFSWFILE: (0-3),{LONGEST_NAME},(0-1),(1-{LARGEST}),(100-10000)"));
    }
    let parameters = parameters(form)?;
    parameters.at_most(5)?;
    let appends = parameters.need(2, 0, 1)? == 1;
    let size = parameters.need(3, 1, LARGEST)? as usize;
    let wait_us = u64::from(parameters.need(4, 100, 10_000)?) * 1_000;
    let name = name(module, parameters)?;
    if size > module.flash.free() {
        return Err(Refused::Error);
    }
    Ok(Outcome::Prompt(Purpose::File(FileUpload { name, appends, wait_us }), Size::Fixed(size)))
}

/// `AT+CFSRFILE=<directory>,"<name>",<0 from the start, 1 from the position>,<size>,<position>`
fn read(module: &mut Module, form: &Form) -> Handled {
    let parameters = parameters(form)?;
    parameters.at_most(5)?;
    let from = parameters.need(2, 0, 1)?;
    let most = parameters.need(3, 1, LARGEST)? as usize;
    let position = parameters.need(4, 0, LARGEST)? as usize;
    let content = module.flash.read(&name(module, parameters)?).ok_or(Refused::Error)?;
    let start = if from == 1 { position } else { 0 };
    let data = content.get(start..).ok_or(Refused::Error)?;
    let data = &data[..most.min(data.len())];
    let text = [format!("+CFSRFILE: {}\r\n", data.len()).as_bytes(), data].concat();
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

fn size(module: &mut Module, form: &Form) -> Handled {
    let parameters = parameters(form)?;
    parameters.at_most(2)?;
    let content = module.flash.read(&name(module, parameters)?).ok_or(Refused::Error)?;
    line(format!("+CFSGFIS: {}", content.len()))
}

fn delete(module: &mut Module, form: &Form) -> Handled {
    let parameters = parameters(form)?;
    parameters.at_most(2)?;
    let name = name(module, parameters)?;
    if module.flash.remove(&name) { ok() } else { Err(Refused::Error) }
}

impl Module {
    pub(super) fn file_typed(&mut self, upload: FileUpload, data: Vec<u8>) -> Handled {
        let FileUpload { name, appends, .. } = upload;
        let before = self.flash.read(&name).filter(|_| appends).unwrap_or_default().to_vec();
        self.flash.write(name, [before, data].concat());
        ok()
    }
}
