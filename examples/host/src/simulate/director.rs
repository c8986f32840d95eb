//! Orders the faults at their times, sends commands, and sees to the end of the run.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embassy_futures::select::select;
use embassy_time::{Duration, Instant, Timer};
use wanlink_emulator::{SplitMix64, Wire};
use wanlink_platform::{Pushed, Qos};
use wanlink_scene::Scene;

use super::account::{Account, Command};
use super::checks::{self, Invariant};
use super::fault::{self, Cure, Order, Verb};
use super::plan::Plan;
use super::rig::Rig;
use super::supply::Supply;
use super::{DEVICE_NAME, PRODUCT_KEY};

/// Commands that are sent at once when all is over, more than an inbox holds, and the bytes of each.
const BURST: (usize, usize) = (6, 400);

/// What a run is made of.
pub(super) struct Stage<'a> {
    pub(super) rig: &'a Rig,
    pub(super) scene: &'a Rc<RefCell<Scene>>,
    pub(super) supply: &'a Rc<Supply>,
    pub(super) wire: &'a Wire,
    pub(super) plan: &'a Plan,
    pub(super) account: &'a Rc<RefCell<Account>>,
    /// Lines that the driver waits for.
    pub(super) awaited: &'a [&'static str],
}

impl Stage<'_> {
    /// Sends a command; whether the platform took it for the device.
    fn push(&self, payload: Vec<u8>, qos: Qos, is_last: bool) -> bool {
        let now = Instant::now().as_micros();
        let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/get");
        let platform = &mut self.scene.borrow_mut().platform;
        let pushed = platform.push(now, PRODUCT_KEY, DEVICE_NAME, &topic, &payload, qos);
        let is_taken = matches!(pushed, Pushed::Sent | Pushed::Queued);
        if is_taken {
            self.account.borrow_mut().sent.push(Command { payload, is_last });
        }
        is_taken
    }

    fn order(&self, verb: &Verb, order: &mut Order<'_>) {
        self.scene.borrow_mut().notes.push(format!("fault {}", verb.name));
        (verb.order)(order);
        *self.account.borrow_mut().faults.entry(verb.name).or_default() += 1;
    }
}

/// Waits for the device to ask to be registered more often than so. It needs no waker: this thread has one task, which is
/// polled as a whole.
async fn asks_again(stage: &Stage<'_>, asked: u32) {
    poll_fn(|_| if stage.account.borrow().asks.count > asked { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Plays the run's plan, then its end.
pub(super) async fn direct(stage: &Stage<'_>, mut random: SplitMix64) {
    let mut cures: Vec<(u64, Cure)> = Vec::new();
    let (mut faults, mut downlinks) = (stage.plan.faults.iter().peekable(), stage.plan.downlinks.iter().peekable());
    // Those whose time counts from a question of the device.
    let mut answers: Vec<(u64, &Verb)> = Vec::new();
    let (mut commands, mut asked) = (0, 0);
    loop {
        let due = [
            faults.peek().map(|fault| fault.at_us),
            downlinks.peek().map(|downlink| downlink.at_us),
            cures.iter().map(|cure| cure.0).min(),
            answers.iter().map(|answer| answer.0).min(),
        ];
        let at = due.into_iter().flatten().min().unwrap_or(u64::MAX).min(stage.plan.calm_us);
        select(Timer::at(Instant::from_micros(at)), asks_again(stage, asked)).await;
        let now_us = Instant::now().as_micros();
        let count = stage.account.borrow().asks.count;
        let new = stage.plan.asked.iter().filter(|fault| (asked..count).contains(&fault.nth));
        answers.extend(new.map(|fault| (now_us + fault.after_us, fault.verb)));
        asked = count;
        let mut order = Order {
            scene: stage.scene,
            wire: stage.wire,
            supply: stage.supply,
            random: &mut random,
            now_us,
            awaited: stage.awaited,
            cures: &mut cures,
        };
        if now_us >= stage.plan.calm_us {
            fault::end_all(&mut order);
            break;
        }
        while let Some(fault) = faults.next_if(|fault| fault.at_us <= now_us) {
            stage.order(fault.verb, &mut order);
        }
        let (due, later): (Vec<_>, Vec<_>) = answers.drain(..).partition(|answer| answer.0 <= now_us);
        answers = later;
        due.into_iter().for_each(|(_, verb)| stage.order(verb, &mut order));
        while let Some(downlink) = downlinks.next_if(|downlink| downlink.at_us <= now_us) {
            let qos = if downlink.is_acknowledged { Qos::AtLeastOnce } else { Qos::AtMostOnce };
            commands += 1;
            stage.push(format!("command {commands}").into_bytes(), qos, false);
        }
        let (due, later): (Vec<_>, Vec<_>) = cures.drain(..).partition(|cure| cure.0 <= now_us);
        cures = later;
        due.into_iter().for_each(|(_, cure)| cure(&mut stage.scene.borrow_mut(), stage.wire, now_us));
    }
    if let Err(what) = end(stage).await {
        stage.account.borrow_mut().break_now(Invariant::Recovery, what.to_owned());
    }
    stage.account.borrow_mut().is_done = true;
}

/// After the last fault: messages pass again both ways, and none is lost in silence.
async fn end(stage: &Stage<'_>) -> Result<(), &'static str> {
    let by = Instant::from_micros(stage.plan.calm_us) + checks::RECOVERY;
    let is_seen = |seen: &dyn Fn(&Account) -> bool| seen(&stage.account.borrow());
    while !is_seen(&|account| account.after_faults >= 2) {
        wait(by).await.ok_or("no message was delivered after the last fault")?;
    }
    let by = by + stage.rig.confirmed_after();
    while !is_seen(&|account| !account.outbox.is_used || account.outbox.is_empty()) {
        wait(by).await.ok_or("messages stayed in the outbox after the last fault")?;
    }
    if stage.rig.posts() {
        return Ok(());
    }
    let mut tries = 0;
    while !is_seen(&|account| account.last_received() > 0) {
        // A line may still be lost that a fault was ordered for.
        if tries % 30 == 0 {
            stage.push(format!("last command {tries}").into_bytes(), Qos::AtLeastOnce, true);
        }
        tries += 1;
        wait(by).await.ok_or("no command came down after the last fault")?;
    }
    let (count, bytes) = BURST;
    stage.account.borrow_mut().sent.iter_mut().for_each(|command| command.is_last = false);
    stage.account.borrow_mut().lost_at_end = 0;
    for number in 0..count {
        stage.push(format!("{number:>bytes$}").into_bytes(), Qos::AtLeastOnce, true);
    }
    for _ in 0..60 {
        if is_seen(&|account| account.last_received() + account.lost_at_end >= account.last_sent()) {
            return Ok(());
        }
        Timer::after(Duration::from_secs(1)).await;
    }
    let account = &mut *stage.account.borrow_mut();
    let (sent, received, lost) = (account.last_sent(), account.last_received(), account.lost_at_end);
    account.break_now(
        Invariant::LossIsVisible,
        format!("of {sent} commands {received} came and {lost} were reported as lost"),
    );
    Ok(())
}

/// Waits for a second; `None` when the time is over.
async fn wait(by: Instant) -> Option<()> {
    Timer::after(Duration::from_secs(1)).await;
    (Instant::now() < by).then_some(())
}
