//! What is looked at, and what came of it.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::failure::Failure;

/// What is looked at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Port,
    Rate,
    Line,
    Model,
    Start,
    Firmware,
    Sim,
    Registration,
    Context,
    Signal,
    Clock,
    Tls,
}

impl Subject {
    pub(super) const ALL: [Self; 12] = [
        Self::Port,
        Self::Rate,
        Self::Line,
        Self::Model,
        Self::Start,
        Self::Firmware,
        Self::Sim,
        Self::Registration,
        Self::Context,
        Self::Signal,
        Self::Clock,
        Self::Tls,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Rate => "rate",
            Self::Line => "line",
            Self::Model => "model",
            Self::Start => "start",
            Self::Firmware => "firmware",
            Self::Sim => "sim",
            Self::Registration => "registration",
            Self::Context => "context",
            Self::Signal => "signal",
            Self::Clock => "clock",
            Self::Tls => "tls",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failure,
    Unknown,
}

impl Verdict {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Unknown => "unknown",
        }
    }
}

/// One of them, looked at.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) subject: Subject,
    pub(super) verdict: Verdict,
    /// The one value that a script may want; `null` where there is none.
    pub(super) value: Value,
    /// What was found.
    pub(super) detail: String,
    /// What to change, where it is not good.
    pub(super) change: Option<String>,
    failure: Option<Failure>,
}

impl Check {
    pub(super) fn ok(subject: Subject, value: impl Into<Value>, detail: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Ok, value: value.into(), detail: detail.into(), change: None, failure: None }
    }

    pub(super) fn warning(
        subject: Subject,
        value: impl Into<Value>,
        detail: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        let change = Some(change.into());
        Self { verdict: Verdict::Warning, change, ..Self::ok(subject, value, detail) }
    }

    pub(super) fn unknown(subject: Subject, detail: impl Into<String>, change: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unknown, ..Self::warning(subject, Value::Null, detail, change) }
    }

    pub(super) fn failure(subject: Subject, value: impl Into<Value>, failure: Failure) -> Self {
        let meaning = failure.cure.meaning;
        let detail = match meaning {
            "" => failure.message().to_owned(),
            meaning => format!("{}: {meaning}", failure.message()),
        };
        let change = failure.advice().to_owned();
        Self { verdict: Verdict::Failure, failure: Some(failure), ..Self::warning(subject, value, detail, change) }
    }

    /// The event of `--json`.
    pub(super) fn event(&self) -> Value {
        let kind = self.failure.as_ref().map(|failure| failure.cure.kind);
        let (check, verdict) = (self.subject.name(), self.verdict.name());
        json!({
            "event": "check", "check": check, "verdict": verdict, "value": self.value, "detail": self.detail,
            "kind": kind, "change": self.change,
        })
    }
}

/// Who is told.
pub(super) trait Show {
    fn check(&self, check: &Check);

    /// These were not looked at, all for one reason.
    fn skipped(&self, checks: &[Check], because: &str);

    /// What is being waited for.
    fn progress(&self, text: &str);
}

/// All that was told so far.
pub(super) struct Chart<'s> {
    show: &'s dyn Show,
    told: RefCell<Vec<Check>>,
}

impl<'s> Chart<'s> {
    pub(super) fn new(show: &'s dyn Show) -> Self {
        Self { show, told: RefCell::default() }
    }

    pub(super) fn progress(&self, text: &str) {
        self.show.progress(text);
    }

    pub(super) fn tell(&self, check: Check) {
        self.show.check(&check);
        self.told.borrow_mut().push(check);
    }

    /// What was not looked at, and why.
    pub(super) fn skip_rest(&self, because: &str) {
        let skip =
            |subject| Check::unknown(subject, format!("not looked at: {because}"), "mend what failed above, first");
        let skipped: Vec<_> = self.rest().map(skip).collect();
        self.show.skipped(&skipped, because);
        self.told.borrow_mut().extend(skipped);
    }

    /// What is looked at next failed with all that is behind it.
    pub(super) fn give_up(&self, failure: &Failure) {
        if let Some(next) = self.rest().next() {
            self.tell(Check::failure(next, (), failure.clone()));
        }
        self.skip_rest(failure.message());
    }

    /// What was not told of yet.
    fn rest(&self) -> impl Iterator<Item = Subject> {
        let told: Vec<_> = self.told.borrow().iter().map(|check| check.subject).collect();
        Subject::ALL.into_iter().filter(move |subject| !told.contains(subject))
    }

    /// The first that failed.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.told.borrow().iter().find_map(|check| check.failure.clone())
    }

    /// How many there are of each verdict.
    pub(super) fn counts(&self) -> [(Verdict, usize); 4] {
        let told = self.told.borrow();
        [Verdict::Ok, Verdict::Warning, Verdict::Failure, Verdict::Unknown]
            .map(|verdict| (verdict, told.iter().filter(|check| check.verdict == verdict).count()))
    }
}
