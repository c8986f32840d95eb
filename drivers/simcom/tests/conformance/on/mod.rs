//! What the conformance suite has to know of SIMCom's modules: here of all, and below of each dialect.

mod cmqtt;
mod lpwa;

use std::marker::PhantomData;

use wanlink_at::driver::{HttpsFamily, SocketFamily};
use wanlink_conformance::{Bench, DozeBench, DriverFor, ModuleBench, Pins};
use wanlink_core::{HasHttps, HasTlsSocket};
use wanlink_emulator::{Options, PortReader, PortWriter, Profile, SimcomOptions};
use wanlink_scene::bench::running;
use wanlink_simcom::{A7608, A7670, DriverModel, Sim7000, Sim7080, Sim7600, Simcom};

/// A model on the emulator that plays it.
pub(crate) struct On<M>(PhantomData<M>);

/// A model, and the emulator that plays it.
pub(crate) trait Played:
    DriverModel<Family: SocketFamily + HttpsFamily> + HasTlsSocket + HasHttps + 'static
{
    /// Going off takes no longer.
    const OFF_MS: u64;
    /// The command that activates the data context.
    const ACTIVATE: &'static str;
    /// A line of the model's boot without a prefix.
    const OWN_LINE: &'static str;
    /// One that it says while it works.
    const NEWS_LINE: &'static str = Self::OWN_LINE;
    /// How user and password of the access point are shown.
    const REDACTED_LOGIN: &'static str;
    /// How often a new module restarts before its settings are those of the driver.
    const SETUP_BOOTS: u64 = 0;
    /// There is no reset line.
    const RESETS_BY_KEY: bool = false;

    /// It goes the ways of another model.
    const STRIDE: usize = 1;

    fn profile() -> &'static Profile;
}

impl<M: Played> Bench for On<M> {
    type Model = M;

    const OFF_MS: u64 = M::OFF_MS;
    const STRIDE: usize = M::STRIDE;

    fn profile() -> &'static Profile {
        M::profile()
    }

    fn label() -> &'static str {
        M::profile().model.trim_start_matches("SIMCOM_")
    }
}

impl<'b, M: Played> DriverFor<'b> for On<M> {
    type Driver = Simcom<'b, M, PortReader, PortWriter, Pins>;
}

/// A module that runs, with options of this vendor's.
fn special(simcom: SimcomOptions) -> Options {
    Options { simcom, ..running() }
}

impl<M: Played> ModuleBench for On<M> {
    const ACTIVATE: &'static str = M::ACTIVATE;
    const OWN_LINE: &'static str = M::OWN_LINE;
    const NEWS_LINE: &'static str = M::NEWS_LINE;
    const REDACTED_LOGIN: &'static str = M::REDACTED_LOGIN;
    const SETUP_BOOTS: u64 = M::SETUP_BOOTS;
    const RESETS_BY_KEY: bool = M::RESETS_BY_KEY;

    fn error_forms() -> Vec<Options> {
        let form = |error_form| SimcomOptions { error_form, ..SimcomOptions::default() };
        [None, Some(2)].map(|error_form| Options { simcom: form(error_form), ..Options::default() }).into()
    }
}

/// simcom-at 2.3: "sleep via DTR high; pull DTR low and wait 20 ms .. / 50 ms .. before the first byte".
macro_rules! sleep_lines {
    ($($model:ty)+) => {
        $(impl DozeBench for On<$model> {
            const DOZE: &'static str = "AT+CSCLK";
        })+
    };
}

sleep_lines! { A7670 A7608 Sim7600 Sim7080 Sim7000 }
