//! Certificates and keys: `AT+USECMNG` (ublox-at 6).

use md5::{Digest, Md5};

use super::files::INPUT_US;
use super::pem;
use super::reply::{Handled, Purpose};
use super::{Module, Ublox};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, Reply, line, lines, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+USECMNG", manage)];

pub(super) const IMPORT_US: u64 = INPUT_US;
/// "Name <= 200 chars."
pub(super) const LONGEST_NAME: usize = 200;
/// Largest certificate; the number is not stated.
const MOST: u32 = 8_192;

/// Errors (ublox-at 8).
pub(super) const INPUT_TIMEOUT: Refused = Refused::Cme(1910);
const TOO_LARGE: Refused = Refused::Cme(1911);
const BAD_FORMAT: Refused = Refused::Cme(1913);
const NOT_FOUND: Refused = Refused::Cme(1916);

/// What a stored piece is, by its number in the commands.
pub(super) const ROOT: u32 = 0;
pub(super) const CLIENT: u32 = 1;
pub(super) const KEY: u32 = 2;
const SERVER: u32 = 3;
const KINDS: [&str; 4] = ["CA", "CC", "PK", "SC"];

/// A certificate or key on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    kind: u32,
    name: String,
}

/// The name under which the flash keeps it.
pub(super) fn stored_name(kind: u32, name: &str) -> String {
    format!("CERT:{kind}:{name}")
}

fn named(parameters: &Parameters) -> Result<(u32, String), Refused> {
    let kind = parameters.need(1, ROOT, SERVER)?;
    let name = String::from_utf8(parameters.need_text(2, LONGEST_NAME)?.to_vec()).map_err(|_| Refused::Error)?;
    Ok((kind, name))
}

/// `AT+USECMNG=<operation>,<type>,"<name>"[,..]`: 0 import, 1 from a file, 2 remove, 3 list, 4 MD5.
fn manage(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    match parameters.need(0, 0, 4)? {
        0 => {
            parameters.at_most(5)?;
            let (kind, name) = named(parameters)?;
            let size = parameters.need(3, 1, u32::MAX)?;
            parameters.text(4, 128)?;
            if size > MOST {
                return Err(TOO_LARGE);
            }
            Ok(Outcome::Prompt(Purpose::Import(Import { kind, name }), Size::Fixed(size as usize)))
        }
        1 => {
            parameters.at_most(5)?;
            let (kind, name) = named(parameters)?;
            let file = module.file_at(parameters, 3, None)?;
            let content = module.file_content(&file)?.to_vec();
            module.import(1, &Import { kind, name }, &content)
        }
        2 => {
            parameters.at_most(3)?;
            let (kind, name) = named(parameters)?;
            if module.flash.remove(&stored_name(kind, &name)) { ok() } else { Err(NOT_FOUND) }
        }
        3 => {
            parameters.at_most(2)?;
            module.certificates(parameters.number(1, ROOT, SERVER)?)
        }
        _ => {
            parameters.at_most(3)?;
            let (kind, name) = named(parameters)?;
            let der = module.flash.read(&stored_name(kind, &name)).ok_or(NOT_FOUND)?;
            line(format!("+USECMNG: 4,{kind},\"{name}\",\"{}\"", digest(der)))
        }
    }
}

impl Module {
    /// All bytes of an import are there.
    pub(super) fn imported(&mut self, import: &Import, bytes: &[u8]) -> Handled {
        // "D1 prints op 1 there"
        let operation = u8::from(self.options.ublox.import_says_one);
        self.import(operation, import, bytes)
    }

    /// What is stored is the DER, whatever came; a name that is taken has a new content.
    fn import(&mut self, operation: u8, Import { kind, name }: &Import, bytes: &[u8]) -> Handled {
        let der = pem::der(bytes, self.own.model.pem_lines).ok_or(BAD_FORMAT)?;
        let digest = digest(&der);
        self.flash.write(stored_name(*kind, name), der);
        line(format!("+USECMNG: {operation},{kind},\"{name}\",\"{digest}\""))
    }

    /// Lines without a prefix. The common name and the date are not looked up here.
    fn certificates(&self, wanted: Option<u32>) -> Handled {
        let quoted = !self.options.ublox.certificate_list_unquoted;
        let blanks = if self.own.model.quirks.bare_names { "  " } else { "" };
        let shown = |name: &str| {
            let (kind, name) = name.strip_prefix("CERT:")?.split_once(':')?;
            let kind: u32 = kind.parse().ok()?;
            let label = KINDS[kind as usize];
            let dated = if kind == KEY { "" } else { ",\"CN\",\"2038/01/17 00:00:00\"" };
            let text = match quoted {
                true => format!("{blanks}\"{label}\",\"{name}\"{dated}"),
                false => format!("{blanks}{label}, \"{name}\"{dated}"),
            };
            wanted.is_none_or(|wanted| wanted == kind).then_some(text)
        };
        lines(self.flash.iter().filter_map(|file| shown(file.0)))
    }

    /// The rest did not come within 20 s: nothing is stored.
    pub(super) fn import_timed_out() -> Reply {
        Reply::refused(INPUT_TIMEOUT)
    }
}

/// MD5 of a certificate, as `AT+USECMNG` tells it.
pub(super) fn digest(der: &[u8]) -> String {
    Md5::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}
