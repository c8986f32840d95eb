//! What `--store` keeps of the device.

use wanlink_transports::Identity;
use wanlink_transports::registration::DeviceToken;
use wanlink_transports::store::{HttpsToken, Store};

use super::plan::{DeviceName, Plan, Source};
use crate::cli::{ConnectArgs, OnOff, PathArg};
use crate::cure;
use crate::failure::Failure;
use crate::register::Credential;
use crate::store::{self, AnyStore, FileStore};

/// The store of the command line.
pub(super) fn store(args: &ConnectArgs) -> AnyStore<'_> {
    args.register.store.as_ref().map_or_else(AnyStore::none, |path| AnyStore::new(FileStore::new(path)))
}

/// What an earlier run left for this device, if its secret is to come from there. A file that cannot be read is told
/// whatever it is for.
pub(super) async fn load(args: &ConnectArgs, plan: &Plan<'_>) -> Result<Option<Credential>, Failure> {
    let Some(path) = &args.register.store else { return Ok(None) };
    let mut store = FileStore::new(path);
    let failed = |error| store::failure(path, &error);
    let kept = match store.load::<Identity>().await.map_err(failed)? {
        Some(identity) => Some(Credential::Identity(identity)),
        None => store.load::<DeviceToken>().await.map_err(failed)?.map(Credential::Token),
    };
    // A link signs in anew when it cannot read its token, in each run and without a word.
    store.load::<HttpsToken>().await.map_err(failed)?;
    if let (Some(kept), DeviceName::Given(name)) = (&kept, plan.device_name) {
        check(args, kept, name)?;
    }
    match plan.source {
        Source::Given(_) => Ok(None),
        Source::Stored if kept.is_none() => {
            Err(Failure::new(format!("{} holds no secret of a device", path.display()), cure::NOTHING_STORED))
        }
        Source::Stored | Source::Registered { .. } => {
            let wants_secret = args.path == PathArg::Https || args.identity.tls == OnOff::Off;
            match kept {
                Some(Credential::Token(_)) if wants_secret => {
                    Err(Failure::new(format!("{} holds a token, and no secret", path.display()), cure::TOKEN_ONLY))
                }
                kept => Ok(kept),
            }
        }
    }
}

/// Whether what is kept is of the device with this name.
pub(super) fn check(args: &ConnectArgs, kept: &Credential, name: &str) -> Result<(), Failure> {
    let (key, own) = kept.names();
    if (key, own) == (args.identity.device.product_key.as_str(), name) {
        return Ok(());
    }
    Err(Failure::new(format!("{} belongs to another device, {own} of product {key}", shown(args)), cure::OTHER_DEVICE))
}

fn shown(args: &ConnectArgs) -> String {
    args.register.store.as_ref().map_or_else(String::new, |path| path.display().to_string())
}

/// Says of a refused login where the secret is from: the device is never registered again by itself.
pub(super) fn explain(args: &ConnectArgs, failure: Failure) -> Failure {
    // CONNACK 4 and 5, and the code of a sign-in (aliyun-iot, 4 and 5).
    let is_login = ["refused_login", "refused_sign_in"].contains(&failure.cure.kind);
    if !is_login || !matches!(failure.cure.code, Some(4 | 5 | 20000)) {
        return failure;
    }
    let path = shown(args);
    let advice = format!(
        "{}; the secret is from {path}, and the device does not register again by itself: when it was reset or made anew \
         in the console, remove that file",
        failure.advice()
    );
    failure.advise(advice)
}
