//! docs/add-a-model.md, held to what it says: its code is that of the files it names, and no other file knows a model.

use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/add-a-model.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The files of the page's table.
fn files() -> Vec<&'static str> {
    let table = PAGE.split_once("## The files").expect("the page lists them").1;
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")).take_while(|row| row.contains(".rs"));
    rows.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn its_code_is_that_of_the_files() {
    let files: Vec<_> = files().into_iter().map(read).collect();
    let blocks: Vec<_> = PAGE.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!((files.len(), blocks.len()), (6, 9));
    for block in blocks {
        assert!(files.iter().any(|file| file.contains(block)), "in none of the files:\n{block}");
    }
}

/// The files of Rust below this folder, without tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !["tests", "target"].contains(&&*name) && !name.starts_with('.') {
            sources(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_other_file_knows_a_model() {
    let mut all = Vec::new();
    ["core", "drivers", "transports", "examples"].iter().for_each(|folder| sources(&root().join(folder), &mut all));
    // As the type, the profile and the file are called, by the page's example and for those added after it.
    for (vendor, model, type_name) in
        [("quectel", "bg96", "Bg96"), ("simcom", "a7608", "A7608"), ("ublox", "sara_r410m_03b", "SaraR410m03b")]
    {
        let own: Vec<_> = files().iter().map(|file| file.replace("quectel", vendor).replace("bg96", model)).collect();
        let is_word = |text: &str, word: &str| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).any(|found| found == word)
        };
        let knowing = all.iter().filter(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            is_word(&text, type_name) || is_word(&text, model)
        });
        let knowing: Vec<_> = knowing
            .map(|path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned())
            .filter(|name| !own.contains(name))
            .collect();
        assert!(knowing.is_empty(), "{model} is known in {knowing:?}");
    }
}
