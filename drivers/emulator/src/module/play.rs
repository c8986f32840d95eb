//! A module of any vendor.

use std::fmt;

use super::Module;
use super::dialect::Dialect;
use super::faults::Disturb;
use super::inspect::Inspect;
use super::redact::redact;
use crate::engine::internet::{Internet, NetEvent};
use crate::pins::Pins;

/// What the shells and the tests need of a module, whatever it speaks.
pub(crate) trait Play: Inspect + Disturb + fmt::Debug + Send {
    /// Bytes from the host.
    fn input(&mut self, now_us: u64, bytes: &[u8]);
    /// Does what is due.
    fn poll(&mut self, now_us: u64);
    /// When something is due next.
    fn next(&self) -> Option<u64>;
    /// Something happens in the internet.
    fn network_event(&mut self, now_us: u64, event: NetEvent);
    /// The power pins.
    fn pins(&self) -> Pins;
    /// Its connections.
    fn internet(&self) -> &Internet;
    /// Its connections, to change.
    fn internet_mut(&mut self) -> &mut Internet;
    /// The same bytes without their secrets.
    fn redact(&self, bytes: &[u8]) -> Vec<u8>;
}

impl<D: Dialect> Play for Module<D> {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        Self::input(self, now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        Self::poll(self, now_us);
    }

    fn next(&self) -> Option<u64> {
        Self::next(self)
    }

    fn network_event(&mut self, now_us: u64, event: NetEvent) {
        Self::poll(self, now_us);
        self.arrive(event);
    }

    fn pins(&self) -> Pins {
        self.pins.clone()
    }

    fn internet(&self) -> &Internet {
        &self.internet
    }

    fn internet_mut(&mut self) -> &mut Internet {
        &mut self.internet
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        redact(bytes, D::SECRETS)
    }
}
