//! What becomes of an operation where a step gets no answer that it likes, as the operation's own code says.

use std::fmt;

use wanlink_at::driver::sockets::{COUNT, Hook, Phase, Writing};
use wanlink_at::driver::{
    Error, Family, Input, Listener, NO_ARGS, NoPins, Operation, Parts, PowerPins, Registration, Running, Session,
    State, Times,
};
use wanlink_at::tables::Row;
use wanlink_at::{Answer, Verdict};

use super::template::MESSAGE_ID;
use crate::cure::Explain;

/// What may follow; one after the other where it depends on what the driver knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(super) texts: Vec<String>,
    /// It is what most steps have.
    pub(super) is_usual: bool,
}

impl Fate {
    /// All that may follow, each once; none where nothing does.
    pub(super) fn of(all: Vec<String>, usual: Option<&str>) -> Option<Self> {
        let mut texts: Vec<String> = Vec::new();
        for text in all {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let is_usual = matches!(&texts[..], [one] if Some(&**one) == usual);
        (!texts.is_empty()).then_some(Self { texts, is_usual })
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts.join("; or "))
    }
}

/// Who takes an answer that the operation hands on.
pub(super) type Hears = fn(u8, Answer<'_>) -> Verdict;

/// An operation, and how it is called.
pub(super) struct Case<'c, F: Family> {
    pub(super) operation: &'c Operation<F>,
    pub(super) times: &'static Times,
    /// Of a path with sockets.
    pub(super) hook: Option<&'static Hook<F>>,
    pub(super) input: &'c Input<'c, 'c, F>,
    pub(super) hears: Hears,
}

/// A verdict, and the cause that the driver noted with it.
type Judged<F> = (Verdict, Option<Error<F>>);

impl<F: Family> Case<'_, F> {
    /// Prepares the operation; none where it refuses the call.
    pub(super) fn prepared<T>(&self, then: impl FnOnce(&mut State<F>, &Parts<'_>) -> T) -> Option<T> {
        let later = std::cell::Cell::new(0);
        let mut state = State::new(self.times);
        state.message_id = MESSAGE_ID;
        let mut parts = Parts { args: NO_ARGS, body: &[], flags: self.operation.flags, later: &later };
        self.operation.set_up(self.input, &mut state, &mut parts).ok()?;
        state.begin(parts.flags).ok()?;
        Some(then(&mut state, &parts))
    }

    /// What this answer to a step leads to, whatever the driver knows.
    pub(super) fn judge(&self, note: u8, answer: Answer<'_>) -> Vec<Judged<F>> {
        if note == 0 {
            return vec![(Verdict::Default, None)];
        }
        let mut all = Vec::new();
        let phases: &[Phase] =
            if self.hook.is_some() { &[Phase::Idle, Phase::Readable, Phase::Doubted, Phase::Closing] } else { &[] };
        let phases = phases.iter().map(|phase| (knowledge()[0], Some(*phase)));
        for (vary, phase) in knowledge().map(|vary| (vary, None)).into_iter().chain(phases) {
            for pins in [&mut NoPins as &mut dyn PowerPins, &mut Off] {
                let judged = self.prepared(|state, parts| {
                    vary(state);
                    if let Some(phase) = phase {
                        state.sockets.hook = self.hook;
                        (0..COUNT).for_each(|number| state.sockets.set_phase(number, phase));
                        state.sockets.writing = Some(WRITING);
                    }
                    let mut hears = self.hears;
                    let listener = Listener::Answers(&mut hears);
                    let Parts { args, body, .. } = parts;
                    let mut run = Running { state, pins, args, body, take: self.operation.take, listener };
                    let verdict = (self.operation.take)(&mut run, note, answer);
                    (verdict, run.state.cause)
                });
                all.extend(judged);
            }
        }
        all
    }
}

/// What a driver may know when an answer comes.
fn knowledge<F: Family>() -> [fn(&mut State<F>); 9] {
    [
        |_| {},
        |state| state.session = Session::Up,
        |state| (state.session, state.doubt) = (Session::Up, Some(0)),
        |state| state.session = Session::Closed,
        |state| state.freed = true,
        |state| (state.freed, state.diagnosed, state.uploaded) = (true, true, true),
        |state| state.registration = [Registration::Home; 2],
        |state| (state.registration, state.denied) = ([Registration::Denied; 2], true),
        |state| state.context_up = true,
    ]
}

const WRITING: Writing = Writing { number: 0, is_part: false, is_rest: false, is_due: false, waits: 0 };

/// Pins of a module that is off.
struct Off;

impl PowerPins for Off {
    fn key(&mut self, _: bool) -> Option<bool> {
        Some(true)
    }

    fn reset(&mut self, _: bool) -> Option<bool> {
        Some(true)
    }

    fn is_on(&mut self) -> Option<bool> {
        Some(false)
    }
}

/// What the engine makes of a verdict.
pub(super) struct Follow<'f> {
    pub(super) row: &'f Row,
    /// The number of the step with this note.
    pub(super) number: &'f dyn Fn(u8) -> Option<usize>,
}

impl Follow<'_> {
    /// Behind an error or silence, when it was sent as often as it may be.
    pub(super) fn failure<F: Family>(&self, (verdict, cause): Judged<F>, usual: Error<F>) -> String {
        match verdict {
            Verdict::Default | Verdict::Wait if self.row.is_ignored() => "goes on".to_owned(),
            Verdict::Default | Verdict::Wait | Verdict::Again | Verdict::Fail => ends(cause.unwrap_or(usual)),
            verdict => self.good(verdict),
        }
    }

    /// While it listens.
    pub(super) fn tick<F: Family>(&self, (verdict, cause): Judged<F>) -> Option<String> {
        match verdict {
            Verdict::Default | Verdict::Wait | Verdict::Again => None,
            // The state says why, else it is what a session's end is.
            Verdict::Fail => Some(ends(cause.unwrap_or(Error::SessionLost(0)))),
            verdict => Some(self.good(verdict)),
        }
    }

    /// Behind an answer, where that is not the next step.
    pub(super) fn content(&self, verdict: Verdict) -> Option<String> {
        matches!(verdict, Verdict::Done | Verdict::To(_)).then(|| self.good(verdict))
    }

    fn good(&self, verdict: Verdict) -> String {
        match verdict {
            Verdict::Done => "ends well".to_owned(),
            Verdict::To(note) => {
                (self.number)(note).map_or_else(|| "ends".to_owned(), |number| format!("goes on at {number}"))
            }
            _ => "goes on".to_owned(),
        }
    }
}

/// An error, and its kind as in docs/troubleshooting.md.
pub(super) fn ends<F: Family>(error: Error<F>) -> String {
    format!("ends: {error} ({})", error.cure().kind)
}
