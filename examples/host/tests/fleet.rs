//! `wanlink fleet`: devices that lose the platform together come back, spread over time where their sessions have jitter.

use std::process::{Command, Output};

use serde_json::Value;

fn fleet(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wanlink")).arg("fleet").args(arguments).output().unwrap()
}

#[test]
fn all_come_back_and_keep_to_the_limit() {
    let svg = std::env::temp_dir().join(format!("wanlink-fleet-{}.svg", std::process::id()));
    let path = svg.to_str().unwrap();
    let output = fleet(&["--devices", "60", "--outage-s", "240", "--svg", path, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let phase = |jitter: bool, name: &str| {
        let is_it = |line: &&Value| line["event"] == "phase" && line["jitter"] == jitter && line["phase"] == name;
        lines.iter().find(is_it).unwrap_or_else(|| panic!("no {name} in {lines:?}"))
    };
    for jitter in [true, false] {
        assert_eq!(phase(jitter, "before")["attempts"], 60, "one login each");
        assert!(phase(jitter, "during")["attempts"].as_u64() > Some(60 * 3), "{lines:?}");
        assert_eq!(phase(jitter, "during")["seconds"], 240);
        assert_eq!(phase(jitter, "after")["attempts"], 60, "the first one behind the outage");
    }
    let peak = |jitter| phase(jitter, "after")["peak_per_second"].as_u64().unwrap();
    assert!(2 * peak(true) <= peak(false), "{} with jitter, {} without", peak(true), peak(false));
    let last = lines.last().unwrap();
    assert_eq!((&last["event"], &last["devices"], &last["not_back"]), (&"summary".into(), &60.into(), &0.into()));
    assert!(last["most_per_device_minute"].as_u64() <= Some(5), "{last}");
    let drawn = std::fs::read_to_string(&svg).unwrap();
    std::fs::remove_file(svg).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n") && drawn.matches("<polyline").count() == 2);
}

#[test]
fn what_cannot_be_done_is_told_before_the_work() {
    for (arguments, code, word) in [
        (&["--path", "https"][..], 2, "--module bg95 --path mqtt"),
        (&["--module", "sim7000"], 2, "--module sim7000 --path tcp"),
        (&["--devices", "0"], 2, "--devices"),
        (&["--outage-s", "0"], 2, "--outage-s"),
        (&["--svg", "/no/such/folder/fleet.svg"], 6, "/no/such/folder/fleet.svg"),
    ] {
        let output = fleet(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.starts_with("error: ") && told.contains(word), "{told}");
        assert!(output.stdout.is_empty());
    }
}
