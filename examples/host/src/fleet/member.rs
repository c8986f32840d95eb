//! One device of a fleet.

use std::cell::RefCell;
use std::rc::Rc;

use embassy_futures::select::select;
use embassy_time::{Duration, Instant, Timer};
use wanlink_at::driver::Wired;
use wanlink_core::Network;
use wanlink_emulator::{Emulator, Limits, SplitMix64, World};
use wanlink_platform::{Away, Config, Platform, Product};
use wanlink_scene::Scene;
use wanlink_scene::bench::running;
use wanlink_transports::store::InMemory;
use wanlink_transports::{Event, Pace};

use super::{Outage, PATIENCE_S, PER_MINUTE, RAMP_S};
use crate::board::Board;
use crate::cli::SignMethod;
use crate::online::{self, Describe, Device, Online, Setting};
use crate::pairing::Room;
use crate::register::Credential;
use crate::simulate::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY, PRODUCT_SECRET, Rig, life};
use crate::store::AnyStore;
use crate::witness::Deaf;

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
    let scene = Rc::new(RefCell::new(Scene::new(module, platform())));
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
        let (reader, writer) = wire.halves();
        let pins = scene.borrow().module.pins();
        let mut board = Board::new(reader, writer, Wired::new(pins.pwrkey(), pins.reset_n(), pins.status()));
        let setting = Setting {
            ear: &Deaf,
            observer: &observer,
            place: rig.place(),
            sign: SignMethod::Hmacsha256,
            network: Network::apn("cmiot"),
            seed,
            pace: Pace::new(),
        };
        let credential = async |_: &mut dyn Describe| Ok(Credential::Identity(life::identity()));
        let device = Device { setting, credential, store: AnyStore::new(InMemory), story: listen };
        rig.pair.run(&mut board, Room::Small, None, device).await.expect("the place is of this path");
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

fn platform() -> Platform {
    let connects_per_minute = Some(PER_MINUTE);
    let limits = wanlink_platform::Limits { connects_per_minute, ..wanlink_platform::Limits::none() };
    let mut platform = Platform::new(Config { limits, ..Config::default() });
    platform.add_product(Product::new(PRODUCT_KEY, PRODUCT_SECRET).device(DEVICE_NAME, DEVICE_SECRET));
    platform
}
