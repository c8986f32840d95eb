//! `AT+CSSLCFG` of family 2 (simcom-at 8): contexts without a root, which is named where it is used.

use super::reply::Handled;
use super::{Module, Simcom};
use crate::engine::tls::{TlsFailure, TlsSettings, Trust};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, lines, ok};
use crate::view::TlsContext;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CSSLCFG", configure)];

/// TLS contexts of a module of family 2.
pub(super) const CONTEXTS: usize = 6;
/// "names <= 50, but <= 20 for SMSSL"
const LONGEST_FILE: usize = 50;
pub(super) const LONGEST_ROOT: usize = 20;
const LONGEST_SNI: usize = 253;

const TLS12: u8 = 3;
const AUTOMATIC: u8 = 0;

/// An untouched context.
pub(super) fn factory(dates_ignored: bool) -> TlsContext {
    TlsContext { version: AUTOMATIC, ignore_dates: dates_ignored, ..super::tls_config::factory() }
}

/// Where the module keeps its own copy of a converted file.
fn copy_of(name: &str) -> String {
    format!("converted/{name}")
}

/// `AT+CSSLCFG="<name>",<context>,<value>`, `AT+CSSLCFG="convert",<kind>,"<file>"[,"<key>"]`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => {
            return lines([
                "+CSSLCFG: \"sslversion\",(0-5),(0-5)",
                "+CSSLCFG: \"ciphersuite\",(0-5),(0-7),<ciphersuite>",
                "+CSSLCFG: \"ignorertctime\",(0-5),(0,1)",
                "+CSSLCFG: \"protocol\",(0-5),(1,2)",
                "+CSSLCFG: \"sni\",(0-5),<servername>",
                "+CSSLCFG: \"ctxindex\",(0-5)",
                "+CSSLCFG: \"convert\",(1-3),<cname>[,<keyname>[,<passkey>]]",
            ]);
        }
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    let typed = parameters.need_text(0, 16)?;
    let name = typed.to_ascii_lowercase();
    if module.options.simcom.lower_case_only && typed != name {
        return Err(Refused::Error);
    }
    if name == b"convert" {
        return convert(module, parameters);
    }
    let index = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    let context = &mut module.own.tls[index];
    match name.as_slice() {
        b"sslversion" => context.version = parameters.need(2, 0, 5)? as u8,
        b"ignorertctime" => context.ignore_dates = parameters.need(2, 0, 1)? == 1,
        // 1 is TLS; DTLS is not played.
        b"protocol" => drop(parameters.need(2, 1, 1)?),
        b"sni" => {
            let name = parameters.text(2, LONGEST_SNI)?.ok_or(Refused::Error)?;
            let name = String::from_utf8(name.to_vec()).map_err(|_| Refused::Error)?;
            context.sni = !name.is_empty();
            module.own.lpwa.server_names[index] = name;
        }
        b"ciphersuite" => {
            parameters.need(2, 0, 7)?;
            let text = parameters.any_text(3).and_then(|text| std::str::from_utf8(text).ok()).ok_or(Refused::Error)?;
            let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).ok_or(Refused::Error)?;
            context.suite = u16::from_str_radix(digits, 16).map_err(|_| Refused::Error)?;
        }
        b"ctxindex" => {
            let TlsContext { version, ignore_dates, .. } = *context;
            let (dates, name) = (u8::from(ignore_dates), &module.own.lpwa.server_names[index]);
            return line(format!("+CSSLCFG: {index},{version},,{dates},1,\"{name}\""));
        }
        _ => return Err(Refused::Error),
    }
    ok()
}

/// Makes the module's own copy: "the uploaded file may be deleted afterwards".
fn convert(module: &mut Module, parameters: &Parameters) -> Handled {
    /// "1 cert, 2 CA, 3 PSK"
    const PSK: u32 = 3;
    let kind = parameters.need(1, 1, PSK)?;
    let file = std::str::from_utf8(parameters.need_text(2, LONGEST_FILE)?).map_err(|_| Refused::Error)?;
    let content = module.flash.read(file).ok_or(Refused::Error)?.to_vec();
    if kind == PSK {
        return Err(Refused::Error);
    }
    module.flash.write(copy_of(file), content);
    ok()
}

/// A root's name, as it is named where it is used; `""` is no check.
pub(super) fn root_name(parameters: &Parameters, index: usize) -> Result<String, Refused> {
    let name = parameters.text(index, LONGEST_ROOT)?.unwrap_or_default();
    String::from_utf8(name.to_vec()).map_err(|_| Refused::Error)
}

impl Module {
    /// What a context asks for, with this root. "Without a CA name family 2 accepts any server."
    pub(super) fn lpwa_tls(&self, context: usize, root: &str) -> Result<TlsSettings, TlsFailure> {
        let name = &self.own.lpwa.server_names[context];
        let context = &self.own.tls[context];
        let trust = if root.is_empty() {
            None
        } else {
            let roots = self.flash.read(&copy_of(root)).map(<[u8]>::to_vec);
            Some(Trust {
                roots: roots.ok_or_else(|| TlsFailure::FileMissing(root.to_owned()))?,
                check_name: self.options.simcom.checks_name,
                ignore_dates: context.ignore_dates,
                now_s: self.clock_s(),
            })
        };
        Ok(TlsSettings {
            tls12: matches!(context.version, AUTOMATIC | TLS12),
            suite: context.suite,
            sni: context.sni,
            name: (!name.is_empty()).then(|| name.clone()),
            trust,
            identity: None,
        })
    }
}
