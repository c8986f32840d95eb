//! The models that this program drives, a line each: what it is made of is known by its type, and here stand the paths that
//! it takes. What it does not take, it says itself ([`DriverModel::LACKS`](wanlink_at::driver::DriverModel::LACKS)).

mod module;

use wanlink_quectel::{Bg95, Bg96, Ec25, Ec200u};
use wanlink_simcom::{A7608, A7670, Sim7000, Sim7080, Sim7600};
use wanlink_ublox::{LaraR6, LenaR8, SaraR5, SaraR410m, SaraR410m03b, SaraR422};

use crate::pairing::{https, mqtt, native, tcp};

pub(crate) use self::module::Module;

/// All of them; the first is that of the demo.
pub(crate) static MODELS: &[Module] = &[
    Module::new::<Bg95>(&[mqtt::<Bg95>(), tcp::<Bg95>(), https::<Bg95>(), native::<Bg95>()]),
    Module::new::<Bg96>(&[tcp::<Bg96>(), https::<Bg96>()]),
    Module::new::<Ec200u>(&[mqtt::<Ec200u>(), tcp::<Ec200u>(), https::<Ec200u>(), native::<Ec200u>()]),
    Module::new::<Ec25>(&[mqtt::<Ec25>(), tcp::<Ec25>(), https::<Ec25>(), native::<Ec25>()]),
    Module::new::<A7670>(&[mqtt::<A7670>(), tcp::<A7670>(), https::<A7670>(), native::<A7670>()]),
    Module::new::<A7608>(&[mqtt::<A7608>(), tcp::<A7608>(), https::<A7608>(), native::<A7608>()]),
    Module::new::<Sim7600>(&[mqtt::<Sim7600>(), tcp::<Sim7600>(), https::<Sim7600>(), native::<Sim7600>()]),
    Module::new::<Sim7080>(&[mqtt::<Sim7080>(), tcp::<Sim7080>(), https::<Sim7080>(), native::<Sim7080>()]),
    Module::new::<Sim7000>(&[tcp::<Sim7000>(), https::<Sim7000>()]),
    Module::new::<SaraR5>(&[mqtt::<SaraR5>(), tcp::<SaraR5>(), https::<SaraR5>()]),
    Module::new::<SaraR422>(&[mqtt::<SaraR422>(), tcp::<SaraR422>(), https::<SaraR422>()]),
    Module::new::<LaraR6>(&[mqtt::<LaraR6>(), tcp::<LaraR6>(), https::<LaraR6>()]),
    Module::new::<LenaR8>(&[mqtt::<LenaR8>(), tcp::<LenaR8>()]),
    Module::new::<SaraR410m>(&[tcp::<SaraR410m>()]),
    Module::new::<SaraR410m03b>(&[tcp::<SaraR410m03b>(), https::<SaraR410m03b>()]),
];

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;
    use crate::cli::PathArg;
    use crate::pairing::Pair;

    #[test]
    fn a_model_takes_a_path_or_says_why_not() {
        for module in MODELS {
            for &path in PathArg::value_variants() {
                let is_there = Pair::find(*module, path).is_ok();
                let (label, lack, path) = (module.label(), module.lack(path), path.name());
                assert_eq!(is_there, lack.is_none(), "{label} over {path} is there or in its LACKS: {lack:?}");
            }
        }
    }
}
