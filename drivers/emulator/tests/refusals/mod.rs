//! What is common to the tables of refusals: how a line reads, how it is tried, and what every model refuses alike,
//! since `src/module` carries it out for all of them.

// Every test binary takes its own part of it.
#![allow(dead_code)]

mod table;

use std::collections::BTreeMap;
use std::fmt;

pub(crate) use table::COMMON;

use super::bench::{Bench, MS, SECOND, running};
use wanlink_emulator::{Options, Profile, SimCard};

/// What is wrong with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Form,
    State,
    Order,
    Limit,
}

pub(crate) const ERROR: &str = "ERROR";
pub(crate) const NOT_ALLOWED: &str = "+CME ERROR: 3";

/// What was before, the command, the answer with `|` between its lines, what is wrong.
pub(crate) type Refusal<A> = (A, &'static str, &'static str, Kind);

/// What any model may have been through before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Before {
    Start,
    RadioOff,
    NoSim,
    SimBusy,
    PinAsked,
    PukAsked,
}

impl Before {
    /// A module after that, echo off, CMEE=1.
    pub(crate) fn bench(self, profile: &'static Profile) -> Bench {
        let card = |sim: SimCard| quiet(profile, Options { sim, ..running() });
        match self {
            Self::Start => card(SimCard::default()),
            Self::RadioOff => {
                let mut bench = card(SimCard::default());
                assert!(bench.until("AT+CFUN=0", "OK").starts_with("\r\nOK\r\n"));
                bench.wait(SECOND);
                bench
            }
            Self::NoSim => card(SimCard { inserted: false, ..SimCard::default() }),
            Self::SimBusy => {
                let mut bench = card(SimCard { busy_us: 60 * SECOND, ..SimCard::default() });
                bench.emulator.sim_in();
                bench.wait(0);
                bench
            }
            Self::PinAsked => card(SimCard { pin: Some("1234".into()), ..SimCard::default() }),
            Self::PukAsked => {
                let mut bench = Self::PinAsked.bench(profile);
                for expected in ["16", "16", "12"] {
                    assert_eq!(typed(&mut bench, "AT+CPIN=\"0000\""), format!("\r\n+CME ERROR: {expected}\r\n"));
                }
                bench
            }
        }
    }
}

fn quiet(profile: &'static Profile, options: Options) -> Bench {
    let mut bench = Bench::of(profile, options);
    assert_eq!(typed(&mut bench, "ATE0"), "ATE0\r\r\nOK\r\n");
    assert_eq!(typed(&mut bench, "AT+CMEE=1"), "\r\nOK\r\n");
    bench
}

/// Types a line, and waits longer than any model's gap between commands.
fn typed(bench: &mut Bench, line: &str) -> String {
    bench.raw(format!("{line}\r").as_bytes());
    bench.wait(150 * MS)
}

/// Tries every line of a table.
pub(crate) fn try_all<A: Copy + fmt::Debug>(name: &str, table: &[Refusal<A>], bench: impl Fn(A) -> Bench) {
    let (mut counts, mut wrong) = (BTreeMap::<Kind, usize>::new(), Vec::new());
    for &(after, command, answer, kind) in table {
        let mut bench = bench(after);
        bench.raw(format!("{command}\r").as_bytes());
        let expected: String = answer.split('|').map(|line| format!("\r\n{line}\r\n")).collect();
        // Blocking commands answer within three seconds.
        let answer = bench.wait(3 * SECOND);
        if answer != expected {
            wrong.push(format!("{name}, {kind:?}: {command} after {after:?}: {answer:?}, not {expected:?}"));
        }
        *counts.entry(kind).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{name}: {} refusals: {counts:?}", counts.values().sum::<usize>());
}

/// The commands of a table.
pub(crate) fn commands<A>(table: &'static [Refusal<A>]) -> impl Iterator<Item = &'static str> {
    table.iter().map(|entry| entry.1)
}

/// Every command that the module knows is refused in the table of all or among these.
pub(crate) fn assert_covered(bench: &Bench, refused: &[&'static str]) {
    for name in bench.emulator.commands() {
        let is_it = |command: &str| {
            let rest = command.strip_prefix(&name)?.chars().next();
            Some(rest.is_none_or(|next| !next.is_ascii_alphabetic()))
        };
        let mut all = commands(COMMON).chain(refused.iter().copied());
        assert!(all.any(|command| is_it(command) == Some(true)), "{name} has no line in the tables");
    }
}
