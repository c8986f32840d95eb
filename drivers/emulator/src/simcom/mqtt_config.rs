//! `AT+CMQTTCFG`, `AT+CMQTTSSLCFG`, `AT+CMQTTWILLTOPIC`, `AT+CMQTTWILLMSG` (simcom-at 3).

use super::mqtt_client::Phase;
use super::mqtt_entries::Entered;
use super::mqtt_service::client_index;
use super::reply::{Handled, Purpose};
use super::tls_config::CONTEXTS;
use super::{Module, Simcom};
use crate::engine::console::Size;
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::reply::{Outcome, Refused, line, lines, ok};
use crate::native::Triple;

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[
    ("+CMQTTCFG", configure),
    ("+CMQTTSSLCFG", tls),
    ("+CMQTTWILLTOPIC", will_topic),
    ("+CMQTTWILLMSG", will_message),
];

/// Product key, device name and secret; "not stated" (4): as Quectel's.
const LONGEST_NATIVE: [usize; 3] = [64; 3];

/// `AT+CMQTTCFG="<name>",<client>,<value>`: "AFTER ACCQ and before CONNECT, cleared by REL".
fn configure(module: &mut Module, form: &Form) -> Handled {
    let with_version = !module.own.model.version_in_acquire;
    let parameters = match form {
        Form::Test => {
            let version = with_version.then_some("+CMQTTCFG: \"version\",(0-1),(3-4)");
            let rest = ["+CMQTTCFG: \"checkUTF8\",(0-1),(0-1)", "+CMQTTCFG: \"optimeout\",(0-1),(20-120)"];
            let native = "+CMQTTCFG: \"aliauth\",(0-1),\"productkey\",\"devicename\",\"devicesecret\"";
            let native = module.options.native.known.then_some(native);
            return lines(version.into_iter().chain(rest).chain(native));
        }
        Form::Read => {
            // "prints checkUTF8 and optimeout only"
            let clients = module.own.mqtt.clients.iter().enumerate();
            return lines(clients.map(|(index, client)| {
                format!("+CMQTTCFG: {index},{},{}", u8::from(client.checks_utf8), client.patience_s)
            }));
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    let name = parameters.need_text(0, 16)?.to_ascii_lowercase();
    parameters.at_most(if name == b"aliauth" { 5 } else { 3 })?;
    let index = parameters.need(1, 0, 1)? as usize;
    module.mqtt_started()?;
    let client = &mut module.own.mqtt.clients[index];
    if !matches!(client.phase, Phase::Acquired) {
        return Err(Refused::Error);
    }
    match name.as_slice() {
        b"version" if with_version => client.version = parameters.need(2, 3, 4)? as u8,
        b"checkutf8" => client.checks_utf8 = parameters.need(2, 0, 1)? == 1,
        b"optimeout" => client.patience_s = parameters.need(2, 20, 120)?,
        b"aliauth" if module.options.native.known => {
            client.native = Some(Triple::typed(parameters, 2, LONGEST_NATIVE)?);
        }
        _ => return Err(Refused::Error),
    }
    ok()
}

/// `AT+CMQTTSSLCFG=<client>,<TLS context>`: "after START, before CONNECT".
fn tls(module: &mut Module, form: &Form) -> Handled {
    let parameters = match form {
        Form::Test => return line("+CMQTTSSLCFG: (0-1),(0-9)"),
        Form::Read => {
            let clients = module.own.mqtt.clients.iter().enumerate();
            return lines(
                clients.map(|(index, client)| format!("+CMQTTSSLCFG: {index},{}", client.tls_context.unwrap_or(index))),
            );
        }
        Form::Write(parameters) => parameters,
        Form::Execute => return Err(Refused::Error),
    };
    parameters.at_most(2)?;
    let index = client_index(parameters)?;
    let context = parameters.need(1, 0, CONTEXTS as u32 - 1)? as usize;
    module.mqtt_started()?;
    let client = &mut module.own.mqtt.clients[index];
    if client.link().is_some() {
        return Err(Refused::Error);
    }
    client.tls_context = Some(context);
    ok()
}

/// A text that belongs to a will: of a client that is acquired and has no connection yet.
fn of_will<'a>(module: &Module, form: &'a Form, most: usize) -> Result<(usize, usize, &'a Parameters), Refused> {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    let index = client_index(parameters)?;
    let length = parameters.need(1, 1, 1_024)? as usize;
    parameters.at_most(most)?;
    module.mqtt_started()?;
    if matches!(module.own.mqtt.clients[index].phase, Phase::Acquired) {
        Ok((index, length, parameters))
    } else {
        Err(Refused::Error)
    }
}

/// `AT+CMQTTWILLTOPIC=<client>,<length>`, then the topic.
fn will_topic(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return line("+CMQTTWILLTOPIC: (0-1),(1-1024)");
    }
    let (index, length, _) = of_will(module, form, 2)?;
    Ok(Outcome::Prompt(Purpose::Mqtt(index, Entered::WillTopic), Size::Fixed(length)))
}

/// `AT+CMQTTWILLMSG=<client>,<length>,<qos>`, then the message; behind the topic.
fn will_message(module: &mut Module, form: &Form) -> Handled {
    if *form == Form::Test {
        return line("+CMQTTWILLMSG: (0-1),(1-1024),(0-2)");
    }
    let (index, length, parameters) = of_will(module, form, 3)?;
    let qos = parameters.need(2, 0, 2)? as u8;
    if module.own.mqtt.clients[index].will_topic.is_empty() {
        return Err(Refused::Error);
    }
    Ok(Outcome::Prompt(Purpose::Mqtt(index, Entered::WillMessage(qos)), Size::Fixed(length)))
}
