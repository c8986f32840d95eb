//! Models of modules: those with a driver, and those that are emulated.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
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

/// A model that is emulated.
pub(super) fn emulated() -> impl TypedValueParser<Value = &'static Profile> {
    PossibleValuesParser::new(Profile::all().map(|profile| profile.name))
        .try_map(|name| Profile::named(&name).ok_or("there is no such model"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_with_a_driver_is_emulated_and_the_other_way_round() {
        let driven: Vec<_> = Module::value_variants().iter().map(|module| module.label()).collect();
        let emulated: Vec<_> = Profile::all().map(|profile| profile.name.to_owned()).collect();
        assert_eq!(driven, emulated);
    }
}
