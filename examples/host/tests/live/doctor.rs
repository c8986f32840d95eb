//! `wanlink doctor` at the serial port of `wanlink emulate`. What it finds is tested beside it, on a clock of its own.

use serde_json::Value;

use crate::program::{Ended, Module, Process, Signal, wanlink};

const SUBJECTS: [&str; 12] =
    ["port", "rate", "line", "model", "start", "firmware", "sim", "registration", "context", "signal", "clock", "tls"];
const PIN: &str = "4711";

fn doctor(port: &str, more: &[&str]) -> Process {
    let mut command = wanlink(&[&["doctor", "--port", port], more].concat());
    // It must not care.
    command.env("WANLINK_PIN", PIN);
    Process::start(command)
}

fn module(model: &str, more: &[&str]) -> Module {
    Module::start_model(model, "127.0.0.1:1", "127.0.0.1:1", more)
}

/// The verdicts, in their order; `done` is last and counts them.
fn verdicts(ended: &Ended) -> Vec<(String, String)> {
    let events = ended.events();
    let checks = events.iter().filter(|event| event["event"] == "check");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let verdicts: Vec<_> = checks.map(|check| (text(&check["check"]), text(&check["verdict"]))).collect();
    let done = events.last().unwrap();
    assert_eq!(done["event"], "done", "{:#?}", ended.lines);
    for (name, verdict) in [("ok", "ok"), ("warnings", "warning"), ("failures", "failure"), ("unknown", "unknown")] {
        assert_eq!(done[name], verdicts.iter().filter(|found| found.1 == verdict).count(), "{:#?}", ended.lines);
    }
    verdicts
}

#[test]
fn a_module_of_each_vendor_that_is_well() {
    for (model, line) in [("bg95", &[][..]), ("sim7080", &["--listen", "127.0.0.1:0"]), ("sara-r5", &[])] {
        let module = module(model, line);
        let ended = doctor(&module.port, &["--module", model, "--apn", "cmiot", "--json"]).end();
        let expected: Vec<_> = SUBJECTS.iter().map(|name| ((*name).to_owned(), "ok".to_owned())).collect();
        assert_eq!((verdicts(&ended), ended.code), (expected, Some(0)), "{:#?}\n{}", ended.lines, ended.stderr);
        assert!(ended.stderr.contains("looking for the module") && !ended.stderr.contains("error"), "{}", ended.stderr);
        assert!(ended.took.as_secs() < 60);
    }
}

#[test]
fn a_locked_card_as_humans_and_scripts_see_it() {
    let module = module("bg95", &["--pin", PIN]);
    let told = doctor(&module.port, &[]).end();
    let text = told.lines.join("\n");
    assert_eq!(told.code, Some(3), "{text}\n{}", told.stderr);
    for words in ["failure  sim           the SIM wants a PIN", "do: give the PIN to `wanlink connect`", "failures 1"] {
        assert!(text.contains(words), "no `{words}` in\n{text}");
    }
    let last = told.stderr.lines().last().unwrap();
    assert!(last.starts_with("error: the SIM wants a PIN: it is locked; give the PIN to `wanlink connect`"), "{last}");
    let json = doctor(&module.port, &["--json"]).end();
    verdicts(&json);
    assert_eq!((json.code, json.error()["kind"].as_str()), (Some(3), Some("pin_needed")));
    for told in [&told, &json] {
        assert!(!told.lines.iter().any(|line| line.contains(PIN)) && !told.stderr.contains(PIN));
    }
}

#[test]
fn the_wrong_model_and_no_port() {
    let module = module("ec200u", &[]);
    let ended = doctor(&module.port, &["--module", "bg95", "--json"]).end();
    verdicts(&ended);
    let error = ended.error();
    assert_eq!((ended.code, error["kind"].as_str()), (Some(2), Some("wrong_module")), "{}", ended.stderr);
    assert!(error["cure"].as_str().unwrap().contains("--module ec200u"), "{error}");
    let ended = doctor("/dev/no-such-port", &["--json"]).end();
    let all = verdicts(&ended);
    assert_eq!((ended.code, all.len(), all[0].1.as_str()), (Some(3), SUBJECTS.len(), "failure"));
    assert!(all[1..].iter().all(|(_, verdict)| verdict == "unknown"));
}

#[test]
fn it_ends_when_it_is_interrupted() {
    for signal in [Signal::INT, Signal::TERM] {
        let module = module("bg95", &["--fault", "silence=600000"]);
        let mut process = doctor(&module.port, &["--module", "bg95", "--json"]);
        process.event("check");
        process.signal(signal);
        let ended = process.end();
        assert_eq!((ended.code, ended.error()["kind"].as_str()), (Some(5), Some("time_over")), "{}", ended.stderr);
        assert!(verdicts(&ended).len() < SUBJECTS.len() && ended.stderr.contains("interrupted"));
    }
}

#[test]
fn a_port_that_goes_away() {
    for line in [&["--fault", "silence=600000"][..], &["--fault", "silence=600000", "--listen", "127.0.0.1:0"]] {
        let mut module = module("bg95", line);
        let mut process = doctor(&module.port, &["--module", "bg95", "--json"]);
        process.event("check");
        module.process.kill();
        let ended = process.end();
        assert_eq!((ended.code, verdicts(&ended).len()), (Some(3), SUBJECTS.len()), "{:#?}", ended.lines);
        assert!(["port_gone", "port"].map(Value::from).contains(&ended.error()["kind"]), "{}", ended.stderr);
    }
}

#[test]
fn what_the_command_line_cannot_say() {
    for (args, words) in [
        (&["--baud", "9600"][..], "--port"),
        (&["--port", "/dev/null", "--module", "bg96x"], "bg95"),
        (&["--port", "/dev/null", "--pin", PIN], "--pin"),
        (&["--port", "/dev/null", "--apn", "a\"b"], "access point name"),
    ] {
        let ended = Process::start(wanlink(&[&["doctor"], args].concat())).end();
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}
