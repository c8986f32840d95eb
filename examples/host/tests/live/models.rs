//! Every model on every path, inside TLS: it works, or the command line says that it is not there.

use std::sync::Mutex;

use wanlink::matrix::{Cell, cells};

use crate::program::{KEY, Module, NAME, Platform, connect};
use crate::threads::Threads;

/// One cell: what is wrong with it, if anything is.
fn wrong(cell: Cell) -> Option<String> {
    let Cell { module: model, path, lack } = cell;
    let platform = Platform::start();
    let https = format!("any:443={}", platform.https);
    let module = Module::start_model(model, &platform.mqtt, &platform.mqtts, &["--resolve", &https]);
    let work = ["--publish", "user/update=n{seq}", "--count", "2", "--interval-ms", "10", "--for-s", "120"];
    let more = [&["--module", model, "--path", path, "--ca", &platform.ca][..], &work].concat();
    let ended = connect(&module.port, &more).end();
    let told = platform.told();
    let is_right = if let Some(why) = lack {
        ended.code == Some(2) && ended.stderr.contains(why) && !told.contains("TLS for")
    } else {
        let is_there = ["n1", "n2"].iter().all(|n| told.contains(&format!("/{KEY}/{NAME}/user/update: {n}")));
        ended.code == Some(0) && ended.done() == (2, 0, 0) && is_there && told.contains("TLS for")
    };
    println!("{model:14} {path:6} exit code {:?}, after {} s", ended.code, ended.took.as_secs());
    (!is_right).then(|| format!("{model} over {path}: {:?} {}{:#?}\n{told}", ended.code, ended.stderr, ended.lines))
}

#[test]
fn every_model_on_every_path() {
    let cells: Vec<_> = cells().collect();
    let (count, missing) = (cells.len(), cells.iter().filter(|cell| cell.lack.is_some()).count());
    let found = Mutex::new(Vec::new());
    Threads::MANY.run(cells, |cell| {
        let what = wrong(cell);
        found.lock().unwrap().extend(what);
    });
    let found = found.into_inner().unwrap();
    println!("{count} cells, {missing} of them not there");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
