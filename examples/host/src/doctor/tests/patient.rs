//! An emulated module behind a port with a rate, and what was found of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use wanlink_at::driver::NoPins;
use wanlink_emulator::trace::Direction;
use wanlink_emulator::{Emulator, Options, Peer, Start, Wire, World};

use crate::board::Board;
use crate::doctor::check::{Chart, Check, Show, Subject, Verdict};
use crate::doctor::examine::{Plan, examine};
use crate::doctor::rate::Ports;
use crate::exit::Exit;
use crate::models::{MODELS, Module};
use crate::port::PortError;

/// An emulated module at a line with a rate, whose answers can be other ones.
struct Patient {
    module: Emulator,
    /// That of the port.
    rate: Rc<Cell<u32>>,
    answers_at: u32,
    edit: Option<(&'static str, &'static str)>,
}

impl Patient {
    fn is_understood(&self) -> bool {
        self.rate.get() == self.answers_at
    }
}

impl Peer for Patient {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        let bytes: Vec<_> = if self.is_understood() { bytes.to_vec() } else { vec![0xf8; bytes.len()] };
        self.module.input(now_us, &bytes);
    }

    fn poll(&mut self, now_us: u64) {
        self.module.poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        self.module.next()
    }

    fn output(&mut self) -> Vec<u8> {
        let bytes = self.module.output();
        if !self.is_understood() {
            return vec![0xfe; bytes.len()];
        }
        match (self.edit, std::str::from_utf8(&bytes)) {
            (Some((from, to)), Ok(text)) => text.replace(from, to).into_bytes(),
            _ => bytes,
        }
    }
}

/// The port of a world, which can be opened again and again.
struct Bench {
    wire: Wire,
    rate: Rc<Cell<u32>>,
}

impl Ports for Bench {
    fn has_rate(&self) -> bool {
        true
    }

    async fn open(&mut self, baud: u32) -> Result<Board, PortError> {
        self.rate.set(baud);
        let (reader, writer) = self.wire.halves();
        Ok(Board::new(reader, writer, NoPins))
    }
}

#[derive(Default)]
struct Told {
    checks: RefCell<Vec<Check>>,
    progress: RefCell<Vec<String>>,
}

impl Show for Told {
    fn check(&self, check: &Check) {
        self.checks.borrow_mut().push(check.clone());
    }

    fn skipped(&self, checks: &[Check], _: &str) {
        self.checks.borrow_mut().extend_from_slice(checks);
    }

    fn progress(&self, text: &str) {
        self.progress.borrow_mut().push(text.to_owned());
    }
}

/// How one module is, and how it is looked at.
pub(super) struct Case {
    pub(super) model: &'static str,
    pub(super) options: Options,
    pub(super) wanted: Option<&'static str>,
    pub(super) baud: u32,
    pub(super) apn: Option<&'static str>,
    pub(super) answers_at: u32,
    pub(super) edit: Option<(&'static str, &'static str)>,
    pub(super) limit: embassy_time::Duration,
    /// What is done to the module before.
    pub(super) harm: fn(&mut Emulator),
}

impl Case {
    pub(super) fn of(model: &'static str) -> Self {
        Self {
            model,
            options: Options { start: Start::Running, ..Options::default() },
            wanted: None,
            baud: 115_200,
            apn: Some("cmiot"),
            answers_at: 115_200,
            edit: None,
            limit: crate::doctor::LIMIT,
            harm: |_| (),
        }
    }

    pub(super) fn look(self) -> Outcome {
        let mut world = World::new(1);
        let rate = Rc::new(Cell::new(0));
        let utc_at_start = Duration::from_secs(self.options.utc_at_start);
        let mut module = Emulator::new(named(self.model).profile(), self.options, 1);
        (self.harm)(&mut module);
        let mut patient = Patient { module, rate: rate.clone(), answers_at: self.answers_at, edit: self.edit };
        let mut ports = Bench { wire: world.wire(), rate };
        let (told, begin) = (Told::default(), embassy_time::Instant::now());
        let utc = || utc_at_start + Duration::from_micros(begin.elapsed().as_micros());
        let plan =
            Plan { module: self.wanted.map(named), baud: self.baud, apn: self.apn, limit: self.limit, utc: &utc };
        let chart = Chart::new(&told);
        world.run(&mut patient, examine(&mut ports, &plan, &chart)).unwrap();
        if let Some(failure) = chart.failure() {
            crate::cure::tests::is_on_the_page(failure.cure);
        }
        let exit = chart.failure().map_or(Exit::Done, |failure| failure.cure.exit);
        let sent = world.trace().entries.into_iter().filter(|entry| entry.direction == Direction::ToModule);
        let sent = sent.map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned()).collect();
        Outcome { checks: told.checks.into_inner(), exit, sent, took_s: world.now_us() / 1_000_000 }
    }
}

fn named(label: &str) -> Module {
    *MODELS.iter().find(|module| module.label() == label).unwrap()
}

pub(super) struct Outcome {
    pub(super) checks: Vec<Check>,
    pub(super) exit: Exit,
    pub(super) sent: Vec<String>,
    pub(super) took_s: u64,
}

impl Outcome {
    /// One of the findings. Each is there once, and all in their order but for those that were left out.
    pub(super) fn of(&self, subject: Subject) -> &Check {
        assert_eq!(
            self.checks.iter().map(|check| check.subject).collect::<Vec<_>>(),
            Subject::ALL,
            "{:#?}",
            self.checks
        );
        for check in &self.checks {
            assert_eq!(check.change.is_none(), check.verdict == Verdict::Ok, "{check:?}");
        }
        self.checks.iter().find(|check| check.subject == subject).unwrap()
    }

    /// Only this is not good; its kind.
    pub(super) fn is_only(&self, subject: Subject, verdict: Verdict) -> String {
        self.of(subject);
        for check in &self.checks {
            let expected = if check.subject == subject { verdict } else { Verdict::Ok };
            assert_eq!(check.verdict, expected, "{check:?}");
        }
        self.kind(subject)
    }

    pub(super) fn kind(&self, subject: Subject) -> String {
        self.of(subject).event()["kind"].as_str().unwrap_or_default().to_owned()
    }
}
