//! Parts of pages that the program writes.

use std::path::Path;

/// The page has `expected` between these lines. With `WANLINK_WRITE=1` it is written there.
pub(crate) fn assert_written(name: &str, begin: &str, end: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(begin).unwrap_or_else(|| panic!("{name} has no line {begin}"));
    let (part, after) = rest.split_once(end).unwrap_or_else(|| panic!("{name} has no line {end}"));
    if std::env::var_os("WANLINK_WRITE").is_some() {
        std::fs::write(&path, [before, begin, expected, end, after].concat()).unwrap();
    } else {
        assert_eq!(part, expected, "{name}: write it anew, as its line says: {begin}");
    }
}
