//! Every model on every path, inside TLS: it works, or the command line says that it is not there.

use std::sync::Mutex;

use crate::program::{KEY, Module, NAME, Platform, connect};
use crate::threads::Threads;

const MODELS: [&str; 12] = [
    "bg95",
    "ec200u",
    "ec25",
    "a7670",
    "sim7600",
    "sim7080",
    "sim7000",
    "sara-r5",
    "sara-r422",
    "lara-r6",
    "lena-r8",
    "sara-r410m",
];
const PATHS: [&str; 4] = ["mqtt", "tcp", "https", "native"];

/// What is not there, and why.
const MISSING: &[(&str, &str)] = &[
    // The firmware may have it, the driver has not yet.
    ("a7670", "native"),
    ("sim7600", "native"),
    ("sim7080", "native"),
    // An unframed message can forge an `OK` (simcom-at, 5), and the firmware has no login of its own.
    ("sim7000", "mqtt"),
    ("sim7000", "native"),
    // Keeps an old answer (ublox-at).
    ("lena-r8", "https"),
    // Passwords of 30 characters, and no name for a server with many.
    ("sara-r410m", "mqtt"),
    ("sara-r410m", "https"),
    ("sara-r5", "native"),
    ("sara-r422", "native"),
    ("lara-r6", "native"),
    ("lena-r8", "native"),
    ("sara-r410m", "native"),
];

/// One cell: what is wrong with it, if anything is.
fn cell(model: &str, path: &str) -> Option<String> {
    let platform = Platform::start();
    let https = format!("any:443={}", platform.https);
    let module = Module::start_model(model, &platform.mqtt, &platform.mqtts, &["--resolve", &https]);
    let work = ["--publish", "user/update=n{seq}", "--count", "2", "--interval-ms", "10", "--for-s", "120"];
    let more = [&["--module", model, "--path", path, "--ca", &platform.ca][..], &work].concat();
    let ended = connect(&module.port, &more).end();
    let told = platform.told();
    let is_right = if MISSING.contains(&(model, path)) {
        ended.code == Some(2) && ended.stderr.contains("is not there; there is") && !told.contains("TLS for")
    } else {
        let is_there = ["n1", "n2"].iter().all(|n| told.contains(&format!("/{KEY}/{NAME}/user/update: {n}")));
        ended.code == Some(0) && ended.done() == (2, 0, 0) && is_there && told.contains("TLS for")
    };
    (!is_right).then(|| format!("{model} over {path}: {:?} {}{:#?}\n{told}", ended.code, ended.stderr, ended.lines))
}

#[test]
fn every_model_on_every_path() {
    let cells: Vec<_> = MODELS.iter().flat_map(|model| PATHS.map(|path| (*model, path))).collect();
    let count = cells.len();
    let wrong = Mutex::new(Vec::new());
    Threads::FEW.run(cells, |(model, path)| wrong.lock().unwrap().extend(cell(model, path)));
    let wrong = wrong.into_inner().unwrap();
    println!("{count} cells, {} of them not there", MISSING.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
