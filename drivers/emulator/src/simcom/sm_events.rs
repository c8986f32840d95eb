//! What the internet and the broker do to the MQTT client of family 2, and what its blocking commands end with
//! (simcom-at 5).

use super::Module;
use super::events::Event;
use super::mqtt_entries::REFUSED;
use super::sm_client::{SmCommand, SmPhase};
use super::sockets_cip::hex;
use crate::engine::internet::{LinkId, NetEvent};
use crate::engine::output::Kind;
use crate::engine::tls::TlsFailure;
use crate::module::reply::{Refused, Reply};
use crate::mqtt::packet::Connect;
use crate::mqtt::session::{Event as SessionEvent, Operation, Patience, Session};
use crate::native::Credentials;

/// The longest message that is printed.
const LONGEST_INBOUND: usize = 1_024;
/// "SIM7000 log: 6 s after the data came `+SMSTATE: 0` then `OK`".
const AFTER_LOSS_US: u64 = 1_000_000;
/// Packets wait so long for their answer. Not stated.
const PATIENCE_US: u64 = 60_000_000;

impl Module {
    pub(super) fn sm_event(&mut self, link: LinkId, event: NetEvent) {
        let opening = matches!(self.own.lpwa.sm.phase, SmPhase::Opening(_));
        match event {
            NetEvent::Opened { .. } if opening => self.sm_opened(link),
            NetEvent::OpenFailed { .. } | NetEvent::Closed { .. } if opening => self.sm_connect_fails(),
            NetEvent::Data { bytes, .. } => {
                if let SmPhase::Open(_, session) = &mut self.own.lpwa.sm.phase {
                    session.input(self.now_us, &bytes);
                }
                self.sm_carries_out();
            }
            NetEvent::Closed { .. } => self.sm_lost(),
            NetEvent::Resolved { .. } | NetEvent::Opened { .. } | NetEvent::OpenFailed { .. } => {}
        }
    }

    fn sm_opened(&mut self, link: LinkId) {
        let computed = self.sm_computed();
        let config = &self.own.lpwa.sm.config;
        let some = |text: &'_ str| (!text.is_empty()).then(|| text.as_bytes().to_vec());
        let Credentials { client_id, username, password } = computed.unwrap_or_else(|| config.credentials());
        let (username, password, will) = (some(&username), some(&password), config.will());
        let mut session = Session::new(Patience { timeout_us: PATIENCE_US, retries: 0 }, config.keep_alive_s);
        session.connect(
            self.now_us,
            &Connect {
                // "3.1.1 presumed" (13).
                version: 4,
                client_id: client_id.as_bytes(),
                username: username.as_deref(),
                password: password.as_deref(),
                keep_alive_s: config.keep_alive_s,
                clean: config.clean,
                will: will.as_ref(),
            },
        );
        self.own.lpwa.sm.phase = SmPhase::Open(link, Box::new(session));
        self.sm_carries_out();
    }

    /// "No reason code is given."
    fn sm_connect_fails(&mut self) {
        self.sm_ends();
        self.sm_unblocks(Err(Refused::Error));
    }

    pub(super) fn sm_timed_out(&mut self, link: LinkId) {
        if self.own.lpwa.sm.link() == Some(link) && self.own.lpwa.sm.blocks == Some(SmCommand::Connect) {
            if self.internet.is_secure(link) && matches!(self.own.lpwa.sm.phase, SmPhase::Opening(_)) {
                self.internet.tls_failure = Some(TlsFailure::Timeout);
            }
            self.sm_connect_fails();
        }
    }

    /// The command that blocks the port ends.
    fn sm_unblocks(&mut self, end: Result<(), Refused>) {
        if self.own.lpwa.sm.blocks.take().is_some() {
            self.answers(Reply { end, ..Reply::ok() });
        }
    }

    pub(super) fn sm_poll(&mut self) {
        if let SmPhase::Open(_, session) = &mut self.own.lpwa.sm.phase {
            session.poll(self.now_us);
            self.sm_carries_out();
        }
    }

    pub(super) fn sm_next(&self) -> Option<u64> {
        match &self.own.lpwa.sm.phase {
            SmPhase::Open(_, session) => session.next(),
            SmPhase::Off | SmPhase::Opening(_) => None,
        }
    }

    pub(super) fn sm_carries_out(&mut self) {
        let SmPhase::Open(link, session) = &mut self.own.lpwa.sm.phase else { return };
        let link = *link;
        let (bytes, events) = (session.take_bytes(), session.take_events());
        self.internet.send(link, bytes);
        for event in events {
            self.sm_session_event(event);
            if self.own.lpwa.sm.link() != Some(link) {
                return;
            }
        }
    }

    fn sm_session_event(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Connected(0) => {
                self.own.lpwa.sm.stuck = false;
                let at_us = self.now_us + self.options.simcom.connect_blocks_us;
                self.later(at_us, Event::SmConnected);
            }
            SessionEvent::Connected(_) | SessionEvent::ConnectFailed => self.sm_connect_fails(),
            SessionEvent::Subscribed { id, granted } => self.sm_subscribed(id, &granted),
            SessionEvent::Done(operation, id) => self.sm_done(operation, id, Ok(())),
            SessionEvent::Failed(operation, id) => self.sm_done(operation, id, Err(Refused::Error)),
            SessionEvent::Message { topic, payload, .. } => self.sm_message(&topic, &payload),
            SessionEvent::Ping { answered: false } | SessionEvent::Cut | SessionEvent::Broken => self.sm_lost(),
            SessionEvent::ConnectSlow(_) | SessionEvent::SentAgain(..) | SessionEvent::Ping { answered: true } => {}
        }
    }

    pub(super) fn sm_connected(&mut self) {
        if self.own.lpwa.sm.is_connected() && self.own.lpwa.sm.blocks == Some(SmCommand::Connect) {
            self.call_off_own(|event| matches!(event, Event::SmTimeout { .. }));
            self.sm_unblocks(Ok(()));
        }
    }

    fn sm_subscribed(&mut self, answered: u16, granted: &[u8]) {
        let Some(SmCommand::Subscribe(id, topic, _)) = self.own.lpwa.sm.blocks.clone() else { return };
        if id != answered {
            return;
        }
        let refused = granted.contains(&REFUSED);
        if let (false, [qos, ..]) = (refused, granted) {
            self.own.lpwa.sm.subscriptions.retain(|entry| entry.0 != topic);
            self.own.lpwa.sm.subscriptions.push((topic, *qos));
        }
        self.sm_unblocks(if refused && !self.options.simcom.refusal_hidden { Err(Refused::Error) } else { Ok(()) });
    }

    fn sm_done(&mut self, operation: Operation, answered: u16, end: Result<(), Refused>) {
        match (&self.own.lpwa.sm.blocks, operation) {
            (Some(SmCommand::Publish(id)), Operation::Publish)
            | (Some(SmCommand::Subscribe(id, ..)), Operation::Subscribe)
                if *id == answered => {}
            (Some(SmCommand::Unsubscribe(id, topic)), Operation::Unsubscribe) if *id == answered => {
                let topic = topic.clone();
                self.own.lpwa.sm.subscriptions.retain(|entry| entry.0 != topic);
            }
            _ => return,
        }
        self.sm_unblocks(end);
    }

    /// `+SMSUB: "<topic>","<payload>"`: no length, nothing escaped; as hex where it is wanted.
    fn sm_message(&mut self, topic: &[u8], payload: &[u8]) {
        let options = &self.options.simcom;
        let too_big = payload.len() > LONGEST_INBOUND || topic.len() > self.own.model.topic as usize;
        if too_big || self.own.lpwa.sm.stuck {
            self.own.lpwa.sm.lost += 1;
            self.own.lpwa.sm.stuck |= options.big_message_stops;
            return;
        }
        let shown = if self.own.lpwa.sm.config.hex { hex(payload) } else { payload.to_vec() };
        let quote: &[u8] = if options.bare_registration && topic.starts_with(b"/ext/reg") { b"" } else { b"\"" };
        self.urc_counted([b"+SMSUB: ", quote, topic, quote, b",", quote, &shown, quote].concat());
    }

    /// The connection is lost: the line comes even while a command blocks, which "may STILL end with `OK`".
    pub(super) fn sm_lost(&mut self) {
        let was_connected = self.own.lpwa.sm.is_connected();
        if let Some(link) = self.own.lpwa.sm.link() {
            self.internet.abort(link);
        }
        self.sm_ends();
        match self.own.lpwa.sm.blocks {
            Some(SmCommand::Connect) => self.sm_unblocks(Err(Refused::Error)),
            Some(_) => {
                self.urc_now(Kind::Urc, "+SMSTATE: 0");
                self.later(self.now_us + AFTER_LOSS_US, Event::SmEndsLate);
            }
            None if was_connected => self.urc("+SMSTATE: 0"),
            None => {}
        }
    }

    pub(super) fn sm_ends_late(&mut self) {
        let good = matches!(self.own.lpwa.sm.blocks, Some(SmCommand::Publish(_))) && self.options.simcom.ok_after_loss;
        self.sm_unblocks(if good { Ok(()) } else { Err(Refused::Error) });
    }

    /// The application network is down.
    pub(super) fn sm_loses_network(&mut self) {
        if self.own.lpwa.sm.link().is_some() {
            self.sm_lost();
        }
    }
}
