//! A hook that sees the lines of the wire, secrets redacted.

use crate::engine::Engine;
use crate::forms::Forms;
use crate::mutants::{self, Mutant};
use crate::transmit::{Arg, expand};

/// Sees what is said, line by line.
pub trait Trace {
    /// A piece of a command line; the last piece of a line is `\r`.
    fn sent(&mut self, piece: &[u8]);

    /// A line of the module without its line end. The echo of a command is given as `AT***`.
    fn received(&mut self, line: &[u8]);
}

impl<F: Forms> Engine<'_, F> {
    /// What a foreign command carries is unknown, so only its name is shown.
    pub(crate) fn trace_foreign(&mut self) {
        let Some(trace) = self.trace.as_mut() else { return };
        trace.sent(b"AT");
        trace.sent(crate::line::name(self.transmit.command()));
        trace.sent(b"***\r");
    }

    pub(crate) fn trace_command(&mut self, template: &[u8], args: &[Arg<'_>]) {
        let Some(trace) = self.trace.as_mut() else { return };
        trace.sent(b"AT");
        expand::<F>(template, args, |piece, secret| {
            trace.sent(if secret && !mutants::on(Mutant::SecretTraced) { b"***" } else { piece });
        });
        trace.sent(b"\r");
    }
}
