//! TLS profiles: `AT+USECPRF` (ublox-at 6).

use super::certificates::{CLIENT, KEY, LONGEST_NAME, ROOT, stored_name};
use super::model::Ciphers;
use super::pem;
use super::reply::Handled;
use super::{Module, Ublox};
use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::tls::{TlsFailure, TlsSettings, Trust};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, ok};
use crate::view::TlsContext;

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[("+USECPRF", configure)];

/// Profiles of a module.
pub(super) const PROFILES: usize = 5;
/// Expected host and SNI.
const LONGEST_HOST: usize = 128;
/// Suites of the legacy numbers, and their numbers at IANA.
const LEGACY: [(u32, u16); 8] =
    [(2, 0x003c), (4, 0x003d), (16, 0x00a8), (24, 0xc013), (28, 0xc027), (30, 0xc02b), (32, 0xc02f), (33, 0xc030)];
/// "Up to 4 concurrent TLS links (R5)"; not stated of the others.
const MOST_LINKS: usize = 4;
const ALL_SUITES: u16 = 0xffff;

/// One profile; lost on reboot.
#[derive(Clone, Debug)]
pub(super) struct TlsProfile {
    /// As the inspection shows it; `root_file` and its like are names of `AT+USECMNG`.
    pub(super) shown: TlsContext,
    /// 0 nothing, 1 chain, 2 and name, 3 and date.
    level: u8,
    expected_host: String,
    sni: String,
    /// Suites of the list form.
    suites: Vec<u16>,
}

/// Factory values. The default of the level is open (ublox-at 12): an option.
pub(super) fn factory(level: u8) -> TlsProfile {
    let shown = TlsContext {
        version: 0,
        suite: ALL_SUITES,
        root_file: String::new(),
        client_file: String::new(),
        key_file: String::new(),
        level: 0,
        ignore_dates: true,
        sni: false,
        check_host: false,
        negotiation_s: 60,
    };
    let mut profile =
        TlsProfile { shown, level: 0, expected_host: String::new(), sni: String::new(), suites: Vec::new() };
    profile.set_level(level);
    profile
}

impl TlsProfile {
    fn set_level(&mut self, level: u8) {
        self.level = level;
        (self.shown.level, self.shown.check_host, self.shown.ignore_dates) = (level.min(1), level >= 2, level < 3);
    }
}

fn text(parameters: &Parameters, most: usize) -> Result<String, Refused> {
    let text = parameters.text(2, most)?.ok_or(Refused::Error)?;
    String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)
}

fn hex_byte(parameters: &Parameters, index: usize) -> Result<u16, Refused> {
    let text = std::str::from_utf8(parameters.need_text(index, 2)?).map_err(|_| Refused::Error)?;
    u16::from_str_radix(text, 16).map_err(|_| Refused::Error)
}

/// Operation 2: which suites, in the forms that the model knows.
fn set_suite(profile: &mut TlsProfile, parameters: &Parameters, ciphers: Ciphers) -> Result<(), Refused> {
    let number = parameters.need(2, 0, 100)?;
    let suite = || Ok(hex_byte(parameters, 3)? << 8 | hex_byte(parameters, 4)?);
    match number {
        0 => (profile.shown.suite, profile.suites) = (ALL_SUITES, Vec::new()),
        99 if ciphers != Ciphers::Legacy => profile.shown.suite = suite()?,
        100 if ciphers == Ciphers::List => {
            let suite = suite()?;
            profile.suites.retain(|other| *other != suite);
            if parameters.need(5, 0, 1)? == 0 {
                profile.suites.push(suite);
            }
            profile.shown.suite = profile.suites.first().copied().unwrap_or(ALL_SUITES);
        }
        number if ciphers == Ciphers::Legacy => {
            let known = LEGACY.iter().find(|entry| entry.0 == number).ok_or(Refused::Error)?;
            profile.shown.suite = known.1;
        }
        _ => return Err(Refused::Error),
    }
    Ok(())
}

/// `AT+USECPRF=<profile>[,<operation>[,<value>]]`: alone it resets the profile.
fn configure(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(6)?;
    let index = parameters.need(0, 0, PROFILES as u32 - 1)? as usize;
    let (model, level) = (module.own.model, module.options.ublox.security_level);
    let profile = &mut module.own.tls[index];
    let Some(operation) = parameters.number(1, 0, 13)? else {
        *profile = factory(level);
        return ok();
    };
    if operation != 2 {
        parameters.at_most(3)?;
    }
    if operation == 10 && !model.sni {
        return Err(Refused::Error);
    }
    if parameters.len() == 2 {
        return read(profile, index, operation);
    }
    match operation {
        0 => profile.set_level(parameters.need(2, 0, 3)? as u8),
        1 => profile.shown.version = parameters.need(2, 0, 4)? as u8,
        2 => set_suite(profile, parameters, model.ciphers)?,
        3 => profile.shown.root_file = text(parameters, LONGEST_NAME)?,
        4 => profile.expected_host = text(parameters, LONGEST_HOST)?,
        5 => profile.shown.client_file = text(parameters, LONGEST_NAME)?,
        6 => profile.shown.key_file = text(parameters, LONGEST_NAME)?,
        10 => {
            profile.sni = text(parameters, LONGEST_HOST)?;
            profile.shown.sni = !profile.sni.is_empty();
        }
        // Passwords of keys, PSK, pinning and resumption are not played.
        _ => return Err(Refused::Error),
    }
    ok()
}

fn read(profile: &TlsProfile, index: usize, operation: u32) -> Handled {
    let shown = &profile.shown;
    let value = match operation {
        0 => profile.level.to_string(),
        1 => shown.version.to_string(),
        2 if shown.suite == ALL_SUITES => "0".to_owned(),
        2 => format!("99,\"{:02X}\",\"{:02X}\"", shown.suite >> 8, shown.suite & 0xff),
        3 => format!("\"{}\"", shown.root_file),
        4 => format!("\"{}\"", profile.expected_host),
        5 => format!("\"{}\"", shown.client_file),
        6 => format!("\"{}\"", shown.key_file),
        10 => format!("\"{}\"", profile.sni),
        _ => return Err(Refused::Error),
    };
    line(format!("+USECPRF: {index},{operation},{value}"))
}

impl Module {
    /// Opens a link, with TLS as this profile has it where one is named.
    pub(super) fn open_link(&mut self, host: &str, port: u16, profile: Option<usize>) -> (LinkId, Option<NetEvent>) {
        match profile {
            None => self.internet.open_plain(host, port),
            Some(index) => {
                let settings = match self.internet.secure_links() {
                    MOST_LINKS.. => Err(TlsFailure::Other("four links speak TLS already".to_owned())),
                    _ => self.tls_settings(index, host),
                };
                let name = self.tls_name(index, host);
                self.internet.open_secure_as(&name, host, port, settings)
            }
        }
    }

    /// What the server is called in the handshake: told with operation 10, expected with operation 4.
    fn tls_name(&self, index: usize, host: &str) -> String {
        let TlsProfile { sni, expected_host, .. } = &self.own.tls[index];
        [sni, expected_host].into_iter().find(|name| !name.is_empty()).map_or(host, |name| name).to_owned()
    }

    fn tls_settings(&self, index: usize, host: &str) -> Result<TlsSettings, TlsFailure> {
        let profile = &self.own.tls[index];
        let shown = &profile.shown;
        let stored = |kind: u32, name: &str| {
            let content = self.flash.read(&stored_name(kind, name));
            content.map(<[u8]>::to_vec).ok_or_else(|| TlsFailure::FileMissing(name.to_owned()))
        };
        // One name is told and checked here: where two are set that differ, the certificate cannot be for both.
        let expected = &profile.expected_host;
        if profile.level >= 2 && !expected.is_empty() && *expected != self.tls_name(index, host) {
            return Err(TlsFailure::WrongName);
        }
        let trust = match profile.level {
            0 => None,
            _ => Some(Trust {
                roots: pem::certificate(&stored(ROOT, &shown.root_file)?),
                check_name: profile.level >= 2,
                ignore_dates: shown.ignore_dates,
                now_s: self.clock_s(),
            }),
        };
        let identity = match (shown.client_file.as_str(), shown.key_file.as_str()) {
            ("", _) | (_, "") => None,
            (certificate, key) => Some((pem::certificate(&stored(CLIENT, certificate)?), pem::key(&stored(KEY, key)?))),
        };
        // 0 is any version, 3 at least TLS 1.2; 4 is TLS 1.3, which is not played.
        Ok(TlsSettings { tls12: shown.version < 4, suite: shown.suite, sni: shown.sni, name: None, trust, identity })
    }
}
