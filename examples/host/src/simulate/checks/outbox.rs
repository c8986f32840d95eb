//! Messages that an outbox took.

use std::collections::BTreeSet;

use wanlink_scene::Scene;

use super::super::account::Account;
use super::super::plan::Plan;
use super::super::{DEVICE_NAME, PRODUCT_KEY};
use super::{Invariant, uplink};

/// Each was stored and its acknowledgement seen, but for those that made way, which are counted.
pub(super) fn check(account: &mut Account, scene: &Scene, plan: &Plan) {
    if !account.outbox.is_used {
        return;
    }
    let published = scene.platform.record().published(PRODUCT_KEY, DEVICE_NAME);
    let number = |payload: &[u8]| uplink::number_of(payload, account.next, plan.most_payload);
    let stored: BTreeSet<u64> = published.filter_map(|entry| number(entry.payload())).collect();
    let delivered: BTreeSet<u64> = account.delivered.iter().copied().collect();
    let has_arrived = |number: &&u64| stored.contains(number) && delivered.contains(number);
    let missing: Vec<u64> = account.outbox.owed.iter().filter(|number| !has_arrived(number)).copied().collect();
    let excused = account.outbox.excused;
    if missing.len() > excused {
        account.break_now(Invariant::Outbox, format!("{missing:?} did not arrive, {excused} made way"));
    }
}
