//! What came of the runs, row by row.

use std::time::Duration;

use serde_json::json;

use super::Cell;
use crate::simulate::command::print;
use crate::simulate::recovery::Recoveries;
use crate::simulate::{Condition, Outcome, Rig};

/// Of one rig and condition.
#[derive(Debug, Clone, Default)]
struct Count {
    runs: u64,
    broken: u64,
    recoveries: Recoveries,
}

/// A rig, with a count for each condition.
pub(super) struct Row {
    module: &'static str,
    path: &'static str,
    register: Option<String>,
    outbox: Option<&'static str>,
    counts: [Count; Condition::EACH.len()],
}

impl Row {
    pub(super) fn new(rig: &Rig) -> Self {
        let (module, path, register, outbox) = (rig.module(), rig.path, rig.register(), rig.outbox());
        Self { module, path, register, outbox, counts: Default::default() }
    }

    /// The path, how the device registers, and its outbox.
    fn way(&self) -> String {
        let outbox = self.outbox.map(|outbox| format!("outbox {outbox}"));
        let more = self.register.iter().chain(&outbox).map(|part| format!(" + {part}"));
        self.path.to_owned() + &more.collect::<String>()
    }

    fn cells(&self) -> impl Iterator<Item = (Condition, &Count)> {
        Condition::EACH.into_iter().zip(&self.counts)
    }
}

/// All rows, and what they have together.
pub(super) struct Table {
    rows: Vec<Row>,
    faults: u64,
    messages: (usize, usize),
    virtual_s: u64,
}

impl Table {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self { rows, faults: 0, messages: (0, 0), virtual_s: 0 }
    }

    pub(super) fn add(&mut self, row: usize, condition: Condition, outcome: &Outcome) {
        let at = Condition::EACH.iter().position(|each| *each == condition);
        let count = at.and_then(|at| self.rows.get_mut(row)?.counts.get_mut(at)).expect("it is one of the table");
        count.runs += 1;
        count.broken += u64::from(!outcome.broken.is_empty());
        count.recoveries.add(outcome);
        self.faults += outcome.faults.values().sum::<u64>();
        self.messages.0 += outcome.messages.0;
        self.messages.1 += outcome.messages.1;
        self.virtual_s += outcome.virtual_s;
    }

    fn counts(&self) -> impl Iterator<Item = &Count> {
        self.rows.iter().flat_map(|row| &row.counts).filter(|count| count.runs > 0)
    }

    pub(super) fn runs(&self) -> u64 {
        self.counts().map(|count| count.runs).sum()
    }

    pub(super) fn broken(&self) -> u64 {
        self.counts().map(|count| count.broken).sum()
    }

    pub(super) fn show(&self, lacks: &[Cell], json: bool, took: Duration) {
        if json { self.show_events(lacks, took) } else { self.show_text(lacks, took) }
    }

    fn show_text(&self, lacks: &[Cell], took: Duration) {
        let names: String = Condition::EACH.iter().map(|condition| format!("{:>12}", condition.name())).collect();
        print(&format!("{:<16}{:<22}{names}", "module", "path"));
        for (at, row) in self.rows.iter().enumerate() {
            let cells: String = row.cells().map(|(_, count)| format!("{:>12}", verdict(count))).collect();
            print(&format!("{:<16}{:<22}{cells}", row.module, row.way()));
            if self.rows.get(at + 1).is_none_or(|next| next.module != row.module) {
                show_lacks(row.module, lacks);
            }
        }
        self.show_recovery();
        let (cells, broken) = (self.counts().count(), self.counts().filter(|count| count.broken > 0).count());
        let (up, down) = self.messages;
        print(&format!(
            "{cells} cells: {} pass, {broken} broken; {} paths not there; {} runs, {} faults, {up} messages delivered, {down} \
             commands received; {:.1} days in {:.1} s",
            cells - broken,
            lacks.len(),
            self.runs(),
            self.faults,
            self.virtual_s as f64 / 86_400.0,
            took.as_secs_f64(),
        ));
    }

    /// How long the devices of a model took to come back, on all its paths, under this condition.
    fn recovery(&self, module: &str, condition: Condition) -> Recoveries {
        let rows = self.rows.iter().filter(|row| row.module == module);
        let mut all = Recoveries::default();
        for (_, count) in rows.flat_map(Row::cells).filter(|(under, _)| *under == condition) {
            all.merge(&count.recoveries);
        }
        all
    }

    /// As docs/simulation.md has it.
    fn show_recovery(&self) {
        let names: String = Condition::EACH.iter().map(|condition| format!(" `{}` |", condition.name())).collect();
        print("\nrecovery, from the end of the faults to the next message, median / longest in seconds:\n");
        print(&format!("| model |{names}\n|---|{}", "---|".repeat(Condition::EACH.len())));
        let mut modules: Vec<_> = self.rows.iter().map(|row| row.module).collect();
        modules.dedup();
        for module in modules {
            let cells = Condition::EACH.map(|condition| format!(" {} |", self.recovery(module, condition).cell()));
            print(&format!("| {module} |{}", cells.concat()));
        }
        print("\n");
    }

    fn show_events(&self, lacks: &[Cell], took: Duration) {
        for row in &self.rows {
            for (condition, count) in row.cells().filter(|(_, count)| count.runs > 0) {
                print(
                    &json!({"event": "cell", "module": row.module, "path": row.path, "register": row.register,
                    "outbox": row.outbox, "condition": condition.name(), "seeds": count.runs, "broken": count.broken,
                    "recovery": count.recoveries.json()})
                    .to_string(),
                );
            }
        }
        for cell in lacks {
            print(&json!({"event": "lack", "module": cell.module, "path": cell.path, "why": cell.lack}).to_string());
        }
        let (cells, broken) = (self.counts().count(), self.counts().filter(|count| count.broken > 0).count());
        let seconds = (took.as_secs_f64() * 1e3).round() / 1e3;
        print(
            &json!({"event": "summary", "cells": cells, "pass": cells - broken, "broken": broken, "lacks": lacks.len(),
            "runs": self.runs(), "seconds": seconds})
            .to_string(),
        );
    }
}

/// The paths that this model does not take, and why.
fn show_lacks(module: &str, lacks: &[Cell]) {
    for cell in lacks.iter().filter(|cell| cell.module == module) {
        print(&format!("{module:<16}{:<22}  not there: {}", cell.path, cell.lack.unwrap_or_default()));
    }
}

fn verdict(count: &Count) -> String {
    match *count {
        Count { runs: 0, .. } => "-".to_owned(),
        Count { broken: 0, .. } => "pass".to_owned(),
        Count { broken, .. } => format!("{broken} broken"),
    }
}
