//! Echo, result form, error form, URC port and other switches (quectel-at 0, 1.3, 1.8).

use std::collections::BTreeMap;

use super::command::{Form, Parameters};
use super::events::Event;
use super::module::{Handler, Module};
use super::options::Options;
use super::reply::{Handled, Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler)] = &[
    ("E", echo),
    ("V", verbose),
    ("Q", quiet),
    ("&D", ignored_digit),
    ("&C", ignored_digit),
    ("&W", store),
    ("&F", factory),
    ("+CMEE", error_form),
    ("+IFC", flow_control),
    ("+IPR", rate),
    ("+QURCCFG", urc_port),
    ("+QSCLK", sleep_clock),
    ("+QCFG", configuration),
];

/// After a rewrite of nwscanseq the module deregisters so much later (quectel-at 1.8).
const SCAN_SEQUENCE_US: u64 = 18_000_000;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) echo: bool,
    pub(super) verbose: bool,
    pub(super) quiet: bool,
    pub(super) cmee: u8,
    pub(super) flow_control: bool,
    pub(super) rate: u32,
    /// URCs come out at this port (kept in NV).
    pub(super) urcs_here: bool,
    pub(super) sleep_clock: u8,
    /// E, V, Q as `&W` stored them.
    stored: (bool, bool, bool),
    configuration: BTreeMap<&'static str, String>,
}

impl Settings {
    pub(super) fn factory(options: &Options) -> Self {
        let configuration = [
            ("nwscanmode", "0"),
            ("nwscanseq", "20301"),
            ("iotopmode", "0"),
            ("band", "0xf,0x100002000000000f0e189f,0x10004200000000090e189f"),
            ("roamservice", "255"),
            ("urc/cache", "0"),
            ("psm/enter", "0"),
            ("psm/urc", "0"),
        ];
        Self {
            echo: true,
            verbose: true,
            quiet: false,
            cmee: 0,
            flow_control: false,
            rate: 115_200,
            urcs_here: !options.urcs_on_usb,
            sleep_clock: 0,
            stored: (true, true, false),
            configuration: configuration.map(|(name, value)| (name, value.to_owned())).into(),
        }
    }

    /// Puts back what a restart resets. IPR, QURCCFG and QCFG are kept (quectel-at 0).
    pub(super) fn restore(&mut self) {
        (self.echo, self.verbose, self.quiet) = self.stored;
        (self.cmee, self.flow_control, self.sleep_clock) = (0, false, 0);
    }
}

/// The digit of a basic command; left out it is 0.
fn digit(form: &Form, most: u32) -> Result<u32, Refused> {
    match form {
        Form::Execute => Ok(0),
        Form::Write(parameters) => parameters.need(0, 0, most),
        Form::Test | Form::Read => Err(Refused::Error),
    }
}

fn echo(module: &mut Module, form: &Form) -> Handled {
    module.settings.echo = digit(form, 1)? == 1;
    module.console.echo = module.settings.echo;
    ok()
}

fn verbose(module: &mut Module, form: &Form) -> Handled {
    module.settings.verbose = digit(form, 1)? == 1;
    ok()
}

fn quiet(module: &mut Module, form: &Form) -> Handled {
    module.settings.quiet = digit(form, 1)? == 1;
    ok()
}

fn ignored_digit(_: &mut Module, form: &Form) -> Handled {
    digit(form, 2)?;
    ok()
}

fn store(module: &mut Module, form: &Form) -> Handled {
    digit(form, 0)?;
    let settings = &mut module.settings;
    settings.stored = (settings.echo, settings.verbose, settings.quiet);
    ok()
}

fn factory(module: &mut Module, form: &Form) -> Handled {
    digit(form, 0)?;
    let settings = &mut module.settings;
    (settings.echo, settings.verbose, settings.quiet, settings.cmee) = (true, true, false, 0);
    module.console.echo = true;
    ok()
}

fn error_form(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Test => line("+CMEE: (0,1,2)"),
        Form::Read => line(format!("+CMEE: {}", module.settings.cmee)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            module.settings.cmee = parameters.need(0, 0, 2)? as u8;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn flow_control(module: &mut Module, form: &Form) -> Handled {
    let flow = if module.settings.flow_control { "2,2" } else { "0,0" };
    match form {
        Form::Test => line("+IFC: (0,2),(0,2)"),
        Form::Read => line(format!("+IFC: {flow}")),
        Form::Write(parameters) => {
            parameters.at_most(2)?;
            let (to_host, to_module) = (parameters.need(0, 0, 2)?, parameters.need(1, 0, 2)?);
            if to_host == 1 || to_module == 1 {
                return Err(Refused::Error);
            }
            module.settings.flow_control = to_host == 2 || to_module == 2;
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

fn rate(module: &mut Module, form: &Form) -> Handled {
    const RATES: [u32; 10] = [0, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 3_000_000];
    match form {
        Form::Read => line(format!("+IPR: {}", module.settings.rate)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let rate = parameters.need(0, 1, u32::MAX)?;
            if !RATES.contains(&rate) {
                return Err(Refused::Error);
            }
            module.settings.rate = rate;
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
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
    let known = module.settings.configuration.keys().copied().find(|known| known.as_bytes() == name);
    let known = known.ok_or(Refused::Error)?;
    if parameters.len() == 1 {
        return line(format!("+QCFG: \"{known}\",{}", module.settings.configuration[known]));
    }
    let value = configured(known, parameters)?;
    module.settings.configuration.insert(known, value);
    if known == "nwscanseq" {
        module.agenda.add(module.now_us + SCAN_SEQUENCE_US, Event::ScanSequence);
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
