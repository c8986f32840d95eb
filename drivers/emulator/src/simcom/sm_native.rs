//! The log-in that a SIM7080 computes by itself: `AT+SMALIAUTH`, `AT+SMALIDYNA` (simcom-at 4).

use super::reply::Handled;
use super::{Module, Simcom};
use crate::module::Handler;
use crate::module::command::Form;
use crate::module::reply::{Refused, line, lines, ok};
use crate::native::{Credentials, Triple};

pub(super) const COMMANDS: &[(&str, Handler<Simcom>)] = &[("+SMALIAUTH", sign_in), ("+SMALIDYNA", register)];

/// "20 / 32 / 40 bytes" and "20 / 32 / 24 bytes".
const LONGEST_LOGIN: [usize; 3] = [20, 32, 40];
const LONGEST_REGISTRATION: [usize; 3] = [20, 32, 24];

/// Who the module logs in as, in place of what `AT+SMCONF` says.
#[derive(Clone, Debug)]
pub(super) enum SmNative {
    /// A device, with its own secret.
    Device(Triple),
    /// A device that registers, with the secret of its product.
    Product(Triple),
}

/// `AT+SMALIAUTH="<product key>","<device name>","<device secret>"`; read, it shows the secret in clear.
fn sign_in(module: &mut Module, form: &Form) -> Handled {
    module.native_known()?;
    match form {
        Form::Test => line("+SMALIAUTH: (20),(32),(40)"),
        Form::Read => {
            let Triple { product_key, device_name, secret } = match &module.own.lpwa.sm.native {
                Some(SmNative::Device(triple)) => triple.clone(),
                Some(SmNative::Product(_)) | None => Triple::default(),
            };
            lines([
                "+SMALIAUTH:".to_owned(),
                format!("Product Key: \"{product_key}\""),
                format!("Device Name: \"{device_name}\""),
                format!("Device Secret: \"{secret}\""),
            ])
        }
        Form::Write(parameters) => {
            parameters.at_most(3)?;
            module.own.lpwa.sm.native = Some(SmNative::Device(Triple::typed(parameters, 0, LONGEST_LOGIN)?));
            ok()
        }
        Form::Execute => Err(Refused::Error),
    }
}

/// `AT+SMALIDYNA="<product key>","<device name>","<product secret>"`
fn register(module: &mut Module, form: &Form) -> Handled {
    module.native_known()?;
    match form {
        Form::Test => line("+SMALIDYNA: (20),(32),(24)"),
        Form::Write(parameters) => {
            parameters.at_most(3)?;
            module.own.lpwa.sm.native = Some(SmNative::Product(Triple::typed(parameters, 0, LONGEST_REGISTRATION)?));
            ok()
        }
        Form::Read | Form::Execute => Err(Refused::Error),
    }
}

impl Module {
    fn native_known(&self) -> Result<(), Refused> {
        if self.options.native.known { Ok(()) } else { Err(Refused::Error) }
    }

    /// What stands in place of the settings: "client id, user, password", under an id of the module's own.
    pub(super) fn sm_computed(&mut self) -> Option<Credentials> {
        let sm = &self.own.lpwa.sm;
        let (tls, sign) = (sm.config.tls.is_some(), self.options.native.sign);
        let id = |triple: &Triple| format!("{}.{}", triple.product_key, triple.device_name);
        Some(match sm.native.as_ref()? {
            SmNative::Device(triple) => triple.login(&id(triple), tls, sign),
            SmNative::Product(triple) => triple.registration(&id(triple), self.random.next_u64() as u32, sign),
        })
    }
}
