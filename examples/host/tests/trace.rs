//! `wanlink trace`: what a trace tells, as a list, as JSON and as a picture.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

fn wanlink(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wanlink")).args(arguments).output().unwrap()
}

/// A file of this test's own, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("wanlink-{}-{name}", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_simulated_run_is_shown() {
    let (file, svg) = (Scratch::new("run.at"), Scratch::new("run.svg"));
    let run = wanlink(&["simulate", "--seed", "7", "--under", "network"]);
    std::fs::write(&file.0, run.stdout).unwrap();

    let output = wanlink(&["trace", file.path(), "--svg", svg.path(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let events: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let commands: Vec<_> = events.iter().filter(|event| event["event"] == "command").collect();
    let summary = events.last().unwrap();
    assert_eq!((&summary["event"], summary["commands"].as_u64()), (&"summary".into(), Some(commands.len() as u64)));
    let sum = |name: &str| commands.iter().map(|command| command[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(
        (summary["to_module"].as_u64(), summary["to_host"].as_u64()),
        (Some(sum("to_module")), Some(sum("to_host")))
    );
    assert!(commands.iter().any(|command| command["command"].as_str().unwrap().starts_with("AT+QMTCONN=")));

    let drawn = std::fs::read_to_string(&svg.0).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
    assert!(drawn.matches("<tspan").count() == commands.len() && drawn.contains("s of silence"));

    let output = wanlink(&["trace", file.path(), "--to-s", "2"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.lines().count() < commands.len() && text.contains(" waiting for answers"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_shown_is_told() {
    let file = Scratch::new("none.at");
    std::fs::write(&file.0, "0.000000 > AT\\r\nnonsense\n").unwrap();
    let good = Scratch::new("good.at");
    std::fs::write(&good.0, "0.000000 > AT\\r\n").unwrap();
    for (arguments, code, word) in [
        (&["trace", "/no/such.at"][..], 6, "/no/such.at"),
        (&["trace", file.path()], 6, "line 2"),
        (&["trace", good.path(), "--from-s", "5"], 2, "--from-s"),
        (&["trace", good.path(), "--from-s", "5", "--to-s", "6"], 2, "--to-s"),
        (&["trace", good.path(), "--svg", "/no/such/folder.svg"], 6, "/no/such/folder.svg"),
    ] {
        let output = wanlink(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.starts_with("error: ") && told.contains(word), "{told}");
    }
}
