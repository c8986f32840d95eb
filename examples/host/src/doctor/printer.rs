//! What is told to whoever started the program.

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::check::{Check, Show, Verdict};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::port::PortArg;
use crate::report::emit;

/// Lines for humans, or JSON; progress on stderr.
pub(super) struct Printer {
    json: bool,
}

impl Printer {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(super) fn head(&self, port: &PortArg) {
        if !self.json {
            anstream::println!("wanlink doctor: {port}\n");
        }
    }

    /// The last word, and how the program ends.
    pub(super) fn close(&self, counts: [(Verdict, usize); 4], end: Option<Failure>) -> Exit {
        let [ok, warnings, failures, unknown] = counts.map(|(_, count)| count);
        if self.json {
            end.iter().for_each(|failure| emit(&failure.event()));
            emit(&json!({
                "event": "done", "ok": ok, "warnings": warnings, "failures": failures, "unknown": unknown,
            }));
        } else {
            let style = style(if failures > 0 { Verdict::Failure } else { Verdict::Ok });
            anstream::println!(
                "\n{style}ok {ok}, warnings {warnings}, failures {failures}, unknown {unknown}{style:#}"
            );
        }
        end.map_or(Exit::Done, |failure| failure.tell())
    }
}

impl Show for Printer {
    fn check(&self, check: &Check) {
        if self.json {
            return emit(&check.event());
        }
        let style = style(check.verdict);
        let (verdict, name) = (check.verdict.name(), check.subject.name());
        anstream::println!("{style}{verdict:<7}{style:#}  {name:<12}  {}", check.detail);
        if let Some(change) = &check.change {
            anstream::println!("{:23}do: {change}", "");
        }
    }

    fn skipped(&self, checks: &[Check], because: &str) {
        if self.json {
            return checks.iter().for_each(|check| emit(&check.event()));
        }
        let names: Vec<_> = checks.iter().map(|check| check.subject.name()).collect();
        let style = style(Verdict::Unknown);
        anstream::println!("{style}unknown{style:#}  {}: not looked at, {because}", names.join(", "));
    }

    fn progress(&self, text: &str) {
        anstream::eprintln!("{text} ..");
    }
}

fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Ok => AnsiColor::Green,
        Verdict::Warning => AnsiColor::Yellow,
        Verdict::Failure => AnsiColor::Red,
        Verdict::Unknown => return Style::new().dimmed(),
    };
    Style::new().bold().fg_color(Some(colour.into()))
}
