//! `AT+QMTCFG` (quectel-at 2.1).

use super::reply::{Handled, tight};
use super::{Model, Module, Quectel};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, ok};
use crate::mqtt::packet::Will;
use crate::mqtt::session::Patience;
use crate::native::Triple;

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] = &[("+QMTCFG", configure)];

/// Product key, device name and secret: "each <=64 (BC660K)".
const LONGEST_NATIVE: [usize; 3] = [64; 3];

/// What `AT+QMTCFG` sets for one client; lost on reboot.
#[derive(Clone, Debug)]
pub(super) struct MqttConfig {
    pub(super) version: u8,
    pub(super) context: usize,
    pub(super) tls: bool,
    pub(super) tls_context: u8,
    pub(super) keep_alive_s: u16,
    pub(super) clean: bool,
    packet_timeout_s: u8,
    retries: u8,
    /// Repetitions are reported.
    pub(super) notice: bool,
    pub(super) will: Option<Will>,
    /// recv/mode: messages wait in slots until they are read.
    pub(super) buffered: bool,
    pub(super) with_length: bool,
    /// The module logs in to the platform by itself.
    pub(super) native: Option<Triple>,
    /// Whether, and how many seconds.
    edit_timeout: (bool, u8),
    ping_wait_s: u8,
    shows_data: bool,
}

impl Default for MqttConfig {
    fn default() -> Self {
        Self {
            version: 4,
            context: 1,
            tls: false,
            tls_context: 0,
            keep_alive_s: 120,
            clean: true,
            packet_timeout_s: 5,
            retries: 3,
            notice: false,
            will: None,
            buffered: false,
            with_length: false,
            native: None,
            // The seconds are not stated: the longest, and the shortest.
            edit_timeout: (false, 120),
            ping_wait_s: 5,
            shows_data: false,
        }
    }
}

impl MqttConfig {
    pub(super) fn factory(model: &Model) -> Self {
        Self { version: model.mqtt_version, ..Self::default() }
    }

    /// A prompt that is left alone for so long ends by itself, where "edit/timeout" says so.
    pub(super) fn edit_timeout_us(&self) -> Option<u64> {
        self.edit_timeout.0.then_some(u64::from(self.edit_timeout.1) * 1_000_000)
    }

    pub(super) fn patience(&self) -> Patience {
        Patience { timeout_us: u64::from(self.packet_timeout_s) * 1_000_000, retries: u32::from(self.retries) }
    }

    /// The values of a name as a read gives them: name and values, no index.
    fn values(&self, name: &str) -> String {
        let bit = u8::from;
        match name {
            "version" => self.version.to_string(),
            "pdpcid" => self.context.to_string(),
            "ssl" if self.tls => format!("1,{}", self.tls_context),
            "ssl" => "0".to_owned(),
            "keepalive" => self.keep_alive_s.to_string(),
            "session" => bit(self.clean).to_string(),
            "timeout" => format!("{},{},{}", self.packet_timeout_s, self.retries, bit(self.notice)),
            "will" => self.will.as_ref().map_or_else(
                || "0".to_owned(),
                |will| {
                    let (topic, message) =
                        (String::from_utf8_lossy(&will.topic), String::from_utf8_lossy(&will.message));
                    format!("1,{},{},\"{topic}\",\"{message}\"", will.qos, bit(will.retain))
                },
            ),
            // With the secret in clear.
            "aliauth" => {
                let Triple { product_key, device_name, secret } = self.native.clone().unwrap_or_default();
                format!("\"{product_key}\",\"{device_name}\",\"{secret}\"")
            }
            "recv/mode" => format!("{},{}", bit(self.buffered), bit(self.with_length)),
            // Hexadecimal forms are not played.
            "send/mode" => "0".to_owned(),
            "dataformat" => "0,0".to_owned(),
            "qmtping" => self.ping_wait_s.to_string(),
            "edit/timeout" => format!("{},{}", bit(self.edit_timeout.0), self.edit_timeout.1),
            _ => bit(self.shows_data).to_string(),
        }
    }

    fn set(&mut self, name: &str, parameters: &Parameters, contexts: u32, model: &Model) -> Result<(), Refused> {
        let most = match name {
            "ssl" | "recv/mode" | "dataformat" | "edit/timeout" => 4,
            "timeout" | "aliauth" => 5,
            "will" => 7,
            _ => 3,
        };
        parameters.at_most(most)?;
        match name {
            "version" => self.version = parameters.need(2, 3, 4)? as u8,
            "pdpcid" => self.context = parameters.need(2, 1, contexts)? as usize,
            "ssl" => {
                let context = parameters.number(3, 0, 5)?.map(|context| context as u8);
                self.tls = parameters.need(2, 0, 1)? == 1;
                self.tls_context = context.unwrap_or(self.tls_context);
            }
            "keepalive" => self.keep_alive_s = parameters.need(2, 0, 3_600)? as u16,
            "session" => self.clean = parameters.need(2, 0, 1)? == 1,
            "timeout" => {
                let (retries, notice) = (parameters.number(3, model.mqtt_retries, 10)?, parameters.number(4, 0, 1)?);
                self.packet_timeout_s = parameters.need(2, 1, 60)? as u8;
                self.retries = retries.map_or(self.retries, |retries| retries as u8);
                self.notice = notice.map_or(self.notice, |notice| notice == 1);
            }
            "will" => self.will = will(parameters, model.mqtt_topic)?,
            "aliauth" => self.native = Some(Triple::typed(parameters, 2, LONGEST_NATIVE)?),
            "recv/mode" => {
                let with_length = parameters.number(3, 0, 1)?;
                self.buffered = parameters.need(2, 0, 1)? == 1;
                self.with_length = with_length.map_or(self.with_length, |on| on == 1);
            }
            "send/mode" => drop(parameters.need(2, 0, 0)?),
            "dataformat" => drop((parameters.need(2, 0, 0)?, parameters.need(3, 0, 0)?)),
            "qmtping" => self.ping_wait_s = parameters.need(2, 5, 60)? as u8,
            "edit/timeout" => {
                let seconds = parameters.number(3, 1, 120)?.map_or(self.edit_timeout.1, |seconds| seconds as u8);
                self.edit_timeout = (parameters.need(2, 0, 1)? == 1, seconds);
            }
            _ => self.shows_data = parameters.need(2, 0, 1)? == 1,
        }
        Ok(())
    }
}

fn will(parameters: &Parameters, longest: usize) -> Result<Option<Will>, Refused> {
    if parameters.need(2, 0, 1)? == 0 {
        return Ok(None);
    }
    Ok(Some(Will {
        qos: parameters.need(3, 0, 2)? as u8,
        retain: parameters.need(4, 0, 1)? == 1,
        topic: parameters.need_text(5, longest)?.to_vec(),
        message: parameters.need_text(6, longest)?.to_vec(),
    }))
}

/// What the test form says of a name.
fn range(name: &str, contexts: u32, retries: u32) -> String {
    let range = match name {
        "pdpcid" => return format!("(1-{contexts})"),
        "timeout" => return format!("(1-60),({retries}-10),(0,1)"),
        "version" => "(3,4)",
        "ssl" => "(0,1),(0-5)",
        "keepalive" => "(0-3600)",
        "will" => "(0,1),(0-2),(0,1),<will_topic>,<will_msg>",
        "recv/mode" => "(0,1),(0,1)",
        "aliauth" => "<product_key>,<device_name>,<device_secret>",
        "send/mode" => "(0)",
        "dataformat" => "(0),(0)",
        "qmtping" => "(5-60)",
        "edit/timeout" => "(0,1),(1-120)",
        _ => "(0,1)",
    };
    range.to_owned()
}

fn configure(module: &mut Module, form: &Form) -> Handled {
    let (contexts, retries) = (module.profile.limits.contexts, module.own.model.mqtt_retries);
    let known = |name: &&&str| **name != "aliauth" || module.options.native.known;
    let mut names = module.own.model.qmtcfg_names.iter().filter(known);
    let parameters = match form {
        Form::Test => {
            return tight(names.map(|name| format!("+QMTCFG: \"{name}\",(0-5),{}", range(name, contexts, retries))));
        }
        Form::Write(parameters) => parameters,
        Form::Read | Form::Execute => return Err(Refused::Error),
    };
    // Names are not case-sensitive (quectel-at 2.1).
    let name = parameters.need_text(0, 32)?;
    let name = names.find(|known| known.as_bytes().eq_ignore_ascii_case(name)).ok_or(Refused::Error)?;
    let index = parameters.need(1, 0, 5)? as usize;
    let client = &mut module.own.clients[index];
    if parameters.len() == 2 {
        return line(format!("+QMTCFG: \"{name}\",{}", client.config.values(name)));
    }
    // "Set before QMTOPEN".
    if !client.is_closed() {
        return Err(Refused::Error);
    }
    client.config.set(name, parameters, contexts, module.own.model)?;
    if module.options.receive_length_ignored {
        module.own.clients[index].config.with_length = false;
    }
    ok()
}
