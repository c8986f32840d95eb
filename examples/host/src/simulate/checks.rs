//! What has to hold, whatever goes wrong.

use std::fmt;

use embassy_time::Duration;
use wanlink_platform::{Direction, PacketType};
use wanlink_scene::Scene;

use super::account::Account;
use super::plan::Plan;
use super::{DEVICE_NAME, DEVICE_SECRET, PIN, PRODUCT_KEY, device};

/// So long after the last fault the link is up again: a search that is given up (600 s) before the radio is switched off
/// and on for it, the longest wait of a session (256 s) in front of each of the two, and a start, a search and a login
/// that take their time.
pub(super) const RECOVERY: Duration = Duration::from_secs(1800);

/// Logins in any minute (aliyun-iot, 1.4).
const CONNECTS_A_MINUTE: usize = 5;

macro_rules! invariants {
    ($($name:ident $text:literal,)*) => {
        /// What has to hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Invariant {
            $(#[doc = $text] $name,)*
        }

        impl fmt::Display for Invariant {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

invariants! {
    NoPanic "nothing panics",
    Progress "something can always happen next",
    Acknowledged "every acknowledged message is in the platform's raw list",
    Invented "nothing is invented",
    Order "the order within a topic holds",
    Bounds "no call waits longer than its bound",
    Recovery "the link is up again within its time",
    LossIsVisible "no message is lost in silence",
    Secrets "no secret is in a log or a trace",
    Logins "no more logins in a minute than allowed",
    Trust "nobody logs in to a stranger",
    Waits "waits grow, and are drawn",
    Errors "a session reports refusals only",
    Calm "nothing is repeated or lost where nothing goes wrong",
}

/// Looks at a run that is over.
pub(super) fn check(account: &mut Account, scene: &Scene, plan: &Plan, texts: &[(&str, &str)]) {
    uplink(account, scene, plan);
    downlink(account, plan);
    logins(account, scene);
    strangers(account, scene);
    waits(account);
    secrets(account, scene, texts);
}

/// The number at the head of a payload, if it is what the device made of that number.
fn number_of(payload: &[u8], next: u64) -> Option<u64> {
    let end = payload.iter().position(|&byte| byte == b':')?;
    let number = std::str::from_utf8(&payload[..end]).ok()?.parse().ok()?;
    (number <= next && device::payload(number) == payload).then_some(number)
}

/// A publish that was dropped, or whose prompt was lost, ends in blanks, from any byte on (see the contract of `publish`).
/// Data for a socket end in NULs when their prompt was lost, and the connection with them.
/// After a restart of the microcontroller, or a silence of the module, nobody knows that the module waits for data: it
/// takes the probes for them.
fn is_filled_up(payload: &[u8], next: u64) -> bool {
    let is_filler = |byte: &u8| b" \0ATV1Q0+CFUN?IPR?CMEE?\r".contains(byte);
    (0..=next).any(|number| {
        let true_one = device::payload(number);
        let same = true_one.iter().zip(payload).take_while(|(one, other)| one == other).count();
        true_one.len() == payload.len() && payload[same..].iter().all(is_filler)
    })
}

fn uplink(account: &mut Account, scene: &Scene, plan: &Plan) {
    let next = account.next;
    let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/update");
    let (mut numbers, mut order, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for entry in scene.platform.record().published(PRODUCT_KEY, DEVICE_NAME) {
        match number_of(entry.payload(), next) {
            _ if entry.topic() != Some(&topic) => {
                broken.push((Invariant::Invented, format!("a message on {:?}", entry.topic())));
            }
            Some(number) => {
                numbers.push(number);
                // A module goes on repeating a publish whose call was dropped, also behind the next one, and says so.
                order.extend((!entry.is_dup()).then_some(number));
            }
            None if !plan.is_calm() && is_filled_up(entry.payload(), next) => {}
            None => broken.push((Invariant::Invented, format!("{:?}", String::from_utf8_lossy(entry.payload())))),
        }
    }
    if let Some(pair) = order.windows(2).find(|pair| pair[0] > pair[1]) {
        broken.push((Invariant::Order, format!("message {} came behind {}", pair[1], pair[0])));
    }
    for number in &account.acknowledged {
        if !numbers.contains(number) {
            broken.push((Invariant::Acknowledged, format!("message {number} was acknowledged and is not there")));
        }
    }
    // The run may end in the middle of a publish.
    let ended = numbers.strip_suffix(&[next]).unwrap_or(&numbers);
    if plan.is_calm() && ended != account.acknowledged {
        broken.push((Invariant::Calm, format!("stored {numbers:?}, acknowledged {:?}", account.acknowledged)));
    }
    broken.into_iter().for_each(|(invariant, what)| account.break_now(invariant, what));
}

fn downlink(account: &mut Account, plan: &Plan) {
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

/// A life of the microcontroller remembers its own logins only.
fn logins(account: &mut Account, scene: &Scene) {
    const MINUTE_US: u64 = 60_000_000;
    let connects = scene.platform.record().connects(PRODUCT_KEY, DEVICE_NAME);
    let ends = account.lives.iter().skip(1).copied().chain([u64::MAX]);
    let lives: Vec<_> = account.lives.iter().copied().zip(ends).collect();
    for (begin, end) in lives {
        let times: Vec<_> = connects.iter().filter(|&&at| (begin..end).contains(&at)).collect();
        if let Some(times) = times.windows(CONNECTS_A_MINUTE + 1).find(|t| *t[CONNECTS_A_MINUTE] - *t[0] < MINUTE_US) {
            account.break_now(Invariant::Logins, format!("logins at {times:?} us"));
        }
    }
}

/// A login on a connection whose certificate was of another authority, or for another name.
fn strangers(account: &mut Account, scene: &Scene) {
    for entry in scene.platform.record().entries() {
        if entry.packet_type() == Some(PacketType::Connect) && scene.platform.is_stranger(entry.conn) {
            account.break_now(Invariant::Trust, format!("a login at {} us", entry.at));
        }
    }
}

/// The n-th wait is drawn from the upper half of a window of 2 s, 4 s ... 256 s.
fn waits(account: &mut Account) {
    let mut round = 0;
    for (attempt, wait) in std::mem::take(&mut account.waits) {
        let window_s = 1 << u32::from(attempt).clamp(1, 8);
        if wait < Duration::from_millis(window_s * 500) {
            account.break_now(Invariant::Waits, format!("wait {attempt} is {} ms", wait.as_millis()));
        }
        round += u32::from(wait.as_micros() % 1_000_000 == 0);
    }
    if round > 2 {
        account.break_now(Invariant::Waits, format!("{round} waits are whole seconds"));
    }
}

fn secrets(account: &mut Account, scene: &Scene, texts: &[(&str, &str)]) {
    let mut secrets = vec![DEVICE_SECRET.as_bytes().to_vec(), PIN.as_bytes().to_vec()];
    for entry in scene.platform.record().entries() {
        if entry.direction == Direction::Up && entry.packet_type() == Some(PacketType::Connect) {
            // The password is the last field of the packet: 64 hexadecimal digits.
            secrets.extend(entry.raw.last_chunk::<64>().map(|password| password.to_vec()));
        }
    }
    secrets.dedup();
    let holds = |text: &[u8]| secrets.iter().any(|secret| text.windows(secret.len()).any(|part| part == secret));
    let texts = texts.iter().map(|(name, text)| (*name, text.as_bytes()));
    let found: Vec<_> = texts
        .chain([("the driver's trace", account.driver_trace.as_slice())])
        .filter_map(|(name, text)| holds(text).then_some(name))
        .collect();
    for name in found {
        account.break_now(Invariant::Secrets, format!("a secret is in {name}"));
    }
}
