//! The tables of models in the pages are what the models say of themselves. `WANLINK_WRITE=1` writes them anew.

use std::path::Path;

const BEGIN: &str = "<!-- models: written by WANLINK_WRITE=1 cargo test -p wanlink --test tables -->\n";
const END: &str = "<!-- end of models -->";

const PAGES: [(&str, Option<&str>); 4] = [
    ("README.md", None),
    ("drivers/quectel/README.md", Some("Quectel")),
    ("drivers/simcom/README.md", Some("SIMCom")),
    ("drivers/ublox/README.md", Some("u-blox")),
];

#[test]
fn every_page_shows_the_models_that_there_are() {
    let is_written = std::env::var_os("WANLINK_WRITE").is_some();
    for (name, vendor) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        let page = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap_or_else(|| panic!("{name} has no table of models"));
        let (table, after) = rest.split_once(END).unwrap_or_else(|| panic!("the table of {name} has no end"));
        // An empty line parts a table of Markdown from what stands before it.
        let expected = format!("\n{}\n", wanlink::matrix::markdown(vendor));
        if is_written {
            std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
        } else {
            assert_eq!(
                table, expected,
                "{name}: write it anew with WANLINK_WRITE=1 cargo test -p wanlink --test tables"
            );
        }
    }
}
