//! `wanlink explain`: what a driver sends and waits for, from the tables that it runs.
//!
//! Nothing here knows a command. A [table](wanlink_at::tables) has the steps with their chapters; the operation's own
//! `prepare` says what stands in their templates and which of them a call has ([`calls`]); its own `take` says what an
//! error leads to ([`fate`]).

mod answers;
mod calls;
mod fate;
mod lines;
mod path;
mod section;
mod template;

#[cfg(test)]
mod tests;

use serde_json::json;

use crate::cli::{ExplainArgs, Usage};
use crate::exit::Exit;
use crate::pairing::Pair;
use crate::simulate::command::print;

use self::fate::Fate;
use self::lines::Line;
pub(crate) use self::path::{https, mqtt, native, tcp};
use self::section::{Section, Step};

/// All that a driver says and hears on a path.
pub(crate) struct Explanation {
    command_gap_ms: u8,
    prompt_gap_ms: u8,
    sections: Vec<Section>,
    lines: Vec<Line>,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, Usage> {
    let pair = Pair::find(args.module, args.path)?;
    let (explanation, module, path) = (pair.explain(), args.module.label(), args.path.name());
    if args.json {
        explanation.json(module, path).iter().for_each(|event| print(&event.to_string()));
    } else {
        explanation.text(module, path).iter().for_each(|line| print(line));
    }
    Ok(Exit::Done)
}

impl Explanation {
    fn steps(&self) -> usize {
        self.sections.iter().map(|section| section.steps.len()).sum()
    }

    fn json(&self, module: &str, path: &str) -> Vec<serde_json::Value> {
        let mut events = vec![json!({
            "event": "explanation", "module": module, "path": path, "command_gap_ms": self.command_gap_ms,
            "prompt_gap_ms": self.prompt_gap_ms,
        })];
        for section in &self.sections {
            events.extend(section.steps.iter().map(|step| step.json(&section.name)));
        }
        let line = |line: &Line| json!({"event": "line", "line": line.text, "meaning": line.meaning});
        events.extend(self.lines.iter().map(line));
        events.push(json!({
            "event": "summary", "operations": self.sections.len(), "steps": self.steps(), "lines": self.lines.len(),
        }));
        events
    }

    fn text(&self, module: &str, path: &str) -> Vec<String> {
        let mut lines = vec![
            format!("{module} over {path}: what the driver sends and waits for"),
            String::new(),
            format!(
                "{} ms between the module's last byte and a command, {} ms between a prompt and its data. Where",
                self.command_gap_ms, self.prompt_gap_ms
            ),
            "nothing else is said, an error ends the operation as one that the module refuses (retry), and".to_owned(),
            "silence as one that it does not answer (no_answer). Where an answer may lead by its content is".to_owned(),
            "found by trying some contents.".to_owned(),
        ];
        for section in &self.sections {
            lines.extend([String::new(), section.name.clone()]);
            section.steps.iter().for_each(|step| step.tell(&mut lines));
        }
        lines.extend([String::new(), "lines that come by themselves".to_owned()]);
        lines.extend(self.lines.iter().map(|line| format!("      {:<28}  {}", line.text, line.meaning)));
        lines
    }
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms) / 1000.0
}

impl Step {
    fn json(&self, operation: &str) -> serde_json::Value {
        let texts = |fate: &Option<Fate>| fate.as_ref().map(|fate| fate.texts.clone());
        json!({
            "event": "step", "operation": operation, "step": self.number, "command": self.command, "when": self.when,
            "waits_for": self.waits, "bound_s": self.bound_ms.map(seconds),
            "result_bound_s": self.result_ms.map(seconds), "again": self.tries, "again_after_ms": self.gap_ms,
            "begins": texts(&self.begins), "on_content": texts(&self.on_content), "on_error": texts(&self.on_error),
            "on_silence": texts(&self.on_silence), "chapter": self.chapter,
        })
    }

    fn tell(&self, lines: &mut Vec<String>) {
        let when = self.when.as_ref().map_or_else(String::new, |when| format!("  [only: {when}]"));
        let head = self.command.clone().unwrap_or_else(|| self.listening());
        let chapter = self.chapter.map_or_else(String::new, |chapter| format!("  ({chapter})"));
        lines.push(format!("{:>4}  {head}{chapter}{when}", self.number));
        if self.command.is_some() {
            lines.push(format!("        {}", self.waiting()));
        }
        if self.decides() {
            return;
        }
        let is_both = self.command.is_some() && self.on_error == self.on_silence;
        let (error, silence) = if is_both { ("an error or silence", "") } else { ("an error", self.end()) };
        let fates = [
            ("at once", &self.begins),
            ("by its answer", &self.on_content),
            (error, &self.on_error),
            (silence, if is_both { &None } else { &self.on_silence }),
        ];
        for (what, fate) in fates {
            if let Some(fate) = fate.as_ref().filter(|fate| !fate.is_usual) {
                lines.push(format!("        {what}: {fate}"));
            }
        }
    }

    /// Nothing is sent, and nothing waited for.
    fn decides(&self) -> bool {
        self.command.is_none() && self.bound_ms == Some(0)
    }

    /// What ends a wait in which nothing came.
    fn end(&self) -> &'static str {
        if self.command.is_some() { "silence" } else { "then" }
    }

    fn listening(&self) -> String {
        match self.bound_ms {
            Some(0) => {
                let fates = [&self.begins, &self.on_silence].into_iter().flatten();
                fates.fold("decides:".to_owned(), |text, fate| {
                    let or = if text.ends_with(':') { "" } else { "; or" };
                    format!("{text}{or} {fate}")
                })
            }
            Some(bound_ms) => format!("listens, {} s at most", seconds(bound_ms)),
            None => "listens".to_owned(),
        }
    }

    fn waiting(&self) -> String {
        let mut text = self.waits.join(", ");
        if let Some(bound_ms) = self.bound_ms {
            text += &format!(" within {} s", seconds(bound_ms));
        }
        if let Some(result_ms) = self.result_ms {
            text += &format!(", the result {} s later at most", seconds(result_ms));
        }
        match self.tries {
            0 => {}
            1 => text += &format!("; once again after {} ms", self.gap_ms),
            tries => text += &format!("; up to {tries} times again, {} ms apart", self.gap_ms),
        }
        text
    }
}
