//! `wanlink matrix`: a cell for each rig and condition, a lack with its reason for each path that is not there, and totals.

use std::process::Command;

use serde_json::Value;
use wanlink::matrix::cells;
use wanlink::simulate::{Condition, RIGS, Rig};

#[test]
fn one_command_prints_all_cells_and_their_totals() {
    let arguments = ["matrix", "--module", "bg96", "--seeds", "1", "--json"];
    let output = Command::new(env!("CARGO_BIN_EXE_wanlink")).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let events: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| events.iter().filter(|event| event["event"] == kind).count();
    let rigs = RIGS.iter().filter(|rig| rig.module() == "bg96").flat_map(Rig::with_outboxes);
    let expected = rigs.flat_map(|rig| Condition::EACH.map(|each| rig.meets(each))).filter(|meets| *meets).count();
    let lacks: Vec<_> = cells().filter(|cell| cell.module == "bg96" && cell.lack.is_some()).collect();
    assert_eq!((of("cell"), of("lack"), of("broken")), (expected, lacks.len(), 0));
    assert!(lacks.iter().all(|cell| events.iter().any(|event| event["why"] == cell.lack.unwrap_or_default())));
    let summary = events.last().unwrap();
    assert_eq!(
        (&summary["event"], &summary["cells"], &summary["pass"]),
        (&"summary".into(), &expected.into(), &expected.into())
    );
}

#[test]
fn a_model_that_is_not_there_is_wrong_usage() {
    let output = Command::new(env!("CARGO_BIN_EXE_wanlink")).args(["matrix", "--module", "bg94"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
