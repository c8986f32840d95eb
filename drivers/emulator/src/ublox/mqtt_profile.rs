//! What is set for the MQTT client: `AT+UMQTT`, `AT+UMQTTNV` (ublox-at 3).

use super::model::MqttSyntax;
use super::mqtt_client::Client;
use super::mqtt_old;
use super::reply::Handled;
use super::socket_data::from_hex;
use super::sockets::NOT_ALLOWED;
use super::tls_profiles::PROFILES;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Refused, line, lines, ok};
use crate::mqtt::packet::Will;

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] = &[
    ("+UMQTT", profile),
    ("+UMQTTNV", store),
    ("+UMQTTWTOPIC", mqtt_old::will_topic),
    ("+UMQTTWMSG", mqtt_old::will_message),
];

/// Topic and message of a will.
const WILL: usize = 256;
const PORT: u16 = 1_883;

/// Volatile, unless `AT+UMQTTNV=2` stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MqttProfile {
    pub(super) client_id: Option<String>,
    /// The last of the operations 2 and 3 wins; each is shown on its own.
    pub(super) name: String,
    pub(super) address: String,
    pub(super) by_address: bool,
    pub(super) port: u16,
    pub(super) user: Vec<u8>,
    pub(super) password: Option<Vec<u8>>,
    pub(super) will: Will,
    /// Operation 10: what CONNECT tells.
    pub(super) keep_alive_s: u16,
    /// TLS profile.
    pub(super) tls: Option<usize>,
    pub(super) clean: bool,
    pub(super) context: u8,
}

impl Default for MqttProfile {
    fn default() -> Self {
        Self {
            client_id: None,
            name: String::new(),
            address: String::new(),
            by_address: false,
            port: PORT,
            user: Vec::new(),
            password: None,
            will: Will { qos: 0, retain: false, topic: Vec::new(), message: Vec::new() },
            keep_alive_s: 0,
            tls: None,
            clean: true,
            context: 1,
        }
    }
}

impl MqttProfile {
    pub(super) fn host(&self) -> &str {
        if self.by_address { &self.address } else { &self.name }
    }

    /// What a read of one operation says behind its number.
    pub(super) fn value(&self, operation: u32, imei: &str) -> String {
        let text = String::from_utf8_lossy;
        match operation {
            0 => format!("\"{}\"", self.client_id.as_deref().unwrap_or(imei)),
            2 => format!("\"{}\",{}", self.name, self.port),
            3 => format!("\"{}\",{}", self.address, self.port),
            4 => format!("\"{}\"", text(&self.user)),
            6 => self.will.qos.to_string(),
            7 => u8::from(self.will.retain).to_string(),
            8 => format!("\"{}\"", text(&self.will.topic)),
            9 => format!("{},\"{}\"", self.will.message.len(), text(&self.will.message)),
            10 => self.keep_alive_s.to_string(),
            11 => self.tls.map_or("0".to_owned(), |profile| format!("1,{profile}")),
            12 => u8::from(self.clean).to_string(),
            _ => self.context.to_string(),
        }
    }
}

fn string(parameters: &Parameters, index: usize, most: usize) -> Result<String, Refused> {
    let text = parameters.need_text(index, most)?;
    String::from_utf8(text.to_vec()).map_err(|_| Refused::Error)
}

/// The operations that this model knows.
fn operations(module: &Module) -> impl Iterator<Item = u32> + use<> {
    let model = module.own.model;
    let known = move |operation: &u32| match operation {
        1 | 5 => false,
        12 => model.clean_session,
        20 => model.mqtt_context,
        operation => *operation < 13,
    };
    (0..=20).filter(known)
}

/// `AT+UMQTT=<operation>[,<values>]`: alone it reads.
fn profile(module: &mut Module, form: &Form) -> Handled {
    module.own.wire.of_mqtt = true;
    if module.own.model.mqtt == MqttSyntax::Old {
        return mqtt_old::profile(module, form);
    }
    let parameters = match form {
        Form::Read => {
            let imei = module.options.imei.clone();
            let profile = &module.own.mqtt.profile;
            return lines(
                operations(module).map(|number| format!("+UMQTT: {number},{}", profile.value(number, &imei))),
            );
        }
        Form::Write(parameters) => parameters,
        Form::Test | Form::Execute => return Err(Refused::Error),
    };
    let operation = parameters.need(0, 0, 20)?;
    if !operations(module).any(|known| known == operation) {
        return Err(Refused::Error);
    }
    if parameters.len() == 1 {
        return line(format!("+UMQTT: {operation},{}", module.own.mqtt.profile.value(operation, &module.options.imei)));
    }
    // "Fails while connected (PY)"
    if !module.own.mqtt.is_down() {
        return Err(NOT_ALLOWED);
    }
    if operation == 2 && module.options.ublox.server_looked_up_at_once && !module.has_service() {
        return Err(NOT_ALLOWED);
    }
    module.set_mqtt(operation, parameters)?;
    ok()
}

impl Module {
    /// One value, within the limits of the model.
    pub(super) fn set_mqtt(&mut self, operation: u32, parameters: &Parameters) -> Result<(), Refused> {
        let (model, longest_host) = (self.own.model, self.profile.limits.host);
        let profile = &mut self.own.mqtt.profile;
        parameters.at_most(3)?;
        let one = || parameters.at_most(2);
        let switch = || Ok::<_, Refused>(parameters.need(1, 0, 1)? == 1);
        match operation {
            0 => {
                one()?;
                let most = self.options.client_id_limit.unwrap_or(model.client_id);
                profile.client_id = Some(string(parameters, 1, most)?);
            }
            2 | 3 => {
                let host = string(parameters, 1, longest_host)?;
                let port = parameters.number(2, 1, 65_535)?.map_or(PORT, |port| port as u16);
                (profile.by_address, profile.port) = (operation == 3, port);
                if operation == 3 { profile.address = host } else { profile.name = host }
            }
            4 => {
                profile.user = parameters.need_text(1, model.mqtt_login)?.to_vec();
                profile.password = parameters.text(2, model.mqtt_login)?.map(<[u8]>::to_vec);
            }
            6 => profile.will.qos = parameters.need(1, 0, 2)? as u8,
            7 => profile.will.retain = switch()?,
            8 => profile.will.topic = parameters.text(1, WILL)?.ok_or(Refused::Error)?.to_vec(),
            9 => {
                let text = parameters.text(1, 2 * WILL)?.ok_or(Refused::Error)?;
                let hex = parameters.number(2, 0, 1)? == Some(1);
                let message = if hex { from_hex(text).ok_or(Refused::Error)? } else { text.to_vec() };
                profile.will.message = Some(message).filter(|message| message.len() <= WILL).ok_or(Refused::Error)?;
            }
            // "LENA-R8 seen with an extra argument `10,3600,60`"
            10 => {
                if !model.mqtt_context {
                    one()?;
                }
                profile.keep_alive_s = parameters.need(1, 0, 65_535)? as u16;
                parameters.number(2, 0, 65_535)?;
            }
            11 => {
                let index = parameters.number(2, 0, PROFILES as u32 - 1)?.unwrap_or(0) as usize;
                profile.tls = switch()?.then_some(index);
            }
            12 => profile.clean = switch()?,
            _ => profile.context = parameters.need(1, 1, 8)? as u8,
        }
        Ok(())
    }
}

/// `AT+UMQTTNV=<0 factory, 1 load, 2 store>`
fn store(module: &mut Module, form: &Form) -> Handled {
    module.own.wire.of_mqtt = true;
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(1)?;
    let what = parameters.need(0, 0, 2)?;
    if !module.own.mqtt.is_down() {
        return Err(NOT_ALLOWED);
    }
    let Client { profile, stored, .. } = &mut module.own.mqtt;
    match what {
        0 => *profile = MqttProfile::default(),
        1 => profile.clone_from(stored),
        _ => stored.clone_from(profile),
    }
    if module.own.model.mqtt == MqttSyntax::Old {
        return line(format!("+UMQTTNV: {what},1"));
    }
    ok()
}
