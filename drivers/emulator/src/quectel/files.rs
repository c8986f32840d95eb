//! Files: `AT+QFUPL`, `AT+QFLST`, `AT+QFDEL`, `AT+QFLDS` (quectel-at 6).
//!
//! A name without a drive is one of `UFS:`, the flash: it survives restart and power-off. `RAM:` does not.

use super::reply::{Handled, Purpose};
use super::{Module, Quectel};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QFUPL", upload), ("+QFLST", list), ("+QFDEL", delete), ("+QFLDS", room)];

/// FILE errors (quectel-at 6).
const NOT_FOUND: Refused = Refused::Cme(405);
const BAD_NAME: Refused = Refused::Cme(406);
const EXISTS: Refused = Refused::Cme(407);
const NO_SPACE: Refused = Refused::Cme(420);
const TIMEOUT: Refused = Refused::Cme(421);

/// "Names <= 80", without the drive.
const LONGEST_NAME: usize = 80;
/// Size of an upload that names none; the sheet does not state it, the vendor's manuals do.
const UPLOAD_SIZE: u32 = 10_240;
const UPLOAD_TIMEOUT_S: u32 = 5;
/// With acknowledgement mode the module sends `A` after so many bytes.
const ACKNOWLEDGED: usize = 1_024;

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    name: String,
    pub(super) timeout_us: u64,
    pub(super) acknowledge_every: Option<usize>,
}

/// XOR over pairs of bytes, the first of a pair in the high half; so is an odd last one.
pub(super) fn checksum(content: &[u8]) -> u16 {
    content.chunks(2).fold(0, |sum, pair| sum ^ u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]))
}

/// The name with its drive, as the flash keeps it.
pub(super) fn with_drive(name: &[u8]) -> Result<String, Refused> {
    let name = std::str::from_utf8(name).map_err(|_| BAD_NAME)?;
    let (drive, name) = match name.split_once(':') {
        Some((drive @ ("UFS" | "RAM"), name)) => (drive, name),
        Some(_) => return Err(BAD_NAME),
        None => ("UFS", name),
    };
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('*') {
        return Err(BAD_NAME);
    }
    Ok(format!("{drive}:{name}"))
}

/// `AT+QFUPL="<name>"[,<size>[,<timeout, s>[,<acknowledgement mode>]]]`
fn upload(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+QFUPL: <filename>,(1-<freesize>),(1-65535),(0,1)"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(4)?;
    let name = parameters.text(0, usize::MAX)?.ok_or(Refused::Error)?;
    let size = parameters.number(1, 1, u32::MAX)?.unwrap_or(UPLOAD_SIZE) as usize;
    let timeout_s = parameters.number(2, 1, 65_535)?.unwrap_or(UPLOAD_TIMEOUT_S);
    let acknowledged = parameters.number(3, 0, 1)?.unwrap_or(0) == 1;
    let name = with_drive(name)?;
    if module.flash.read(&name).is_some() {
        return Err(EXISTS);
    }
    if size > module.flash.free() {
        return Err(NO_SPACE);
    }
    let timeout_us = u64::from(timeout_s) * 1_000_000;
    let upload = Upload { name, timeout_us, acknowledge_every: acknowledged.then_some(ACKNOWLEDGED) };
    Ok(Outcome::Prompt(Purpose::Upload(upload), Size::Fixed(size)))
}

/// What a pattern covers: everything of a drive, or one name.
enum Pattern {
    Drive(&'static str),
    Name(String),
}

fn pattern(parameters: &Parameters) -> Result<Pattern, Refused> {
    parameters.at_most(1)?;
    match parameters.text(0, usize::MAX)?.ok_or(Refused::Error)? {
        b"*" | b"UFS:*" => Ok(Pattern::Drive("UFS:")),
        b"RAM:*" => Ok(Pattern::Drive("RAM:")),
        name => with_drive(name).map(Pattern::Name),
    }
}

/// `AT+QFLST[="<name or *>"]`
fn list(module: &mut Module, form: &Form) -> Handled {
    let pattern = match form {
        Form::Execute => Pattern::Drive("UFS:"),
        Form::Write(parameters) => pattern(parameters)?,
        Form::Test | Form::Read => return Err(Refused::Error),
    };
    let bare = module.options.file_list_without_drive;
    let shown = |name: &str, content: &[u8]| {
        let name = if bare { name.trim_start_matches("UFS:") } else { name };
        format!("+QFLST: \"{name}\",{}", content.len())
    };
    match pattern {
        Pattern::Drive(drive) => {
            let files = module.flash.iter().filter(|file| file.0.starts_with(drive));
            lines(files.map(|(name, content)| shown(name, content)))
        }
        Pattern::Name(name) => line(shown(&name, module.flash.read(&name).ok_or(NOT_FOUND)?)),
    }
}

/// `AT+QFDEL="<name or *>"`
fn delete(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    match pattern(parameters)? {
        Pattern::Drive(drive) => module.flash.retain(|name| !name.starts_with(drive)),
        Pattern::Name(name) if !module.flash.remove(&name) => return Err(NOT_FOUND),
        Pattern::Name(_) => {}
    }
    ok()
}

/// `AT+QFLDS="UFS"`: free and total bytes.
fn room(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(1)?;
    if parameters.need_text(0, 3)? != b"UFS" {
        return Err(Refused::Error);
    }
    line(format!("+QFLDS: {},{}", module.flash.free(), module.flash.capacity()))
}

impl Module {
    /// The whole file is there.
    pub(super) fn uploaded(&mut self, upload: Upload, content: Vec<u8>) -> Handled {
        Ok(Outcome::Reply(self.keep(upload, content)))
    }

    /// The rest of the file did not come: what came is stored under its name all the same.
    pub(super) fn upload_timed_out(&mut self, upload: Upload, content: Vec<u8>) -> Reply {
        Reply { end: Err(TIMEOUT), ..self.keep(upload, content) }
    }

    fn keep(&mut self, upload: Upload, content: Vec<u8>) -> Reply {
        let reply = Reply::line(format!("+QFUPL: {},{:x}", content.len(), checksum(&content)));
        self.flash.write(upload.name, content);
        reply
    }

    /// The timeout runs from the last byte on, unless the options say otherwise.
    pub(super) fn upload_goes_on(&mut self) {
        if let Some(Purpose::Upload(upload)) = &self.purpose
            && self.console.in_entry()
            && !self.options.upload_timeout_total
        {
            let at_us = self.now_us + upload.timeout_us;
            self.entry_ends_at(at_us);
        }
    }

    /// A restart in the middle of an upload, and what it does to the files.
    pub(super) fn files_at_restart(&mut self) {
        let content = self.console.take_entry();
        if let Some(Purpose::Upload(upload)) = self.purpose.take()
            && self.options.half_file_after_restart
        {
            self.flash.write(upload.name, content);
        }
        self.flash.retain(|name| !name.starts_with("RAM:"));
    }
}

#[cfg(test)]
mod tests {
    use super::checksum;

    /// The value that a BG96 and an EC25 printed for this file (quectel-at 6).
    #[test]
    fn checksum_of_amazon_root_ca_1() {
        let pem = include_bytes!("../../tests/certificates/amazon-root-ca-1.pem");
        assert_eq!((pem.len(), format!("{:x}", checksum(pem))), (1_188, "2d13".to_owned()));
    }

    #[test]
    fn an_odd_last_byte_goes_to_the_high_half() {
        assert_eq!(checksum(&[]), 0);
        assert_eq!(checksum(&[0x12]), 0x1200);
        assert_eq!(checksum(&[0x12, 0x34, 0xff]), 0xed34);
    }
}
