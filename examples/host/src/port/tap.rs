//! What goes over a port, counted, and written to a trace when one is asked for.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::rc::Rc;

use embassy_time::Instant;
use wanlink_emulator::trace::{Direction, Recorder};

use crate::note;
use crate::redact::Redactor;

/// A listener on both directions of a port. Clones are the same listener.
#[derive(Clone, Default)]
pub(crate) struct Tap(Rc<Inner>);

#[derive(Default)]
struct Inner {
    bytes: Cell<(u64, u64)>,
    trace: RefCell<Option<TraceFile>>,
}

struct TraceFile {
    recorder: Recorder,
    redactor: Redactor,
    begin: Instant,
    file: BufWriter<File>,
    /// The first line that could not be written ends the trace, not the work.
    failed: Option<io::Error>,
}

impl Tap {
    /// Writes a trace to this file from now on.
    pub(crate) fn trace_to(&self, path: &Path, redactor: Redactor) -> io::Result<()> {
        let file = BufWriter::new(File::create(path)?);
        let trace = TraceFile { recorder: Recorder::default(), redactor, begin: Instant::now(), file, failed: None };
        self.0.trace.replace(Some(trace));
        Ok(())
    }

    /// Bytes to the module and from it.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        self.0.bytes.get()
    }

    /// Writes a line of its own into the trace, if there is one. The text is taken as it is.
    pub(crate) fn note(&self, text: impl FnOnce(&Redactor) -> String) {
        if let Some(trace) = self.0.trace.borrow_mut().as_mut() {
            let text = text(&trace.redactor);
            trace.record(Direction::Note, text.as_bytes());
        }
    }

    pub(super) fn sent(&self, bytes: &[u8]) {
        let (to, from) = self.0.bytes.get();
        self.0.bytes.set((to + bytes.len() as u64, from));
        self.record(Direction::ToModule, bytes);
    }

    pub(super) fn received(&self, bytes: &[u8]) {
        let (to, from) = self.0.bytes.get();
        self.0.bytes.set((to, from + bytes.len() as u64));
        self.record(Direction::ToHost, bytes);
    }

    fn record(&self, direction: Direction, bytes: &[u8]) {
        if let Some(trace) = self.0.trace.borrow_mut().as_mut() {
            trace.record(direction, bytes);
        }
    }

    /// Ends the trace: what is incomplete is written, too.
    pub(crate) fn finish(&self) -> io::Result<()> {
        match self.0.trace.take() {
            Some(trace) => trace.finish(),
            None => Ok(()),
        }
    }
}

impl TraceFile {
    fn record(&mut self, direction: Direction, bytes: &[u8]) {
        let at_us = self.begin.elapsed().as_micros();
        let redactor = &self.redactor;
        self.recorder.record(at_us, direction, bytes, &|direction, line| shown(redactor, direction, line));
        let entries = self.recorder.take();
        self.write(&entries);
    }

    /// Line by line, so that the file is of use after a crash, too.
    fn write(&mut self, entries: &[wanlink_emulator::trace::Entry]) {
        if self.failed.is_some() {
            return;
        }
        let written =
            entries.iter().try_for_each(|entry| writeln!(self.file, "{entry}")).and_then(|()| self.file.flush());
        self.failed = written.err();
    }

    fn finish(mut self) -> io::Result<()> {
        let redactor = &self.redactor;
        let rest = self.recorder.trace(&|direction, line| shown(redactor, direction, line));
        self.write(&rest.entries);
        self.record(Direction::Note, note::END.as_bytes());
        self.failed.map_or(Ok(()), Err)
    }
}

/// A line without its secrets. What the module says keeps its length: a replay counts it.
fn shown(redactor: &Redactor, direction: Direction, line: &[u8]) -> Vec<u8> {
    match direction {
        Direction::ToHost => redactor.mask(line),
        _ => redactor.redact(line),
    }
}
