//! The interpreter: goes through the steps of a table.

use embassy_time::Instant;

use crate::engine::{Call, Engine};
use crate::exchange::{Owner, Stage};
use crate::forms::Forms;
use crate::mutants::{self, Mutant};
use crate::notes::{Answer, Verdict};
use crate::packed::Packed;
use crate::step::{FOREVER, policy, shape};

/// How the module is asked for a sign of life, each once before it counts as mute: commands that all modules answer at
/// once, with a line of their own.
pub(crate) const PROBES: [&[u8]; 3] = [b"+CFUN?", b"+IPR?", b"+CMEE?"];

/// How an operation ended: [`Fault`](crate::Fault) in one byte, see [`Engine::end`](crate::Engine::end).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Well.
    Done,
    /// A command was not answered.
    Silent,
    /// A command was answered with an error.
    Error,
    /// A command was accepted without its prompt.
    NoPrompt,
    /// The module restarted.
    Restarted,
    /// A note or an unsolicited line ended it.
    Ended,
    /// A command line does not fit the transmit buffer.
    TooLong,
    /// The port takes no bytes.
    Stuck,
    /// The port failed for good.
    Port,
}

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
    Over(End),
}

/// Where the interpreter is.
#[repr(C)] // Flags first, see `Engine`.
pub(crate) struct Run {
    pub(crate) state: State,
    pub(crate) verdict: Verdict,
    pub(crate) tries: u8,
    pub(crate) probes: u8,
    pub(crate) bring_ups: u8,
    /// A record came, and no step was listening.
    pub(crate) unheard: bool,
    /// The note of the step to go on with, until it is found; 0 is any.
    pub(crate) label: u8,
    pub(crate) at: usize,
    /// The step that was last begun.
    pub(crate) step: Packed,
    /// When the gap or the listening is over; [`Instant::MAX`] is never.
    pub(crate) until: Instant,
}

impl Run {
    /// At the end of an operation.
    pub(crate) const fn over() -> Self {
        Self {
            state: State::Over(End::Done),
            verdict: Verdict::Default,
            tries: 0,
            probes: 0,
            bring_ups: 0,
            unheard: false,
            label: 0,
            at: 0,
            step: Packed::NONE,
            until: Instant::MAX,
        }
    }

    /// Begins with the first step.
    pub(crate) fn begin(&mut self) {
        self.state = State::Next;
        (self.tries, self.probes, self.label, self.at) = (0, 0, 0, 0);
        self.unheard = false;
    }
}

impl<F: Forms> Engine<'_, F> {
    /// Does what the interpreter can do now; `false` when it has to wait.
    pub(crate) fn interpret(&mut self, call: &mut Call<'_>) -> bool {
        let state = self.run.state;
        match state {
            State::Over(_) => return false,
            State::Gap | State::Listening if !self.passed(self.run.until) => return false,
            State::Gap => self.run.state = State::Next,
            State::Listening => self.conclude(End::Silent, call),
            State::Asked => match self.exchange.outcome.take() {
                Some(outcome) => self.conclude(outcome, call),
                None => return false,
            },
            State::Next => return self.begin_step(call),
        }
        true
    }

    #[inline(never)]
    fn begin_step(&mut self, call: &mut Call<'_>) -> bool {
        let Some(step) = Packed::read(call.job.table, self.run.at) else {
            self.run.state = State::Over(if self.run.label == 0 { End::Done } else { End::Ended });
            return true;
        };
        if step.note() == self.run.label {
            self.run.label = 0;
        }
        if self.run.label != 0 || step.when() & call.job.flags != step.when() {
            self.run.at = step.next;
            return true;
        }
        self.run.step = step;
        self.run.verdict = Verdict::Default;
        if step.is(shape::LISTEN) {
            self.run.until = match step.bound_ds() {
                FOREVER => call.notes.until(step.note(), self.frames.last_read()),
                bound => self.after_ds(bound),
            };
            self.run.state = State::Listening;
            let unheard = core::mem::take(&mut self.run.unheard);
            self.tick(Answer::Tick, call);
            if unheard {
                self.tick(Answer::Record, call);
            }
            return true;
        }
        if !self.may_send() {
            return self.probe();
        }
        self.send(call);
        true
    }

    fn may_send(&mut self) -> bool {
        let sync = self.run.step.policy() & policy::SYNC != 0;
        if sync && self.exchange.stage == Stage::Answer && self.exchange.owner == Owner::Nobody {
            self.owe_result_as_long();
            self.lose_step();
        }
        if self.owed.is_some() && self.passed(self.owed.until) {
            self.owed.clear();
        }
        let is_delayed = self.owed.is_some() && self.owed.delays(&self.run.step);
        self.exchange.stage == Stage::Idle && (sync || !self.out_of_step) && !is_delayed
    }

    /// Asks the module for an answer that can be nobody else's, when that is what keeps the step waiting.
    ///
    /// `AT+CMEE?` (3GPP TS 27.007, 9.1) and not `AT`: whatever final lines still come before the one that follows
    /// `+CMEE:` belong to the past. The next one asks for something else, so that the late answer to the first is not
    /// taken for its own. Returns whether there is something to go on with.
    fn probe(&mut self) -> bool {
        if !self.out_of_step || self.exchange.stage != Stage::Idle {
            return false;
        }
        if usize::from(self.run.probes) >= PROBES.len() {
            self.run.state = State::Over(End::Silent);
            return true;
        }
        self.run.probes += 1;
        let turn = if mutants::on(Mutant::ProbesAlike) { 0 } else { (usize::from(self.probe_turn) + 1) % PROBES.len() };
        self.probe_turn = turn as u8;
        self.transmit.compose::<F>(b"\rAT", PROBES.get(turn).copied().unwrap_or_default(), &[]);
        self.exchange.begin(&Packed::PROBE, Owner::Probe);
        true
    }

    fn send(&mut self, call: &Call<'_>) {
        let (step, job) = (&self.run.step, call.job);
        self.transmit.compose::<F>(b"AT", step.text(), job.args);
        if self.transmit.overflowed() {
            self.transmit.wipe();
            self.run.state = State::Over(End::TooLong);
            return;
        }
        self.exchange.begin(step, Owner::Step);
        if step.is(shape::PROMPT) {
            self.exchange.body_left = job.body.len();
            self.exchange.body_kept = self.transmit.keep_body(job.body);
        }
        self.run.state = State::Asked;
        #[cfg(feature = "trace")]
        self.trace_command(step.text(), job.args);
    }

    /// Asks the driver what an answer means, if it comes to the step and the step has a note.
    pub(crate) fn judge(&self, answer: Answer<'_>, call: &mut Call<'_>) -> Verdict {
        if self.exchange.owner != Owner::Step || self.run.step.note() == 0 {
            return Verdict::Default;
        }
        call.notes.note(self.run.step.note(), answer)
    }

    /// A step's command has ended.
    fn conclude(&mut self, outcome: End, call: &mut Call<'_>) {
        let step = &self.run.step;
        let mut verdict = self.run.verdict;
        if outcome == End::Silent && step.note() != 0 {
            verdict = call.notes.note(step.note(), Answer::Silence);
        }
        if outcome == End::Done {
            return self.follow(verdict, End::Ended);
        }
        if matches!(verdict, Verdict::Default | Verdict::Wait) {
            let ignored = step.policy() & policy::IGNORE != 0;
            verdict = if ignored && self.run.tries >= step.tries() { Verdict::Go } else { Verdict::Again };
        }
        self.follow(verdict, outcome);
    }

    fn follow(&mut self, verdict: Verdict, failure: End) {
        let run = &mut self.run;
        match verdict {
            Verdict::Again if run.tries < run.step.tries() => {
                run.tries += 1;
                run.state = State::Gap;
                self.run.until = self.after_ds(self.run.step.gap_ds().into());
                return;
            }
            Verdict::Again | Verdict::Fail => return run.state = State::Over(failure),
            Verdict::Done => return run.state = State::Over(End::Done),
            Verdict::To(label) => (run.at, run.label) = (0, label),
            Verdict::Default | Verdict::Go | Verdict::Wait => run.at = run.step.next,
        }
        run.tries = 0;
        run.state = State::Next;
    }

    /// Asks a listening step whether it is content.
    pub(crate) fn tick(&mut self, answer: Answer<'_>, call: &mut Call<'_>) {
        if self.run.state != State::Listening {
            self.run.unheard |= matches!(answer, Answer::Record);
            return;
        }
        match call.notes.note(self.run.step.note(), answer) {
            Verdict::Default | Verdict::Wait | Verdict::Again => {}
            verdict => self.follow(verdict, End::Ended),
        }
    }
}
