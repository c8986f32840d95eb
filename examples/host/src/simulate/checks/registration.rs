//! What a device is given, keeps, and logs in with.

use wanlink_emulator::NorError;
use wanlink_platform::Judgement;
use wanlink_scene::Scene;
use wanlink_transports::store::{FlashError, StoreError};
use wanlink_transports::{Identity, registration::DeviceToken};

use super::super::account::Account;
use super::super::director::Stage;
use super::super::supply::{Kept, signature};
use super::super::{DEVICE_NAME, PRODUCT_KEY};
use super::Invariant;

/// Why the platform says no to a login that is not signed as it should be.
const UNSIGNED: [&str; 3] = [
    "password is not the signature",
    "sign is not the signature",
    "client id and password are not those of the device token",
];

/// Looks at the flash of a device that starts: it can register still, or it has what it was given, whole.
pub(in super::super) fn is_fit_to_go_on(stage: &Stage<'_>, kept: &Result<Kept, StoreError<FlashError<NorError>>>) {
    if let Err(what) = kept.as_ref().map_err(ToString::to_string).and_then(|kept| judge(&stage.scene.borrow(), kept)) {
        stage.account.borrow_mut().break_now(Invariant::Kept, what);
    }
}

fn judge(scene: &Scene, kept: &Kept) -> Result<(), String> {
    let platform = &scene.platform;
    let is_given = match kept {
        Kept { identity: Some(identity), .. } => is_current(scene, identity),
        Kept { device_token: Some(token), .. } => has(scene, token),
        _ if platform.is_active(PRODUCT_KEY, DEVICE_NAME) => {
            return Err("the store is empty, and the device is active".to_owned());
        }
        _ => true,
    };
    if is_given { Ok(()) } else { Err("what is in the store is not what the platform gave last".to_owned()) }
}

/// An identity does not show its secret: it is known by what it signs.
fn is_current(scene: &Scene, identity: &Identity) -> bool {
    scene.platform.secrets().iter().any(|secret| {
        let known = Identity::new(PRODUCT_KEY, DEVICE_NAME, secret);
        let is_equal = known.is_ok_and(|known| signature(&known).as_str() == signature(identity).as_str());
        is_equal && scene.platform.is_secret(PRODUCT_KEY, DEVICE_NAME, secret)
    })
}

fn has(scene: &Scene, token: &DeviceToken) -> bool {
    scene.platform.is_token(PRODUCT_KEY, DEVICE_NAME, token.client_id(), token.reveal())
}

pub(super) fn check(account: &mut Account, scene: &Scene) {
    for finding in scene.platform.record().judged(Judgement::Refused) {
        if UNSIGNED.iter().any(|reason| finding.reason.contains(reason)) {
            account.break_now(Invariant::Secret, format!("at {} us: {}", finding.at, finding.reason));
        }
    }
}
