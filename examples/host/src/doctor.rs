//! `wanlink doctor`: looks at a serial port and at the module behind it, and says what to change.
//!
//! The driver does what a driver can do: start, identity, data context, signal, clock. What has to be known before one can be
//! chosen, and what no trait asks for, is asked over the same engine. All of it are questions.

mod answers;
mod card;
mod check;
mod clock;
mod driven;
mod examine;
mod firmware;
mod model;
mod network;
mod printer;
mod question;
mod rate;
mod signal;
mod tls;

#[cfg(test)]
mod tests;

use std::time::UNIX_EPOCH;

use crate::cli::{DoctorArgs, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;

use self::check::Chart;
use self::examine::{Plan, examine};
use self::printer::Printer;
use self::rate::Opened;

/// Searches for module, network and context have bounds of their own, which add up to less.
const LIMIT: embassy_time::Duration = embassy_time::Duration::from_secs(600);

/// Runs the command.
pub(crate) fn run(args: &DoctorArgs) -> Result<Exit, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let mut interrupts = Interrupts::new()?;
    let printer = Printer::new(args.json);
    let chart = Chart::new(&printer);
    let utc = || UNIX_EPOCH.elapsed().unwrap_or_default();
    let plan = Plan { module: args.module, baud: args.baud, apn: args.apn.as_deref(), limit: LIMIT, utc: &utc };
    printer.head(&args.port);
    let mut ports = Opened(&args.port);
    let end = runtime.block_on(async {
        tokio::select! {
            () = examine(&mut ports, &plan, &chart) => chart.failure(),
            () = interrupts.next() => Some(
                Failure::new("interrupted by a signal", cure::TIME_OVER).advise("begin anew, and let it end".to_owned())
            ),
        }
    });
    Ok(printer.close(chart.counts(), end))
}
