//! A check that no group lists would never run.

use std::fs;
use std::path::Path;

/// The names of the checks in this file: public functions of a bench.
fn checks(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("pub fn ")?.split_once("<B: ").map(|(name, _)| name));
    names.map(str::to_owned).collect()
}

#[test]
fn every_check_is_listed_in_its_group() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let suite: String = fs::read_dir(source.join("suite"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let listed: Vec<&str> = suite.split(|sign: char| !sign.is_alphanumeric() && sign != '_').collect();
    let mut found: Vec<String> = ["doze.rs", "gaps.rs", "native.rs", "tls_session.rs"]
        .iter()
        .flat_map(|file| checks(&source.join(file)))
        .collect();
    for group in ["https", "module", "mqtt", "sockets", "tls"] {
        for file in fs::read_dir(source.join(group)).unwrap() {
            found.extend(checks(&file.unwrap().path()));
        }
    }
    assert!(found.len() > 140, "{}", found.len());
    let missing: Vec<&String> = found.iter().filter(|name| !listed.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "not listed: {missing:?}");
}
