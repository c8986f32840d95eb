//! The book: each page is in its list once, each link leads somewhere, and each example is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages of the book, by their file names.
fn pages() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    let named = pages.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), read(&path)));
    named.filter(|(name, _)| name != "SUMMARY.md").collect()
}

/// All pages below this folder, but those that a build or a checkout of something else left there.
fn markdown_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["target", ".git"].contains(&name) {
            markdown_below(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The lines of a page that are text, and those of its code: what opened the block, and the line.
fn lines(text: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
    let mut block = None;
    text.lines().filter_map(move |line| {
        match (line.trim_start().strip_prefix("```"), block) {
            (Some(info), None) => block = Some(info),
            (Some(_), Some(_)) => block = None,
            (None, _) => return Some((block, line)),
        }
        None
    })
}

/// Where the links of a page lead, without those to types.
fn links(text: &str) -> Vec<String> {
    let prose: Vec<&str> = lines(text).filter(|(block, _)| block.is_none()).map(|(_, line)| line).collect();
    let prose = prose.join("\n");
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let is_file = |target: &&str| target.contains(['.', '/', '#']) && !target.contains("::");
    targets.filter(is_file).map(str::to_owned).collect()
}

/// What headings are linked by: small letters and digits, hyphens for blanks, else nothing but hyphens and underscores.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = lines(text).filter(|(block, line)| block.is_none() && line.starts_with('#'));
    let names = headings.map(|(_, line)| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-"));
    names.map(|name| name.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()).collect()
}

#[test]
fn the_summary_lists_each_page_once() {
    let mut listed = links(&read(&root().join("docs/SUMMARY.md")));
    listed.sort();
    assert_eq!(listed, pages().into_keys().collect::<Vec<_>>());
}

#[test]
fn each_link_leads_somewhere() {
    let mut files = Vec::new();
    markdown_below(&root(), &mut files);
    assert!(files.len() > 30, "only {} pages were found", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        for link in links(&read(file)).into_iter().filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let leads = target.exists() && (anchor.is_empty() || anchors(&read(&target)).contains(anchor));
            if !leads {
                wrong.push(format!("{}: {link}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// As doc tests of this crate; or, where a page shows parts of files, by the test that finds them there.
#[test]
fn each_example_is_compiled() {
    let library = include_str!("../src/lib.rs");
    let compared = include_str!("add_a_model.rs");
    for (name, text) in pages() {
        let infos: BTreeSet<_> = lines(&text).filter_map(|(block, _)| block).collect();
        assert!(!infos.contains(""), "{name}: say `text` of a block that is no code");
        let of_rust: Vec<_> = infos.into_iter().filter(|info| info.starts_with("rust")).collect();
        assert!(of_rust.iter().all(|info| ["rust", "rust,no_run"].contains(info)), "{name}: {of_rust:?}");
        let include = format!("include_str!(\"../../../docs/{name}\")");
        let is_read = [library, compared].iter().any(|source| source.contains(&include));
        assert!(of_rust.is_empty() || is_read, "{name} has examples, and is not among the pages of src/lib.rs");
    }
}
