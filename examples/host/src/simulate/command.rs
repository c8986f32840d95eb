//! `wanlink simulate`.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::json;

use super::recovery::Recoveries;
use super::rig::RIGS;
use super::{Condition, Keeps, Kept, Outcome, Rig, pool, run_under};
use crate::cli::RegisterArg;
use crate::exit::Exit;
use crate::models::Module;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// Model of the simulated module
    #[arg(long, default_value = "bg95", value_enum)]
    module: Module,
    /// Connection path
    #[arg(long, default_value = "mqtt")]
    path: String,
    /// Way of dynamic registration, if the device has to register first
    #[arg(long, value_name = "WAY")]
    register: Option<RegisterArg>,
    /// What the device keeps its messages in until they have arrived
    #[arg(long, value_name = "QUEUE")]
    outbox: Option<Keeps>,
    /// What a run has to stand
    #[arg(long, default_value = "storm")]
    under: Condition,
    /// How many seeds are run, from 0 up
    #[arg(long, default_value_t = 1000, conflicts_with = "seed")]
    seeds: u64,
    /// Run this seed alone, and print its trace
    #[arg(long)]
    seed: Option<u64>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    json: bool,
}

pub(crate) fn simulate(args: &SimulateArgs) -> Result<Exit, crate::cli::Usage> {
    let module = args.module.label();
    let is_it = |rig: &&Rig| (rig.module(), rig.path, rig.way()) == (module, &*args.path, args.register);
    let found = RIGS.iter().find(is_it).ok_or_else(|| {
        let all: Vec<_> = RIGS.iter().map(Rig::to_string).collect();
        crate::cli::Usage(format!("this cannot be simulated; there is\n  {}", all.join("\n  ")))
    })?;
    let rig = args.outbox.map_or_else(|| found.clone(), |keeps| found.with_outbox(keeps));
    Ok(match args.seed {
        Some(seed) => replay(&rig, seed, args),
        None => sweep(&rig, args),
    })
}

/// How an account is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One object a line.
    Json,
    Text,
    /// As comments behind a trace, so that both together are one.
    Comments,
}

impl Form {
    pub(crate) fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }

    fn print(self, text: &str) {
        let mark = if self == Self::Comments { "# " } else { "" };
        text.lines().for_each(|line| print(&format!("{mark}{line}")));
    }
}

/// One run, with its trace.
fn replay(rig: &Rig, seed: u64, args: &SimulateArgs) -> Exit {
    let outcome = run_under(rig, seed, args.under);
    let form = if args.json { Form::Json } else { Form::Comments };
    if form == Form::Comments {
        print(&outcome.trace);
    }
    tell(rig, args.under, &outcome, form);
    let mut total = Total::default();
    total.add(&outcome);
    total.close(form, Duration::ZERO)
}

#[derive(Debug, Default)]
struct Total {
    seeds: u64,
    broken: u64,
    faults: BTreeMap<&'static str, u64>,
    cuts: BTreeMap<&'static str, u64>,
    longest_us: BTreeMap<&'static str, u64>,
    recoveries: Recoveries,
    outbox: Kept,
    delivered: usize,
    received: usize,
    virtual_s: u64,
}

impl Total {
    fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.broken += u64::from(!outcome.broken.is_empty());
        self.delivered += outcome.messages.0;
        self.received += outcome.messages.1;
        self.virtual_s += outcome.virtual_s;
        self.recoveries.add(outcome);
        self.outbox.add(&outcome.outbox);
        for (name, count) in &outcome.faults {
            *self.faults.entry(name).or_default() += count;
        }
        for (place, count) in &outcome.cuts {
            *self.cuts.entry(place).or_default() += count;
        }
        for (name, us) in &outcome.longest_us {
            let longest = self.longest_us.entry(name).or_default();
            *longest = (*longest).max(*us);
        }
    }

    fn close(&self, form: Form, took: Duration) -> Exit {
        if form == Form::Json {
            let seconds = (took.as_secs_f64() * 1e3).round() / 1e3;
            let (faults, recovery) = (&self.faults, self.recoveries.json());
            print(
                &json!({"event": "summary", "seeds": self.seeds, "broken": self.broken, "faults": faults,
                "recovery": recovery, "outbox": self.outbox.json(), "seconds": seconds})
                .to_string(),
            );
        } else {
            self.describe(form, took);
        }
        if self.broken == 0 { Exit::Done } else { Exit::Broken }
    }

    fn describe(&self, form: Form, took: Duration) {
        let each = |counts: &BTreeMap<&str, u64>| {
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        let calls: BTreeMap<_, _> = self.longest_us.iter().map(|(name, us)| (*name, us / 1_000_000)).collect();
        form.print(&format!("faults: {}", each(&self.faults)));
        if !self.cuts.is_empty() {
            form.print(&format!("losses of power: {}", each(&self.cuts)));
        }
        form.print(&format!("longest calls in seconds: {}", each(&calls)));
        form.print(&format!("recovery, from the end of the faults to the next message: {}", self.recoveries));
        self.outbox.line().iter().for_each(|line| form.print(line));
        let days = self.virtual_s as f64 / 86_400.0;
        // One run is not measured.
        let rate = match took.as_secs_f64() {
            0.0 => String::new(),
            took => format!(" in {took:.1} s, {:.0} seeds/s", self.seeds as f64 / took),
        };
        form.print(&format!(
            "{} seeds, {} broken; {} messages delivered, {} commands received; {days:.1} days{rate}",
            self.seeds, self.broken, self.delivered, self.received,
        ));
    }
}

/// Many runs.
fn sweep(rig: &Rig, args: &SimulateArgs) -> Exit {
    let &SimulateArgs { seeds, under, json, .. } = args;
    let form = Form::of(json);
    let begin = Instant::now();
    let total = Mutex::new(Total::default());
    let counted = || total.lock().expect("no run panics while it counts");
    let work = |seed| {
        let outcome = run_under(rig, seed, under);
        let mut total = counted();
        total.add(&outcome);
        tell(rig, under, &outcome, form);
    };
    pool::each(seeds, work, || {
        let total = counted();
        format!("{} of {seeds} seeds, {} broken", total.seeds, total.broken)
    });
    counted().close(form, begin.elapsed())
}

/// What broke, and how to see it again; its trace is kept in a file.
pub(crate) fn tell(rig: &Rig, under: Condition, outcome: &Outcome, form: Form) {
    if outcome.broken.is_empty() {
        return;
    }
    let register = rig.register().map_or_else(String::new, |way| format!("-{way}"));
    let outbox = rig.outbox().map_or_else(String::new, |keeps| format!("-{keeps}"));
    let name = format!("wanlink-{}-{}{register}{outbox}-{}.at", rig.module(), rig.path, outcome.seed);
    let trace = std::env::temp_dir().join(name);
    let trace = match std::fs::write(&trace, &outcome.trace) {
        Ok(()) => trace.display().to_string(),
        Err(error) => format!("not kept: {error}"),
    };
    let under = if under == Condition::Storm { String::new() } else { format!(" --under {}", under.name()) };
    let command = format!("wanlink simulate {rig}{under} --seed {}", outcome.seed);
    for broken in &outcome.broken {
        let invariant = broken.invariant.to_string();
        if form == Form::Json {
            let event = json!({"event": "broken", "seed": outcome.seed, "invariant": invariant, "what": broken.what, "command": command, "trace": trace});
            print(&event.to_string());
        } else {
            form.print(&format!(
                "seed {} broke: {invariant}: {}\n    {command}\n    {trace}",
                outcome.seed, broken.what
            ));
        }
    }
}

pub(crate) fn print(text: &str) {
    // A reader that went away wants no more.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
