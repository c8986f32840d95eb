//! The tables of models in the pages are what the models say of themselves. `WANLINK_WRITE=1` writes them anew.

mod written;

use written::assert_written;

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
    for (name, vendor) in PAGES {
        // An empty line parts a table of Markdown from what stands before it.
        assert_written(name, BEGIN, END, &format!("\n{}\n", wanlink::matrix::markdown(vendor)));
    }
}
