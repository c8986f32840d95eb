//! Models of modules: those with a driver, and those that are emulated.

use std::ffi::OsStr;

use clap::builder::{EnumValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error, ValueEnum};
use wanlink_emulator::Profile;

/// Models with a driver, by the number on their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Module {
    /// Quectel BG95
    Bg95,
    /// Quectel EC200U
    Ec200u,
    /// Quectel EC25
    Ec25,
    /// SIMCom A7670
    A7670,
    /// SIMCom SIM7600
    Sim7600,
    /// SIMCom SIM7080
    Sim7080,
    /// SIMCom SIM7000
    Sim7000,
    /// u-blox SARA-R5
    SaraR5,
    /// u-blox SARA-R422
    SaraR422,
    /// u-blox LARA-R6
    LaraR6,
    /// u-blox LENA-R8
    LenaR8,
    /// u-blox SARA-R410M
    SaraR410m,
}

impl Module {
    /// As it is written on the command line.
    pub(crate) fn label(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// The module that is played for it.
    ///
    /// # Panics
    /// No module of this name is emulated; a test looks at all of them.
    pub(crate) fn profile(self) -> &'static Profile {
        Profile::named(&self.label()).expect("each driver has an emulated module")
    }
}

/// Tells a model that has no driver yet from one that nobody knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModuleParser;

impl TypedValueParser for ModuleParser {
    type Value = Module;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Module, Error> {
        let name = value.to_string_lossy();
        if Module::from_str(&name, false).is_err() && Profile::named(&name).is_some() {
            let all: Vec<_> = Module::value_variants().iter().map(|module| module.label()).collect();
            let arg = arg.map_or_else(String::new, Arg::to_string);
            let why = format!(
                "invalid value '{name}' for '{arg}': there is no driver for it yet, only `wanlink emulate` plays it; there \
                 is one for {}\n",
                all.join(", ")
            );
            return Err(Error::raw(ErrorKind::InvalidValue, why).with_cmd(command));
        }
        EnumValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Module::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// A model that is emulated.
pub(super) fn emulated() -> impl TypedValueParser<Value = &'static Profile> {
    PossibleValuesParser::new(Profile::all().map(|profile| profile.name))
        .try_map(|name| Profile::named(&name).ok_or("there is no such model"))
}
