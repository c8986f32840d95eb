//! The interpreter: goes through the steps of a table.

use embassy_time::{Duration, Instant};

use crate::engine::Engine;
use crate::exchange::{Outcome, Owner, Stage, tenths};
use crate::frame::later;
use crate::job::{Ending, Job};
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Notes, Verdict};
use crate::packed::Packed;
use crate::step::{FOREVER, policy, shape};

/// How the module is asked for a sign of life, each once before it counts as mute: commands that all modules answer at
/// once, with a line of their own.
const PROBES: [&[u8]; 3] = [b"+CFUN?", b"+IPR?", b"+CMEE?"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The step at `at` is to be begun.
    Next,
    /// Its command is under way.
    Asked,
    /// It listens.
    Listening,
    /// It will be begun once more.
    Gap,
    /// The operation is over.
    Over(Result<(), Ending>),
}

/// Where the interpreter is.
pub(crate) struct Run {
    pub(crate) at: usize,
    pub(crate) tries: u8,
    pub(crate) state: State,
    pub(crate) verdict: Verdict,
    /// When the gap or the listening is over; [`Instant::MAX`] is never.
    pub(crate) until: Instant,
    pub(crate) probes: u8,
    pub(crate) bring_ups: u8,
}

impl Run {
    pub(crate) const fn new(state: State) -> Self {
        Self { at: 0, tries: 0, state, verdict: Verdict::Default, until: Instant::MAX, probes: 0, bring_ups: 0 }
    }
}

impl Engine<'_> {
    /// Does what the interpreter can do now; `false` when it has to wait.
    pub(crate) fn interpret(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) -> bool {
        match self.run.state {
            State::Over(_) => false,
            State::Gap | State::Listening if now < self.run.until => false,
            State::Gap => {
                self.run.state = State::Next;
                true
            }
            State::Asked => match self.exchange.outcome.take() {
                Some(outcome) => {
                    self.conclude(outcome, now, job, notes);
                    true
                }
                None => false,
            },
            State::Listening => {
                self.conclude(Outcome::Silent, now, job, notes);
                true
            }
            State::Next => self.begin_step(now, job, notes),
        }
    }

    fn begin_step(&mut self, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) -> bool {
        let Some(step) = Packed::read(job.table, self.run.at) else {
            self.run.state = State::Over(Ok(()));
            return true;
        };
        if step.when & job.flags != step.when {
            self.run.at = step.next;
            return true;
        }
        self.run.verdict = Verdict::Default;
        if step.is(shape::LISTEN) {
            self.run.until = if step.bound_ds == FOREVER { Instant::MAX } else { later(now, tenths(step.bound_ds)) };
            self.run.state = State::Listening;
            self.tick(Answer::Tick, now, job, notes);
            return true;
        }
        if !self.may_send(&step, now) {
            return self.probe(&step);
        }
        self.send(&step, now, job);
        true
    }

    fn may_send(&mut self, step: &Packed, now: Instant) -> bool {
        let sync = step.policy & policy::SYNC != 0;
        if sync && self.exchange.stage == Stage::Answer && self.exchange.owner == Owner::Nobody {
            self.owe_result_from(now);
            self.lose_step();
        }
        let is_owed = self.owed.delays(step.text, step.is(shape::RESULT), now);
        self.exchange.stage == Stage::Idle && (sync || !self.out_of_step) && !is_owed
    }

    /// Asks the module for an answer that can be nobody else's, when that is what keeps `step` waiting.
    ///
    /// `AT+CMEE?` (3GPP TS 27.007, 9.1) and not `AT`: whatever final lines still come before the one that follows
    /// `+CMEE:` belong to the past. The next one asks for something else, so that the late answer to the first is not
    /// taken for its own. Returns whether there is something to go on with.
    fn probe(&mut self, step: &Packed) -> bool {
        if !self.out_of_step || self.exchange.stage != Stage::Idle {
            return false;
        }
        if usize::from(self.run.probes) >= PROBES.len() {
            self.run.state = State::Over(Err(Ending::Silent(step.command())));
            return true;
        }
        self.run.probes += 1;
        self.probe_turn = if usize::from(self.probe_turn) + 1 < PROBES.len() { self.probe_turn + 1 } else { 0 };
        if mutants::on(Mutant::ProbesAlike) {
            self.probe_turn = 0;
        }
        self.transmit.begin();
        self.transmit.push(b"\rAT");
        self.transmit.push(PROBES.get(usize::from(self.probe_turn)).copied().unwrap_or_default());
        self.transmit.push(b"\r");
        self.exchange.begin(&Packed::PROBE, Owner::Probe);
        true
    }

    pub(crate) fn gap_end(&self, now: Instant) -> Instant {
        if mutants::on(Mutant::GapForgotten) {
            return now;
        }
        later(self.frames.last_read(), Duration::from_millis(self.dialect.command_gap_ms.into()))
    }

    fn send(&mut self, step: &Packed, now: Instant, job: &Job<'_>) {
        if !self.owed.is_due(now) {
            self.owed.clear();
        }
        self.transmit.begin();
        self.transmit.push(b"AT");
        self.transmit.push_template(step.text, job.args);
        self.transmit.push(b"\r");
        if self.transmit.overflowed() {
            self.transmit.wipe();
            self.run.state = State::Over(Err(Ending::TooLong(self.transmit.capacity())));
            return;
        }
        self.exchange.begin(step, Owner::Step);
        if step.is(shape::PROMPT) {
            self.exchange.body_left = job.body.len();
            self.exchange.body_kept = self.transmit.keep_body(job.body);
        }
        self.run.state = State::Asked;
        #[cfg(feature = "trace")]
        self.trace_command(step.text, job.args);
    }

    /// A step's command has ended.
    fn conclude(&mut self, outcome: Outcome, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        let step = Packed::read(job.table, self.run.at);
        let ended = ending(outcome, step.as_ref().map_or("", Packed::command));
        let Some(step) = step else {
            self.run.state = State::Over(ended);
            return;
        };
        let mut verdict = self.run.verdict;
        if outcome == Outcome::Silent && step.note != 0 {
            verdict = notes.note(step.note, Answer::Silence);
        }
        if outcome != Outcome::Ok && matches!(verdict, Verdict::Default | Verdict::Wait) {
            let ignored = step.policy & policy::IGNORE != 0;
            verdict = if ignored && self.run.tries >= step.tries { Verdict::Go } else { Verdict::Again };
        }
        self.follow(verdict, ended.err().unwrap_or(Ending::Ended), &step, now, job);
    }

    fn follow(&mut self, verdict: Verdict, failure: Ending, step: &Packed, now: Instant, job: &Job<'_>) {
        let over = |result| State::Over(result);
        match verdict {
            Verdict::Again if self.run.tries < step.tries => {
                self.run.tries += 1;
                self.run.until = later(now, tenths(step.gap_ds.into()));
                self.run.state = State::Gap;
            }
            Verdict::Again | Verdict::Fail => self.run.state = over(Err(failure)),
            Verdict::Done => self.run.state = over(Ok(())),
            Verdict::To(label) => self.jump(label, job),
            Verdict::Default | Verdict::Go | Verdict::Wait => self.go_to(step.next),
        }
    }

    fn go_to(&mut self, at: usize) {
        self.run.at = at;
        self.run.tries = 0;
        self.run.state = State::Next;
    }

    /// Goes on with the first step of the operation that has this note.
    fn jump(&mut self, label: u8, job: &Job<'_>) {
        let mut at = 0;
        while let Some(step) = Packed::read(job.table, at) {
            if step.note == label {
                return self.go_to(at);
            }
            at = step.next;
        }
        self.run.state = State::Over(Err(Ending::Ended));
    }

    /// Asks a listening step whether it is content.
    pub(crate) fn tick(&mut self, answer: Answer<'_>, now: Instant, job: &Job<'_>, notes: &mut dyn Notes) {
        if self.run.state != State::Listening {
            return;
        }
        if let Some(step) = Packed::read(job.table, self.run.at) {
            match notes.note(step.note, answer) {
                Verdict::Default | Verdict::Wait | Verdict::Again => {}
                verdict => self.follow(verdict, Ending::Ended, &step, now, job),
            }
        }
    }
}

fn ending(outcome: Outcome, command: &'static str) -> Result<(), Ending> {
    match outcome {
        Outcome::Ok => Ok(()),
        Outcome::Error(code) => Err(Ending::Error { command, code }),
        Outcome::NoPrompt => Err(Ending::NoPrompt(command)),
        Outcome::Silent => Err(Ending::Silent(command)),
    }
}
