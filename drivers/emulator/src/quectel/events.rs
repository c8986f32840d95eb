//! What happens by itself, later.

use super::module::Module;
use super::reply::{Handled, Job, ResultKey, ok};
use super::sockets::SocketId;
use crate::engine::internet::NetEvent;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// STATUS goes high.
    Status,
    /// The boot is over: the first answer is possible.
    Ready,
    /// One of the lines after `RDY`.
    BootLine(&'static str),
    /// The module is off.
    Off,
    /// Power comes back after a brown-out.
    PowerBack,
    /// `PSM POWER DOWN`.
    SleepDeep,
    /// The card has started.
    SimReady,
    /// The network is found, or refuses.
    Registration,
    /// A line on its own.
    Line(String),
    Result {
        key: ResultKey,
        line: String,
    },
    EntryTimeout,
    /// Something from the internet reaches the module.
    Net(NetEvent),
    /// The open of this client took too long.
    OpenTimeout {
        client: usize,
        link: u32,
    },
    /// The open of this socket took too long.
    SocketTimeout {
        id: SocketId,
        link: u32,
        /// What it failed with.
        code: u16,
    },
    /// The HTTP request or answer on this link took too long.
    HttpTimeout {
        link: u32,
    },
    /// The other end has all that this socket had sent by then.
    Acknowledged {
        id: SocketId,
        link: u32,
        total: usize,
    },
    /// A name took too long.
    NameTimeout {
        link: u32,
    },
    /// The server of AT+QNTP answers.
    TimeServer {
        context: usize,
    },
    /// Rewriting nwscanseq deregisters, much later (quectel-at 1.8).
    ScanSequence,
}

impl Module {
    pub(super) fn happens(&mut self, event: Event) {
        match event {
            Event::Status => self.pins.set_status(true),
            Event::Ready => self.ready(),
            Event::BootLine(line) => self.urc(line),
            Event::Off => self.off(),
            Event::PowerBack => self.boot(),
            Event::SleepDeep => self.sleep_deep(),
            Event::SimReady => self.sim_started(),
            Event::Registration => self.registration_decided(),
            Event::Line(line) => self.urc(line),
            Event::Result { key, line } => self.result(key, &line, true),
            Event::EntryTimeout => self.entry_timed_out(),
            Event::Net(event) => self.network(event),
            Event::OpenTimeout { client, link } => self.open_timed_out(client, link),
            Event::SocketTimeout { id, link, code } => self.socket_timed_out(id, link, code),
            Event::HttpTimeout { link } => self.http_timed_out(link),
            Event::Acknowledged { id, link, total } => self.acknowledged(id, link, total),
            Event::NameTimeout { link } => self.name_timed_out(link),
            Event::TimeServer { context } => self.time_server_answered(context),
            Event::ScanSequence => self.search_again(),
        }
    }

    pub(super) fn do_job(&mut self, job: Job) -> Handled {
        match job {
            Job::Nothing => ok(),
            Job::ActivateContext(id) => self.activate(id),
            Job::DeactivateContext(id) => self.deactivate(id),
            Job::Functionality(level) => self.functionality_changed(level),
            Job::SelectOperator(mode) => self.operator_selected(mode),
            Job::ListOperators => self.operators_listed(),
            Job::Attach(on) => self.attach_changed(on),
            Job::ReadAnswer(wait_us) => self.answer_is_read(wait_us),
        }
    }

    /// A result line that is there after the usual latency.
    pub(super) fn result_soon(&mut self, key: ResultKey, line: String) {
        let at_us = self.now_us + self.options.latency_us + 1_000;
        self.agenda.add(at_us, Event::Result { key, line });
    }
}
