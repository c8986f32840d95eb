//! Echo, result form, error form, flow control, rate (V.250; quectel-at 0, 1.3; simcom-at 1, 2.3).

use super::command::Form;
use super::dialect::Dialect;
use super::options::Options;
use super::profile::{Profile, Vendor};
use super::reply::{Handled, Refused, line, ok};
use super::{Chapter, Module};

impl<D: Dialect> Module<D> {
    pub(crate) const SETTINGS: Chapter<D> = &[
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
    ];
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) echo: bool,
    pub(crate) verbose: bool,
    pub(crate) quiet: bool,
    pub(crate) cmee: u8,
    pub(crate) flow_control: bool,
    pub(crate) rate: u32,
    /// URCs come out at this port (kept in NV).
    pub(crate) urcs_here: bool,
    pub(crate) sleep_clock: u8,
    /// E, V, Q as `&W` stored them.
    stored: (bool, bool, bool),
    /// `AT+IPR` as it is after a boot.
    pub(crate) stored_rate: u32,
    /// CMEE as it is after a boot.
    boot_cmee: u8,
}

impl Settings {
    pub(crate) const fn factory(profile: &Profile, options: &Options) -> Self {
        Self {
            echo: true,
            verbose: true,
            quiet: false,
            cmee: profile.error_form,
            flow_control: false,
            rate: profile.rate,
            // Only Quectel's modules send them elsewhere.
            urcs_here: !(options.urcs_on_usb && matches!(profile.vendor, Vendor::Quectel(_))),
            sleep_clock: 0,
            stored: (true, true, false),
            stored_rate: profile.rate,
            boot_cmee: profile.error_form,
        }
    }

    /// Puts back what a restart resets. The port of URCs is kept (quectel-at 0).
    pub(crate) fn restore(&mut self) {
        (self.echo, self.verbose, self.quiet) = self.stored;
        (self.cmee, self.flow_control, self.sleep_clock) = (self.boot_cmee, false, 0);
        self.rate = self.stored_rate;
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

fn echo<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    module.settings.echo = digit(form, 1)? == 1;
    module.console.echo = module.settings.echo;
    ok()
}

fn verbose<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    module.settings.verbose = digit(form, 1)? == 1;
    ok()
}

fn quiet<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    module.settings.quiet = digit(form, 1)? == 1;
    ok()
}

fn ignored_digit<D: Dialect>(_: &mut Module<D>, form: &Form) -> Handled<D> {
    digit(form, 2)?;
    ok()
}

fn store<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    digit(form, 0)?;
    let settings = &mut module.settings;
    settings.stored = (settings.echo, settings.verbose, settings.quiet);
    settings.stored_rate = settings.rate;
    D::stored(module);
    ok()
}

fn factory<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    digit(form, 0)?;
    let settings = &mut module.settings;
    (settings.echo, settings.verbose, settings.quiet) = (true, true, false);
    settings.cmee = settings.boot_cmee;
    module.console.echo = true;
    ok()
}

fn error_form<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
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

fn flow_control<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
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

fn rate<D: Dialect>(module: &mut Module<D>, form: &Form) -> Handled<D> {
    const RATES: [u32; 10] = [0, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 3_000_000];
    match form {
        Form::Read => line(format!("+IPR: {}", module.settings.rate)),
        Form::Write(parameters) => {
            parameters.at_most(1)?;
            // Where the rate is found by itself, 0 says so.
            let least = u32::from(module.profile.rate > 0);
            let rate = parameters.need(0, least, u32::MAX)?;
            if !RATES.contains(&rate) {
                return Err(Refused::Error);
            }
            module.settings.rate = rate;
            if D::KEEPS_RATE {
                module.settings.stored_rate = rate;
            }
            ok()
        }
        Form::Test | Form::Execute => Err(Refused::Error),
    }
}
