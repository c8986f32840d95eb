//! Settings of the MQTT client of family 2: `AT+SMCONF`, `AT+SMSSL`, `AT+SMPUBHEX`, `AT+SMRCVSLPTM` (simcom-at 5).

use super::reply::Handled;
use super::tls_lpwa::root_name;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, lines, ok};
use crate::native::Credentials;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] =
    &[("+SMCONF", configure), ("+SMSSL", tls), ("+SMPUBHEX", hex_payload), ("+SMRCVSLPTM", poll_period)];

/// What `AT+SMCONF` sets; in RAM.
#[derive(Clone, Debug)]
pub(super) struct SmConfig {
    pub(super) client_id: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) keep_alive_s: u16,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) clean: bool,
    will: (String, String, u32, bool),
    /// Payloads are printed as hex.
    pub(super) hex: bool,
    /// TLS context, and the name of the root.
    pub(super) tls: Option<(usize, String)>,
    /// Payloads are typed as hex.
    pub(super) types_hex: bool,
}

impl Default for SmConfig {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            host: String::new(),
            port: 1_883,
            keep_alive_s: 60,
            username: String::new(),
            password: String::new(),
            clean: false,
            will: (String::new(), String::new(), 0, false),
            hex: false,
            tls: None,
            types_hex: false,
        }
    }
}

fn text(parameters: &Parameters, most: usize) -> Result<String, Refused> {
    String::from_utf8(parameters.text(1, most)?.ok_or(Refused::Error)?.to_vec()).map_err(|_| Refused::Error)
}

/// A number with or without quotes.
fn number(parameters: &Parameters, index: usize, most: u32) -> Result<u32, Refused> {
    let text = parameters.any_text(index).and_then(|text| std::str::from_utf8(text).ok()).ok_or(Refused::Error)?;
    text.parse().ok().filter(|number| *number <= most).ok_or(Refused::Error)
}

impl SmConfig {
    fn set(&mut self, key: &[u8], parameters: &Parameters) -> Result<(), Refused> {
        const HOST: usize = 246;
        let switch = || Ok(number(parameters, 1, 1)? == 1);
        parameters.at_most(if key == b"URL" { 3 } else { 2 })?;
        match key {
            b"CLIENTID" => self.client_id = text(parameters, 128)?,
            b"URL" => {
                let port = if parameters.len() == 3 { number(parameters, 2, 65_535)? as u16 } else { 1_883 };
                (self.host, self.port) = (text(parameters, HOST)?, port);
            }
            b"KEEPTIME" => self.keep_alive_s = number(parameters, 1, 65_535)? as u16,
            b"USERNAME" => self.username = text(parameters, 256)?,
            b"PASSWORD" => self.password = text(parameters, 512)?,
            b"CLEANSS" => self.clean = switch()?,
            b"QOS" => self.will.2 = number(parameters, 1, 2)?,
            b"TOPIC" => self.will.0 = text(parameters, 128)?,
            b"MESSAGE" => self.will.1 = text(parameters, 1_024)?,
            b"RETAIN" => self.will.3 = switch()?,
            b"SUBHEX" => self.hex = switch()?,
            // The asynchronous connect is not played.
            b"ASYNCMODE" => drop(number(parameters, 1, 0)?),
            _ => return Err(Refused::Error),
        }
        Ok(())
    }

    fn shown(&self) -> Vec<String> {
        let (will_topic, message, qos, retain) = &self.will;
        let host = if self.host.is_empty() { "0.0.0.0" } else { &self.host };
        vec![
            "+SMCONF: ".to_owned(),
            format!("CLIENTID: \"{}\"", self.client_id),
            format!("URL: \"{host}\",{}", self.port),
            format!("KEEPTIME: {}", self.keep_alive_s),
            format!("USERNAME: \"{}\"", self.username),
            format!("PASSWORD: \"{}\"", self.password),
            format!("CLEANSS: {}", u8::from(self.clean)),
            format!("QOS: {qos}"),
            format!("TOPIC: \"{will_topic}\""),
            format!("MESSAGE: \"{message}\""),
            format!("RETAIN: {}", u8::from(*retain)),
            format!("SUBHEX: {}", u8::from(self.hex)),
            "ASYNCMODE: 0".to_owned(),
        ]
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials {
            client_id: self.client_id.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
        }
    }

    pub(super) fn will(&self) -> Option<crate::mqtt::packet::Will> {
        let (topic, message, qos, retain) = self.will.clone();
        (!topic.is_empty()).then(|| crate::mqtt::packet::Will {
            qos: qos as u8,
            retain,
            topic: topic.into_bytes(),
            message: message.into_bytes(),
        })
    }
}

/// `AT+SMCONF="<key>",<value>`
fn configure(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+SMCONF: \"CLIENTID\",128"),
        Form::Read => return lines(module.own.lpwa.sm.config.shown()),
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let key = parameters.need_text(0, 16)?.to_ascii_uppercase();
    let sm = &mut module.own.lpwa.sm;
    sm.config.set(&key, parameters)?;
    // Of a log-in of the module's own and one that is typed, the last counts. Not stated.
    if matches!(key.as_slice(), b"CLIENTID" | b"USERNAME" | b"PASSWORD") {
        sm.native = None;
    }
    ok()
}

/// `AT+SMSSL=<index>,"<root>","<certificate>"`: 0 is off, index n uses context n - 1.
fn tls(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+SMSSL: (0-6),<ca list>,<cert name>"),
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(3)?;
    let index = parameters.need(0, 0, 6)? as usize;
    let root = root_name(parameters, 1)?;
    // Certificates of the client are not played.
    if !root_name(parameters, 2)?.is_empty() {
        return Err(Refused::Error);
    }
    module.own.lpwa.sm.config.tls = index.checked_sub(1).map(|context| (context, root));
    ok()
}

fn hex_payload(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+SMPUBHEX: (0,1)"),
        Form::Read => line(format!("+SMPUBHEX: {}", u8::from(module.own.lpwa.sm.config.types_hex))),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.own.lpwa.sm.config.types_hex = parameters.need(0, 0, 1)? == 1;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+SMRCVSLPTM=1,<10-500 ms>`: how often the module looks for messages.
fn poll_period(_: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+SMRCVSLPTM: (0,1),(10-500)"),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            parameters.need(0, 0, 1)?;
            parameters.number(1, 10, 500)?;
            ok()
        }
        Form::Read | Form::Execute => Err(Refused::Error),
    }
}
