//! Answers: when they come, and how they are printed (quectel-at 0).

use super::Module;
use super::dialect::{Dialect, Entry};
use super::events::Event;
use super::options::{BusyInput, ResultOrder};
use super::reply::{Handled, Job, Outcome, Refused, Reply};
use crate::engine::console::Size;
use crate::engine::output::Kind;

/// A command that has not had its final yet.
#[derive(Debug)]
pub(crate) enum Running<D: Dialect> {
    /// Answers when it is time.
    Until(u64, Then<D>),
    /// Answers when this result is there.
    Result(D::Key),
    /// Answers when whoever does the work says so.
    Later,
}

#[derive(Debug)]
pub(crate) enum Then<D: Dialect> {
    Reply(Reply),
    Job(Job<D>),
    Prompt(D::Purpose, Size),
}

impl<D: Dialect> Module<D> {
    /// Starts the answer of a command.
    pub(crate) fn answer(&mut self, handled: Handled<D>) {
        let outcome = handled.unwrap_or_else(|refused| Outcome::Reply(Reply::refused(refused)));
        let soon = self.now_us + self.options.latency_us + self.random.below(self.options.jitter_us + 1);
        self.running = Some(match outcome {
            Outcome::Reply(reply) => Running::Until(soon, Then::Reply(reply)),
            Outcome::Blocks(after_us, job) => Running::Until(soon + after_us, Then::Job(job)),
            Outcome::Prompt(purpose, size) => {
                Running::Until(soon + std::mem::take(&mut self.prompt_delay_us), Then::Prompt(purpose, size))
            }
            Outcome::Owes(key) if D::result_order(self, key) == ResultOrder::OkFirst => {
                Running::Until(soon, Then::Reply(Reply::ok()))
            }
            Outcome::Owes(key) => Running::Result(key),
            Outcome::Later => Running::Later,
        });
    }

    pub(crate) fn finish(&mut self, then: Then<D>) {
        match then {
            Then::Reply(reply) => self.print(reply),
            Then::Job(job) => {
                let handled = self.do_job(job);
                match handled {
                    Ok(Outcome::Reply(reply)) => self.print(reply),
                    Ok(Outcome::Later) => {}
                    Ok(_) => self.print(Reply::ok()),
                    Err(refused) => self.print(Reply::refused(refused)),
                }
            }
            Then::Prompt(purpose, size) => {
                self.prompt(&purpose, size);
                self.purpose = Some(purpose);
            }
        }
    }

    fn prompt(&mut self, purpose: &D::Purpose, size: Size) {
        let Entry { prompt, timeout_us, echo, acknowledge_every } = D::entry(self, purpose);
        self.console.open_entry(size, echo, acknowledge_every);
        self.say(Kind::Prompt, format!("\r\n{prompt}").into_bytes());
        if let Some(after_us) = timeout_us {
            self.agenda.add(self.now_us + after_us, Event::EntryTimeout);
        }
    }

    pub(crate) fn entry_timed_out(&mut self) {
        let data = self.console.take_entry();
        if let Some(purpose) = self.purpose.take() {
            let reply = D::entry_timed_out(self, purpose, data);
            self.print(reply);
        }
    }

    fn print(&mut self, reply: Reply) {
        let Reply { lines, counted, tight, done, end } = reply;
        let kind = if counted { Kind::Block } else { Kind::Info };
        for (index, line) in lines.iter().enumerate() {
            // One CR LF between lines of one answer, a blank line before the final (quectel-at 0).
            let start: &[u8] = if index == 0 && self.settings.verbose { b"\r\n" } else { b"" };
            self.say(kind, [start, line, b"\r\n"].concat());
        }
        if self.options.urcs_inside_answers && !lines.is_empty() {
            self.let_urcs_out();
        }
        self.print_end(end.map(|()| done), tight && self.options.single_crlf && !lines.is_empty());
        self.reject_missed_line();
    }

    /// What was typed while the command ran has its answer too, where it has one.
    fn reject_missed_line(&mut self) {
        if self.console.take_missed_line() && self.options.busy_input == BusyInput::Rejected {
            self.print_end(Err(Refused::Error), false);
        }
    }

    fn print_end(&mut self, end: Result<&str, Refused>, tight: bool) {
        let (text, digit) = match end {
            Ok(done) => (done.to_owned(), if done == "SEND FAIL" { "4" } else { "0" }),
            Err(Refused::Error) => ("ERROR".to_owned(), "4"),
            Err(Refused::Cme(code)) => (self.cme_line(code), "4"),
        };
        if self.settings.quiet {
            return;
        }
        let cme = text.starts_with('+');
        let line = match (self.settings.verbose || cme, tight) {
            (false, _) => format!("{digit}\r"),
            (true, true) => format!("{text}\r\n"),
            (true, false) => format!("\r\n{text}\r\n"),
        };
        self.say(Kind::Final, line.into_bytes());
    }

    fn cme_line(&self, code: u16) -> String {
        match self.settings.cmee {
            0 => "ERROR".to_owned(),
            1 if !self.options.cme_text_always => format!("+CME ERROR: {code}"),
            _ => format!("+CME ERROR: {}", D::cme_text(code)),
        }
    }

    /// A result line of a command that owes it. `last`: no further line of this result follows.
    pub(crate) fn result(&mut self, key: D::Key, line: &str, last: bool) {
        if !self.owes(key) {
            return self.urc(line);
        }
        let ok_first = D::result_order(self, key) == ResultOrder::Burst;
        if ok_first || last {
            self.running = None;
        }
        if ok_first {
            self.print(Reply::ok());
        }
        self.write_urc(Kind::Urc, &framed(line));
        if !ok_first && last {
            self.print(Reply::ok());
        }
    }

    /// The result of a command that owes it is bad: as [`result`](Self::result), but where the result goes out first,
    /// ERROR follows it.
    pub(crate) fn bad_result(&mut self, key: D::Key, line: &str) {
        if !self.owes(key) || D::result_order(self, key) == ResultOrder::Burst {
            return self.result(key, line, true);
        }
        self.running = None;
        self.write_urc(Kind::Urc, &framed(line));
        self.print(Reply::refused(Refused::Error));
    }

    /// Whether the command that runs waits for this result.
    pub(crate) fn owes(&self, key: D::Key) -> bool {
        matches!(&self.running, Some(Running::Result(owed)) if *owed == key)
    }

    /// The command that runs has its answer: where it answers when whoever does the work says so.
    pub(crate) fn answers(&mut self, reply: Reply) {
        self.running = None;
        self.print(reply);
    }

    /// The command that runs ends with OK, and its result right behind it: nothing may come between (quectel-at 3.1).
    pub(crate) fn ends_with_result(&mut self, line: &str) {
        self.running = None;
        self.print_end(Ok("OK"), false);
        self.write_urc(Kind::Urc, &framed(line));
        self.reject_missed_line();
    }

    /// The command that runs gets no prompt, and no final: a result line in its place, or nothing.
    pub(crate) fn no_prompt(&mut self, line: Option<String>) {
        self.running = None;
        if let Some(line) = line {
            self.write_urc(Kind::Urc, &framed(line));
        }
        self.reject_missed_line();
    }

    /// The result will never come (the client is gone): a command that waits for it gets its OK.
    pub(crate) fn no_result(&mut self, owed: impl Fn(&D::Key) -> bool) {
        if matches!(&self.running, Some(Running::Result(key)) if owed(key)) {
            self.running = None;
            self.print(Reply::ok());
        }
    }

    /// An unsolicited line; it waits for the end of the command that runs.
    pub(crate) fn urc(&mut self, line: impl Into<Vec<u8>>) {
        self.urcs.push_back((Kind::Urc, framed(line.into())));
    }

    /// An unsolicited line with counted bytes in it.
    pub(crate) fn urc_counted(&mut self, line: Vec<u8>) {
        self.urcs.push_back((Kind::Block, framed(line)));
    }

    /// A part of what was said before, with its line ends as they are.
    pub(crate) fn urc_part(&mut self, bytes: Vec<u8>) {
        self.urcs.push_back((Kind::Part, bytes));
    }

    /// An unsolicited line that waits for nothing.
    pub(crate) fn urc_now(&mut self, kind: Kind, line: &str) {
        self.write_urc(kind, &framed(line));
    }

    pub(crate) fn let_urcs_out(&mut self) {
        while let Some((kind, line)) = self.urcs.pop_front() {
            self.write_urc(kind, &line);
        }
    }

    /// Puts one piece out, as this model says it.
    fn say(&mut self, kind: Kind, bytes: Vec<u8>) {
        let bytes = D::dress(self, kind, bytes);
        self.console.output.write(self.now_us, kind, &bytes);
    }

    fn write_urc(&mut self, kind: Kind, line: &[u8]) {
        if self.settings.urcs_here {
            self.say(kind, line.to_vec());
        }
    }
}

fn framed(line: impl AsRef<[u8]>) -> Vec<u8> {
    [b"\r\n", line.as_ref(), b"\r\n"].concat()
}
