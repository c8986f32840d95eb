//! One device of a fleet.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_futures::select::select;
use embassy_time::{Duration, Instant, Timer};
use wanlink_emulator::{Emulator, Limits, SplitMix64, World};
use wanlink_platform::Away;
use wanlink_scene::Scene;
use wanlink_scene::bench::running;
use wanlink_transports::Event;

use super::{Outage, PATIENCE_S, PER_MINUTE, RAMP_S};
use crate::lone::{self, Lone};
use crate::online::{self, Online};
use crate::simulate::Rig;

/// Somebody looks at a device that was refused, and has it try again.
const ATTENTION: Duration = Duration::from_secs(20);

/// What a device did.
#[derive(Debug, Default)]
pub(super) struct Member {
    /// When each login began, in microseconds.
    pub(super) attempts_us: Vec<u64>,
    /// When it was on line again after the outage, in microseconds.
    pub(super) back_us: Option<u64>,
    /// It was on line when the outage began.
    pub(super) was_on_line: bool,
}

/// Runs the device with this number. Sessions with one `seed` wait equally long.
pub(super) fn live(rig: &Rig, number: u64, seed: u64, outage: Outage) -> Member {
    let mut random = SplitMix64::new(number ^ 0xf1ee7);
    let switched_on = Instant::from_micros(random.below(RAMP_S * 1_000_000));
    let (from, to) = (Instant::from_secs(outage.from_s), Instant::from_secs(outage.to_s));
    let mut world = World::new(number);
    world.limit(Limits { rounds: 20_000_000, time_us: (outage.to_s + 2 * PATIENCE_S) * 1_000_000 });
    let mut module = Emulator::new(rig.profile(), running(), number);
    module.slow(20_000 + random.below(80_000));
    let scene = Rc::new(RefCell::new(Scene::new(module, lone::platform(limits()))));
    let wire = world.wire();
    let (member, is_on_line) = (RefCell::new(Member::default()), RefCell::new(false));
    let observer = |event| {
        let now = Instant::now();
        match event {
            Event::Connect { .. } => member.borrow_mut().attempts_us.push(now.as_micros()),
            Event::Connected => {
                *is_on_line.borrow_mut() = true;
                if now >= to {
                    member.borrow_mut().back_us.get_or_insert(now.as_micros());
                }
            }
            Event::Lost(_) => *is_on_line.borrow_mut() = false,
            _ => {}
        }
    };
    let device = async {
        Timer::at(switched_on).await;
        Lone { rig, scene: &scene, wire: &wire, seed, observer: &observer }.live(listen).await;
    };
    let timetable = async {
        Timer::at(from).await;
        member.borrow_mut().was_on_line = *is_on_line.borrow();
        scene.borrow_mut().platform.away(from.as_micros(), to.as_micros(), Away::Closes);
        Timer::at(to).await;
        while member.borrow().back_us.is_none() && Instant::now() < to + Duration::from_secs(PATIENCE_S) {
            Timer::after(Duration::from_secs(1)).await;
        }
    };
    let story = async { select(device, timetable).await };
    world.run(&mut scene.clone(), story).expect("the timetable ends");
    member.take()
}

/// Listens, and tries again after a refusal.
async fn listen(session: &mut dyn Online) {
    loop {
        if session.online().await.is_err() || online::ready(session).await.is_err() {
            Timer::after(ATTENTION).await;
            session.resume();
        } else if let Some(downlink) = session.downlink() {
            // Nobody sends anything.
            let _ = downlink.front();
        }
    }
}

/// Those of a device; the account's stand beside the figures.
fn limits() -> wanlink_platform::Limits {
    wanlink_platform::Limits { connects_per_minute: Some(PER_MINUTE), ..wanlink_platform::Limits::none() }
}
