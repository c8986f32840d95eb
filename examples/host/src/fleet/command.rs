//! `wanlink fleet`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use serde_json::json;

use super::figures::Figures;
use super::{Outage, PER_MINUTE, PER_SECOND, member, svg};
use crate::cli::Usage;
use crate::exit::Exit;
use crate::models::Module;
use crate::simulate::command::print;
use crate::simulate::{RIGS, Rig, pool};

/// What is run.
#[derive(Debug, clap::Args)]
pub(crate) struct FleetArgs {
    /// How many devices there are
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    devices: u64,
    /// How long the platform is away, in seconds
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    outage_s: u64,
    /// Model of the simulated modules
    #[arg(long, default_value = "bg95", value_enum)]
    module: Module,
    /// Connection path, one that keeps a connection
    #[arg(long, default_value = "mqtt")]
    path: String,
    /// Draw the logins of each second into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    json: bool,
}

pub(crate) fn fleet(args: &FleetArgs) -> Result<Exit, Usage> {
    let begin = Instant::now();
    let outage = Outage::of(args.outage_s);
    let rig = find(args)?;
    // Before the work, not behind it.
    let picture = match args.svg.as_deref().map(File::create).transpose() {
        Ok(picture) => picture,
        Err(error) => return Ok(unwritable(args.svg.as_deref().unwrap_or(Path::new("")), &error)),
    };
    let with = run(rig, args, outage, true);
    let without = run(rig, args, outage, false);
    for (figures, jitter) in [(&with, true), (&without, false)] {
        tell(figures, outage, jitter, args.json);
    }
    if args.json {
        let peak = |figures: &Figures| figures.attempts.iter().copied().max();
        let summary = json!({
            "event": "summary", "devices": args.devices, "outage_s": args.outage_s,
            "peak_per_second": peak(&with), "peak_per_second_without_jitter": peak(&without),
            "limit_per_second": PER_SECOND, "most_per_device_minute": with.most_per_minute.max(without.most_per_minute),
            "limit_per_device_minute": PER_MINUTE, "not_back": with.not_back + without.not_back,
            "seconds": (begin.elapsed().as_secs_f64() * 1e3).round() / 1e3,
        });
        print(&summary.to_string());
    } else {
        print(&format!("{:.1} s", begin.elapsed().as_secs_f64()));
    }
    if let (Some(path), Some(mut file)) = (&args.svg, picture)
        && let Err(error) = file.write_all(svg::draw(&with, &without, outage).as_bytes())
    {
        return Ok(unwritable(path, &error));
    }
    Ok(if with.is_good() && without.is_good() { Exit::Done } else { Exit::Broken })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Exit {
    anstream::eprintln!("error: cannot write {}: {error}", path.display());
    Exit::File
}

fn find(args: &FleetArgs) -> Result<&'static Rig, Usage> {
    let fits = |rig: &&Rig| rig.keeps_session() && !rig.registers();
    let is_it = |rig: &&Rig| (rig.module(), rig.path) == (args.module.label(), &*args.path);
    RIGS.iter().filter(fits).find(is_it).ok_or_else(|| {
        let all: Vec<_> = RIGS.iter().filter(fits).map(Rig::to_string).collect();
        Usage(format!("a fleet cannot be of these; there is\n  {}", all.join("\n  ")))
    })
}

fn run(rig: &Rig, args: &FleetArgs, outage: Outage, jitter: bool) -> Figures {
    let figures = Mutex::new(Figures::default());
    let lock = || figures.lock().expect("no run panics while it counts");
    let work = |number| {
        let member = member::live(rig, number, if jitter { number } else { 0 }, outage);
        lock().add(&member, outage);
    };
    let kind = if jitter { "with" } else { "without" };
    pool::each(args.devices, work, || format!("{kind} jitter: {} of {} devices", lock().devices, args.devices));
    figures.into_inner().expect("no run panics while it counts")
}

fn tell(figures: &Figures, outage: Outage, jitter: bool, json: bool) {
    let kind = if jitter { "with jitter" } else { "without jitter" };
    for phase in figures.phases(outage) {
        let mean = phase.attempts as f64 / phase.seconds.max(1) as f64;
        if json {
            let event = json!({
                "event": "phase", "jitter": jitter, "phase": phase.name, "seconds": phase.seconds,
                "attempts": phase.attempts, "per_second": (mean * 1e3).round() / 1e3, "peak_per_second": phase.peak,
            });
            print(&event.to_string());
        } else {
            let over = if phase.peak > PER_SECOND { format!(", over {PER_SECOND}") } else { String::new() };
            print(&format!(
                "{kind}, {:<7} {:>6} s: {:>8} logins, {mean:>8.1} per second, {} in the busiest{over}",
                format!("{}:", phase.name),
                phase.seconds,
                phase.attempts,
                phase.peak,
            ));
        }
    }
    let back = [500, 990, 1000].map(|in_thousand| figures.back_within_s(in_thousand));
    if json {
        let [median, most, last] = back;
        let event = json!({
            "event": "back", "jitter": jitter, "median_s": median, "p99_s": most, "last_s": last,
            "not_back": figures.not_back, "late": figures.late,
        });
        print(&event.to_string());
    } else {
        let [median, most, last] = back.map(|back| back.map_or("-".to_owned(), |seconds| format!("{seconds} s")));
        print(&format!(
            "{kind}, back:   half of them after {median}, 99 % after {most}, all after {last}; {} not; at most {} logins of a device in a minute",
            figures.not_back, figures.most_per_minute,
        ));
    }
}
