//! Two modules for the other end of the wire: one answers commands, one only speaks.

use wanlink_emulator::Peer;

use super::rig::{SIGNAL_ANSWER, text};

/// How the [`Module`] answers a command line that starts with `AT` and `command`.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    command: &'static str,
    after_ms: u64,
    answer: &'static str,
    data: Option<(u64, &'static str)>,
    result: Option<(u64, &'static str)>,
    once: bool,
}

pub(crate) const fn rule(command: &'static str, answer: &'static str) -> Rule {
    Rule { command, after_ms: 1, answer, data: None, result: None, once: false }
}

impl Rule {
    /// The answer, or the prompt, comes after so long.
    pub(crate) const fn after(self, after_ms: u64) -> Self {
        Self { after_ms, ..self }
    }

    /// The answer is a prompt; as many bytes as the command's last number follow, and then this answer.
    pub(crate) const fn data(self, after_ms: u64, answer: &'static str) -> Self {
        Self { data: Some((after_ms, answer)), ..self }
    }

    /// Only the first time; then the next rule holds.
    pub(crate) const fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// This line comes so long after the answer.
    pub(crate) const fn result(self, after_ms: u64, line: &'static str) -> Self {
        Self { result: Some((after_ms, line)), ..self }
    }
}

/// Every module answers these at once.
const ALWAYS: &[Rule] = &[
    rule("+CMEE?", "\r\n+CMEE: 1\r\n\r\nOK\r\n"),
    rule("+CFUN?", "\r\n+CFUN: 1\r\n\r\nOK\r\n"),
    rule("+IPR?", "\r\n+IPR: 115200\r\n\r\nOK\r\n"),
    rule("+CSQ\r", SIGNAL_ANSWER),
    rule("\r", "\r\nOK\r\n"),
];

/// A module that answers one command after the other; lines typed meanwhile wait.
#[derive(Default)]
pub(crate) struct Module {
    rules: Vec<Rule>,
    pub(crate) commands: Vec<String>,
    pub(crate) payloads: Vec<String>,
    pub(crate) echo: bool,
    /// Lines typed while a command runs are lost.
    pub(crate) deaf: bool,
    input: Vec<u8>,
    /// Data that are still to come, and the rule that asked for them.
    data: Option<(usize, Rule)>,
    sent: Vec<(u64, String)>,
    busy_until: u64,
    now: u64,
    output: Vec<u8>,
}

impl Module {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        Self { rules: rules.iter().chain(ALWAYS).copied().collect(), ..Self::default() }
    }

    /// Sends this so long from now, whatever else goes on.
    pub(crate) fn later(&mut self, after_ms: u64, text: &str) {
        self.sent.push((self.now + after_ms * 1000, text.to_owned()));
    }

    fn take_input(&mut self) {
        while self.busy_until <= self.now {
            if let Some((count, rule)) = self.data {
                if self.input.len() < count {
                    return;
                }
                self.payloads.push(text(&self.input.drain(..count).collect::<Vec<_>>()));
                self.data = None;
                let (after_ms, answer) = rule.data.expect("a rule with data");
                self.answer(after_ms, answer, rule.result);
                continue;
            }
            let Some(end) = self.input.iter().position(|&b| b == b'\r') else { return };
            let line = text(&self.input.drain(..=end).collect::<Vec<_>>());
            self.take_line(line.trim_start());
        }
    }

    fn take_line(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        if self.echo {
            self.output.extend_from_slice(line.as_bytes());
        }
        self.commands.push(line.trim_end().to_owned());
        let command = line.strip_prefix("AT").unwrap_or("?");
        let Some(at) = self.rules.iter().position(|rule| command.starts_with(rule.command)) else {
            return self.answer(1, "\r\nERROR\r\n", None);
        };
        let rule = if self.rules[at].once { self.rules.remove(at) } else { self.rules[at] };
        if rule.data.is_some() {
            let count = line.trim_end().rsplit([',', '=']).next().and_then(|n| n.parse().ok());
            self.data = Some((count.expect("a length"), rule));
            return self.answer(rule.after_ms, rule.answer, None);
        }
        self.answer(rule.after_ms, rule.answer, rule.result);
    }

    fn answer(&mut self, after_ms: u64, answer: &str, result: Option<(u64, &str)>) {
        self.later(after_ms, answer);
        self.busy_until = self.now + after_ms * 1000;
        if let Some((then_ms, line)) = result {
            self.later(after_ms + then_ms, line);
        }
    }
}

impl Peer for Module {
    fn input(&mut self, now: u64, bytes: &[u8]) {
        self.now = now;
        if !self.deaf || self.busy_until <= now || self.data.is_some() {
            self.input.extend_from_slice(bytes);
        }
    }

    fn poll(&mut self, now: u64) {
        self.now = now;
        self.sent.sort_by_key(|sent| sent.0);
        while let Some((at, _)) = self.sent.first()
            && *at <= now
        {
            let (_, line) = self.sent.remove(0);
            self.output.extend_from_slice(line.as_bytes());
        }
        self.take_input();
    }

    fn next(&self) -> Option<u64> {
        let busy = (!self.input.is_empty() && self.busy_until > self.now).then_some(self.busy_until);
        self.sent.iter().map(|sent| sent.0).chain(busy).min()
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

/// A module that says what it is told to say, at given times, and takes what comes.
#[derive(Default)]
pub(crate) struct Speaker {
    said: Vec<(u64, Vec<u8>)>,
    pub(crate) heard: Vec<(u64, u8)>,
    output: Vec<u8>,
}

impl Speaker {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn at_ms(mut self, ms: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.said.push((ms * 1000, bytes.as_ref().to_vec()));
        self
    }

    pub(crate) fn heard_text(&self) -> String {
        text(&self.heard.iter().map(|heard| heard.1).collect::<Vec<_>>())
    }
}

impl Peer for Speaker {
    fn input(&mut self, now: u64, bytes: &[u8]) {
        self.heard.extend(bytes.iter().map(|&byte| (now, byte)));
    }

    fn poll(&mut self, now: u64) {
        while let Some((at, _)) = self.said.first()
            && *at <= now
        {
            self.output.extend(self.said.remove(0).1);
        }
    }

    fn next(&self) -> Option<u64> {
        self.said.first().map(|said| said.0)
    }

    fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}
