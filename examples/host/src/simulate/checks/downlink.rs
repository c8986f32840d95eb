//! Messages from the platform.

use super::super::account::Account;
use super::super::plan::Plan;
use super::Invariant;

pub(super) fn check(account: &mut Account, plan: &Plan) {
    let place = |payload: &[u8]| account.sent.iter().position(|command| command.payload == payload);
    let places: Vec<_> = account.received.iter().map(|(life, payload)| (*life, place(payload), payload)).collect();
    let mut broken = Vec::new();
    for (_, place, payload) in &places {
        if place.is_none() {
            broken.push((Invariant::Invented, format!("command {:?}", String::from_utf8_lossy(payload))));
        }
    }
    for pair in places.windows(2) {
        if let [(life, Some(first), _), (next_life, Some(second), _)] = pair
            && life == next_life
            && second < first
        {
            broken.push((Invariant::Order, format!("command {second} came behind {first}")));
        }
    }
    if plan.is_calm() {
        let mut seen: Vec<_> = places.iter().filter_map(|place| place.1).collect();
        let count = seen.len();
        seen.dedup();
        let lost = account.sent.len() as u64 - seen.len() as u64;
        if seen.len() < count || lost > account.lost_at_end {
            let (sent, told) = (account.sent.len(), account.lost_at_end);
            broken.push((Invariant::Calm, format!("{count} of {sent} commands came, {told} were reported as lost")));
        }
    }
    broken.into_iter().for_each(|(invariant, what)| account.break_now(invariant, what));
}
