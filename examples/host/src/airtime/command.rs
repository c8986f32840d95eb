//! `wanlink airtime`.

use serde_json::json;
use wanlink_emulator::TrafficModel;

use super::{PAYLOAD, ROUND_TRIP_US, measure, rigs, table};
use crate::cli::Usage;
use crate::exit::Exit;
use crate::models::Module;
use crate::simulate::command::print;

/// What is counted.
///
/// Bytes up and down of a login, a keep-alive and a message on each path, and of days with a message each minute, quarter of
/// an hour, hour and day; and how often and how long the radio is on. From the emulator's network side: no network is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct AirtimeArgs {
    /// Model of the simulated module
    #[arg(long, default_value = "bg95", value_enum)]
    module: Module,
    /// This path only; `-plain` is without TLS
    #[arg(long)]
    path: Option<String>,
    /// The most bytes of a TCP segment
    #[arg(long, default_value_t = 1360, value_parser = clap::value_parser!(u16).range(536..=1460))]
    mss: u16,
    /// How long the radio stays on behind the last packet, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    inactivity_s: u64,
    /// Print one JSON object per line, and nothing else, on stdout
    #[arg(long)]
    json: bool,
}

pub(crate) fn airtime(args: &AirtimeArgs) -> Result<Exit, Usage> {
    let model =
        TrafficModel { mss: args.mss.into(), inactivity_us: args.inactivity_s * 1_000_000, ..TrafficModel::default() };
    let found = rigs(args.module.label(), args.path.as_deref());
    if found.is_empty() {
        let all: Vec<_> = rigs(args.module.label(), None).iter().map(|rig| rig.to_string()).collect();
        return Err(Usage(format!("this cannot be simulated; there is\n  {}", all.join("\n  "))));
    }
    let bills = match measure::all(&found, model) {
        Ok(bills) => bills,
        Err(trouble) => {
            anstream::eprintln!("error: a device could not do what it was to: {trouble}");
            return Ok(Exit::Broken);
        }
    };
    if args.json {
        print(&head(args.module, model).to_string());
        bills.iter().flat_map(table::events).for_each(|event| print(&event.to_string()));
    } else {
        print(&format!("{}, by the emulator", args.module.label()));
        print(&table::text(&bills, model));
    }
    Ok(Exit::Done)
}

fn head(module: Module, model: TrafficModel) -> serde_json::Value {
    json!({
        "event": "model", "module": module.label(), "payload": PAYLOAD, "mss": model.mss,
        "inactivity_s": model.inactivity_us / 1_000_000, "round_trip_ms": ROUND_TRIP_US / 1_000,
        "carried_within_ms": model.carried_within_us / 1_000, "assumptions": table::assumptions(model),
    })
}
