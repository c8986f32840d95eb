//! All models on all paths: nothing that a driver can run is left out, and nothing is told without a meaning.

use std::collections::{BTreeMap, BTreeSet};

use wanlink_at::tables::rows;

use super::lines::UNKNOWN;
use super::section::UNNAMED;
use crate::pairing::Pair;

#[test]
fn every_step_of_every_table_is_in_an_explanation() {
    let mut shown: BTreeMap<&'static [u8], BTreeSet<usize>> = BTreeMap::new();
    for section in Pair::all().flat_map(|pair| pair.explain().sections) {
        shown.entry(section.table).or_default().extend(section.steps.iter().map(|step| step.row));
    }
    assert!(shown.len() > 100, "{} tables", shown.len());
    for (table, seen) in &shown {
        let missing: Vec<_> =
            rows(table).enumerate().filter(|(at, _)| !seen.contains(at)).map(|(_, row)| row.text()).collect();
        assert!(missing.is_empty(), "left out: {missing:?}");
    }
}

#[test]
fn every_step_has_a_bound_an_end_and_a_condition_in_words() {
    for pair in Pair::all() {
        for section in pair.explain().sections {
            let (module, path) = pair.names();
            let of = format!("{} over {}, {}", module.label(), path.name(), section.name);
            assert!(!section.steps.is_empty(), "{of}");
            for step in section.steps {
                assert_ne!(step.when.as_deref(), Some(UNNAMED), "{of}, {}", step.number);
                if let Some(command) = &step.command {
                    assert!(command.starts_with("AT") && !command.contains('{'), "{of}: {command}");
                    assert!(step.bound_ms.is_some() && !step.waits.is_empty(), "{of}: {command}");
                    assert!(step.on_silence.is_some(), "{of}: {command}");
                }
                let ends = [&step.begins, &step.on_content, &step.on_error, &step.on_silence];
                let texts: Vec<_> = ends.into_iter().flatten().flat_map(|fate| &fate.texts).collect();
                assert!(texts.iter().all(|text| *text != "ends"), "{of}, {}: {texts:?}", step.number);
            }
        }
    }
}

#[test]
fn every_line_has_a_meaning() {
    for pair in Pair::all() {
        let explanation = pair.explain();
        assert!(explanation.lines.len() > 10);
        let unknown: Vec<_> =
            explanation.lines.iter().filter(|line| line.meaning == UNKNOWN).map(|line| line.text).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
