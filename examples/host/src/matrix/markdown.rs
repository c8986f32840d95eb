//! What the models can do, as the pages show it.

use clap::ValueEnum;

use crate::cli::PathArg;
use crate::models::{MODELS, Module};
use crate::pairing::Pair;

/// The models of this vendor with their types, or all models without, as a table of Markdown.
#[must_use]
pub fn markdown(vendor: Option<&str>) -> String {
    let (first, rule) = if vendor.is_some() { ("type | modules", "---|---") } else { ("module", "---") };
    let head = format!(
        "| {first} | `mqtt` | `tcp` | `https` | `native` | what TLS 1.2 checks |\n|{rule}|---|---|---|---|---|\n"
    );
    let rows = MODELS.iter().filter(|module| vendor.is_none_or(|vendor| module.vendor == vendor));
    head + &rows.map(|module| row(*module, vendor.is_some())).collect::<String>()
}

fn row(module: Module, has_type: bool) -> String {
    let labels = [&[module.name], module.also].concat().join(", ");
    let first =
        if has_type { format!("[`{}`] | {labels}", module.type_name()) } else { format!("{} {labels}", module.vendor) };
    let cells: String = PathArg::value_variants().iter().map(|&path| format!(" {} |", cell(module, path))).collect();
    format!("| {first} |{cells} {} |\n", module.checks)
}

fn cell(module: Module, path: PathArg) -> String {
    match (Pair::find(module, path), module.lack(path)) {
        (Ok(_), _) if path == PathArg::Native => "probed".to_owned(),
        (Ok(pair), _) if !pair.is_acknowledged() => "yes: `Accepted`".to_owned(),
        (Ok(_), _) => "yes".to_owned(),
        // Without where it is written.
        (Err(_), why) => format!("no: {}", why.and_then(|why| why.split(" (").next()).unwrap_or_default()),
    }
}
