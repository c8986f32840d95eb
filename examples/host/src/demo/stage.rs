//! Where the story is played: the scene, its clock, and what is told of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use wanlink_core::Progress;
use wanlink_emulator::Peer;
use wanlink_platform::{Pushed, Qos};
use wanlink_scene::Scene;
use wanlink_transports::Event;

use super::flash::Flash;
use super::{DEVICE_NAME, PRODUCT_KEY};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::pairing::Pair;
use crate::report::{Meter, Report};

/// The scene and the report of it, as the story holds them.
pub(crate) struct Stage {
    pub(crate) scene: Rc<RefCell<Scene>>,
    pub(crate) report: RefCell<Report>,
    pub(crate) pair: Pair,
    pub(crate) flash: Flash,
    /// The module is being started.
    starting: Cell<bool>,
    /// The module is up, for the registration: that it is made sure of is no stage.
    is_up: Cell<bool>,
}

impl Stage {
    pub(crate) fn new(scene: Rc<RefCell<Scene>>, pair: Pair, flash: Flash, json: bool) -> Self {
        let report = RefCell::new(Report::new(json));
        Self { scene, pair, flash, report, starting: Cell::new(false), is_up: Cell::new(false) }
    }

    fn meter(&self) -> Meter {
        let scene = self.scene.borrow();
        Meter { at_us: embassy_time::Instant::now().as_micros(), port: scene.module.port_bytes() }
    }

    pub(crate) fn tell(&self, name: &str, detail: &str, event: Option<Value>) {
        self.report.borrow_mut().stage(self.meter(), name, detail, event);
    }

    pub(crate) fn remark(&self, text: &str) {
        self.report.borrow().remark(text);
    }

    /// The cloud sends a command to the device.
    pub(crate) fn command(&self, payload: &[u8]) {
        let mut scene = self.scene.borrow_mut();
        let now_us = scene.now_us;
        let topic = format!("/{PRODUCT_KEY}/{DEVICE_NAME}/user/get");
        let pushed = scene.platform.push(now_us, PRODUCT_KEY, DEVICE_NAME, &topic, payload, Qos::AtLeastOnce);
        assert!(matches!(pushed, Pushed::Sent), "the device is online and has subscribed");
    }

    /// How often each message of `1..=last` stands in the platform's raw list.
    pub(crate) fn copies(&self, last: u32) -> Vec<u32> {
        let scene = self.scene.borrow();
        let mut copies = vec![0; last as usize];
        for entry in scene.platform.record().published(PRODUCT_KEY, DEVICE_NAME) {
            let payload: Value = serde_json::from_slice(entry.payload()).unwrap_or_default();
            let slot = payload["seq"].as_u64().and_then(|seq| copies.get_mut((seq as usize).checked_sub(1)?));
            if let Some(slot) = slot {
                *slot += 1;
            }
        }
        copies
    }

    /// An error that ends the demo, with its cause and cure.
    pub(crate) fn fail(&self, failure: &Failure) -> Exit {
        self.report.borrow().event(&failure.event());
        failure.tell()
    }

    /// As [`fail`](Self::fail), before there was anything to account for.
    pub(crate) fn end(&self, failure: &Failure) -> Exit {
        end(&self.report.borrow(), failure)
    }

    /// The platform registered the device.
    pub(crate) fn registered(&self) {
        self.is_up.set(true);
        let detail = format!("{DEVICE_NAME} got a secret of its own, kept in {}", self.flash.shown());
        self.tell("register", &detail, Some(json!({"event": "registered", "device_name": DEVICE_NAME})));
    }

    /// Tells what the session does by itself.
    pub(crate) fn session(&self, event: Event, host: &str) {
        match event {
            Event::Connected => self.is_up.set(false),
            _ if self.is_up.get() => return,
            _ => {}
        }
        match event {
            Event::Power => self.starting.set(true),
            Event::Attach if self.starting.take() => self.tell("power", "the module is on and set up", None),
            Event::Progress(Progress::SimReady) => self.tell("SIM", "ready", None),
            Event::Progress(Progress::Registered { roaming }) => {
                self.tell("network", if roaming { "registered, roaming" } else { "registered, at home" }, None);
            }
            Event::Progress(Progress::Denied) => self.tell("network", "registration denied", None),
            Event::Progress(Progress::ContextUp) => {
                let event = json!({"event": "attached", "operator": null, "rssi_dbm": null});
                self.tell("context", "data context up", Some(event));
            }
            Event::Connected => {
                let event = json!({"event": "connected", "path": self.pair.names().1.name(), "host": host});
                self.tell("connect", &format!("logged in at {host}, TLS"), Some(event));
            }
            Event::Lost(kind) => {
                let reason = crate::cure::of(kind).meaning;
                self.tell("lost", reason, Some(json!({"event": "disconnected", "reason": reason})));
            }
            Event::Backoff { attempt, after } => {
                let after_ms = after.as_millis();
                let event = json!({"event": "reconnecting", "attempt": attempt, "after_ms": after_ms});
                self.tell(
                    "back-off",
                    &format!("next try in {}.{} s", after_ms / 1000, after_ms % 1000 / 100),
                    Some(event),
                );
            }
            _ => {}
        }
    }
}

/// An error before the first message, and the last word.
pub(super) fn end(report: &Report, failure: &Failure) -> Exit {
    report.event(&failure.event());
    let exit = failure.tell();
    report.counted(0, 0, 0);
    exit
}

/// The scene in time lapse, for eyes.
pub(crate) struct Paced {
    scene: Rc<RefCell<Scene>>,
    speed: u32,
    last_us: u64,
}

impl Paced {
    /// `speed` virtual seconds pass in a real one; 0 for no pace at all.
    pub(crate) fn new(scene: Rc<RefCell<Scene>>, speed: u32) -> Self {
        Self { scene, speed, last_us: 0 }
    }
}

impl Peer for Paced {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.scene.input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        let passed = now_us.saturating_sub(self.last_us);
        self.last_us = now_us;
        if let Some(real) = passed.checked_div(self.speed.into()) {
            thread::sleep(Duration::from_micros(real));
        }
        self.scene.poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        self.scene.next()
    }

    fn output(&mut self) -> Vec<u8> {
        self.scene.output()
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.scene.redact(bytes)
    }
}
