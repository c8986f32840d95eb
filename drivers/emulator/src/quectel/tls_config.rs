//! `AT+QSSLCFG` (quectel-at 5).

use super::files::with_drive;
use super::model::HostCheck;
use super::reply::Handled;
use super::{Model, Module, Quectel};
use crate::engine::tls::{TlsFailure, TlsSettings, Trust};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::options::Options;
use crate::module::reply::{Refused, line, lines, ok};
use crate::view::TlsContext;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QSSLCFG", configure)];

/// TLS contexts of a module.
pub(super) const CONTEXTS: usize = 6;

/// Factory values. `sslversion` and `ciphersuite` are not printed as such anywhere: the widest.
pub(super) fn factory(model: &Model, options: &Options) -> TlsContext {
    TlsContext {
        version: 4,
        suite: 0xffff,
        root_file: String::new(),
        client_file: String::new(),
        key_file: String::new(),
        level: 0,
        ignore_dates: true,
        sni: false,
        check_host: match model.host_check {
            HostCheck::Switched => options.checkhost_from_factory,
            HostCheck::Always => true,
            HostCheck::Never => false,
        },
        negotiation_s: 300,
    }
}

fn value(context: &TlsContext, name: &str) -> String {
    match name {
        "sslversion" => context.version.to_string(),
        "ciphersuite" => format!("0X{:04X}", context.suite),
        "cacert" => format!("\"{}\"", context.root_file),
        "clientcert" => format!("\"{}\"", context.client_file),
        "clientkey" => format!("\"{}\"", context.key_file),
        "seclevel" => context.level.to_string(),
        "ignorelocaltime" => u8::from(context.ignore_dates).to_string(),
        "sni" => u8::from(context.sni).to_string(),
        "checkhost" => u8::from(context.check_host).to_string(),
        _ => context.negotiation_s.to_string(),
    }
}

fn set(context: &mut TlsContext, name: &str, parameters: &Parameters) -> Result<(), Refused> {
    let switch = || Ok(parameters.need(2, 0, 1)? == 1);
    match name {
        "sslversion" => context.version = parameters.need(2, 0, 4)? as u8,
        "ciphersuite" => context.suite = suite(parameters)?,
        "cacert" => context.root_file = file(parameters)?,
        "clientcert" => context.client_file = file(parameters)?,
        "clientkey" => context.key_file = file(parameters)?,
        "seclevel" => context.level = parameters.need(2, 0, 2)? as u8,
        "ignorelocaltime" => context.ignore_dates = switch()?,
        "sni" => context.sni = switch()?,
        "checkhost" => context.check_host = switch()?,
        _ => context.negotiation_s = parameters.need(2, 10, 300)? as u16,
    }
    Ok(())
}

/// Four hexadecimal digits after `0X`, without quotes.
fn suite(parameters: &Parameters) -> Result<u16, Refused> {
    if parameters.text(2, usize::MAX).is_ok() {
        return Err(Refused::Error);
    }
    let text = parameters.any_text(2).and_then(|text| std::str::from_utf8(text).ok()).ok_or(Refused::Error)?;
    let digits = text.strip_prefix("0X").or_else(|| text.strip_prefix("0x")).filter(|digits| digits.len() == 4);
    u16::from_str_radix(digits.ok_or(Refused::Error)?, 16).map_err(|_| Refused::Error)
}

/// A file name; whether there is such a file shows only when it is used. `""` takes the name away.
fn file(parameters: &Parameters) -> Result<String, Refused> {
    let name = parameters.text(2, usize::MAX)?.ok_or(Refused::Error)?;
    if !name.is_empty() {
        with_drive(name).map_err(|_| Refused::Error)?;
    }
    String::from_utf8(name.to_vec()).map_err(|_| Refused::Error)
}

/// What the test form says of a name.
fn range(name: &str) -> &'static str {
    match name {
        "sslversion" => "(0-4)",
        "ciphersuite" => "(0X0035,0X002F,0X003D,0XC027,0XC02F,0XC030,0XFFFF)",
        "cacert" | "clientcert" | "clientkey" => "<filename>",
        "seclevel" => "(0-2)",
        "negotiatetime" => "(10-300)",
        _ => "(0,1)",
    }
}

/// `AT+QSSLCFG="<name>",<context>[,<value>]`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let options = &module.options;
    let known = |name: &&str| match *name {
        "checkhost" => options.checkhost_known,
        "sni" => options.sni_known,
        _ => true,
    };
    let mut names = module.own.model.qsslcfg_names.iter().copied().filter(known);
    let parameters = match form {
        Form::Test => return lines(names.map(|name| format!("+QSSLCFG: \"{name}\",(0-5),{}", range(name)))),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let name = parameters.need_text(0, 32)?;
    let name = names.find(|known| known.as_bytes().eq_ignore_ascii_case(name)).ok_or(Refused::Error)?;
    let index = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    if parameters.len() == 2 {
        return line(format!("+QSSLCFG: \"{name}\",{index},{}", value(&module.own.tls[index], name)));
    }
    set(&mut module.own.tls[index], name, parameters)?;
    ok()
}

impl Module {
    /// What a context asks for, with the files as they are at this moment.
    pub(super) fn tls_settings(&self, context: usize) -> Result<TlsSettings, TlsFailure> {
        let context = &self.own.tls[context];
        let file = |name: &str| {
            let content = with_drive(name.as_bytes()).ok().and_then(|name| self.flash.read(&name));
            content.map(<[u8]>::to_vec).ok_or_else(|| TlsFailure::FileMissing(name.to_owned()))
        };
        let trust = match context.level {
            0 => None,
            _ => Some(Trust {
                roots: file(&context.root_file)?,
                check_name: context.check_host,
                ignore_dates: context.ignore_dates,
                now_s: self.clock_s(),
            }),
        };
        let identity = match context.level {
            2 => Some((file(&context.client_file)?, file(&context.key_file)?)),
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
