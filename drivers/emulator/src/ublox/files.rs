//! Files: `AT+UDWNFILE`, `AT+URDFILE`, `AT+URDBLOCK`, `AT+ULSTFILE`, `AT+UDELFILE` (ublox-at 7).
//!
//! Certificates live in the same flash here, under names that no file can have.

use super::reply::{Handled, Purpose};
use super::{Module, Ublox};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[
    ("+UDWNFILE", download),
    ("+URDFILE", read),
    ("+URDBLOCK", read_block),
    ("+ULSTFILE", list),
    ("+UDELFILE", delete),
];

/// "20 s input limit"
pub(super) const INPUT_US: u64 = 20_000_000;

/// FFS errors (ublox-at 8).
const NO_MEMORY: Refused = Refused::Cme(1635);
const BAD_NAME: Refused = Refused::Cme(1638);
const TIMEOUT: Refused = Refused::Cme(1649);

/// Between a drive and a name: user files have none.
const MARK: char = ':';

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Download {
    name: String,
}

impl Module {
    /// A file name among the parameters, with its tag in front of it when there is one.
    pub(super) fn file_at(&self, parameters: &Parameters, index: usize, tag: Option<usize>) -> Result<String, Refused> {
        let name = parameters.need_text(index, usize::MAX)?;
        let name = std::str::from_utf8(name).map_err(|_| BAD_NAME)?;
        if name.len() > self.own.model.file_name || name.contains([MARK, '/', '*']) {
            return Err(BAD_NAME);
        }
        let tag = tag.map(|index| parameters.text(index, 16)).transpose()?.flatten();
        match tag {
            None | Some(b"USER") => Ok(name.to_owned()),
            Some(b"AUDIO" | b"FOAT" | b"FOTA") => {
                Ok(format!("{}{MARK}{name}", String::from_utf8_lossy(tag.unwrap_or_default())))
            }
            Some(_) => Err(Refused::Error),
        }
    }

    const fn not_found(&self) -> Refused {
        Refused::Cme(self.options.ublox.file_not_found)
    }

    pub(super) fn file_content(&self, name: &str) -> Result<&[u8], Refused> {
        self.flash.read(name).ok_or(self.not_found())
    }

    /// `+URDFILE: "name",<n>,"<bytes>"`
    fn file_line(&self, command: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
        let bare = self.own.model.quirks.bare_names && command == "+URDFILE";
        let mark = if bare { "" } else { "\"" };
        [format!("{command}: {mark}{name}{mark},{},\"", bytes.len()).as_bytes(), bytes, b"\""].concat()
    }

    /// The bytes are there: behind those that the file had.
    pub(super) fn downloaded(&mut self, file: Download, bytes: Vec<u8>) -> Handled {
        self.append(file, bytes);
        ok()
    }

    fn append(&mut self, file: Download, bytes: Vec<u8>) {
        let old = self.flash.read(&file.name).unwrap_or_default();
        let content = [old, &bytes].concat();
        self.flash.write(file.name, content);
    }

    /// The rest did not come; whether what came is kept is not stated.
    pub(super) fn download_timed_out(&mut self, file: Download, bytes: Vec<u8>) -> Reply {
        if self.options.ublox.half_file_kept {
            self.append(file, bytes);
        }
        Reply::refused(TIMEOUT)
    }
}

/// `AT+UDWNFILE="<name>",<size>[,"<tag>"]`: it appends.
fn download(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(3)?;
    let name = module.file_at(parameters, 0, Some(2))?;
    let size = parameters.need(1, 1, u32::MAX)? as usize;
    if size > module.flash.free() {
        return Err(NO_MEMORY);
    }
    Ok(Outcome::Prompt(Purpose::Download(Download { name }), Size::Fixed(size)))
}

/// `AT+URDFILE="<name>"[,"<tag>"]`
fn read(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    let name = module.file_at(parameters, 0, Some(1))?;
    let text = module.file_line("+URDFILE", &name, module.file_content(&name)?);
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

/// `AT+URDBLOCK="<name>",<offset>,<count>`: untagged files only.
fn read_block(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(3)?;
    let name = module.file_at(parameters, 0, None)?;
    let offset = parameters.need(1, 0, u32::MAX)? as usize;
    let count = parameters.need(2, 1, u32::MAX)? as usize;
    let content = module.file_content(&name)?;
    let start = offset.min(content.len());
    let end = start.saturating_add(count).min(content.len());
    let text = module.file_line("+URDBLOCK", &name, &content[start..end]);
    Ok(Outcome::Reply(Reply { counted: true, ..Reply::line(text) }))
}

/// `AT+ULSTFILE[=<0 names, 1 free bytes, 2 size>[,"<name or tag>"]]`
fn list(module: &mut Module, form: &Form) -> Handled {
    let names = |module: &Module| {
        let names = module.flash.iter().filter(|file| !file.0.contains(MARK)).map(|file| format!("\"{}\"", file.0));
        line(format!("+ULSTFILE: {}", names.collect::<Vec<_>>().join(",")))
    };
    let parameters = match form {
        Form::Execute => return names(module),
        Form::Write(parameters) => parameters,
        Form::Test | Form::Read => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    match parameters.need(0, 0, 2)? {
        0 => names(module),
        1 => line(format!("+ULSTFILE: {}", module.flash.free())),
        _ => {
            let name = module.file_at(parameters, 1, Some(2))?;
            line(format!("+ULSTFILE: {}", module.file_content(&name)?.len()))
        }
    }
}

/// `AT+UDELFILE="<name>"[,"<tag>"]`
fn delete(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    let name = module.file_at(parameters, 0, Some(1))?;
    if module.flash.remove(&name) { ok() } else { Err(module.not_found()) }
}
