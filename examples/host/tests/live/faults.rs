//! Every fault that emulator and platform have a name for, in the middle of publishing: what can heal is healed, and the
//! rest ends with its code.

use std::thread;

use wanlink_platform::TlsFault;

use crate::program::{Ended, Module, Platform, connect};

const COUNT: u64 = 60;
/// When each fault begins, in milliseconds from the start, and how long one lasts that can be taken back.
const BEGIN: &str = "@4000";
const LENGTH: &str = "+3000";

fn publish(platform: &Platform, module: &[&str], more: &[&str]) -> Ended {
    let module = Module::at(platform, module);
    let count = COUNT.to_string();
    let base = ["--publish", "user/update={seq}", "--count", &count, "--interval-ms", "100"];
    connect(&module.port, &[&base, more].concat()).end()
}

/// What is wrong with a run, unless all was acknowledged, or it ended with this code.
fn judge(fault: &str, ended: &Ended, code: i32) -> Option<String> {
    let good = ended.code == Some(code) && (code != 0 || ended.done() == (COUNT, 0, 0));
    let losses = ended.names().iter().filter(|name| *name == "reconnecting").count();
    println!("{fault:28} exit code {:?}, {losses} tries again", ended.code);
    (!good).then(|| format!("{fault}: {:?}\n{}\n{}", ended.code, ended.lines.join("\n"), ended.stderr))
}

/// All at once: most of them wait for most of their time.
fn all<T: Send>(faults: impl Iterator<Item = T>, run: impl Fn(T) -> Option<String> + Sync) {
    let run = &run;
    let broken: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = faults.map(|fault| scope.spawn(move || run(fault))).collect();
        runs.into_iter().filter_map(|run| run.join().unwrap()).collect()
    });
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

#[test]
fn of_the_module_and_its_network() {
    // A context that is up in name only is found out by the third open that fails, after minutes: `wanlink simulate` has the
    // time.
    all(wanlink_emulator::Fault::names().filter(|name| *name != "context-lies"), |name| {
        let platform = Platform::start();
        let ca = ["--ca", &platform.ca];
        // What concerns an open needs one, and is over with it.
        let opens = ["refuse", "dns-failure", "wrong-certificate"].contains(&name);
        let fault = format!("{name}{}{BEGIN}{LENGTH}", if opens { "=1" } else { "" });
        let again: &[&str] = if opens { &["--fault", "kill-tcp@4500"] } else { &[] };
        let faults = [&["--fault", &fault], again].concat();
        match name {
            // A card that is gone is nothing to wait for.
            "sim-out" => judge(name, &publish(&platform, &faults, &ca), 3),
            // Nobody here presses the key of a module that sleeps: it would wait for ever.
            "enter-psm" => judge(name, &publish(&platform, &faults, &[&ca[..], &["--for-s", "20"]].concat()), 5),
            _ => judge(name, &publish(&platform, &faults, &ca), 0),
        }
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
        // What concerns a login needs one.
        let start =
            |fault: &str| Platform::start_with(&["--no-limits", "--fault", fault, "--fault", "kill-connections@4500"]);
        // A stranger is never told a secret, and what it was that failed heals with the platform: see `tls.rs` for a
        // certificate that was wrong from the start.
        let platform = start(&format!("{name}{value}{BEGIN}{LENGTH}"));
        let is_tls = TlsFault::ALL.iter().any(|fault| fault.name() == name);
        let more = if is_tls { ["--ca", &platform.ca] } else { ["--tls", "off"] };
        judge(name, &publish(&platform, &[], &more), 0)
    });
}
