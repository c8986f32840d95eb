//! The port, its rate, and whether anybody is at its other end.

use std::cell::RefCell;

use serde_json::json;
use wanlink_at::int;

use super::answers::{Fault, failure, mute, silence};
use super::check::{Chart, Check, Subject};
use super::driven;
use super::examine::{Plan, Stop};
use super::question::{Said, ask, ask_within};
use crate::board::Board;
use crate::port::{self, PortArg, PortError, Tap};

/// Rates of modules, those first that they leave the factory with (quectel-at 1.3, simcom-at 2.3, ublox-at 2).
const RATES: [u32; 9] = [115_200, 9_600, 921_600, 460_800, 230_400, 57_600, 38_400, 19_200, 3_000_000];
/// Commands at each rate: one that looks for the rate by itself, or is to be woken, does so with the first ones.
const TRIES: u32 = 3;
/// What all answer at once has come by then (quectel-at 1.3).
const BOUND_MS: u32 = 300;

/// A port that can be opened at a rate, one at a time.
pub(super) trait Ports {
    /// Whether the rate is of any meaning.
    fn has_rate(&self) -> bool;

    async fn open(&mut self, baud: u32) -> Result<Board, PortError>;
}

/// A port of this machine.
pub(super) struct Opened<'a>(pub(super) &'a PortArg);

impl Ports for Opened<'_> {
    fn has_rate(&self) -> bool {
        matches!(self.0, PortArg::Tty(_))
    }

    async fn open(&mut self, baud: u32) -> Result<Board, PortError> {
        port::open(self.0, baud, &Tap::default()).await
    }
}

/// What is at the other end, at this rate.
enum Life {
    Answers {
        /// The command came back before its answer.
        echo: bool,
    },
    Noise,
    Nothing,
    Broken(Fault),
}

/// Opens the port, finds the rate of the module, and tells what the line is like.
pub(super) async fn find(ports: &mut impl Ports, plan: &Plan<'_>, chart: &Chart<'_>) -> Result<Board, Stop> {
    let rates = [plan.baud].into_iter().chain(RATES.into_iter().filter(|&rate| rate != plan.baud));
    let mut has_noise = false;
    for (nth, baud) in rates.take(if ports.has_rate() { usize::MAX } else { 1 }).enumerate() {
        let mut board = match ports.open(baud).await {
            Ok(board) => board,
            Err(error) if nth == 0 => {
                chart.tell(Check::failure(Subject::Port, (), error.into()));
                return Err(Stop("the port does not open"));
            }
            // It does not take this rate.
            Err(_) => continue,
        };
        if nth == 0 {
            chart.tell(Check::ok(Subject::Port, (), "opens"));
        }
        chart.progress(&format!("looking for the module at {baud} baud"));
        match life(&mut board).await {
            Life::Answers { echo } => {
                tell_rate(ports, plan, baud, chart);
                tell_line(&mut board, echo, chart).await;
                return Ok(board);
            }
            Life::Broken(fault) => {
                chart.tell(Check::failure(Subject::Rate, (), failure(fault)));
                return Err(Stop("the port failed"));
            }
            Life::Noise => has_noise = true,
            Life::Nothing => {}
        }
    }
    rescue(ports, plan, has_noise, chart).await
}

async fn life(board: &mut Board) -> Life {
    // As the drivers look for it: in words, whatever an earlier life had set.
    const PROBE: &str = "V1Q0";
    let heard = RefCell::default();
    for _ in 0..TRIES {
        let said = ask_within::<BOUND_MS>(board, PROBE, &heard).await;
        match said {
            // Even an error is one that can be read.
            Said::Lines(_) | Said::Refused(_) => {
                let echo = heard.borrow().windows(PROBE.len()).any(|bytes| bytes == PROBE.as_bytes());
                return Life::Answers { echo };
            }
            Said::Silent => {}
            said => return silence(&said).map_or(Life::Nothing, Life::Broken),
        }
    }
    if heard.borrow().is_empty() { Life::Nothing } else { Life::Noise }
}

fn tell_rate(ports: &impl Ports, plan: &Plan<'_>, baud: u32, chart: &Chart<'_>) {
    chart.tell(if !ports.has_rate() {
        Check::ok(Subject::Rate, (), "a network port has none; the module answers")
    } else if baud == plan.baud {
        Check::ok(Subject::Rate, baud, format!("the module answers at {baud} baud"))
    } else {
        Check::warning(
            Subject::Rate,
            baud,
            format!("the module answers at {baud} baud, and not at {}", plan.baud),
            format!("give --baud {baud}, or have the module at {0} by AT+IPR={0}", plan.baud),
        )
    });
}

async fn tell_line(board: &mut Board, echo: bool, chart: &Chart<'_>) {
    let echoes = if echo { "it echoes until a driver starts it" } else { "it does not echo" };
    let said = ask(board, "+IFC?").await;
    // By the module, and by its host: 2 is RTS/CTS (ITU-T V.250, 6.2.12).
    let flow = said.named("+IFC").next().map(|line| int(line, 0) == Some(2) || int(line, 1) == Some(2));
    let value = json!({"echo": echo, "rts_cts": flow});
    chart.tell(match flow {
        Some(true) => Check::warning(
            Subject::Line,
            value,
            format!("{echoes}; RTS/CTS is on in the module"),
            "wire both RTS and CTS to the microcontroller, or switch it off in the module: AT+IFC=0,0",
        ),
        Some(false) => Check::ok(Subject::Line, value, format!("{echoes}; no flow control")),
        None => Check::ok(Subject::Line, value, format!("{echoes}; it does not tell its flow control")),
    });
}

/// The last way: the start of the driver waits for a boot, and frees a module that takes commands for data.
async fn rescue(ports: &mut impl Ports, plan: &Plan<'_>, has_noise: bool, chart: &Chart<'_>) -> Result<Board, Stop> {
    let mut board = ports.open(plan.baud).await.map_err(|error| {
        // It did open at this rate.
        chart.tell(Check::failure(Subject::Rate, (), error.into()));
        Stop("the port went away")
    })?;
    if let Some(module) = plan.module {
        chart.progress("nobody answers: waiting for a module that starts, or that takes commands for data");
        if driven::start(&mut board, module).await.is_ok() {
            tell_rate(ports, plan, plan.baud, chart);
            tell_line(&mut board, false, chart).await;
            return Ok(board);
        }
    }
    let cure = if has_noise {
        "bytes come, and no rate makes sense of them: check GND, the levels, and --baud for a rate that is not tried here"
    } else {
        "not one byte came: check power and power key, TX and RX crossed, and of several USB ports that it is the AT port"
    };
    chart.tell(Check::failure(Subject::Rate, (), mute().advise(cure.to_owned())));
    Err(Stop("the module does not answer"))
}
