//! What a step waits for.

use wanlink_at::tables::{Info, Prompt, Row};

use super::template::{PEM, ROOT};

/// In words. `prompt` is the dialect's.
pub(super) fn waits(row: &Row, prompt: u8) -> Vec<String> {
    let mut waits = Vec::new();
    match row.prompt() {
        Some(Prompt::OfDialect) => waits.push(format!("prompt {}", char::from(prompt))),
        Some(Prompt::Byte(byte)) => waits.push(format!("prompt {}", char::from(byte))),
        Some(Prompt::Line(line)) => waits.push(format!("prompt {line}")),
        None => {}
    }
    if row.takes() {
        waits.push("data of the module".to_owned());
    } else if row.prompt().is_some() {
        waits.push("our data".to_owned());
    }
    match row.info() {
        Some(Info::OfCommand) => waits.push(format!("information {}", name(row))),
        Some(Info::Named(name)) => waits.push(format!("information {}", one_of(name))),
        Some(Info::Bare) => waits.push("information without a name".to_owned()),
        None => {}
    }
    if row.has_final() {
        waits.push("OK".to_owned());
    }
    if let Some(result) = row.result() {
        let name = result.name.map_or_else(|| name(row).to_owned(), one_of);
        let optional = if result.is_optional { " (may be missing)" } else { "" };
        waits.push(format!("result {name}{optional}"));
    }
    waits
}

/// Lines that a module may answer with: not all that it may, but what drivers tell apart.
pub(super) fn answers(row: &Row) -> Vec<String> {
    const CONTENTS: [&str; 19] = [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "0,0",
        "0,1",
        "0,2",
        "0,3",
        "0,-1",
        "1,0",
        "1,1",
        "0,0,0",
        "1,1,1",
        "READY",
        "1,\"IP\",\"<APN>\"",
        "\"26/11/22,20:15:07+32\"",
        "\"80/01/06,00:00:00+00\"",
        "\"2026/11/22,20:15:07+32,0\"",
    ];
    let length = PEM.len();
    let root = [length.to_string(), format!("\"{ROOT}\",{length}")];
    let contents = CONTENTS.into_iter().map(str::to_owned).chain(root);
    let named = row.result().and_then(|result| result.name).or(match row.info() {
        Some(Info::Named(name)) => Some(name),
        _ => None,
    });
    let name = named.unwrap_or_else(|| name(row)).split('|').next().unwrap_or_default().trim_end_matches(':');
    contents.map(|content| format!("{name}: {content}")).collect()
}

/// The name of a command's lines.
fn name(row: &Row) -> &'static str {
    row.text().split(['=', '?']).next().unwrap_or_default()
}

fn one_of(names: &str) -> String {
    names.replace('|', " or ")
}
