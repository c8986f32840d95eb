//! URC port, sleep clock and other switches (quectel-at 0, 1.3, 1.8).

use std::collections::BTreeMap;

use super::reply::Handled;
use super::{Model, Module, Quectel};
use crate::module::Handler;
use crate::module::command::{Form, Parameters};
use crate::module::events::Event;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Quectel>)] =
    &[("+QURCCFG", urc_port), ("+QSCLK", sleep_clock), ("+QCFG", configuration)];

/// After a rewrite of nwscanseq the module deregisters so much later (quectel-at 1.8).
const SCAN_SEQUENCE_US: u64 = 18_000_000;

/// What `AT+QCFG` sets; kept in NV.
#[derive(Debug)]
pub(super) struct Configuration(BTreeMap<&'static str, String>);

impl Configuration {
    pub(super) fn of(model: &Model) -> Self {
        let values = [
            ("nwscanmode", "0"),
            ("nwscanseq", "20301"),
            ("iotopmode", "0"),
            ("band", "0xf,0x100002000000000f0e189f,0x10004200000000090e189f"),
            ("roamservice", "255"),
            ("urc/cache", "0"),
            ("psm/enter", "0"),
            ("psm/urc", "0"),
        ];
        let known = values.into_iter().filter(|(name, _)| model.qcfg_names.contains(name));
        Self(known.map(|(name, value)| (name, value.to_owned())).collect())
    }
}

fn urc_port(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    parameters.at_most(2)?;
    if !parameters.need_text(0, 16)?.eq_ignore_ascii_case(b"urcport") {
        return Err(Refused::Error);
    }
    match parameters.text(1, 16)? {
        None => {
            line(format!("+QURCCFG: \"urcport\",\"{}\"", if module.settings.urcs_here { "uart1" } else { "usbat" }))
        }
        Some(port) => {
            module.settings.urcs_here = match port {
                b"uart1" => true,
                b"usbat" | b"usbmodem" => false,
                _ => return Err(Refused::Error),
            };
            ok()
        }
    }
}

fn sleep_clock(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+QSCLK: (0-2)"),
        Form::Read => line(format!("+QSCLK: {}", module.settings.sleep_clock)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.settings.sleep_clock = parameters.need(0, 0, 2)? as u8;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+QCFG="<name>"[,<values>[,<effect>]]`; the name has to be quoted (quectel-at 1.8).
fn configuration(module: &mut Module, form: &Form) -> Handled {
    let Form::Write(parameters) = form else { return Err(Refused::Error) };
    let name = parameters.need_text(0, 32)?.to_ascii_lowercase();
    let known = module.own.configuration.0.keys().copied().find(|known| known.as_bytes() == name);
    let known = known.ok_or(Refused::Error)?;
    if parameters.len() == 1 {
        return line(format!("+QCFG: \"{known}\",{}", module.own.configuration.0[known]));
    }
    let value = configured(known, parameters)?;
    module.own.configuration.0.insert(known, value);
    if known == "nwscanseq" {
        module.agenda.add(module.now_us + SCAN_SEQUENCE_US, Event::SearchAgain);
    }
    ok()
}

fn configured(name: &str, parameters: &Parameters) -> Result<String, Refused> {
    let count = if name == "band" { 3 } else { 1 };
    parameters.at_most(count + 2)?;
    let values: Result<Vec<_>, _> = (1..=count)
        .map(|index| {
            let text = String::from_utf8_lossy(parameters.any_text(index).ok_or(Refused::Error)?).into_owned();
            let digits = text.strip_prefix("0x").unwrap_or(&text);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Refused::Error);
            }
            // A read drops leading zeros: 020103 comes back as 20103 (quectel-at 1.8).
            let short = digits.trim_start_matches('0');
            Ok(if name == "nwscanseq" && !short.is_empty() { short.to_owned() } else { text })
        })
        .collect();
    Ok(values?.join(","))
}
