//! `AT+CSSLCFG` of family 1 (simcom-at 8).

use super::reply::Handled;
use super::{Module, Simcom};
use crate::engine::tls::{TlsFailure, TlsSettings, Trust};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, lines, ok};
use crate::view::TlsContext;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+CSSLCFG", configure)];

/// TLS contexts of a module of family 1.
pub(super) const CONTEXTS: usize = 10;
/// The shortest name of a file.
const SHORTEST_NAME: usize = 5;

const NAMES: [&str; 8] =
    ["sslversion", "authmode", "ignorelocaltime", "negotiatetime", "cacert", "clientcert", "clientkey", "enableSNI"];

/// An untouched context: `+CSSLCFG: 6,4,0,1,300,"","","","",0`.
pub(super) const fn factory() -> TlsContext {
    TlsContext {
        version: 4,
        suite: 0xffff,
        root_file: String::new(),
        client_file: String::new(),
        key_file: String::new(),
        level: 0,
        ignore_dates: true,
        sni: false,
        check_host: false,
        negotiation_s: 300,
    }
}

fn set(context: &mut TlsContext, name: &str, parameters: &Parameters, longest: usize) -> Result<(), Refused> {
    let switch = || Ok(parameters.need(2, 0, 1)? == 1);
    match name {
        "sslversion" => context.version = parameters.need(2, 0, 4)? as u8,
        "authmode" => context.level = parameters.need(2, 0, 3)? as u8,
        "ignorelocaltime" => context.ignore_dates = switch()?,
        "negotiatetime" => context.negotiation_s = parameters.need(2, 10, 300)? as u16,
        "cacert" => context.root_file = file_name(parameters, 2, longest)?,
        "clientcert" => context.client_file = file_name(parameters, 2, longest)?,
        "clientkey" => context.key_file = file_name(parameters, 2, longest)?,
        _ => context.sni = switch()?,
    }
    Ok(())
}

/// A certificate's name: it "must end .pem/.der". Whether there is such a file shows only when it is used.
pub(super) fn file_name(parameters: &Parameters, index: usize, longest: usize) -> Result<String, Refused> {
    let name = std::str::from_utf8(parameters.need_text(index, longest)?).map_err(|_| Refused::Error)?;
    let suffix = [".pem", ".der"].iter().any(|suffix| name.ends_with(suffix));
    if suffix && name.len() >= SHORTEST_NAME && !name.contains(['/', ':']) {
        Ok(name.to_owned())
    } else {
        Err(Refused::Error)
    }
}

/// `AT+CSSLCFG="<name>",<context>,<value>`; `AT+CSSLCFG=<context>` prints it.
fn configure(module: &mut Module, form: &Form) -> Handled {
    let longest = module.own.model.certificate_name;
    let parameters = match form {
        Form::Test => {
            let range = |name: &str| match name {
                "sslversion" => "(0-4)".to_owned(),
                "authmode" => "(0-3)".to_owned(),
                "negotiatetime" => "(10-300)".to_owned(),
                "cacert" | "clientcert" | "clientkey" => format!("({SHORTEST_NAME}-{longest})"),
                _ => "(0,1)".to_owned(),
            };
            return lines(NAMES.map(|name| format!("+CSSLCFG: \"{name}\",(0-9),{}", range(name))));
        }
        Form::Read => return lines((0..CONTEXTS).map(|index| shown(index, &module.own.tls[index]))),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    if parameters.len() == 1 {
        let index = parameters.need(0, 0, CONTEXTS as u32 - 1)? as usize;
        return line(shown(index, &module.own.tls[index]));
    }
    parameters.at_most(3)?;
    let name = parameters.need_text(0, 32)?;
    let known = NAMES.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name)).ok_or(Refused::Error)?;
    let index = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    set(&mut module.own.tls[index], known, parameters, longest)?;
    ok()
}

fn shown(index: usize, context: &TlsContext) -> String {
    let TlsContext { version, level, ignore_dates, negotiation_s, root_file, client_file, key_file, sni, .. } = context;
    let (dates, sni) = (u8::from(*ignore_dates), u8::from(*sni));
    let files = format!("\"{root_file}\",\"{client_file}\",\"{key_file}\",\"\"");
    format!("+CSSLCFG: {index},{version},{level},{dates},{negotiation_s},{files},{sni}")
}

impl Module {
    /// What a context asks for, with the files as they are at this moment.
    pub(super) fn tls_settings(&self, context: usize) -> Result<TlsSettings, TlsFailure> {
        let context = &self.own.tls[context];
        let file = |name: &str| {
            let content = self.flash.read(name).map(<[u8]>::to_vec);
            content.ok_or_else(|| TlsFailure::FileMissing(name.to_owned()))
        };
        // 0 nothing, 1 the server, 2 both, 3 the client only.
        let trust = match context.level {
            1 | 2 => Some(Trust {
                roots: file(&context.root_file)?,
                check_name: self.options.simcom.checks_name,
                ignore_dates: context.ignore_dates,
                now_s: self.clock_s(),
            }),
            _ => None,
        };
        let identity = match context.level {
            2 | 3 => Some((file(&context.client_file)?, file(&context.key_file)?)),
            _ => None,
        };
        // 3 is TLS 1.2, 4 all versions; the older ones are not played.
        Ok(TlsSettings {
            tls12: context.version >= 3,
            suite: context.suite,
            sni: context.sni,
            name: None,
            trust,
            identity,
        })
    }
}
