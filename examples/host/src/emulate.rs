//! `wanlink emulate`: an emulated module that other programs can talk to.

mod pins;

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use wanlink_emulator::live::{Handle, Line, Rules, Shell};
use wanlink_emulator::{Emulator, Options, Peer, SimCard, Start};

use crate::cli::{EmulateArgs, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::report;

use self::pins::PinsPort;

/// How often what happened is told.
const PERIOD: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &EmulateArgs) -> Result<Exit, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let interrupts = Interrupts::new()?;
    let result = runtime.block_on(serve(args, interrupts));
    Ok(result.map_or_else(|failure| failure.tell(), |()| Exit::Done))
}

async fn serve(args: &EmulateArgs, mut interrupts: Interrupts) -> Result<(), Failure> {
    let (line, pins) = (open_line(args.listen).await?, open_pins(args.pins).await?);
    let place = place(&line, pins.as_ref());
    let rules: Rules = args.resolve.iter().cloned().collect();
    let mut shell = Shell::new(module(args), line, rules);
    args.fault.iter().for_each(|fault| shell.add_fault(fault.clone()));
    report::emit(&place);
    let handle = shell.handle();
    obey(handle.clone());
    tokio::select! {
        result = shell.run() => result.map_err(|error| Failure::new(format!("the line failed: {error}"), cure::LINE)),
        result = wire(pins, &handle) => {
            result.map_err(|error| Failure::new(format!("the port of the pins failed: {error}"), cure::LISTEN))
        }
        () = tell(&handle) => Ok(()),
        () = interrupts.next() => Ok(()),
    }
}

/// At this port, else at a pseudo-terminal.
async fn open_line(address: Option<SocketAddr>) -> Result<Line, Failure> {
    match address {
        Some(address) => Line::listen(address).await.map_err(|error| cannot_listen(address, &error)),
        None => Line::pty().map_err(|error| Failure::new(format!("there is no pseudo-terminal: {error}"), cure::LINE)),
    }
}

async fn open_pins(address: Option<SocketAddr>) -> Result<Option<PinsPort>, Failure> {
    let Some(address) = address else { return Ok(None) };
    PinsPort::listen(address).await.map(Some).map_err(|error| cannot_listen(address, &error))
}

/// Where the module is, for whoever starts its host.
fn place(line: &Line, pins: Option<&PinsPort>) -> Value {
    let mut place = match (line.path(), line.address()) {
        (Some(path), _) => json!({"pty": path}),
        (None, address) => json!({"listen": address.map(|address| address.to_string())}),
    };
    if let Some(pins) = pins {
        place["pins"] = pins.address().to_string().into();
    }
    place
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Failure {
    Failure::new(format!("cannot listen on {address}: {error}"), cure::LISTEN)
}

/// Serves the pins, if they are at a port.
async fn wire(pins: Option<PinsPort>, module: &Handle) -> io::Result<()> {
    match pins {
        Some(pins) => pins.serve(module).await,
        None => std::future::pending().await,
    }
}

/// Obeys the lines on stdin. Its thread waits in a read, and ends with the program.
fn obey(handle: Handle) {
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()) {
            let fault = line.trim().strip_prefix("fault ").map(str::parse);
            match fault {
                Some(Ok(fault)) => handle.schedule(fault),
                Some(Err(error)) => anstream::eprintln!("warning: {error}"),
                None => anstream::eprintln!("warning: `{}`: an order is `fault FAULT`", line.escape_debug()),
            }
        }
    });
}

fn module(args: &EmulateArgs) -> Emulator {
    let mut options = Options {
        start: if args.off { Start::Off } else { Start::Running },
        sim: SimCard { pin: args.pin.clone(), ..SimCard::default() },
        accepted_apn: args.apn.clone(),
        // The clock of a module that was told the time by its network.
        utc_at_start: std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()),
        ..Options::default()
    };
    if args.quick {
        options.registration_us = 300_000;
        options.activation_us = 100_000;
        options.functionality_us = 50_000;
        options.sim.busy_us = 0;
    }
    Emulator::new(args.module, options, u64::from(std::process::id()))
}

/// Tells on stderr what is ordered and what becomes of the module.
async fn tell(handle: &Handle) {
    let mut last = String::new();
    loop {
        let (notes, state) = handle.with(|module| (module.notes(), state(module)));
        for note in notes {
            anstream::eprintln!("fault: {note}");
        }
        if state != last {
            anstream::eprintln!("{state}");
            last = state;
        }
        tokio::time::sleep(PERIOD).await;
    }
}

fn state(module: &Emulator) -> String {
    let on = if module.is_on() { format!("on (start {})", module.boots()) } else { "off".to_owned() };
    let sim = if module.sim_ready() { "ready" } else { "not ready" };
    let registration = match module.registration() {
        1 => "registered",
        5 => "registered, roaming",
        3 => "denied",
        2 => "searching",
        _ => "not registered",
    };
    let mqtt = module.mqtt(0).map_or_else(|| "none".to_owned(), |client| format!("{:?}", client.phase).to_lowercase());
    format!("module {on}, SIM {sim}, {registration}, MQTT {mqtt}")
}
