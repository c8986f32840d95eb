//! What happens by itself, later.

use super::Module;
use super::dialect::Dialect;
use super::reply::{Handled, Job, ok};
use crate::engine::internet::{LinkId, NetEvent};

#[derive(Clone, Debug)]
pub(crate) enum Event<D: Dialect> {
    /// STATUS goes high.
    Status,
    /// The boot is over: the first answer is possible.
    Ready,
    /// One of the lines of a boot.
    BootLine(&'static str),
    /// The module is off.
    Off,
    /// Power comes back after a brown-out.
    PowerBack,
    /// Nothing happened for so long that the module sleeps.
    SleepBegins,
    /// The module falls into its deepest sleep.
    SleepDeep,
    /// The timer wakes it.
    SleepEnds,
    /// The port hears again.
    PortWakes,
    /// The card has started.
    SimReady,
    /// The radio begins to look for a network.
    SearchBegins,
    /// The network is found, or refuses.
    Registration,
    /// A line on its own.
    Line(String),
    /// A result line that a command owes.
    Result {
        key: D::Key,
        line: String,
    },
    EntryTimeout,
    /// Something from the internet reaches the module.
    Net(NetEvent),
    /// TCP gives a connection up whose data nobody acknowledges.
    GivenUp(LinkId),
    /// The network forgets this subscriber, and it looks again.
    SearchAgain,
    /// What only this dialect has.
    Own(D::Event),
}

impl<D: Dialect> Module<D> {
    pub(crate) fn happens(&mut self, event: Event<D>) {
        match event {
            Event::Status => self.pins.set_status(true),
            Event::Ready => self.ready(),
            Event::BootLine(line) => self.urc(line),
            Event::Off => self.went_off(),
            Event::PowerBack => self.boot(),
            Event::SleepBegins => self.sleep_begins(),
            Event::SleepDeep => self.sleep_deep(),
            Event::SleepEnds => self.boot(),
            // What waited comes out in the poll behind it.
            Event::PortWakes => {}
            Event::SimReady => self.sim_started(),
            Event::SearchBegins => self.update_registration(),
            Event::Registration => self.registration_decided(),
            Event::Line(line) => self.urc(line),
            Event::Result { key, line } => self.result(key, &line, true),
            Event::EntryTimeout => self.entry_timed_out(),
            Event::Net(event) => self.network(event),
            Event::GivenUp(link) => {
                self.internet.give_up(link);
                self.network(NetEvent::Closed { link });
            }
            Event::SearchAgain => self.search_again(),
            Event::Own(event) => D::happens(self, event),
        }
    }

    pub(crate) fn do_job(&mut self, job: Job<D>) -> Handled<D> {
        match job {
            Job::Nothing => ok(),
            Job::ActivateContext(id) => self.activate(id),
            Job::DeactivateContext(id) => self.deactivate(id),
            Job::Functionality(level) => self.functionality_changed(level),
            Job::SelectOperator(mode) => self.operator_selected(mode),
            Job::ListOperators => self.operators_listed(),
            Job::Attach(on) => self.attach_changed(on),
            Job::Own(job) => D::do_job(self, job),
        }
    }

    /// Something of this dialect happens then.
    pub(crate) fn later(&mut self, at_us: u64, event: D::Event) {
        self.agenda.add(at_us, Event::Own(event));
    }

    /// A line on its own comes then.
    pub(crate) fn line_later(&mut self, at_us: u64, line: impl Into<String>) {
        self.agenda.add(at_us, Event::Line(line.into()));
    }

    /// Data has to be there by then, whatever was said before.
    pub(crate) fn entry_ends_at(&mut self, at_us: u64) {
        self.agenda.cancel(|event| matches!(event, Event::EntryTimeout));
        self.agenda.add(at_us, Event::EntryTimeout);
    }

    /// Nothing of this dialect that is unwanted happens any more.
    pub(crate) fn call_off_own(&mut self, unwanted: impl Fn(&D::Event) -> bool) {
        self.agenda.cancel(|event| matches!(event, Event::Own(own) if unwanted(own)));
    }

    /// A result line that is there after the usual latency.
    pub(crate) fn result_soon(&mut self, key: D::Key, line: String) {
        let at_us = self.now_us + self.options.latency_us + 1_000;
        self.agenda.add(at_us, Event::Result { key, line });
    }

    /// An event that the internet's end needs no time for.
    pub(crate) fn net_soon(&mut self, event: NetEvent) {
        self.agenda.add(self.now_us + self.options.latency_us + 1_000, Event::Net(event));
    }
}
