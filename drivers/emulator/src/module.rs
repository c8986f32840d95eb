//! What every vendor's module has in common: V.250 and 3GPP commands, one line of input, answers, power, card, network
//! and clock. What differs stands behind [`Dialect`].

pub(crate) mod answers;
pub(crate) mod clock;
pub(crate) mod command;
pub(crate) mod context;
pub(crate) mod dialect;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod identity;
pub(crate) mod inspect;
mod links;
mod operators;
pub(crate) mod options;
pub(crate) mod play;
pub(crate) mod power;
pub(crate) mod power_saving;
pub(crate) mod profile;
pub(crate) mod radio;
pub(crate) mod redact;
pub(crate) mod reply;
pub(crate) mod settings;
pub(crate) mod signal;
pub(crate) mod sim;

use std::collections::{BTreeMap, VecDeque};

use crate::engine::agenda::Agenda;
use crate::engine::console::{Console, Typed};
use crate::engine::flash::Flash;
use crate::engine::internet::Internet;
use crate::engine::output::{Kind, Output};
use crate::pins::Pins;
use crate::random::SplitMix64;
use answers::Running;
use clock::Clock;
use command::{Command, Form, parse};
use context::Contexts;
use dialect::Dialect;
use events::Event;
use options::{Options, Start};
use power::{Power, Supply};
use power_saving::Saving;
use profile::Profile;
use radio::Radio;
use reply::{Handled, Outcome, Refused, Reply};
use settings::Settings;
use sim::Sim;

/// Carries one command out.
pub(crate) type Handler<D> = fn(&mut Module<D>, &Form) -> Handled<D>;

/// Commands by their names.
pub(crate) type Chapter<D> = &'static [(&'static str, Handler<D>)];

/// The state of one module, and its wire.
#[derive(Debug)]
pub(crate) struct Module<D: Dialect> {
    /// What only this dialect has.
    pub(crate) own: D,
    pub(crate) profile: &'static Profile,
    pub(crate) options: Options,
    pub(crate) random: SplitMix64,
    pub(crate) now_us: u64,
    pub(crate) agenda: Agenda<Event<D>>,
    pub(crate) console: Console,
    pub(crate) internet: Internet,
    pub(crate) pins: Pins,
    pub(crate) power: Power,
    pub(crate) settings: Settings,
    pub(crate) sim: Sim,
    pub(crate) radio: Radio,
    pub(crate) contexts: Contexts,
    pub(crate) clock: Clock,
    pub(crate) saving: Saving,
    pub(crate) flash: Flash,
    pub(crate) prompt_delay_us: u64,
    pub(crate) ntp_error: Option<u16>,
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) bytes_from_host: u64,
    pub(crate) running: Option<Running<D>>,
    after_entry: bool,
    surplus: Vec<u8>,
    pub(crate) purpose: Option<D::Purpose>,
    pub(crate) urcs: VecDeque<(Kind, Vec<u8>)>,
}

impl<D: Dialect> Module<D> {
    pub(crate) fn new(own: D, profile: &'static Profile, options: Options, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let output = Output::new(random.fork().next_u64());
        let mut module = Self {
            own,
            profile,
            random,
            now_us: 0,
            agenda: Agenda::new(),
            console: Console::new(profile.limits.line, output),
            internet: Internet::default(),
            pins: Pins::default(),
            power: Power::default(),
            settings: Settings::factory(profile, &options),
            sim: Sim::new(&options.sim, D::busy_card(&options)),
            radio: Radio::default(),
            contexts: Contexts::new(profile.limits.contexts),
            clock: Clock::new(&options, D::zone_mode(profile)),
            saving: Saving::default(),
            flash: Flash::new(profile.limits.flash),
            prompt_delay_us: 0,
            ntp_error: None,
            counts: BTreeMap::new(),
            bytes_from_host: 0,
            running: None,
            after_entry: false,
            surplus: Vec::new(),
            purpose: None,
            urcs: VecDeque::new(),
            options,
        };
        if module.options.start == Start::Running {
            module.start_running();
        }
        module
    }

    pub(crate) fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.poll(now_us);
        self.bytes_from_host += bytes.len() as u64;
        for &byte in bytes {
            if !self.listens() {
                continue;
            }
            if self.running.is_some() && self.after_entry {
                self.surplus.push(byte);
            } else {
                self.accept(byte);
            }
        }
        if self.listens() {
            self.stays_awake();
            D::entry_goes_on(self);
        }
    }

    fn accept(&mut self, byte: u8) {
        if !D::hears(self, byte) {
            return;
        }
        if let Some(typed) = self.console.accept(self.now_us, byte, self.running.is_some()) {
            self.after_entry = matches!(typed, Typed::Data(_));
            self.typed(typed);
        }
    }

    /// Bytes that came right behind the last one of a data entry are no part of it: they are read as a command, once
    /// the entry has its answer (quectel-at 2.2).
    fn take_surplus(&mut self) {
        if self.running.is_none() && !self.surplus.is_empty() {
            self.after_entry = false;
            std::mem::take(&mut self.surplus).into_iter().for_each(|byte| self.accept(byte));
        }
    }

    fn listens(&self) -> bool {
        self.power.supply == Supply::On
            && !self.port_sleeps()
            && !self.console.output.is_silent(self.now_us)
            && !self.is_blocked()
    }

    /// RTS/CTS is on, and not wired: the port looks dead.
    const fn is_blocked(&self) -> bool {
        self.options.flow_control_unwired && self.settings.flow_control
    }

    fn typed(&mut self, typed: Typed) {
        self.agenda.cancel(|event| matches!(event, Event::EntryTimeout));
        match typed {
            Typed::Line(line) => self.line(&line),
            Typed::TooLong => {
                self.purpose = None;
                self.answer(Err(D::TOO_LONG));
            }
            Typed::Escape => {
                self.purpose = None;
                let refused = if self.options.escape_is_ok { reply::ok() } else { Err(Refused::Error) };
                self.answer(refused);
            }
            Typed::Data(data) => {
                if let Some(purpose) = self.purpose.take() {
                    let handled = D::typed(self, purpose, data);
                    self.answer(handled);
                }
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        if line.is_empty() || !D::understands(self) {
            return;
        }
        let handled = match line {
            // Surplus bytes of a data entry end up here: they are read as a command (quectel-at 2.2).
            [b'A' | b'a', b'T' | b't', rest @ ..] => parse(rest).and_then(|commands| self.carry_out_all(commands)),
            _ => Err(Refused::Error),
        };
        self.answer(handled);
    }

    /// Basic commands in a row have one final.
    fn carry_out_all(&mut self, commands: Vec<Command>) -> Handled<D> {
        if commands.is_empty() {
            self.count_command("");
        }
        let mut all = Reply::ok();
        for Command { name, form } in commands {
            self.count_command(&name);
            let chapters = self.own.chapters().iter().copied();
            let handler = chapters.flatten().find(|entry| entry.0 == name).ok_or(Refused::Error)?.1;
            match handler(self, &form)? {
                Outcome::Reply(mut reply) => {
                    reply.lines.splice(..0, all.lines);
                    all = reply;
                }
                other => return Ok(other),
            }
        }
        Ok(Outcome::Reply(all))
    }

    fn count_command(&mut self, name: &str) {
        *self.counts.entry(format!("AT{name}")).or_default() += 1;
    }

    pub(crate) fn poll(&mut self, now_us: u64) {
        self.take_pins(now_us);
        while let Some(at_us) = self.next().filter(|&at_us| at_us <= now_us) {
            self.now_us = self.now_us.max(at_us);
            self.step();
        }
        self.now_us = self.now_us.max(now_us);
        self.watch_links();
        self.take_surplus();
        let free = self.running.is_none() && !self.console.in_entry() && !self.console.is_typing();
        if free && !self.is_blocked() && !self.port_sleeps() && !D::holds_lines(self) {
            self.let_urcs_out();
        }
    }

    fn step(&mut self) {
        while let Some(event) = self.agenda.take_due(self.now_us) {
            self.happens(event);
        }
        D::poll(self);
        if let Some(Running::Until(due_us, _)) = self.running
            && due_us <= self.now_us
            && let Some(Running::Until(_, then)) = self.running.take()
        {
            self.finish(then);
        }
        self.take_surplus();
    }

    pub(crate) fn next(&self) -> Option<u64> {
        let running = match &self.running {
            Some(Running::Until(due_us, _)) => Some(*due_us),
            _ => None,
        };
        [running, self.agenda.next(), D::next(self)].into_iter().flatten().min()
    }

    /// Forgets the command that runs and every line that waits, as a restart does.
    pub(crate) fn clear_console(&mut self) {
        self.running = None;
        self.surplus.clear();
        self.purpose = None;
        self.urcs.clear();
        self.console.clear();
    }
}
