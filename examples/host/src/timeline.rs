//! `wanlink trace`: what a trace tells, as a list and as a picture.

mod picture;
mod story;

use std::path::Path;

use serde_json::json;
use wanlink_emulator::Trace;

use crate::cli::{TraceArgs, Usage};
use crate::cure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::simulate::command::print;

use self::story::{Command, Ended, Story};

pub(crate) fn run(args: &TraceArgs) -> Result<Exit, Usage> {
    let us = |seconds: u64| seconds.saturating_mul(1_000_000);
    let asked = us(args.from_s)..=args.to_s.map_or(u64::MAX, us);
    let mut trace = match read(&args.file) {
        Ok(trace) => trace,
        Err(failure) => return Ok(failure.tell()),
    };
    trace.entries.retain(|entry| asked.contains(&entry.at_us));
    if trace.entries.is_empty() {
        return Err(Usage(format!("{} has nothing from --from-s to --to-s", args.file.display())));
    }
    let story = Story::of(trace);
    if args.json {
        tell_json(&story)
    } else {
        tell(&story)
    }
    Ok(args
        .svg
        .as_deref()
        .map_or(Ok(()), |path| save(&story, path))
        .map_or_else(|failure| failure.tell(), |()| Exit::Done))
}

fn save(story: &Story, path: &Path) -> Result<(), Failure> {
    std::fs::write(path, picture::draw(story))
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display()), cure::FILE))
}

/// Reads a trace.
pub(crate) fn read(path: &Path) -> Result<Trace, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), cure::FILE))?;
    text.parse().map_err(|error| Failure::new(format!("{shown}: {error}"), cure::NO_TRACE))
}

/// Seconds with three decimals.
fn seconds(us: u64) -> String {
    format!("{}.{:03}", us / 1_000_000, us / 1000 % 1000)
}

fn tell(story: &Story) {
    let mut calls = story.calls.iter().peekable();
    let mut notes = story.notes.iter().peekable();
    for command in &story.commands {
        while let Some(call) = calls.next_if(|call| call.at_us <= command.at_us) {
            let end = match (&call.error, call.until_us) {
                (Some(error), Some(until)) => format!("{} s, {error}", seconds(until - call.at_us)),
                (None, Some(until)) => format!("{} s", seconds(until - call.at_us)),
                (_, None) => "dropped".to_owned(),
            };
            print(&format!("{:>12}  {}: {end}", seconds(call.at_us), call.name));
        }
        while let Some(note) = notes.next_if(|note| note.at_us <= command.at_us) {
            print(&format!("{:>12}  ! {}", seconds(note.at_us), note.text));
        }
        print(&line(command));
        for heard in &command.heard {
            print(&format!("{:>12}      < {}", seconds(heard.at_us), heard.text));
        }
    }
    let account = story.account();
    print(&format!(
        "{} commands in {} s: {} s waiting for answers, {} refused, {} without an answer; {} bytes to the module, {} from it",
        story.commands.len(),
        seconds(story.end_us - story.begin_us),
        seconds(account.waiting_us),
        account.refused,
        account.unanswered,
        account.sent,
        account.received,
    ));
}

fn line(command: &Command) -> String {
    let took = match command.ended {
        Ended::Good(until) => format!("{} s", seconds(until - command.at_us)),
        Ended::Refused(until) => format!("{} s, refused", seconds(until - command.at_us)),
        Ended::Never => "no answer".to_owned(),
    };
    let Command { at_us, text, sent, received, .. } = command;
    format!("{:>12}    {text}  [{took}, {sent} > {received} <]", seconds(*at_us))
}

fn tell_json(story: &Story) {
    let round = |us: u64| us as f64 / 1e6;
    for call in &story.calls {
        let took_s = call.until_us.map(|until| round(until - call.at_us));
        let event = json!({
            "event": "call", "at_s": round(call.at_us), "call": call.name, "took_s": took_s, "error": call.error,
        });
        print(&event.to_string());
    }
    for command in &story.commands {
        let took_s = command.until_us().map(|until| round(until - command.at_us));
        let heard: Vec<_> = command.heard.iter().map(|heard| &heard.text).collect();
        let event = json!({
            "event": "command", "at_s": round(command.at_us), "command": command.text, "took_s": took_s,
            "refused": matches!(command.ended, Ended::Refused(_)), "to_module": command.sent,
            "to_host": command.received, "heard": heard,
        });
        print(&event.to_string());
    }
    let account = story.account();
    let summary = json!({
        "event": "summary", "commands": story.commands.len(), "seconds": round(story.end_us - story.begin_us),
        "waiting_s": round(account.waiting_us), "refused": account.refused, "unanswered": account.unanswered,
        "to_module": account.sent, "to_host": account.received,
    });
    print(&summary.to_string());
}
