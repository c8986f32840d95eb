//! Faults by name, now or at a time.

use super::Platform;
use crate::fault::{Fault, Faults, TimedFault};
use std::collections::VecDeque;

/// What is to happen to a fault.
#[derive(Clone, Copy, Debug)]
enum Step {
    Order(Fault),
    TakeBack(Fault),
}

/// Steps in order of time; those of one time in the order in which they were scheduled.
#[derive(Debug, Default)]
pub(super) struct Schedule(VecDeque<(u64, Step)>);

impl Schedule {
    pub(super) fn next(&self) -> Option<u64> {
        self.0.front().map(|&(at, _)| at)
    }

    fn add(&mut self, at: u64, step: Step) {
        let place = self.0.partition_point(|&(earlier, _)| earlier <= at);
        self.0.insert(place, (at, step));
    }
}

/// Faults by name.
impl Platform {
    /// The verb of this fault.
    pub fn order(&mut self, now: u64, fault: Fault) {
        self.poll(now);
        let us = |ms: u32| u64::from(ms) * 1000;
        match fault {
            Fault::KillConnections => self.kill_connections(now),
            Fault::CloseSilently => self.close_all_silently(now),
            Fault::Kick { after_ms, times } => self.kick(now, us(after_ms), times),
            Fault::KillBeforePuback(nth) => self.kill_before_puback(nth),
            Fault::DropPuback(nth) => self.drop_puback(nth),
            Fault::DuplicatePuback(nth) => self.duplicate_puback(nth),
            Fault::DelayPuback(ms) => self.delay_puback(us(ms)),
            Fault::Refuse { code, count } => self.refuse_connects(code, count),
            Fault::Slow(ms) => self.slow(us(ms)),
            Fault::Away { how, for_ms } => self.away(now, now.saturating_add(us(for_ms)), how),
            Fault::Cut { packet, keep } => self.cut(packet, keep as usize),
            Fault::Tls(fault) => self.break_tls(Some(fault)),
            Fault::ExpireTokens => self.expire_tokens(now),
            Fault::ForgetTokens => self.forget_tokens(now),
            Fault::LimitTokenPosts(most) => self.limit_token_posts(most),
            Fault::FailRequests { status, count } => self.fail_requests(status, count),
            Fault::RefuseRequests { code, count } => self.refuse_requests(code, count),
            Fault::CloseBeforeAnswer(nth) => self.close_before_answer(nth),
            Fault::DelayAnswers(ms) => self.delay_answers(us(ms)),
            Fault::ThrottleRegistrations(count) => self.throttle_registrations(count),
            Fault::LoseSecrets(nth) => self.lose_secrets(nth),
            Fault::DuplicateSecrets(nth) => self.duplicate_secrets(nth),
        }
    }

    /// Ends what goes on of this fault, or waits for its occasion.
    pub fn take_back(&mut self, now: u64, fault: Fault) {
        self.poll(now);
        match fault {
            Fault::KillConnections | Fault::CloseSilently | Fault::ExpireTokens | Fault::ForgetTokens => {}
            Fault::Kick { .. } => self.call_off_kicks(),
            Fault::KillBeforePuback(_) => self.kill_before_puback(0),
            Fault::DropPuback(_) => self.drop_puback(0),
            Fault::DuplicatePuback(_) => self.duplicate_puback(0),
            Fault::DelayPuback(_) => self.delay_puback(0),
            Fault::Refuse { .. } => self.faults.refuse = None,
            Fault::Slow(_) => self.slow(0),
            Fault::Away { how, .. } => self.away(now, now, how),
            Fault::Cut { .. } => self.faults.cut = None,
            Fault::Tls(_) => self.break_tls(None),
            Fault::LimitTokenPosts(_) => self.limit_token_posts(0),
            Fault::FailRequests { .. } => self.fail_requests(0, 0),
            Fault::RefuseRequests { .. } => self.refuse_requests(0, 0),
            Fault::CloseBeforeAnswer(_) => self.close_before_answer(0),
            Fault::DelayAnswers(_) => self.delay_answers(0),
            Fault::ThrottleRegistrations(_) => self.throttle_registrations(0),
            Fault::LoseSecrets(_) => self.lose_secrets(0),
            Fault::DuplicateSecrets(_) => self.duplicate_secrets(0),
        }
    }

    /// Ends every fault that goes on, waits for its occasion, or is scheduled. What happened to a connection stays: a mute
    /// one is mute.
    pub fn call_off(&mut self, now: u64) {
        self.poll(now);
        self.faults = Faults::default();
        self.schedule = Schedule::default();
        self.call_off_kicks();
    }

    fn call_off_kicks(&mut self) {
        self.faults.kick = None;
        for conn in self.open_connections() {
            if let Some(established) = self.connections.get_mut(&conn).and_then(|c| c.established.as_mut()) {
                established.kicked_at = None;
            }
            self.arm(conn);
        }
    }

    /// Orders a fault for its time, and for the end of its time takes it back. Its times count from 0, the start of the
    /// platform's time; what is past happens at the next call.
    pub fn schedule(&mut self, timed: TimedFault) {
        let us = |ms: u32| u64::from(ms) * 1000;
        let at = us(timed.at_ms);
        self.schedule.add(at, Step::Order(timed.fault));
        if let Some(for_ms) = timed.for_ms {
            self.schedule.add(at + us(for_ms), Step::TakeBack(timed.fault));
        }
    }

    /// Does the next step of the schedule.
    pub(super) fn step(&mut self) {
        match self.schedule.0.pop_front() {
            None => {}
            Some((at, Step::Order(fault))) => self.order(at, fault),
            Some((at, Step::TakeBack(fault))) => self.take_back(at, fault),
        }
    }
}
