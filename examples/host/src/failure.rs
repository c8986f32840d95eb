//! An error as the program tells it.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value, json};

use crate::cli::Usage;
use crate::cure::{self, Cure, Explain};
use crate::exit::Exit;
use crate::port::PortError;

/// What went wrong, what it means and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The error's own text.
    message: String,
    pub(crate) cure: Cure,
    advice: Cow<'static, str>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, cure: Cure) -> Self {
        Self { message: message.into(), cure, advice: cure.cure.into() }
    }

    pub(crate) fn of(error: &impl Explain) -> Self {
        Self::new(error.to_string(), error.cure())
    }

    /// What to do.
    pub(crate) fn advice(&self) -> &str {
        &self.advice
    }

    /// The same with this advice in place of the usual one.
    pub(crate) fn advise(self, advice: String) -> Self {
        Self { advice: advice.into(), ..self }
    }

    /// The error's own text.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Tells it on stderr; the exit code.
    pub(crate) fn tell(&self) -> Exit {
        anstream::eprintln!("error: {self}");
        self.cure.exit
    }

    /// The event of `--json`.
    pub(crate) fn event(&self) -> Value {
        let Cure { kind, code, .. } = self.cure;
        json!({"event": "error", "kind": kind, "code": code, "message": self.message, "cure": self.advice})
    }
}

/// One line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.cure.meaning.is_empty() {
            write!(f, ": {}", self.cure.meaning)?;
        }
        write!(f, "; {}", self.advice)
    }
}

impl From<Usage> for Failure {
    fn from(Usage(message): Usage) -> Self {
        Self::new(message, cure::USAGE)
    }
}

impl From<PortError> for Failure {
    fn from(PortError { message, cure }: PortError) -> Self {
        Self { advice: cure.into(), ..Self::new(message, cure::PORT) }
    }
}
