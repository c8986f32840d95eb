//! What a run tells, and when it has to end before its work is done.

use std::cell::{Cell, RefCell};

use embassy_time::{Duration, Instant};
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};
use wanlink_core::{Delivery, ErrorKind, Info, Progress, Signal};
use wanlink_transports::{Event, Identity, Observer, Sign};

use crate::call::Call;
use crate::cli::ConnectArgs;
use crate::cure::{self, Cure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::note;
use crate::port::Tap;
use crate::report::{Meter, Report};
use crate::witness::Ear;

/// Failures of commands, and restarts of the module, that a first connection may have; the next ends it.
const PATIENCE: u32 = 2;
/// A connection that was closed sooner was closed for a reason.
const STEADY: Duration = Duration::from_secs(60);
/// So many of those in a row have the same reason.
const THROWN_OUT: u32 = 3;

/// Sees everything that happens in one run.
pub(super) struct Watch {
    report: RefCell<Report>,
    path: &'static str,
    tap: Tap,
    begin: Instant,
    names: RefCell<Names>,
    counts: Cell<Counts>,
    /// The last failure of the driver, its kind, and whether it was starting the module.
    last: RefCell<Option<(Failure, ErrorKind, bool)>>,
    /// Failures of the first connection.
    failures: Cell<u32>,
    /// Since when it is on line.
    online: Cell<Option<Instant>>,
    was_online: Cell<bool>,
    /// Connections in a row that were closed soon, and how many of them while a message was being published.
    thrown_out: Cell<(u32, u32)>,
    publishing: Cell<bool>,
    ending: Cell<bool>,
    verdict: RefCell<Option<Failure>>,
    news: Notify,
    interrupts: Mutex<Interrupts>,
}

#[derive(Default)]
struct Names {
    product_key: String,
    device_name: String,
    host: String,
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Publishes that were begun.
    pub(super) begun: u32,
    /// Publishes that ended well.
    pub(super) published: u32,
    pub(super) received: u32,
}

impl Watch {
    pub(super) fn new(json: bool, path: &'static str, interrupts: Interrupts) -> Self {
        Self {
            report: RefCell::new(Report::new(json)),
            path,
            tap: Tap::default(),
            begin: Instant::now(),
            names: RefCell::default(),
            counts: Cell::default(),
            last: RefCell::default(),
            failures: Cell::default(),
            online: Cell::default(),
            was_online: Cell::default(),
            thrown_out: Cell::default(),
            publishing: Cell::default(),
            ending: Cell::default(),
            verdict: RefCell::default(),
            news: Notify::new(),
            interrupts: Mutex::new(interrupts),
        }
    }

    pub(super) fn tap(&self) -> &Tap {
        &self.tap
    }

    pub(super) fn begin(&self) -> Instant {
        self.begin
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts.get()
    }

    pub(super) fn is_online(&self) -> bool {
        self.online.get().is_some()
    }

    pub(super) fn was_online(&self) -> bool {
        self.was_online.get()
    }

    pub(super) fn is_publishing(&self) -> bool {
        self.publishing.get()
    }

    /// Nothing new is to be begun.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.get()
    }

    pub(super) fn set_ending(&self) {
        self.ending.set(true);
    }

    pub(super) fn head(&self, args: &ConnectArgs) {
        let module = args.module.label();
        self.report.borrow().head(&format!("wanlink connect: {module} at {}, path {}", args.port, self.path));
    }

    pub(super) fn names<A: Sign>(&self, identity: &Identity<A>, host: &str) {
        let (product_key, device_name) = (identity.product_key().to_owned(), identity.device_name().to_owned());
        self.names.replace(Names { product_key, device_name, host: host.to_owned() });
    }

    /// A topic of the command line as the platform sees it.
    fn full(&self, topic: &str) -> String {
        let Names { product_key, device_name, .. } = &*self.names.borrow();
        if topic.starts_with('/') { topic.to_owned() } else { format!("/{product_key}/{device_name}/{topic}") }
    }

    fn tell(&self, name: &str, detail: &str, event: Option<Value>) {
        let meter = Meter { at_us: self.begin.elapsed().as_micros(), port: self.tap.bytes() };
        self.report.borrow_mut().stage(meter, name, detail, event);
    }

    pub(super) fn subscribed(&self, filter: &str) {
        let topic = self.full(filter);
        self.tell("subscribe", &topic, Some(json!({"event": "subscribed", "topic": topic})));
    }

    /// A publish begins; its number.
    pub(super) fn publish(&self) -> u32 {
        let mut counts = self.counts.get();
        counts.begun += 1;
        self.counts.set(counts);
        self.publishing.set(true);
        counts.begun
    }

    /// It ended well.
    pub(super) fn published(&self, topic: &str, seq: u32, text: &str, delivery: Delivery) {
        let mut counts = self.counts.get();
        counts.published += 1;
        self.counts.set(counts);
        self.publishing.set(false);
        self.news.notify_waiters();
        let (topic, delivery) = (self.full(topic), name_of(delivery));
        let event = json!({"event": "published", "topic": topic, "seq": seq, "delivery": delivery});
        self.tell("publish", text, Some(event));
    }

    pub(super) fn received(&self, topic: &str, payload: &[u8]) {
        let mut counts = self.counts.get();
        counts.received += 1;
        self.counts.set(counts);
        let mut event = json!({"event": "received", "topic": topic});
        let shown = match std::str::from_utf8(payload) {
            Ok(text) => {
                event["payload"] = text.into();
                text.escape_debug().to_string()
            }
            Err(_) => {
                let digits: String = payload.iter().map(|byte| format!("{byte:02x}")).collect();
                event["payload_hex"] = digits.as_str().into();
                digits
            }
        };
        self.tell("received", &format!("{topic}: {shown}"), Some(event));
    }

    /// Messages from the platform could not be kept. No event of the contract says so; a human may read it.
    pub(super) fn lost(&self, error: &dyn std::error::Error) {
        anstream::eprintln!("warning: {error}");
    }

    /// It is off line: `name` says how, for humans.
    pub(super) fn disconnected(&self, name: &str, reason: &str) {
        if self.online.take().is_some() {
            self.tell(name, reason, Some(json!({"event": "disconnected", "reason": reason})));
        }
    }

    /// Waits for something to have happened.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Waits until the work is to end, and says why.
    pub(super) async fn verdict(&self) -> Failure {
        loop {
            if let Some(failure) = self.verdict.take() {
                return failure;
            }
            self.news().await;
        }
    }

    /// Waits for a signal that asks to end.
    pub(super) async fn interrupted(&self) {
        self.interrupts.lock().await.next().await;
    }

    fn end(&self, failure: Failure) {
        self.verdict.replace(Some(failure));
        self.news.notify_waiters();
    }

    /// The last word.
    pub(super) fn close(&self, result: Result<(), Failure>) -> Exit {
        let report = self.report.borrow();
        let exit = match result {
            Ok(()) => Exit::Done,
            Err(failure) => {
                report.event(&failure.event());
                anstream::eprintln!("error: {failure}");
                failure.cure.exit
            }
        };
        let Counts { begun, published, received } = self.counts.get();
        report.counted(published, received, begun - published);
        exit
    }

    /// Before it was on line once, most failures are those of a wrong setting, and nobody is helped by more of them.
    fn first_failure(&self) {
        let Some((failure, kind, starting)) = self.last.borrow().clone() else { return };
        let may_pass = kind == ErrorKind::Retry || kind == ErrorKind::Restart && !starting;
        self.failures.set(self.failures.get() + 1);
        if !may_pass || self.failures.get() > PATIENCE {
            self.end(failure);
        }
    }

    fn thrown_out(&self, kind: ErrorKind, since: Instant) {
        let soon = kind == ErrorKind::Reconnect && since.elapsed() < STEADY;
        let (all, publishing) = if soon { self.thrown_out.get() } else { (0, 0) };
        let now = (all + u32::from(soon), publishing + u32::from(soon && self.publishing.get()));
        self.thrown_out.set(now);
        if now.0 >= THROWN_OUT {
            let cure: Cure = if now.1 == now.0 { cure::PUBLISH_REFUSED } else { cure::KICKED };
            self.end(Failure::new(format!("the platform closed {THROWN_OUT} connections in a row"), cure));
        }
    }

    fn reason(&self, kind: ErrorKind) -> String {
        self.last
            .borrow()
            .as_ref()
            .map_or_else(|| cure::of(kind).meaning.to_owned(), |(failure, ..)| failure.message().to_owned())
    }
}

fn name_of(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Acknowledged => "acknowledged",
        Delivery::Accepted => "accepted",
        _ => "sent",
    }
}

impl Ear for Watch {
    fn called(&self, call: &dyn Fn() -> Call) {
        self.tap.note(|| note::called(&call()));
    }

    fn returned(&self, error: Option<&str>) {
        self.tap.note(|| note::returned(error));
    }

    fn failed(&self, failure: Failure, kind: ErrorKind, starting: bool) {
        self.last.replace(Some((failure, kind, starting)));
    }

    fn described(&self, info: &Info) {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let (model, firmware) = (text(info.model()), text(info.firmware()));
        let (imei, iccid) = (text(info.imei()), text(info.iccid()));
        let event = json!({"event": "module", "model": model, "imei": imei, "iccid": iccid, "firmware": firmware});
        self.tell("module", &format!("{}, IMEI {}", info.model(), info.imei()), Some(event));
    }

    fn attached(&self, signal: Signal) {
        let detail = signal.rssi_dbm.map_or_else(String::new, |dbm| format!(", signal {dbm} dBm"));
        let event = json!({"event": "attached", "operator": null, "rssi_dbm": signal.rssi_dbm});
        self.tell("context", &format!("data context up{detail}"), Some(event));
    }
}

impl Observer for &Watch {
    fn event(&mut self, event: Event) {
        match event {
            Event::Progress(Progress::SimReady) => self.tell("SIM", "ready", None),
            Event::Progress(Progress::Registered { roaming }) => {
                self.tell("network", if roaming { "registered, roaming" } else { "registered, at home" }, None);
            }
            Event::Progress(Progress::Denied) => self.tell("network", "registration denied", None),
            Event::Connected => {
                self.online.set(Some(Instant::now()));
                self.was_online.set(true);
                let host = self.names.borrow().host.clone();
                let event = json!({"event": "connected", "path": self.path, "host": host});
                self.tell("connect", &format!("logged in at {host}"), Some(event));
            }
            Event::Lost(kind) => {
                if let Some(since) = self.online.get() {
                    self.thrown_out(kind, since);
                }
                self.disconnected("lost", &self.reason(kind));
            }
            Event::Backoff { attempt, after } => {
                if !self.was_online() {
                    self.first_failure();
                }
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
