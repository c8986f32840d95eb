//! The bytes between an interrupt handler and the task.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// A queue of `N` bytes with one producer and one consumer.
///
/// Both positions run freely and are reduced on use, so that all `N` places count. `N` is a power of two, else a
/// position that wraps around would jump.
pub(crate) struct Ring<const N: usize> {
    bytes: [AtomicU8; N],
    pushed: AtomicUsize,
    popped: AtomicUsize,
}

impl<const N: usize> Ring<N> {
    pub(crate) const fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        Self { bytes: [const { AtomicU8::new(0) }; N], pushed: AtomicUsize::new(0), popped: AtomicUsize::new(0) }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.has(N)
    }

    /// Whether there are so many bytes, for the producer.
    pub(crate) fn has(&self, count: usize) -> bool {
        let popped = self.popped.load(Ordering::Acquire);
        self.pushed.load(Ordering::Relaxed).wrapping_sub(popped) >= count
    }

    /// Appends a byte. The producer has asked [`is_full`](Self::is_full) before.
    pub(crate) fn push(&self, byte: u8) {
        let pushed = self.pushed.load(Ordering::Relaxed);
        self.bytes[pushed % N].store(byte, Ordering::Relaxed);
        self.pushed.store(pushed.wrapping_add(1), Ordering::Release);
    }

    pub(crate) fn pop(&self) -> Option<u8> {
        let popped = self.popped.load(Ordering::Relaxed);
        if popped == self.pushed.load(Ordering::Acquire) {
            return None;
        }
        let byte = self.bytes[popped % N].load(Ordering::Relaxed);
        self.popped.store(popped.wrapping_add(1), Ordering::Release);
        Some(byte)
    }
}
