//! Every fault that emulator and platform have a name for, in the middle of publishing: what can heal is healed, and the
//! rest ends with its code.
//!
//! A fault strikes when the device is on line and has published, however long that took on this machine.

use std::sync::Mutex;

use wanlink_platform::TlsFault;

use crate::program::{Ended, Module, Platform, Process, Signal, connect};
use crate::threads::Threads;

const COUNT: u64 = 40;
/// The message behind which a fault is ordered. The rest takes three seconds and a half at least.
const BEGIN: u64 = 5;
/// How long one lasts that can be taken back, in milliseconds.
const LENGTH: &str = "@0+3000";

/// A device that has just published for the fifth time.
///
/// A busy machine may starve an emulated module for the third of a second in which most commands have to be answered.
/// Until it was on line once that ends a device after some tries: then another one is started.
fn publishing(module: &Module, more: &[&str]) -> Process {
    let count = COUNT.to_string();
    let base = ["--publish", "user/update={seq}", "--count", &count, "--interval-ms", "100"];
    let args = [&base, more].concat();
    let starved = |device: &Process| device.lines.iter().any(|line| line.contains("no_answer"));
    loop {
        let mut device = connect(&module.port, &args);
        match (1..=BEGIN).find(|_| !device.reaches("published")) {
            None => return device,
            Some(seq) => assert!(seq == 1 && starved(&device), "{:#?}", device.lines),
        }
    }
}

/// What is wrong with a run, unless all was acknowledged, or it ended with this code.
fn judge(fault: &str, ended: &Ended, code: i32) -> Option<String> {
    let good = ended.code == Some(code) && (code != 0 || ended.done() == (COUNT, 0, 0));
    let losses = ended.names().iter().filter(|name| *name == "reconnecting").count();
    println!("{fault:28} exit code {:?}, {losses} tries again, after {} s", ended.code, ended.took.as_secs());
    (!good).then(|| format!("{fault}: {:?}\n{}\n{}", ended.code, ended.lines.join("\n"), ended.stderr))
}

/// All of them, a few at a time; most wait for most of their time.
fn all<T: Send>(faults: impl Iterator<Item = T>, run: impl Fn(T) -> Option<String> + Sync) {
    let broken = Mutex::new(Vec::new());
    Threads::MANY.run(faults, |fault| {
        let found = run(fault);
        broken.lock().unwrap().extend(found);
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

#[test]
fn of_the_module_and_its_network() {
    // A context that is up in name only is found out by the third open that fails, after minutes: `wanlink simulate` has the
    // time. Nobody here pulls the reset line of a module that hangs: the conformance suite does.
    all(wanlink_emulator::Fault::names().filter(|name| !["context-lies", "hang"].contains(name)), |name| {
        let platform = Platform::start();
        let mut module = Module::at(&platform, &[]);
        let mut device = publishing(&module, &["--ca", &platform.ca]);
        // What concerns an open needs one, and is over with it.
        let opens = ["refuse", "dns-failure", "wrong-certificate"].contains(&name);
        module.process.say(&format!("fault {name}{}{LENGTH}", if opens { "=1" } else { "" }));
        if opens {
            module.process.say("fault kill-tcp");
        }
        let code = match name {
            // A card that is gone is nothing to wait for.
            "sim-out" => 3,
            // Nobody here presses the key of a module that sleeps: it would wait for ever.
            "enter-psm" => {
                device.event("disconnected");
                device.signal(Signal::TERM);
                5
            }
            _ => 0,
        };
        judge(name, &device.end(), code)
    });
}

#[test]
fn of_the_platform() {
    // What concerns HTTPS and dynamic registration is nothing to a device that does neither.
    let elsewhere = |what: &str| ["HTTPS: ", "registration: "].iter().any(|part| what.starts_with(part));
    all(wanlink_platform::Fault::FORMS.iter().filter(|form| !elsewhere(form.1)), |(form, _)| {
        // `name[=N]`, `name=MS`, `name=N` or `name`.
        let (name, value) = match form.split_once('=') {
            Some((name, _)) if name.ends_with('[') => (name.trim_end_matches('['), ""),
            Some((name, "MS")) => (name, "=2000"),
            Some((name, _)) => (name, "=2"),
            None => (*form, ""),
        };
        let mut platform = Platform::start();
        let module = Module::at(&platform, &[]);
        // A stranger is never told a secret, and what it was that failed heals with the platform: see `tls.rs` for a
        // certificate that was wrong from the start.
        let is_tls = TlsFault::ALL.iter().any(|fault| fault.name() == name);
        let device = publishing(&module, &if is_tls { ["--ca", &platform.ca] } else { ["--tls", "off"] });
        platform.process.say(&format!("fault {name}{value}{LENGTH}"));
        // What concerns a login needs one.
        platform.process.say("fault kill-connections@500");
        judge(name, &device.end(), 0)
    });
}
