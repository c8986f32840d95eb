//! Devices in worlds where nothing goes wrong, and what their modules counted.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Mutex;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, Instant, Timer};
use wanlink_core::Qos;
use wanlink_emulator::{Emulator, Limits, SplitMix64, Traffic, TrafficModel, World};
use wanlink_scene::Scene;
use wanlink_scene::bench::{SharedScene, running};
use wanlink_transports::topic;

use super::figures::{Bill, Day, Prices};
use super::{LATE_S, PAYLOAD, RHYTHMS_S, ROUND_TRIP_US};
use crate::lone::{self, Lone};
use crate::online::{self, Online, Trouble};
use crate::simulate::{Rig, pool};

/// Behind so much silence the last answer is there, and its acknowledgement sent.
const SETTLED: Duration = Duration::from_secs(2);

const DAY: Duration = Duration::from_secs(86_400);

/// What comes behind so much silence is another use of the radio: more than its inactivity can be.
const REST: Duration = Duration::from_secs(150);

/// The longest keep-alive that a link takes, twice.
const PATIENCE: Duration = Duration::from_secs(2 * 1200);

/// A device that is on line, and its radio.
struct Station<'a> {
    session: &'a mut dyn Online,
    scene: &'a SharedScene,
}

impl Station<'_> {
    fn traffic(&self) -> Traffic {
        self.scene.borrow().module.traffic()
    }

    /// Listens until then; nobody sends anything.
    async fn listen(&mut self, until: Instant) -> Result<(), Trouble> {
        match select(online::ready(self.session), Timer::at(until)).await {
            Either::First(ready) => ready.map(|()| panic!("something came that was not subscribed")),
            Either::Second(()) => Ok(()),
        }
    }

    async fn rest(&mut self) -> Result<(), Trouble> {
        self.listen(Instant::now() + REST).await
    }

    async fn settle(&mut self) -> Result<(), Trouble> {
        self.listen(Instant::now() + SETTLED).await
    }

    async fn log_in(&mut self) -> Result<(), Trouble> {
        self.session.online().await?;
        self.settle().await
    }

    async fn publish(&mut self) -> Result<(), Trouble> {
        self.session.publish(topic::user("update"), &[b'x'; PAYLOAD], Qos::AtLeastOnce).await?;
        Ok(())
    }

    /// Waits for the radio to be used without a message, and says for how much.
    async fn keep_alive(&mut self) -> Result<Option<Traffic>, Trouble> {
        let before = self.traffic();
        let end = Instant::now() + PATIENCE;
        while self.traffic().bursts == before.bursts && Instant::now() < end {
            self.listen(Instant::now() + Duration::from_secs(1)).await?;
        }
        self.settle().await?;
        let spent = self.traffic().since(&before);
        Ok((spent.bursts > 0).then_some(spent))
    }
}

async fn prices(mut station: Station<'_>, is_session: bool) -> Result<Prices, Trouble> {
    station.log_in().await?;
    let login = station.traffic();
    station.publish().await?;
    station.settle().await?;
    let message = station.traffic().since(&login);
    station.rest().await?;
    let keep_alive = if is_session { station.keep_alive().await? } else { None };
    Ok(Prices { login, message, keep_alive })
}

/// Each message is a little late, since no device keeps in step with the keep-alive.
async fn day(mut station: Station<'_>, period_s: u64) -> Result<Day, Trouble> {
    station.log_in().await?;
    station.rest().await?;
    let (before, begin) = (station.traffic(), Instant::now());
    let mut random = SplitMix64::new(period_s);
    let messages = DAY.as_secs() / period_s;
    for number in 0..messages {
        let late = Duration::from_millis(random.below(LATE_S * 1_000));
        station.listen(begin + Duration::from_secs(number * period_s) + late).await?;
        station.publish().await?;
    }
    station.listen(begin + DAY).await?;
    Ok(Day { period_s, messages, traffic: station.traffic().since(&before) })
}

/// Runs a device of this rig, and counts by this model.
fn live<T>(
    rig: &Rig,
    model: TrafficModel,
    story: impl AsyncFnOnce(Station<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let mut world = World::new(1);
    world.limit(Limits { rounds: 20_000_000, ..Limits::default() });
    let mut module = Emulator::new(rig.profile(), running(), 1);
    module.slow(ROUND_TRIP_US);
    module.count_traffic(model);
    let scene = Rc::new(RefCell::new(Scene::new(module, lone::platform(wanlink_platform::Limits::none()))));
    let wire = world.wire();
    let lone = Lone { rig, scene: &scene, wire: &wire, seed: 1, observer: &|_| () };
    let mut outcome = None;
    let run = lone.live(async |session: &mut dyn Online| {
        outcome = Some(story(Station { session, scene: &scene }).await);
    });
    world.run(&mut scene.clone(), run).expect("the story ends");
    outcome.expect("the story was told")
}

/// One world: a rig's prices, or a day.
fn one(rig: &Rig, model: TrafficModel, period_s: Option<u64>) -> Result<Measured, Trouble> {
    match period_s {
        None => live(rig, model, async |station| prices(station, rig.keeps_session()).await).map(Measured::Prices),
        Some(period_s) => live(rig, model, async |station| day(station, period_s).await).map(Measured::Day),
    }
}

enum Measured {
    Prices(Prices),
    Day(Day),
}

/// The bills of these rigs, in their order.
pub(super) fn all(rigs: &[&Rig], model: TrafficModel) -> Result<Vec<Bill>, Trouble> {
    let periods: Vec<_> = std::iter::once(None).chain(RHYTHMS_S.map(Some)).collect();
    let jobs: Vec<_> = rigs.iter().flat_map(|rig| periods.iter().map(move |&period_s| (*rig, period_s))).collect();
    let done = Mutex::new(Vec::new());
    let lock = || done.lock().expect("no run panics while it counts");
    let work = |number| {
        let Some(&(rig, period_s)) = jobs.get(number as usize) else { return };
        let measured = one(rig, model, period_s);
        lock().push((number, measured));
    };
    pool::each(jobs.len() as u64, work, || format!("{} of {} worlds", lock().len(), jobs.len()));
    let mut done = done.into_inner().expect("no run panics while it counts");
    done.sort_by_key(|(number, _)| *number);
    let mut measured = done.into_iter().map(|(_, measured)| measured);
    rigs.iter().map(|rig| bill(rig, measured.by_ref().take(periods.len()))).collect()
}

fn bill(rig: &Rig, measured: impl Iterator<Item = Result<Measured, Trouble>>) -> Result<Bill, Trouble> {
    let (mut prices, mut days) = (None, Vec::new());
    for measured in measured {
        match measured? {
            Measured::Prices(these) => prices = Some(these),
            Measured::Day(day) => days.push(day),
        }
    }
    let prices = prices.expect("there is one world for them");
    Ok(Bill { module: rig.module(), path: rig.path, is_session: rig.keeps_session(), prices, days })
}

#[cfg(test)]
mod tests {
    use super::super::figures::both;
    use super::super::{DAYS_OF_A_TOKEN, rigs};
    use super::*;

    /// The share of a day is a sixth of what a token costs, since that is when it is renewed.
    #[test]
    fn a_token_is_renewed_when_its_share_is_paid() {
        let rig = rigs("bg95", Some("https"))[0];
        let model = TrafficModel::default();
        let prices = live(rig, model, async |station| prices(station, false).await).unwrap();
        let posts_until = |days: u64| {
            let spent = live(rig, model, async |mut station| {
                station.log_in().await?;
                for _ in 0..=days {
                    station.publish().await?;
                    station.listen(Instant::now() + DAY).await?;
                }
                Ok(station.traffic())
            });
            both(&spent.unwrap()) - (days + 1) * both(&prices.message)
        };
        assert_eq!(posts_until(DAYS_OF_A_TOKEN - 1), both(&prices.login));
        assert_eq!(posts_until(DAYS_OF_A_TOKEN), 2 * both(&prices.login));
    }
}
