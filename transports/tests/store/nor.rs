//! NOR flash as its data sheets have it: words that are written once, pages that are erased at once, and power that
//! goes at any step.

use embassy_futures::yield_now;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use wanlink_emulator::SplitMix64;

/// What a word or a page is when the power went while it was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Torn {
    /// As before.
    Untouched,
    /// As it would be without the loss.
    Done,
    /// All zeros; many parts program a page before they erase it.
    Zeros,
    /// Its first part is done. Of a word, its first bytes.
    Head,
    /// Its last part is done.
    Tail,
    /// Some bits are done, others not.
    Bits,
    /// Anything.
    Noise,
}

impl Torn {
    pub(crate) const ALL: [Self; 7] =
        [Self::Untouched, Self::Done, Self::Zeros, Self::Head, Self::Tail, Self::Bits, Self::Noise];

    /// Whether chance has a part in it.
    pub(crate) fn is_drawn(self) -> bool {
        !matches!(self, Self::Untouched | Self::Done | Self::Zeros)
    }
}

/// Flash with words of `W` and pages of `P` bytes, which panics when it is used against its data sheet.
#[derive(Clone)]
pub(crate) struct Nor<const W: usize, const P: usize> {
    pub(crate) bytes: Vec<u8>,
    torn: Torn,
    random: SplitMix64,
    /// Steps of work until the power goes. A word is one, the erasure of a page another.
    left: Option<u32>,
    /// Steps done.
    pub(crate) steps: u32,
    pub(crate) erased: u32,
    off: bool,
    /// Whether each step has to be waited for.
    pub(crate) waits: bool,
}

/// There is no power, or nothing at this address. No more than the traits ask for, as the errors of most drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NorError;

impl NorFlashError for NorError {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl<const W: usize, const P: usize> Nor<W, P> {
    pub(crate) fn new(pages: usize) -> Self {
        let random = SplitMix64::new(0);
        Self {
            bytes: vec![0xFF; pages * P],
            torn: Torn::Done,
            random,
            left: None,
            steps: 0,
            erased: 0,
            off: false,
            waits: false,
        }
    }

    /// Lets the power go in the middle of step `at` from now.
    pub(crate) fn cut(&mut self, at: u32, torn: Torn, seed: u64) {
        (self.left, self.torn, self.random) = (Some(at), torn, SplitMix64::new(seed));
    }

    pub(crate) fn power_on(&mut self) {
        (self.left, self.off) = (None, false);
    }

    pub(crate) fn is_off(&self) -> bool {
        self.off
    }

    async fn wait(&self) {
        if self.waits {
            yield_now().await;
        }
    }

    /// Changes bytes to what is wanted there, or the power goes on the way.
    fn step(&mut self, at: usize, wanted: &[u8]) -> Result<(), NorError> {
        if self.left == Some(0) {
            self.off = true;
            let old = self.bytes[at..at + wanted.len()].to_vec();
            let part = self.random.below(wanted.len() as u64) as usize;
            // How far all bits have come, in 255 parts.
            let progress = self.random.below(256);
            for (index, (&old, &wanted)) in old.iter().zip(wanted).enumerate() {
                let mask = (0..8).fold(0, |mask, _| mask << 1 | u8::from(self.random.below(256) < progress));
                self.bytes[at + index] = match self.torn {
                    Torn::Untouched => old,
                    Torn::Done => wanted,
                    Torn::Zeros => 0,
                    Torn::Head => {
                        if index < part {
                            wanted
                        } else {
                            old
                        }
                    }
                    Torn::Tail => {
                        if index < part {
                            old
                        } else {
                            wanted
                        }
                    }
                    Torn::Bits => old & !mask | wanted & mask,
                    Torn::Noise => self.random.next_u64() as u8,
                };
            }
            return Err(NorError);
        }
        self.left = self.left.map(|left| left - 1);
        self.steps += 1;
        self.bytes[at..at + wanted.len()].copy_from_slice(wanted);
        Ok(())
    }
}

impl<const W: usize, const P: usize> ErrorType for Nor<W, P> {
    type Error = NorError;
}

impl<const W: usize, const P: usize> ReadNorFlash for Nor<W, P> {
    const READ_SIZE: usize = W;

    async fn read(&mut self, offset: u32, out: &mut [u8]) -> Result<(), NorError> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && out.len().is_multiple_of(W), "whole words are read");
        if self.off {
            return Err(NorError);
        }
        out.copy_from_slice(self.bytes.get(at..at + out.len()).ok_or(NorError)?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const W: usize, const P: usize> NorFlash for Nor<W, P> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = P;

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorError> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && bytes.len().is_multiple_of(W), "whole words are written");
        assert!(at + bytes.len() <= self.bytes.len());
        for (word, wanted) in bytes.chunks(W).enumerate() {
            let at = at + word * W;
            if self.off {
                return Err(NorError);
            }
            // Zeros may be written over anything, also where words have a check code (ST, RM0351, 3.3.7).
            let virgin = self.bytes[at..at + W].iter().all(|byte| *byte == 0xFF);
            assert!(virgin || wanted.iter().all(|byte| *byte == 0), "a word is written once: {at:#x}");
            self.wait().await;
            self.step(at, wanted)?;
        }
        Ok(())
    }

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorError> {
        let (from, to) = (from as usize, to as usize);
        assert!(from.is_multiple_of(P) && to.is_multiple_of(P) && from < to && to <= self.bytes.len());
        for at in (from..to).step_by(P) {
            if self.off {
                return Err(NorError);
            }
            self.wait().await;
            self.step(at, &[0xFF; P])?;
            self.erased += 1;
        }
        Ok(())
    }
}
