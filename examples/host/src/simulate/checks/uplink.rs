//! Messages to the platform.

use std::collections::{BTreeMap, BTreeSet};

use wanlink_platform::ConnId;
use wanlink_scene::Scene;

use super::super::account::Account;
use super::super::plan::Plan;
use super::super::{DEVICE_NAME, PRODUCT_KEY, device};
use super::Invariant;

/// The number at the head of a payload, if it is what the device made of that number.
pub(super) fn number_of(payload: &[u8], next: u64, most: usize) -> Option<u64> {
    let number = device::number(payload)?;
    (number <= next && device::payload(number, most) == payload).then_some(number)
}

/// A publish that was dropped, or whose prompt was lost, ends in blanks, from any byte on (see the contract of `publish`).
/// Data for a socket end in NULs when their prompt was lost, and the connection with them.
/// After a restart of the microcontroller, or a silence of the module, nobody knows that the module waits for data: it
/// takes the probes for them.
fn is_filled_up(payload: &[u8], next: u64, most: usize) -> bool {
    let is_filler = |byte: &u8| b" \0ATV1Q0+CFUN?IPR?CMEE?\r".contains(byte);
    (0..=next).any(|number| {
        let true_one = device::payload(number, most);
        let same = true_one.iter().zip(payload).take_while(|(one, other)| one == other).count();
        true_one.len() == payload.len() && payload[same..].iter().all(is_filler)
    })
}

/// The numbers that came more than once, and how often.
fn repeated(numbers: &[u64]) -> BTreeMap<u64, usize> {
    let mut times = BTreeMap::new();
    numbers.iter().for_each(|number| *times.entry(*number).or_default() += 1);
    times.retain(|_, times| *times > 1);
    times
}

/// Each number where it came first.
fn first_times(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    let mut seen = BTreeSet::new();
    numbers.filter(move |number| seen.insert(*number))
}

/// The first number that is less than the one before it, behind that.
fn misplaced(numbers: impl Iterator<Item = u64>) -> Option<(u64, u64)> {
    let numbers: Vec<_> = numbers.collect();
    numbers.windows(2).find(|pair| pair[0] > pair[1]).map(|pair| (pair[0], pair[1]))
}

/// As [`misplaced`], of one connection of a module that only accepts. What a session took over from the connection before
/// comes first there, and overtakes those that were accepted on it, and are sent again behind.
fn misplaced_on_connection(messages: &[(ConnId, u64)]) -> Option<(u64, u64)> {
    misplaced(messages.iter().skip(1).map(|(_, number)| *number))
}

pub(super) fn check(account: &mut Account, scene: &Scene, plan: &Plan) {
    let (next, most) = (account.next, plan.most_payload);
    let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/update");
    let (mut numbers, mut order, mut broken) = (Vec::new(), Vec::<(ConnId, u64)>::new(), Vec::new());
    for entry in scene.platform.record().published(PRODUCT_KEY, DEVICE_NAME) {
        match number_of(entry.payload(), next, most) {
            _ if entry.topic() != Some(&topic) => {
                broken.push((Invariant::Invented, format!("a message on {:?}", entry.topic())));
            }
            Some(number) => {
                numbers.push(number);
                // A module goes on repeating a publish whose call was dropped, also behind the next one, and says so.
                order.extend((!entry.is_dup()).then_some((entry.conn, number)));
            }
            None if !plan.is_calm() && is_filled_up(entry.payload(), next, most) => {}
            None => broken.push((Invariant::Invented, format!("{:?}", String::from_utf8_lossy(entry.payload())))),
        }
    }
    let out_of_order = match (account.outbox.is_used, account.outbox.is_accepted) {
        (false, _) => misplaced(order.iter().map(|(_, number)| *number)),
        // From the first whose fate is not known all are sent once more.
        (true, false) => misplaced(first_times(order.iter().map(|(_, number)| *number))),
        (true, true) => order.chunk_by(|one, next| one.0 == next.0).find_map(misplaced_on_connection),
    };
    if let Some((before, number)) = out_of_order {
        broken.push((Invariant::Order, format!("message {number} came behind {before}")));
    }
    for (number, times) in repeated(&numbers) {
        let (unsure, is_known) =
            (account.unsure.get(&number).copied().unwrap_or(0), account.acknowledged.contains(&number));
        if account.posts && times > unsure + usize::from(is_known || account.publishing == Some(number)) {
            broken.push((
                Invariant::Repeats,
                format!("message {number} was stored {times} times, {unsure} are known of"),
            ));
        }
    }
    for number in &account.acknowledged {
        if !numbers.contains(number) {
            broken.push((Invariant::Acknowledged, format!("message {number} was acknowledged and is not there")));
        }
    }
    // The run may end in the middle of a publish.
    let ended = numbers.strip_suffix(&[next]).unwrap_or(&numbers);
    // One that was accepted may still be on its way.
    let mut delivered = account.delivered.as_slice();
    if let [before @ .., last] = delivered
        && !account.acknowledged.contains(last)
        && !ended.contains(last)
    {
        delivered = before;
    }
    if plan.is_calm() && ended != delivered {
        broken.push((Invariant::Calm, format!("stored {numbers:?}, delivered {:?}", account.delivered)));
    }
    broken.into_iter().for_each(|(invariant, what)| account.break_now(invariant, what));
}
