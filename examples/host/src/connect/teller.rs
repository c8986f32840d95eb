//! What a run tells: events for scripts, lines for humans.

use std::cell::{Cell, RefCell};

use embassy_time::Instant;
use serde_json::{Value, json};
use wanlink_core::{Delivery, Info, Progress, Signal};

use crate::cli::ConnectArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::port::Tap;
use crate::report::{Meter, Report, name_of};

/// Tells, and counts what it told of.
pub(super) struct Teller {
    report: RefCell<Report>,
    path: &'static str,
    tap: Tap,
    begin: Instant,
    names: RefCell<Names>,
    counts: Cell<Counts>,
}

#[derive(Default)]
struct Names {
    product_key: String,
    device_name: String,
    host: String,
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// Publishes that were begun.
    begun: u32,
    /// Publishes that ended well.
    published: u32,
    received: u32,
}

impl Teller {
    pub(super) fn new(json: bool, path: &'static str, tap: Tap) -> Self {
        let report = RefCell::new(Report::new(json));
        Self { report, path, tap, begin: Instant::now(), names: RefCell::default(), counts: Cell::default() }
    }

    /// When the run began.
    pub(super) fn begin(&self) -> Instant {
        self.begin
    }

    pub(super) fn head(&self, args: &ConnectArgs) {
        let (module, port) = (args.module.label(), &args.port);
        self.report.borrow().head(&format!("wanlink connect: {module} at {port}, path {}", self.path));
    }

    /// Who the device is, and where its broker: known from now on.
    pub(super) fn names(&self, product_key: &str, device_name: &str, host: &str) {
        let (product_key, device_name) = (product_key.to_owned(), device_name.to_owned());
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

    fn count(&self, add: impl FnOnce(&mut Counts)) -> Counts {
        let mut counts = self.counts.get();
        add(&mut counts);
        self.counts.set(counts);
        counts
    }

    pub(super) fn module(&self, info: &Info) {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let (model, firmware) = (text(info.model()), text(info.firmware()));
        let (imei, iccid) = (text(info.imei()), text(info.iccid()));
        let event = json!({"event": "module", "model": model, "imei": imei, "iccid": iccid, "firmware": firmware});
        self.tell("module", &format!("{}, IMEI {}", info.model(), info.imei()), Some(event));
    }

    pub(super) fn progress(&self, progress: Progress) {
        match progress {
            Progress::SimReady => self.tell("SIM", "ready", None),
            Progress::Registered { roaming: true } => self.tell("network", "registered, roaming", None),
            Progress::Registered { roaming: false } => self.tell("network", "registered, at home", None),
            Progress::Denied => self.tell("network", "registration denied", None),
            _ => {}
        }
    }

    pub(super) fn registered(&self, device_name: &str) {
        let event = json!({"event": "registered", "device_name": device_name});
        self.tell("register", &format!("{device_name} has a credential of its own, and keeps it"), Some(event));
    }

    pub(super) fn attached(&self, operator: Option<&str>, signal: Signal) {
        let by = operator.map_or_else(String::new, |name| format!(" by {name}"));
        let strength = signal.rssi_dbm.map_or_else(String::new, |dbm| format!(", signal {dbm} dBm"));
        let event = json!({"event": "attached", "operator": operator, "rssi_dbm": signal.rssi_dbm});
        self.tell("context", &format!("data context up{by}{strength}"), Some(event));
    }

    pub(super) fn connected(&self) {
        let host = self.names.borrow().host.clone();
        let event = json!({"event": "connected", "path": self.path, "host": host});
        self.tell("connect", &format!("logged in at {host}"), Some(event));
    }

    /// `name` is for humans: whether that was wanted.
    pub(super) fn disconnected(&self, name: &str, reason: &str) {
        self.tell(name, reason, Some(json!({"event": "disconnected", "reason": reason})));
    }

    pub(super) fn reconnecting(&self, attempt: u16, after_ms: u64) {
        let event = json!({"event": "reconnecting", "attempt": attempt, "after_ms": after_ms});
        self.tell("back-off", &format!("next try in {}.{} s", after_ms / 1000, after_ms % 1000 / 100), Some(event));
    }

    pub(super) fn subscribed(&self, filter: &str) {
        let topic = self.full(filter);
        self.tell("subscribe", &topic, Some(json!({"event": "subscribed", "topic": topic})));
    }

    /// A publish begins; its number.
    pub(super) fn publishing(&self) -> u32 {
        self.count(|counts| counts.begun += 1).begun
    }

    /// It ended well.
    pub(super) fn published(&self, topic: &str, seq: u32, text: &str, delivery: Delivery) {
        self.count(|counts| counts.published += 1);
        let topic = self.full(topic);
        let event = json!({"event": "published", "topic": topic, "seq": seq, "delivery": name_of(delivery)});
        self.tell("publish", &text.escape_debug().to_string(), Some(event));
    }

    /// How many messages were received.
    pub(super) fn received(&self) -> u32 {
        self.counts.get().received
    }

    pub(super) fn receive(&self, topic: &str, payload: &[u8]) {
        self.count(|counts| counts.received += 1);
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

    /// Messages from the platform could not be kept. No event says so, but a human may read it.
    pub(super) fn missed(&self, error: &dyn std::error::Error) {
        anstream::eprintln!("warning: {error}");
    }

    /// The last word.
    pub(super) fn close(&self, result: Result<(), Failure>) -> Exit {
        let report = self.report.borrow();
        let exit = match result {
            Ok(()) => Exit::Done,
            Err(failure) => {
                report.event(&failure.event());
                failure.tell()
            }
        };
        let Counts { begun, published, received } = self.counts.get();
        report.counted(published, received, begun - published);
        exit
    }
}
