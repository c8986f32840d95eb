//! Registration, as u-blox's models print it, and what belongs to it (ublox-at 2).

use super::reply::Handled;
use super::{Module, Ublox};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, ok};

pub(super) const COMMANDS: &[(&str, Handler<Ublox>)] =
    &[("+CEER", last_cause), ("+UMNOPROF", operator_profile), ("+URAT", technologies)];

/// Area and cell, as they are printed.
const AREA: &str = "\"2710\"";
const CELL: &str = "\"01a2d001\"";
/// Between them where a model has one field more.
const EXTRA: &str = "\"00\"";
/// Profiles of operators that the sheet names.
const OPERATOR_PROFILES: [u32; 15] = [0, 1, 2, 3, 4, 5, 6, 19, 20, 21, 28, 31, 39, 90, 100];

/// `AT+CEER`: why the network did not take the module.
fn last_cause(module: &mut Module, form: &Form) -> Handled {
    if *form != Form::Execute {
        return Err(Refused::Error);
    }
    let denied = "+CEER: \"EMM cause\",15,\"No suitable cells in tracking area\"";
    line(if module.radio.denied { denied } else { "+CEER: No Error Call" })
}

/// `AT+UMNOPROF=<profile>`: not while registered; it holds from the next boot.
fn operator_profile(module: &mut Module, form: &Form) -> Handled {
    if !module.own.model.operator_profiles {
        return Err(Refused::Error);
    }
    match form {
        Form::Read => line(format!("+UMNOPROF: {}", module.own.operator_profile)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            let profile = parameters.need(0, 0, 100)?;
            if !OPERATOR_PROFILES.contains(&profile) {
                return Err(Refused::Error);
            }
            radio_off(module)?;
            let other = std::mem::replace(&mut module.own.operator_profile, profile) != profile;
            if other && module.own.model.quirks.profile_saves_power && module.options.ublox.profile_saves_power {
                module.saves_power_unasked();
            }
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

/// `AT+URAT=<technology>[,<technology>..]`, with the radio off.
fn technologies(module: &mut Module, form: &Form) -> Handled {
    match form {
        Form::Read => line(format!("+URAT: {}", module.own.technologies)),
        Form::Write(parameters) => {
            parameters.at_most(3)?;
            let known = module.own.model.technologies;
            let mut list = Vec::new();
            for index in 0..parameters.len() {
                let technology = parameters.need(index, 0, 9)?;
                if !known.contains(&technology) {
                    return Err(Refused::Error);
                }
                list.push(technology.to_string());
            }
            radio_off(module)?;
            module.own.technologies = list.join(",");
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}

fn radio_off(module: &Module) -> Result<(), Refused> {
    if module.radio.functionality == 1 { Err(Refused::Cme(3)) } else { Ok(()) }
}

/// Both, as `+CREG` has them.
pub(super) fn cell() -> String {
    format!("{AREA},{CELL}")
}

impl Module {
    /// `<stat>[,<area>,<cell>,<AcT>]`
    fn cell_fields(&self, mode: u8, stat: u8, extra: bool, with_technology: bool) -> String {
        let technology = if with_technology { format!(",{}", self.profile.technology) } else { String::new() };
        let middle = if extra && mode == 4 { format!(",{EXTRA}") } else { String::new() };
        match (mode, stat) {
            (0 | 1, _) => stat.to_string(),
            (_, 1 | 5) => format!("{stat},{AREA}{middle},{CELL}{technology}"),
            // "CEREG 3/5 add reject cause"
            (3 | 5, 3) => format!("{stat},,,,0,15"),
            _ => stat.to_string(),
        }
    }

    /// The answer of `AT+CREG?` and its like.
    pub(super) fn registration_answer(&self, name: &str, mode: u8, stat: u8) -> String {
        let quirks = &self.own.model.quirks;
        let packet = name == "+CEREG";
        if quirks.zero_cells && mode >= 2 && !matches!(stat, 1 | 3 | 5) {
            // "LENA-R8 pads", and leaves the mode of `+CREG` out.
            return match packet {
                true => format!("{name}: {mode},{stat},\"0000\",\"00000000\", 0,0,9"),
                false => format!("{name}: {stat},\"0000\",\"0000\",0"),
            };
        }
        // "LARA-R6 sometimes leaves the AcT out of this answer .., LENA-R8 out of +CGREG"
        let omitting = if packet { quirks.area_field && !quirks.area_field_in_lines } else { quirks.zero_cells };
        let with_technology = !(omitting && self.options.ublox.technology_omitted);
        let fields = self.cell_fields(mode, stat, quirks.area_field, with_technology);
        let (active, tau) = self.granted_timers();
        let timers = match (mode, stat) {
            (4 | 5, 1 | 5) if with_technology => format!(",,,\"{active}\",\"{tau}\""),
            _ => String::new(),
        };
        if quirks.creg_without_mode && name == "+CREG" {
            return format!("{name}: {fields}");
        }
        format!("{name}: {mode},{fields}{timers}")
    }

    /// The same as an unsolicited line.
    pub(super) fn registration_line(&self, name: &str, mode: u8, stat: u8) -> String {
        let quirks = &self.own.model.quirks;
        if quirks.area_field_in_lines && mode == 4 && stat == 0 {
            return format!("{name}: 0,,,,,,,,");
        }
        format!("{name}: {}", self.cell_fields(mode, stat, quirks.area_field_in_lines, true))
    }
}
