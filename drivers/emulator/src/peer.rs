//! What stands at the other end of the wire.

use std::cell::RefCell;
use std::rc::Rc;

/// The other end of the wire as a pure state machine: bytes and time in, bytes out. It never asks a clock.
///
/// The caller keeps four rules, in a simulated world as with a real port:
/// - [`input`](Self::input) and [`poll`](Self::poll) get times that never go back;
/// - `poll` is called after every input, and no later than [`next`](Self::next) says;
/// - [`output`](Self::output) is taken after every `poll`;
/// - what has no place in these calls (pins, a fault that a test orders) changes only between them.
pub trait Peer {
    /// Bytes that the host wrote and that arrived at `now_us`.
    fn input(&mut self, now_us: u64, bytes: &[u8]);

    /// Does what is due at `now_us`.
    fn poll(&mut self, now_us: u64);

    /// When [`poll`](Self::poll) has something to do next; `None`: not before the next input.
    fn next(&self) -> Option<u64>;

    /// Takes the bytes that go to the host now.
    fn output(&mut self) -> Vec<u8>;

    /// Takes what the last [`output`](Self::output) was before noise was put on it, byte for byte, so that a trace can
    /// tell what is a secret in it; `None`: there is no noise.
    fn clean_output(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// How bytes of either direction are shown in a trace: secrets must not be readable in it.
    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    /// Takes what happened beside the wire since the last call (faults that were ordered): notes for the trace.
    fn notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

impl<P: Peer + ?Sized> Peer for &mut P {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        (**self).input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        (**self).poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        (**self).next()
    }

    fn output(&mut self) -> Vec<u8> {
        (**self).output()
    }

    fn clean_output(&mut self) -> Option<Vec<u8>> {
        (**self).clean_output()
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        (**self).redact(bytes)
    }

    fn notes(&mut self) -> Vec<String> {
        (**self).notes()
    }
}

/// A peer that the test keeps a hand on while it runs, to order faults and to look inside.
impl<P: Peer + ?Sized> Peer for Rc<RefCell<P>> {
    fn input(&mut self, now_us: u64, bytes: &[u8]) {
        self.borrow_mut().input(now_us, bytes);
    }

    fn poll(&mut self, now_us: u64) {
        self.borrow_mut().poll(now_us);
    }

    fn next(&self) -> Option<u64> {
        self.borrow().next()
    }

    fn output(&mut self) -> Vec<u8> {
        self.borrow_mut().output()
    }

    fn clean_output(&mut self) -> Option<Vec<u8>> {
        self.borrow_mut().clean_output()
    }

    fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        self.borrow().redact(bytes)
    }

    fn notes(&mut self) -> Vec<String> {
        self.borrow_mut().notes()
    }
}
