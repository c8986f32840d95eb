//! The old syntax of SARA-R410M-02B: every answer carries a flag, and messages are read by unsolicited lines
//! (ublox-at 3, 10.3).

use super::Module;
use super::model::MqttSyntax;
use super::mqtt_client::Operation;
use super::mqtt_messages::{Message, Publish, TOPIC};
use super::reply::Handled;
use super::socket_data::from_hex;
use super::sockets::NOT_ALLOWED;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line};

/// "1023 from M0.12.00/A.02.21"; of hexadecimal digits twice 512.
const TEXT: usize = 1_023;
const DIGITS: usize = 1_024;

/// `1 ok, 0 refused, still OK`
fn flagged(name: &str, operation: u32, good: bool) -> Handled {
    line(format!("{name}: {operation},{}", u8::from(good)))
}

/// `AT+UMQTT=<operation>,<values>`, and `AT+UMQTT=<operation>?` to read.
pub(super) fn profile(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    if let Some(asked) = parameters.any_text(0).and_then(|text| text.strip_suffix(b"?")) {
        let operation = std::str::from_utf8(asked).ok().and_then(|digits| digits.parse().ok()).ok_or(Refused::Error)?;
        return module.read_old_profile(operation);
    }
    let operation = parameters.need(0, 0, 12)?;
    match operation {
        0 | 2..=4 | 10..=12 if parameters.len() > 1 => {}
        1 if parameters.len() == 2 => {
            parameters.need(1, 1, 65_535)?;
            return flagged("+UMQTT", 1, true);
        }
        _ => return Err(Refused::Error),
    }
    let was_secure = module.own.mqtt.profile.tls;
    let good = module.own.mqtt.is_down() && module.set_mqtt(operation, parameters).is_ok();
    // "TLS cannot be switched off again without power cycle"
    let keeps_tls = module.own.model.quirks.mqtt_keeps_tls && module.own.mqtt.profile.tls.is_none();
    if keeps_tls && was_secure.is_some() {
        module.own.mqtt.profile.tls = was_secure;
        return flagged("+UMQTT", operation, false);
    }
    flagged("+UMQTT", operation, good)
}

/// `AT+UMQTTC=<operation>[,..]`
pub(super) fn command(module: &mut Module, parameters: &Parameters) -> Handled {
    let operation = parameters.need(0, 0, 8)?;
    let begun = match operation {
        0 => {
            parameters.at_most(1)?;
            module.log_out()
        }
        1 => {
            parameters.at_most(1)?;
            module.log_in()
        }
        2 => module.old_publish(parameters)?,
        4 => module.subscribe(parameters).map(|_| ()),
        5 => module.unsubscribe(parameters).map(|_| ()),
        6 => {
            parameters.at_most(1)?;
            return module.old_read();
        }
        7 => {
            parameters.at_most(2)?;
            module.own.mqtt.read_format = parameters.need(1, 0, 2)? as u8;
            Ok(())
        }
        8 => {
            parameters.at_most(2)?;
            // "server-name form; never worked": it is taken, and no ping goes out.
            parameters.need_text(1, 128)?;
            module.own.mqtt.session().map(|_| ())
        }
        _ => return Err(Refused::Error),
    };
    if operation == 0 && begun.is_ok() && module.options.ublox.late_logout_line {
        module.line_later(module.now_us + module.answered_us(), "+UUMQTTC: 0,0");
    }
    match begun {
        // The answer to these is final, and comes when the broker has answered.
        Ok(()) if matches!(module.own.mqtt.pending, Some(Operation::Publish(..) | Operation::Unsubscribe(..))) => {
            Ok(Outcome::Later)
        }
        Err(NOT_ALLOWED) | Ok(()) => flagged("+UMQTTC", operation, begun.is_ok()),
        Err(refused) => Err(refused),
    }
}

/// `AT+UMQTTWTOPIC=<qos>,<retain>,"<topic>"`
pub(super) fn will_topic(module: &mut Module, form: &Form) -> Handled {
    let parameters = of_will(module, form, 3)?;
    let (qos, retain) = (parameters.need(0, 0, 2)? as u8, parameters.need(1, 0, 1)? == 1);
    let topic = parameters.need_text(2, TOPIC)?.to_vec();
    let will = &mut module.own.mqtt.profile.will;
    (will.qos, will.retain, will.topic) = (qos, retain, topic);
    line("+UMQTTWTOPIC: 1")
}

/// `AT+UMQTTWMSG="<message>"`
pub(super) fn will_message(module: &mut Module, form: &Form) -> Handled {
    let parameters = of_will(module, form, 1)?;
    module.own.mqtt.profile.will.message = parameters.need_text(0, TOPIC)?.to_vec();
    line("+UMQTTWMSG: 1")
}

/// The commands of the will are of the old syntax alone.
fn of_will<'a>(module: &Module, form: &'a Form, most: usize) -> Result<&'a Parameters, Refused> {
    match form {
        Form::Write(parameters) if module.own.model.mqtt == MqttSyntax::Old => {
            parameters.at_most(most)?;
            if module.own.mqtt.is_down() { Ok(parameters) } else { Err(NOT_ALLOWED) }
        }
        _ => Err(Refused::Error),
    }
}

impl Module {
    /// `+UMQTT: <n>,1`, and the value as a line of its own; nothing comes for operation 11 while it is 0.
    fn read_old_profile(&mut self, operation: u32) -> Handled {
        let profile = &self.own.mqtt.profile;
        let value = match operation {
            0 => Some(profile.client_id.clone().unwrap_or_default()),
            1 => Some(String::new()),
            11 => profile.tls.map(|tls| format!("1,{tls}")),
            2..=4 | 10 | 12 => Some(profile.value(operation, "")),
            _ => return Err(Refused::Error),
        };
        if let Some(value) = value {
            self.urc(format!("+UUMQTT{operation}: {value}"));
        }
        flagged("+UMQTT", operation, true)
    }

    /// `AT+UMQTTC=2,<qos>,<retain>[,<hex>],"<topic>","<text>"`
    fn old_publish(&mut self, parameters: &Parameters) -> Result<Result<(), Refused>, Refused> {
        parameters.at_most(6)?;
        let qos = parameters.need(1, 0, 2)? as u8;
        let retain = parameters.need(2, 0, 1)? == 1;
        let at = if parameters.len() == 6 { 4 } else { 3 };
        let hex = at == 4 && parameters.need(3, 0, 1)? == 1;
        let topic = parameters.need_text(at, TOPIC)?.to_vec();
        let text = parameters.need_text(at + 1, if hex { DIGITS } else { TEXT })?;
        let payload = if hex { from_hex(text).ok_or(Refused::Error)? } else { text.to_vec() };
        Ok(self.publishes(Publish { number: 2, qos, retain, topic }, payload).map(|_| ()))
    }

    /// Everything that waits comes as unsolicited lines behind the answer, or in front of it.
    fn old_read(&mut self) -> Handled {
        let verbose = self.own.mqtt.read_format == 2;
        for Message { qos, topic, payload } in std::mem::take(&mut self.own.mqtt.queue) {
            let head = [b"\r\n+UUMQTTCM: 6,1\r\r\n\r\nTopic:", &topic[..], b"\r\r\n"].concat();
            let (lengths, end) = match verbose {
                true => (format!("Len:{} QoS:{qos}\r\r\n", payload.len()), "\r\n"),
                false => (String::new(), "\r\r\n"),
            };
            self.urc_part([&head, lengths.as_bytes(), b"Msg:", &payload, end.as_bytes()].concat());
        }
        if self.options.ublox.messages_before_answer {
            self.let_urcs_out();
        }
        flagged("+UMQTTC", 6, true)
    }
}
