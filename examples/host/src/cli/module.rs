//! Models of modules: those with a driver, and those that are emulated.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use wanlink_emulator::Profile;

use crate::models::{MODELS, Module};

/// By the number on the label.
impl ValueEnum for Module {
    fn value_variants<'a>() -> &'a [Self] {
        MODELS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.label()).help(format!("{} {}", self.vendor, self.name)))
    }
}

/// A model that is emulated.
pub(super) fn emulated() -> impl TypedValueParser<Value = &'static Profile> {
    PossibleValuesParser::new(Profile::all().map(|profile| profile.name))
        .try_map(|name| Profile::named(&name).ok_or("there is no such model"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_model_with_a_driver_is_emulated_and_the_other_way_round() {
        let driven: BTreeSet<_> = MODELS.iter().map(|module| module.label()).collect();
        let emulated: BTreeSet<_> = Profile::all().map(|profile| profile.name).collect();
        assert_eq!((driven.len(), &driven), (MODELS.len(), &emulated));
    }
}
