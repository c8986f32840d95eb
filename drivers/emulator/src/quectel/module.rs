//! One module: input, commands that run, answers, time.

use std::collections::{BTreeMap, VecDeque};

use super::answers::Running;
use super::clock::Clock;
use super::command::{Command, Form, parse};
use super::context::Contexts;
use super::events::Event;
use super::http_exchange::Http;
use super::mqtt_client::Client;
use super::names::Question;
use super::options::{Options, Start};
use super::power::{Power, Supply};
use super::power_saving::Saving;
use super::profile::Profile;
use super::radio::Radio;
use super::reply::{Handled, Outcome, Purpose, Refused, Reply};
use super::settings::Settings;
use super::sim::Sim;
use super::sockets::Sockets;
use super::tls_config::{CONTEXTS, TlsContext};
use super::{clock, context, files, http_client, http_config, http_read, identity, mqtt_client, mqtt_config};
use super::{mqtt_messages, mqtt_receive, names, operators, power, power_saving, radio, settings, signal, sim};
use super::{socket_tcp, socket_tls, tls_config};
use crate::engine::agenda::Agenda;
use crate::engine::console::{Console, Typed};
use crate::engine::flash::Flash;
use crate::engine::internet::Internet;
use crate::engine::output::{Kind, Output};
use crate::pins::Pins;
use crate::random::SplitMix64;

/// Carries one command out.
pub(super) type Handler = fn(&mut Module, &Form) -> Handled;

const CHAPTERS: [&[(&str, Handler)]; 22] = [
    settings::COMMANDS,
    power::COMMANDS,
    power_saving::COMMANDS,
    identity::COMMANDS,
    sim::COMMANDS,
    radio::COMMANDS,
    operators::COMMANDS,
    signal::COMMANDS,
    context::COMMANDS,
    clock::COMMANDS,
    names::COMMANDS,
    socket_tcp::COMMANDS,
    socket_tls::COMMANDS,
    files::COMMANDS,
    tls_config::COMMANDS,
    mqtt_config::COMMANDS,
    mqtt_client::COMMANDS,
    mqtt_messages::COMMANDS,
    mqtt_receive::COMMANDS,
    http_config::COMMANDS,
    http_client::COMMANDS,
    http_read::COMMANDS,
];

/// The state of one Quectel module, and its wire.
#[derive(Debug)]
pub(crate) struct Module {
    pub(super) profile: &'static Profile,
    pub(super) options: Options,
    pub(super) random: SplitMix64,
    pub(super) now_us: u64,
    pub(super) agenda: Agenda<Event>,
    pub(crate) console: Console,
    pub(crate) internet: Internet,
    pub(crate) pins: Pins,
    pub(super) power: Power,
    pub(super) settings: Settings,
    pub(super) sim: Sim,
    pub(super) radio: Radio,
    pub(super) contexts: Contexts,
    pub(super) clock: Clock,
    pub(super) saving: Saving,
    pub(super) flash: Flash,
    pub(super) tls: Vec<TlsContext>,
    pub(super) clients: Vec<Client>,
    pub(super) sockets: Sockets,
    pub(super) http: Http,
    pub(super) question: Option<Question>,
    pub(super) prompt_delay_us: u64,
    pub(super) ntp_error: Option<u16>,
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) bytes_from_host: u64,
    pub(super) running: Option<Running>,
    after_entry: bool,
    surplus: Vec<u8>,
    pub(super) purpose: Option<Purpose>,
    pub(super) urcs: VecDeque<(Kind, Vec<u8>)>,
}

impl Module {
    pub(crate) fn new(profile: &'static Profile, options: Options, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let output = Output::new(random.fork().next_u64());
        let mut module = Self {
            profile,
            random,
            now_us: 0,
            agenda: Agenda::new(),
            console: Console::new(profile.limits.line, output),
            internet: Internet::default(),
            pins: Pins::default(),
            power: Power::default(),
            settings: Settings::factory(&options),
            sim: Sim::new(&options.sim),
            radio: Radio::default(),
            contexts: Contexts::new(profile.limits.contexts),
            clock: Clock::new(&options),
            saving: Saving::default(),
            flash: Flash::new(profile.limits.flash),
            tls: vec![TlsContext::factory(&options); CONTEXTS],
            clients: (0..6).map(|_| Client::default()).collect(),
            sockets: Sockets::default(),
            http: Http::default(),
            question: None,
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

    pub(crate) fn command_names() -> impl Iterator<Item = &'static str> {
        CHAPTERS.into_iter().flatten().map(|entry| entry.0)
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
            self.upload_goes_on();
        }
    }

    fn accept(&mut self, byte: u8) {
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
        self.power.supply == Supply::On && !self.console.output.is_silent(self.now_us) && !self.is_blocked()
    }

    /// RTS/CTS is on, and not wired: the port looks dead.
    const fn is_blocked(&self) -> bool {
        self.options.flow_control_unwired && self.settings.flow_control
    }

    fn typed(&mut self, typed: Typed) {
        self.agenda.cancel(|event| *event == Event::EntryTimeout);
        match typed {
            Typed::Line(line) => self.line(&line),
            Typed::TooLong => {
                self.purpose = None;
                self.answer(Err(Refused::Error));
            }
            Typed::Escape => {
                self.purpose = None;
                let refused = if self.options.escape_is_ok { super::reply::ok() } else { Err(Refused::Error) };
                self.answer(refused);
            }
            Typed::Data(data) => {
                if let Some(purpose) = self.purpose.take() {
                    let handled = match purpose {
                        Purpose::Publish(publish) => self.published(publish, data),
                        Purpose::Upload(upload) => self.uploaded(upload, data),
                        Purpose::Send(socket) => self.socket_sends(socket, data),
                        Purpose::HttpUrl(_) => self.http_url_typed(&data),
                        Purpose::HttpRequest(_) => self.http_request_typed(data),
                    };
                    self.answer(handled);
                }
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        if line.is_empty() {
            return;
        }
        let handled = match line {
            // Surplus bytes of a data entry end up here: they are read as a command (quectel-at 2.2).
            [b'A' | b'a', b'T' | b't', rest @ ..] => parse(rest).and_then(|commands| self.commands(commands)),
            _ => Err(Refused::Error),
        };
        self.answer(handled);
    }

    /// Basic commands in a row have one final.
    fn commands(&mut self, commands: Vec<Command>) -> Handled {
        if commands.is_empty() {
            self.count_command("");
        }
        let mut all = Reply::ok();
        for Command { name, form } in commands {
            self.count_command(&name);
            let handler = CHAPTERS.iter().copied().flatten().find(|entry| entry.0 == name).ok_or(Refused::Error)?.1;
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
        self.take_surplus();
        let free = self.running.is_none() && !self.console.in_entry() && !self.console.is_typing();
        if free && !self.is_blocked() {
            self.let_urcs_out();
        }
    }

    fn step(&mut self) {
        while let Some(event) = self.agenda.take_due(self.now_us) {
            self.happens(event);
        }
        self.poll_clients();
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
        [running, self.agenda.next(), self.next_of_clients()].into_iter().flatten().min()
    }

    /// Forgets the command that runs and every line that waits, as a restart does.
    pub(super) fn clear_console(&mut self) {
        self.running = None;
        self.surplus.clear();
        self.purpose = None;
        self.urcs.clear();
        self.console.clear();
    }
}
