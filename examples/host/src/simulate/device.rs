//! The device's own program, over any link: publishes numbered messages, listens for commands, and keeps the number in
//! its store.

use std::pin::pin;

use embassy_futures::select::{Either3, select3};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::Qos;
use wanlink_emulator::{FlashStep, SplitMix64};
use wanlink_transports::topic;

use super::checks;
use super::director::Stage;
use super::seat::Seat;
use crate::online::{self, Online};

/// Life after life of the microcontroller, until the run is over.
pub(super) async fn lives(stage: &Stage<'_>, seed: u64) {
    let mut random = SplitMix64::new(seed ^ 0x5eed);
    let mut restarts = stage.plan.restarts.iter().map(|&at| Instant::from_micros(at)).peekable();
    while !stage.account.borrow().is_done {
        let now = Instant::now();
        begin(stage, now);
        let seat = Seat::new(stage, seed ^ now.as_micros(), random.fork());
        let restart = restarts.peek().copied().unwrap_or(Instant::MAX);
        match select3(stage.rig.live(seat), Timer::at(restart), stage.supply.lost()).await {
            Either3::First(()) => {}
            Either3::Second(()) => drop(restarts.next()),
            Either3::Third(()) => lose_power(stage, &mut random),
        }
        Timer::after(Duration::from_micros(random.below(3_000_000))).await;
    }
}

/// There is power, and nothing else but what is in the flash.
fn begin(stage: &Stage<'_>, now: Instant) {
    stage.supply.restore();
    stage.scene.borrow_mut().notes.push("the microcontroller starts".to_owned());
    if stage.rig.has_store() {
        let kept = stage.supply.kept();
        if stage.rig.registers() {
            checks::is_fit_to_go_on(stage, &kept);
        }
        let token = kept.ok().and_then(|kept| kept.https_token);
        stage.account.borrow_mut().tokens.begin_life(token.as_ref(), stage.plan.module.utc_at_start);
    }
    let account = &mut *stage.account.borrow_mut();
    account.lives.push(now.as_micros());
    account.asks.begin_life();
    account.outbox.begin_life(stage.rig);
    account.doubt();
}

/// The microcontroller has no power, and in half of the cases its module has none either.
fn lose_power(stage: &Stage<'_>, random: &mut SplitMix64) {
    let place = match stage.supply.restore() {
        Some(FlashStep::Word) => "in a word",
        Some(FlashStep::Erasure) => "in an erasure",
        None => "elsewhere",
    };
    *stage.account.borrow_mut().cuts.entry(place).or_default() += 1;
    let scene = &mut *stage.scene.borrow_mut();
    scene.notes.push(format!("the power goes {place}"));
    if random.one_in(2) {
        scene.module.brown_out(random.below(3_000_000));
    }
}

/// What a message carries, made from its number alone: lengths and bytes of all kinds, as far as the model takes them.
pub(super) fn payload(number: u64, most: usize) -> Vec<u8> {
    let mut random = SplitMix64::new(number ^ 0x9a10_ad00);
    let mut payload = format!("{number}:").into_bytes();
    let length = match random.below(8) {
        0 => random.below(1_024),
        1 => random.below(3_000),
        _ => random.below(60),
    };
    const TRAPS: &[&[u8]] = &[b"\r\nOK\r\n", b"> ", b"\r\nRDY\r\n", b"\"", b"\x1a", b"\x1b", b"+QMTPUB: 0,1,0\r\n"];
    while (payload.len() as u64) < length {
        match random.below(16) {
            0 => payload.extend_from_slice(TRAPS[random.below(TRAPS.len() as u64) as usize]),
            _ => payload.push(random.next_u64() as u8),
        }
    }
    payload.truncate(most);
    payload
}

/// The number at the head of a payload.
pub(super) fn number(payload: &[u8]) -> Option<u64> {
    let end = payload.iter().position(|&byte| byte == b':')?;
    std::str::from_utf8(&payload[..end]).ok()?.parse().ok()
}

/// One life of the device.
pub(super) async fn live(session: &mut dyn Online, seat: &mut Seat<'_>) {
    let mut due = Instant::now();
    let mut is_subscribed = false;
    while !seat.is_over() && !seat.is_locked_out() {
        if !subscribe(session, seat, &mut is_subscribed).await {
            continue;
        }
        if Instant::now() >= due {
            publish(session, seat).await;
            due = seat.stage.plan.due_after(Instant::now());
        }
        listen(session, seat, Timer::at(due)).await;
    }
}

/// Asks for commands once, where they can come; `false` when that has to be tried again.
pub(super) async fn subscribe(session: &mut dyn Online, seat: &mut Seat<'_>, is_subscribed: &mut bool) -> bool {
    let Some(downlink) = session.downlink().filter(|_| !*is_subscribed) else { return true };
    *is_subscribed = seat.call(downlink.subscribe(topic::user("get"))).await.is_some();
    if !*is_subscribed {
        session.resume();
    }
    *is_subscribed
}

/// Publishes the next message until it is acknowledged, or a call was given up.
async fn publish(session: &mut dyn Online, seat: &mut Seat<'_>) {
    let number = seat.stage.account.borrow().next;
    let payload = payload(number, seat.stage.plan.most_payload);
    seat.stage.account.borrow_mut().publishing = Some(number);
    match seat.call(session.publish(topic::user("update"), &payload, Qos::AtLeastOnce)).await {
        Some(delivery) => {
            let account = &mut *seat.stage.account.borrow_mut();
            account.passed(number, delivery, seat.stage.plan.calm_us);
            account.next += 1;
        }
        None => session.resume(),
    }
}

/// Takes what comes until something else is due.
pub(super) async fn listen(session: &mut dyn Online, seat: &mut Seat<'_>, due: impl Future<Output = ()>) {
    let account = seat.stage.account;
    // Nothing comes down to a device that posts, some of which sleep for hours.
    let patience = Duration::from_secs(if seat.stage.rig.posts() { 3600 } else { 1 });
    let mut due = pin!(due);
    while !account.borrow().is_done && !seat.is_locked_out() {
        // Dropped and called again, over and over, as by a program that does more than this.
        match select3(online::ready(session), due.as_mut(), Timer::after(patience)).await {
            Either3::First(Ok(())) => {
                let inbound = session.downlink().and_then(|downlink| downlink.front());
                account.borrow_mut().came(inbound);
            }
            Either3::First(Err(trouble)) => {
                seat.failed(&trouble).await;
                session.resume();
            }
            Either3::Second(()) => return,
            Either3::Third(()) => {}
        }
    }
}
