//! `AT+QSSLCFG` (quectel-at 5).

use super::command::{Form, Parameters};
use super::files::with_drive;
use super::module::{Handler, Module};
use super::options::Options;
use super::reply::{Handled, Refused, line, lines, ok};
use crate::engine::tls::{TlsFailure, TlsSettings, Trust};

pub(super) const COMMANDS: &[(&str, Handler)] = &[("+QSSLCFG", configure)];

/// TLS contexts of a module.
pub(super) const CONTEXTS: usize = 6;

/// What `AT+QSSLCFG` sets for one context; lost on reboot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsContext {
    /// 0 SSL 3, 1 TLS 1.0, 2 TLS 1.1, 3 TLS 1.2, 4 all.
    pub version: u8,
    /// One suite, or 0xffff for all.
    pub suite: u16,
    /// File of the trusted roots, as it was named.
    pub root_file: String,
    /// File of the client's certificate.
    pub client_file: String,
    /// File of the client's key.
    pub key_file: String,
    /// 0 nothing is verified, 1 the server, 2 both sides.
    pub level: u8,
    /// Dates are not looked at.
    pub ignore_dates: bool,
    /// The host name is told to the server.
    pub sni: bool,
    /// The certificate must be for the host.
    pub check_host: bool,
    /// A handshake may take so long.
    pub negotiation_s: u16,
}

impl TlsContext {
    /// Factory values. `sslversion` and `ciphersuite` are not printed as such anywhere: the widest.
    pub(super) const fn factory(options: &Options) -> Self {
        Self {
            version: 4,
            suite: 0xffff,
            root_file: String::new(),
            client_file: String::new(),
            key_file: String::new(),
            level: 0,
            ignore_dates: true,
            sni: false,
            check_host: options.checkhost_from_factory,
            negotiation_s: 300,
        }
    }

    fn value(&self, name: &str) -> String {
        match name {
            "sslversion" => self.version.to_string(),
            "ciphersuite" => format!("0X{:04X}", self.suite),
            "cacert" => format!("\"{}\"", self.root_file),
            "clientcert" => format!("\"{}\"", self.client_file),
            "clientkey" => format!("\"{}\"", self.key_file),
            "seclevel" => self.level.to_string(),
            "ignorelocaltime" => u8::from(self.ignore_dates).to_string(),
            "sni" => u8::from(self.sni).to_string(),
            "checkhost" => u8::from(self.check_host).to_string(),
            _ => self.negotiation_s.to_string(),
        }
    }

    fn set(&mut self, name: &str, parameters: &Parameters) -> Result<(), Refused> {
        let switch = || Ok(parameters.need(2, 0, 1)? == 1);
        match name {
            "sslversion" => self.version = parameters.need(2, 0, 4)? as u8,
            "ciphersuite" => self.suite = suite(parameters)?,
            "cacert" => self.root_file = file(parameters)?,
            "clientcert" => self.client_file = file(parameters)?,
            "clientkey" => self.key_file = file(parameters)?,
            "seclevel" => self.level = parameters.need(2, 0, 2)? as u8,
            "ignorelocaltime" => self.ignore_dates = switch()?,
            "sni" => self.sni = switch()?,
            "checkhost" => self.check_host = switch()?,
            _ => self.negotiation_s = parameters.need(2, 10, 300)? as u16,
        }
        Ok(())
    }
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
    let mut names = module.profile.qsslcfg_names.iter().copied().filter(known);
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
        return line(format!("+QSSLCFG: \"{name}\",{index},{}", module.tls[index].value(name)));
    }
    module.tls[index].set(name, parameters)?;
    ok()
}

impl Module {
    /// What a context asks for, with the files as they are at this moment.
    pub(super) fn tls_settings(&self, context: usize) -> Result<TlsSettings, TlsFailure> {
        let context = &self.tls[context];
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
        Ok(TlsSettings { tls12: context.version >= 3, suite: context.suite, sni: context.sni, trust, identity })
    }
}
