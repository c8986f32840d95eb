//! CONNECT: refused, or a session begins.

use super::{At, Platform};
use crate::config::{Rejection, ReturnCode};
use crate::connection::Established;
use crate::login::{self, Admission, Login, Refusal};
use crate::packet::{Connect, Reply, Violation};
use crate::record::Judgement;
use crate::session::Session;
use std::sync::Arc;

impl Platform {
    pub(super) fn on_connect(&mut self, at: At, connect: &Connect) -> Result<(), Violation> {
        if connect.will {
            return Err(Violation::of_platform("will messages are not supported"));
        }
        let outcome = self.admit(at, connect).and_then(|admission| match admission {
            Admission::Registration(claim) => self.grant(at, &claim),
            Admission::Login(login) => {
                self.establish(at, connect, Arc::new(login));
                Ok(())
            }
        });
        if let Err(refusal) = outcome {
            self.refuse(at, &refusal);
        }
        Ok(())
    }

    /// [MQTT-3.1.2-2].
    pub(super) fn refuse_level(&mut self, at: At, level: u8) {
        let rejection = Rejection::Code(ReturnCode::BadProtocolVersion);
        let reason = format!("protocol level {level} is not served");
        self.refuse(at, &Refusal::new(rejection, reason));
    }

    fn admit(&mut self, at: At, connect: &Connect) -> Result<Admission, Refusal> {
        if let Some(device) = self.device_at(at.conn).cloned() {
            let connects = self.rates.entry(device).or_default().connects.count(at.now);
            let most = self.config.limits.connects_per_minute;
            if most.is_some_and(|most| connects > most) {
                let reason = format!("{connects} CONNECTs within a minute");
                return Err(Refusal::new(self.config.too_many_connects, reason));
            }
        }
        if let Some(code) = self.faults.next_refusal() {
            return Err(Refusal::new(Rejection::Code(code), "a fault was asked for"));
        }
        let Some(connection) = self.connections.get(&at.conn) else {
            return Err(Refusal::new(Rejection::Close, "the connection ended"));
        };
        login::check(connect, &connection.peer, &self.config, &self.registry)
    }

    fn refuse(&mut self, at: At, refusal: &Refusal) {
        match refusal.rejection {
            Rejection::Close => self.find(at, Judgement::Refused, refusal.reason.as_str()),
            Rejection::Code(code) => {
                let reason = format!("code {}: {}", code as u8, refusal.reason);
                self.find(at, Judgement::Refused, reason);
                let session_present = false;
                self.send(at, &Reply::Connack { session_present, code });
            }
        }
        self.hang_up(at.conn);
    }

    fn establish(&mut self, at: At, connect: &Connect, login: Arc<Login>) {
        let device = &login.device;
        if let Some(known) = self.registry.device_mut(device) {
            known.active = true;
        }
        if let Some(&conn) = self.online.get(device) {
            // The new connection wins (facts, section 1.4).
            let old = At { conn, ..at };
            self.record.count_kick();
            self.close(old, Judgement::Closed, "the same device connected again");
        }
        if connect.clean_session {
            self.sessions.remove(device);
        }
        let stored = self.sessions.get_mut(device);
        // Level 3 has no session-present flag: its byte is reserved.
        let session_present = stored.is_some() && connect.level == 4;
        match stored {
            Some(session) => session.login = login.clone(),
            None => {
                let session = Session::new(login.clone());
                self.sessions.insert(device.clone(), session);
            }
        }
        self.online.insert(device.clone(), at.conn);
        let silence_us = match login.keep_alive_s {
            0 => None,
            seconds => Some(u64::from(seconds) * 1_500_000),
        };
        let kicked_at = self.faults.next_kick().map(|after_us| at.now.saturating_add(after_us));
        if let Some(connection) = self.connections.get_mut(&at.conn) {
            connection.established = Some(Established {
                login: login.clone(),
                clean_session: connect.clean_session,
                silence_us,
                last_packet: at.now,
                late_pubacks: Default::default(),
                kicked_at,
            });
        }
        self.record.accept_last();
        self.record.count_login();
        let code = ReturnCode::Accepted;
        self.send(at, &Reply::Connack { session_present, code });
        self.resume(at, device);
    }
}
