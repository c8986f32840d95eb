//! What the program says: lines for humans, or one JSON object per line.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use wanlink_core::Delivery;

/// Where the counts of a stage begin.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meter {
    /// Time, in microseconds.
    pub(crate) at_us: u64,
    /// Bytes on the port, to the module and from it.
    pub(crate) port: (u64, u64),
}

/// Prints stages and events.
pub(crate) struct Report {
    json: bool,
    last: Meter,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, last: Meter::default() }
    }

    /// The head of the table, for humans.
    pub(crate) fn head(&self, text: &str) {
        if !self.json {
            anstream::println!("{text}\n");
            anstream::println!("{}", dim(&format!("{:>9}  {:>9}  {:>7} {:>7}", "at", "took", "to", "from")));
        }
    }

    /// A stage is done: its time and its bytes since the one before, and the event for `--json` if it is one.
    pub(crate) fn stage(&mut self, meter: Meter, name: &str, detail: &str, event: Option<Value>) {
        let Meter { at_us, port } = meter;
        let took = at_us.saturating_sub(self.last.at_us);
        let (to, from) = (port.0.saturating_sub(self.last.port.0), port.1.saturating_sub(self.last.port.1));
        self.last = meter;
        if self.json {
            if let Some(event) = event {
                emit(&event);
            }
            return;
        }
        let (at, took) = (seconds(at_us), seconds(took));
        anstream::println!(
            "{at:>9}  {:>9}  {to:>7} {from:>7}   {} {detail}",
            dim(&took),
            strong(&format!("{name:<10}"))
        );
    }

    /// A remark that is no stage, for humans.
    pub(crate) fn remark(&self, text: &str) {
        if !self.json {
            anstream::println!("{:>40}{}", "", dim(text));
        }
    }

    /// An event that has no line of its own.
    pub(crate) fn event(&self, event: &Value) {
        if self.json {
            emit(event);
        }
    }

    /// The last word, and the closing account.
    pub(crate) fn done(&self, account: &Account) {
        let Account { sent, acknowledged, received, lost, duplicated } = *account;
        if self.json {
            return emit(&json!({"event": "done", "published": sent, "received": received, "lost": lost}));
        }
        let style = verdict(lost + duplicated == 0);
        anstream::println!(
            "\n{style}sent {sent}, acknowledged {acknowledged}, received {received}, lost {lost}, duplicated {duplicated}{style:#}"
        );
    }

    /// As [`done`](Self::done), where nobody can look into the platform.
    pub(crate) fn counted(&self, published: u32, received: u32, lost: u32) {
        if self.json {
            return emit(&json!({"event": "done", "published": published, "received": received, "lost": lost}));
        }
        let style = verdict(lost == 0);
        anstream::println!("\n{style}published {published}, received {received}, lost {lost}{style:#}");
    }
}

/// What became of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) sent: u32,
    pub(crate) acknowledged: u32,
    pub(crate) received: u32,
    /// Never acknowledged, or acknowledged and not on the platform.
    pub(crate) lost: u32,
    /// On the platform more than once.
    pub(crate) duplicated: u32,
}

/// How far a message is known to have come, as events name it.
pub(crate) const fn name_of(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Acknowledged => "acknowledged",
        Delivery::Accepted => "accepted",
        _ => "sent",
    }
}

/// A closed pipe is nobody's error: whoever read has enough.
pub(crate) fn emit(event: &Value) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{event}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:03} s", us / 1_000_000, us / 1_000 % 1_000)
}

fn verdict(good: bool) -> Style {
    let colour = if good { AnsiColor::Green } else { AnsiColor::Red };
    Style::new().bold().fg_color(Some(colour.into()))
}

fn dim(text: &str) -> String {
    let style = Style::new().dimmed();
    format!("{style}{text}{style:#}")
}

fn strong(text: &str) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}
