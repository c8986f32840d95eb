//! Logins, and what a session does between them.

use embassy_time::Duration;
use wanlink_platform::{DeviceId, PacketType};
use wanlink_scene::Scene;

use super::super::account::Account;
use super::super::{DEVICE_NAME, PRODUCT_KEY};
use super::{Invariant, registration};

/// Logins in any minute (aliyun-iot, 1.4).
const CONNECTS_A_MINUTE: usize = 5;

pub(super) fn check(account: &mut Account, scene: &Scene) {
    logins(account, scene);
    strangers(account, scene);
    waits(account);
}

/// A session remembers its own logins only, so they are counted for each life of the microcontroller, and those that ask
/// for a registration apart: they are another session's.
fn logins(account: &mut Account, scene: &Scene) {
    const MINUTE_US: u64 = 60_000_000;
    let id = DeviceId::new(PRODUCT_KEY, DEVICE_NAME);
    let connects = scene
        .platform
        .record()
        .entries()
        .iter()
        .filter(|entry| entry.packet_type() == Some(PacketType::Connect) && entry.device.as_ref() == Some(&id));
    let (asking, logging): (Vec<_>, Vec<_>) = connects.partition(|entry| registration::is_ask(entry));
    let ends = account.lives.iter().skip(1).copied().chain([u64::MAX]);
    let lives: Vec<_> = account.lives.iter().copied().zip(ends).collect();
    for (connects, &(begin, end)) in lives.iter().flat_map(|life| [(&asking, life), (&logging, life)]) {
        let times: Vec<_> = connects.iter().map(|entry| entry.at).filter(|at| (begin..end).contains(at)).collect();
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
