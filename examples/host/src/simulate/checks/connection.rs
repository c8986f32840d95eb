//! Logins, and what a session does between them.

use embassy_time::Duration;
use wanlink_platform::PacketType;
use wanlink_scene::Scene;

use super::super::account::Account;
use super::super::{DEVICE_NAME, PRODUCT_KEY};
use super::Invariant;

/// Logins in any minute (aliyun-iot, 1.4).
const CONNECTS_A_MINUTE: usize = 5;

pub(super) fn check(account: &mut Account, scene: &Scene) {
    logins(account, scene);
    strangers(account, scene);
    waits(account);
}

/// Those that ask for a registration and those of the session behind it, as the platform counts them. A microcontroller
/// that restarts begins to count anew, so they are looked at for each of its lives.
fn logins(account: &mut Account, scene: &Scene) {
    const MINUTE_US: u64 = 60_000_000;
    let connects = scene.platform.record().connects(PRODUCT_KEY, DEVICE_NAME);
    let ends = account.lives.iter().skip(1).copied().chain([u64::MAX]);
    let lives: Vec<_> = account.lives.iter().copied().zip(ends).collect();
    for (begin, end) in lives {
        let times: Vec<_> = connects.iter().copied().filter(|at| (begin..end).contains(at)).collect();
        if let Some(times) = times.windows(CONNECTS_A_MINUTE + 1).find(|t| t[CONNECTS_A_MINUTE] - t[0] < MINUTE_US) {
            account.break_now(Invariant::Logins, format!("logins at {times:?} us"));
        }
    }
}

/// A login on a connection whose certificate was of another authority, or for another name.
fn strangers(account: &mut Account, scene: &Scene) {
    for entry in scene.platform.record().entries() {
        let is_login = matches!(entry.packet_type(), Some(PacketType::Connect | PacketType::Request));
        if is_login && scene.platform.is_stranger(entry.conn) {
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
