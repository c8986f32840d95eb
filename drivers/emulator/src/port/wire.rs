//! What is between the two ends of a port: bytes on their way, splits, line rate, faults.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::{PortError, PortOptions, PortReader, PortWriter, Split};
use crate::random::SplitMix64;

/// Bits of a byte on the line: start, eight data bits, stop.
const BITS_PER_BYTE: u64 = 10;

/// The wire of a port: the side that plays the module puts and takes bytes here, and a test breaks it here.
/// Clones are the same wire.
#[derive(Clone, Debug)]
pub struct Wire(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    options: PortOptions,
    random: SplitMix64,
    to_host: Lane<Result<u8, PortError>>,
    to_module: Lane<u8>,
    /// Bytes to the host that an ordered overrun will still swallow, the first of them with the report.
    overrun: Option<usize>,
    /// No read before this time: the pause after a split.
    pause_until: u64,
    gone: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// One direction. Each item has the time at which it is at the other end.
#[derive(Debug)]
struct Lane<T> {
    items: VecDeque<(u64, T)>,
    free_at_ns: u64,
}

impl<T> Lane<T> {
    const fn new() -> Self {
        Self { items: VecDeque::new(), free_at_ns: 0 }
    }

    fn push(&mut self, now_us: u64, baud: Option<u32>, item: T) {
        let byte_ns = baud.map_or(0, |baud| BITS_PER_BYTE * 1_000_000_000 / u64::from(baud.max(1)));
        self.free_at_ns = self.free_at_ns.max(now_us * 1000) + byte_ns;
        self.items.push_back((self.free_at_ns.div_ceil(1000), item));
    }

    fn arrived(&self, now_us: u64) -> usize {
        self.items.iter().take_while(|item| item.0 <= now_us).count()
    }

    fn next(&self, now_us: u64) -> Option<u64> {
        self.items.front().map(|item| item.0).filter(|&at| at > now_us)
    }
}

impl Wire {
    pub(super) fn new(options: PortOptions, seed: u64) -> Self {
        Self(Rc::new(RefCell::new(State {
            options,
            random: SplitMix64::new(seed),
            to_host: Lane::new(),
            to_module: Lane::new(),
            overrun: None,
            pause_until: 0,
            gone: false,
            reader: None,
            writer: None,
        })))
    }

    pub(crate) fn reader(&self) -> PortReader {
        PortReader(self.clone())
    }

    pub(crate) fn writer(&self) -> PortWriter {
        PortWriter(self.clone())
    }

    /// The host's halves. A second pair is the same port, as after a restart of the host.
    #[must_use]
    pub fn halves(&self) -> (PortReader, PortWriter) {
        (self.reader(), self.writer())
    }

    /// Puts bytes of the module on the wire.
    pub fn put_from_module(&self, now_us: u64, bytes: &[u8]) {
        let mut state = self.0.borrow_mut();
        for &byte in bytes {
            state.push_to_host(now_us, byte);
        }
        state.wake_reader();
    }

    /// Takes the bytes of the host that have arrived by `now_us`.
    #[must_use]
    pub fn take_for_module(&self, now_us: u64) -> Vec<u8> {
        let mut state = self.0.borrow_mut();
        let count = state.to_module.arrived(now_us);
        let bytes = state.to_module.items.drain(..count).map(|item| item.1).collect();
        if count > 0 {
            state.writer.take().into_iter().for_each(Waker::wake);
        }
        bytes
    }

    /// When something on the wire arrives next, later than `now_us`.
    #[must_use]
    pub fn next(&self, now_us: u64) -> Option<u64> {
        let state = self.0.borrow();
        let to_host = match state.to_host.items.front() {
            Some(item) => Some(item.0.max(state.pause_until)).filter(|&at| at > now_us),
            None => None,
        };
        [to_host, state.to_module.next(now_us)].into_iter().flatten().min()
    }

    /// Wakes the reader when bytes have arrived by `now_us`.
    pub fn wake_if_arrived(&self, now_us: u64) {
        let mut state = self.0.borrow_mut();
        if state.pause_until <= now_us && state.to_host.items.front().is_some_and(|item| item.0 <= now_us) {
            state.wake_reader();
        }
    }

    /// Fault: the host's receiver overruns at the next byte. That byte and `bytes` - 1 after it are lost, and the
    /// reader gets [`PortError::Overrun`] in their place.
    pub fn overrun(&self, bytes: usize) {
        self.0.borrow_mut().overrun = Some(bytes.max(1));
    }

    /// Fault: the host reads a malformed character next.
    pub fn framing_error(&self, now_us: u64) {
        let mut state = self.0.borrow_mut();
        let baud = state.options.baud;
        state.to_host.push(now_us, baud, Err(PortError::Framing));
        state.wake_reader();
    }

    /// Fault: the port goes away. Reads give what had arrived, then `Ok(0)`; writes fail with [`PortError::Gone`].
    pub fn hang_up(&self) {
        let mut state = self.0.borrow_mut();
        state.gone = true;
        state.to_module.items.clear();
        state.wake_reader();
        state.writer.take().into_iter().for_each(Waker::wake);
    }

    /// Fault: from now on reads are split this way.
    pub fn split(&self, split: Split) {
        self.0.borrow_mut().options.split = split;
    }

    pub(super) fn take_for_host(&self, now_us: u64, buf: &mut [u8]) -> Option<Result<usize, PortError>> {
        self.0.borrow_mut().take_for_host(now_us, buf)
    }

    pub(super) fn put_from_host(&self, now_us: u64, bytes: &[u8]) -> Option<Result<usize, PortError>> {
        self.0.borrow_mut().put_from_host(now_us, bytes)
    }

    pub(super) fn all_sent(&self) -> Option<Result<(), PortError>> {
        let state = self.0.borrow();
        if state.gone {
            return Some(Err(PortError::Gone));
        }
        state.to_module.items.is_empty().then_some(Ok(()))
    }

    pub(super) fn wait_for_bytes<T>(&self, waker: &Waker) -> Poll<T> {
        self.0.borrow_mut().reader = Some(waker.clone());
        Poll::Pending
    }

    pub(super) fn wait_for_room<T>(&self, waker: &Waker) -> Poll<T> {
        self.0.borrow_mut().writer = Some(waker.clone());
        Poll::Pending
    }
}

impl State {
    fn push_to_host(&mut self, now_us: u64, byte: u8) {
        let baud = self.options.baud;
        if self.gone {
            return;
        }
        let Some(left) = self.overrun.as_mut() else {
            return self.to_host.push(now_us, baud, Ok(byte));
        };
        *left -= 1;
        if *left == 0 {
            // The report stands where the bytes would have been.
            self.overrun = None;
            self.to_host.push(now_us, baud, Err(PortError::Overrun));
        }
    }

    fn take_for_host(&mut self, now_us: u64, buf: &mut [u8]) -> Option<Result<usize, PortError>> {
        self.overflow(now_us);
        let arrived = self.to_host.arrived(now_us);
        if arrived == 0 || (self.pause_until > now_us && !self.gone) {
            return (self.gone && arrived == 0).then_some(Ok(0));
        }
        let most = match self.options.split {
            Split::Whole => usize::MAX,
            Split::At(count) => count.max(1),
            Split::Random if self.random.one_in(8) => usize::MAX,
            Split::Random => 1 + self.random.below(16) as usize,
        };
        let mut count = 0;
        while count < arrived.min(most).min(buf.len()) {
            match self.to_host.items.front() {
                Some((_, Ok(byte))) => buf[count] = *byte,
                Some((_, Err(error))) if count == 0 => {
                    let error = *error;
                    self.to_host.items.pop_front();
                    return Some(Err(error));
                }
                _ => break,
            }
            self.to_host.items.pop_front();
            count += 1;
        }
        self.pause_until = now_us + self.options.gap_us;
        Some(Ok(count))
    }

    /// Loses what arrived while the host's receiver was full.
    fn overflow(&mut self, now_us: u64) {
        let Some(room) = self.options.receive_buffer else { return };
        let arrived = self.to_host.arrived(now_us);
        if arrived > room {
            self.to_host.items.drain(room..arrived);
            self.to_host.items.insert(room, (now_us, Err(PortError::Overrun)));
        }
    }

    fn put_from_host(&mut self, now_us: u64, bytes: &[u8]) -> Option<Result<usize, PortError>> {
        if self.gone {
            return Some(Err(PortError::Gone));
        }
        let room = self.options.transmit_buffer.unwrap_or(usize::MAX).max(1).saturating_sub(self.to_module.items.len());
        if room == 0 {
            return None;
        }
        let count = bytes.len().min(room);
        for &byte in &bytes[..count] {
            self.to_module.push(now_us, self.options.baud, byte);
        }
        Some(Ok(count))
    }

    fn wake_reader(&mut self) {
        self.reader.take().into_iter().for_each(Waker::wake);
    }
}
