//! The module's side of a replay: what it said then, and the host's lines to compare.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use tokio::sync::Notify;
use wanlink_emulator::Peer;
use wanlink_emulator::trace::{Compared, compare, escape};

use super::tape::{Said, Tape};

/// How much earlier or later than in the trace something may happen. A live host takes milliseconds for what takes no
/// time in a replay; a changed bound of the driver is a matter of seconds.
pub(super) const SLACK_US: u64 = 1_000_000;

/// How a replay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing more is in the trace.
    Over,
    Differs(Difference),
}

/// Where the driver of today does something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) at_us: u64,
    pub(super) trace: String,
    pub(super) driver: String,
}

/// What both sides of a replay see.
#[derive(Debug, Default, Clone)]
pub(super) struct Judge(Rc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    verdict: RefCell<Option<Verdict>>,
    news: Notify,
    /// All calls were made.
    called: Cell<bool>,
}

impl Judge {
    /// The first word stands.
    fn say(&self, verdict: Verdict) {
        self.0.verdict.borrow_mut().get_or_insert(verdict);
        self.0.news.notify_waiters();
    }

    /// All calls were made: what is left in the trace then is too much.
    pub(super) fn called(&self) {
        self.0.called.set(true);
    }

    pub(super) fn differs(&self, at_us: u64, trace: impl Into<String>, driver: impl Into<String>) {
        self.say(Verdict::Differs(Difference { at_us, trace: trace.into(), driver: driver.into() }));
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.0.verdict.borrow().clone()
    }

    /// Waits for it.
    pub(super) async fn wait(&self) -> Verdict {
        loop {
            if let Some(verdict) = self.verdict() {
                return verdict;
            }
            self.0.news.notified().await;
        }
    }
}

/// Plays the module.
///
/// A line of the module is due at its time, but not before the host has written what stands before it in the trace.
pub(super) struct Player {
    host: VecDeque<Said>,
    module: VecDeque<Said>,
    /// Lines of the host that came as expected.
    heard: usize,
    input: Vec<u8>,
    output: Vec<u8>,
    cut: bool,
    judge: Judge,
}

impl Player {
    pub(super) fn new(tape: &mut Tape, judge: Judge) -> Self {
        let (host, module) = (std::mem::take(&mut tape.host), std::mem::take(&mut tape.module));
        Self { host, module, heard: 0, input: Vec::new(), output: Vec::new(), cut: tape.cut, judge }
    }

    fn listen(&mut self, now_us: u64) {
        while let Some(expected) = self.host.front()
            && !self.input.is_empty()
        {
            match compare(&expected.bytes, &self.input) {
                Compared::Partly => return,
                Compared::Whole(count) if now_us + SLACK_US >= expected.at_us => {
                    self.input.drain(..count);
                    self.host.pop_front();
                    self.heard += 1;
                }
                Compared::Whole(_) => {
                    let at = seconds(expected.at_us);
                    let trace = format!("{} at {at}", escape(&expected.bytes));
                    return self.judge.differs(now_us, trace, "the same line, too early");
                }
                Compared::Differs => {
                    return self.judge.differs(now_us, escape(&expected.bytes), escape(first_line(&self.input)));
                }
            }
        }
        if !self.input.is_empty() && !self.cut {
            self.judge.differs(now_us, "nothing more", escape(first_line(&self.input)));
        }
    }

    fn speak(&mut self, now_us: u64) {
        while let Some(said) = self.module.front()
            && said.at_us <= now_us
            && said.after <= self.heard
        {
            self.output.extend_from_slice(&said.bytes);
            self.module.pop_front();
        }
    }
}

impl Peer for Player {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        self.listen(now_us);
    }

    fn poll(&mut self, now_us: u64) {
        self.speak(now_us);
        if let Some(expected) = self.host.front()
            && now_us > expected.at_us + SLACK_US
        {
            let got = if self.input.is_empty() {
                "nothing".to_owned()
            } else {
                format!("no more than {}", escape(&self.input))
            };
            self.judge.differs(now_us, escape(&expected.bytes), got);
        }
        if (self.cut || self.judge.0.called.get())
            && self.host.is_empty()
            && self.module.is_empty()
            && self.output.is_empty()
        {
            self.judge.say(Verdict::Over);
        }
    }

    fn next(&self) -> Option<u64> {
        if self.judge.verdict().is_some() {
            return None;
        }
        let spoken = self.module.front().filter(|said| said.after <= self.heard).map(|said| said.at_us);
        let missed = self.host.front().map(|said| said.at_us + SLACK_US + 1);
        [spoken, missed].into_iter().flatten().min()
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == b'\r').map_or(bytes.len(), |at| at + 1);
    &bytes[..end]
}

pub(super) fn seconds(us: u64) -> String {
    format!("{}.{:06} s", us / 1_000_000, us % 1_000_000)
}
