//! NOR flash as its data sheets have it: words that are written once, pages that are erased at once, and power that
//! goes at any step.

use embassy_futures::yield_now;
use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

use crate::random::SplitMix64;

/// What a word or a page is when the power went while it was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Torn {
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
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Untouched, Self::Done, Self::Zeros, Self::Head, Self::Tail, Self::Bits, Self::Noise];

    /// Whether chance has a part in it.
    #[must_use]
    pub const fn is_drawn(self) -> bool {
        !matches!(self, Self::Untouched | Self::Done | Self::Zeros)
    }
}

/// A step of a flash's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlashStep {
    /// A word is written.
    Word,
    /// A page is erased.
    Erasure,
}

/// Flash with words of `W` and pages of `P` bytes, which panics when it is used against its data sheet.
#[derive(Clone)]
pub struct Nor<const W: usize, const P: usize> {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Steps done.
    pub steps: u32,
    /// Erasures among them.
    pub erased: u32,
    /// Whether each step has to be waited for, by one poll more.
    pub waits: bool,
    /// What a word takes that was written before.
    rewrites: Rewrites,
    cut: Option<Cut>,
    /// In the middle of what the power went.
    torn: Option<FlashStep>,
}

/// What a word takes that was written before, beside zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rewrites {
    /// Nothing.
    Never,
    /// Bits are cleared.
    Clears,
    /// Anything, of which bits that are cleared stay it.
    Anything,
}

/// A loss of power that is to come.
#[derive(Debug, Clone)]
struct Cut {
    /// Steps that count; each does without one.
    within: Option<FlashStep>,
    /// How many of them are done before.
    left: u32,
    torn: Torn,
    random: SplitMix64,
}

/// There is no power, or nothing at this address. No more than the traits ask for, as the errors of most drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NorError;

impl NorFlashError for NorError {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl<const W: usize, const P: usize> Nor<W, P> {
    /// Erased flash of so many pages.
    #[must_use]
    pub fn new(pages: usize) -> Self {
        Self {
            bytes: vec![0xFF; pages * P],
            steps: 0,
            erased: 0,
            waits: false,
            rewrites: Rewrites::Never,
            cut: None,
            torn: None,
        }
    }

    /// Erased flash whose written bits can be cleared later.
    #[must_use]
    pub fn rewritable(pages: usize) -> Self {
        Self { rewrites: Rewrites::Clears, ..Self::new(pages) }
    }

    /// Flash with these bytes, whoever wrote them: words take what is written over them, as far as flash can.
    ///
    /// # Panics
    /// They are no whole pages.
    #[must_use]
    pub fn found(bytes: Vec<u8>) -> Self {
        assert!(bytes.len().is_multiple_of(P), "whole pages are found");
        Self { bytes, rewrites: Rewrites::Anything, ..Self::new(0) }
    }

    /// Lets the power go in the middle of step `at` from now.
    pub fn cut(&mut self, at: u32, torn: Torn, seed: u64) {
        self.cut = Some(Cut { within: None, left: at, torn, random: SplitMix64::new(seed) });
    }

    /// As [`cut`](Self::cut), counting steps of this kind only.
    pub fn cut_within(&mut self, step: FlashStep, at: u32, torn: Torn, seed: u64) {
        self.cut = Some(Cut { within: Some(step), left: at, torn, random: SplitMix64::new(seed) });
    }

    /// There is power, and it stays.
    pub fn power_on(&mut self) {
        (self.cut, self.torn) = (None, None);
    }

    /// Whether the power went.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.torn.is_some()
    }

    /// In the middle of which step the power went, until it is back.
    #[must_use]
    pub const fn torn(&self) -> Option<FlashStep> {
        self.torn
    }

    /// Reads from a boundary of words.
    ///
    /// # Errors
    /// The power is off, or it is not all there.
    ///
    /// # Panics
    /// It is no boundary.
    pub fn read_words(&self, offset: u32, out: &mut [u8]) -> Result<(), NorError> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && out.len().is_multiple_of(W), "whole words are read");
        if self.is_off() {
            return Err(NorError);
        }
        out.copy_from_slice(self.bytes.get(at..at + out.len()).ok_or(NorError)?);
        Ok(())
    }

    /// Writes one word.
    ///
    /// # Errors
    /// The power is off, or goes.
    ///
    /// # Panics
    /// It is not one word, or was written before.
    pub fn write_word(&mut self, offset: u32, word: &[u8]) -> Result<(), NorError> {
        let at = offset as usize;
        assert!(at.is_multiple_of(W) && word.len() == W && at + W <= self.bytes.len(), "whole words are written");
        if self.is_off() {
            return Err(NorError);
        }
        // Zeros may be written over anything, also where words have a check code (ST, RM0351, 3.3.7).
        let virgin = self.bytes[at..at + W].iter().all(|byte| *byte == 0xFF);
        let mut written = [0; W];
        let bits = self.bytes[at..at + W].iter().zip(word).map(|(old, new)| old & new);
        written.iter_mut().zip(bits).for_each(|(place, byte)| *place = byte);
        let takes = match self.rewrites {
            Rewrites::Never => false,
            Rewrites::Clears => written == word,
            Rewrites::Anything => true,
        };
        assert!(virgin || takes || word.iter().all(|byte| *byte == 0), "a word is written once: {at:#x}");
        self.step(FlashStep::Word, at, &written)
    }

    /// Erases one page.
    ///
    /// # Errors
    /// The power is off, or goes.
    ///
    /// # Panics
    /// There is no page at this address.
    pub fn erase_page(&mut self, offset: u32) -> Result<(), NorError> {
        let at = offset as usize;
        assert!(at.is_multiple_of(P) && at + P <= self.bytes.len(), "whole pages are erased");
        if self.is_off() {
            return Err(NorError);
        }
        self.step(FlashStep::Erasure, at, &[0xFF; P])?;
        self.erased += 1;
        Ok(())
    }

    /// Changes bytes to what is wanted there, or the power goes on the way.
    fn step(&mut self, step: FlashStep, at: usize, wanted: &[u8]) -> Result<(), NorError> {
        let place = &mut self.bytes[at..at + wanted.len()];
        if let Some(cut) = self.cut.as_mut().filter(|cut| cut.within.is_none_or(|within| within == step)) {
            if cut.left == 0 {
                self.torn = Some(step);
                cut.tear(place, wanted);
                return Err(NorError);
            }
            cut.left -= 1;
        }
        self.steps += 1;
        place.copy_from_slice(wanted);
        Ok(())
    }

    async fn wait(&self) {
        if self.waits {
            yield_now().await;
        }
    }
}

impl Cut {
    fn tear(&mut self, place: &mut [u8], wanted: &[u8]) {
        let part = self.random.below(wanted.len() as u64) as usize;
        // How far all bits have come, in 255 parts.
        let progress = self.random.below(256);
        for (index, (place, &wanted)) in place.iter_mut().zip(wanted).enumerate() {
            let mask = (0..8).fold(0, |mask, _| mask << 1 | u8::from(self.random.below(256) < progress));
            let is_done = match self.torn {
                Torn::Untouched => false,
                Torn::Head => index < part,
                Torn::Tail => index >= part,
                _ => true,
            };
            *place = match self.torn {
                Torn::Zeros => 0,
                Torn::Bits => *place & !mask | wanted & mask,
                Torn::Noise => self.random.next_u64() as u8,
                _ if is_done => wanted,
                _ => *place,
            };
        }
    }
}

impl<const W: usize, const P: usize> ErrorType for Nor<W, P> {
    type Error = NorError;
}

impl<const W: usize, const P: usize> ReadNorFlash for Nor<W, P> {
    const READ_SIZE: usize = W;

    async fn read(&mut self, offset: u32, out: &mut [u8]) -> Result<(), NorError> {
        self.read_words(offset, out)
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const W: usize, const P: usize> NorFlash for Nor<W, P> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = P;

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorError> {
        for (index, word) in bytes.chunks(W).enumerate() {
            self.wait().await;
            self.write_word(offset + (index * W) as u32, word)?;
        }
        Ok(())
    }

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorError> {
        assert!(to.is_multiple_of(P as u32) && from < to, "whole pages are erased");
        for page in (from..to).step_by(P) {
            self.wait().await;
            self.erase_page(page)?;
        }
        Ok(())
    }
}

/// Of a [rewritable](Nor::rewritable) one.
impl<const W: usize, const P: usize> MultiwriteNorFlash for Nor<W, P> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_be_torn() {
        let torn = |torn| {
            let mut nor = Nor::<4, 64>::new(2);
            nor.write_word(0, &[1, 2, 3, 4]).unwrap();
            nor.cut_within(FlashStep::Erasure, 0, torn, 3);
            nor.write_word(4, &[0xFF; 4]).unwrap();
            assert_eq!(nor.erase_page(0), Err(NorError));
            assert_eq!((nor.torn(), nor.read_words(0, &mut [0; 4])), (Some(FlashStep::Erasure), Err(NorError)));
            nor.power_on();
            nor.bytes
        };
        assert_eq!(torn(Torn::Untouched)[..5], [1, 2, 3, 4, 0xFF]);
        assert!(torn(Torn::Done).iter().all(|byte| *byte == 0xFF));
        assert!(torn(Torn::Zeros)[..64].iter().all(|byte| *byte == 0));
        let (head, tail) = (torn(Torn::Head), torn(Torn::Tail));
        assert!(head[..4] == [0xFF; 4] && tail[..4] == [1, 2, 3, 4], "{head:?} {tail:?}");
        assert_eq!(torn(Torn::Bits)[0] & 1, 1, "a bit that is erased stays it");
        assert!(torn(Torn::Noise)[64..].iter().all(|byte| *byte == 0xFF), "the next page is untouched");
    }

    #[test]
    fn the_power_goes_in_the_middle_of_the_step_that_was_named() {
        let mut nor = Nor::<4, 64>::new(1);
        nor.cut(1, Torn::Untouched, 0);
        nor.write_word(0, &[0; 4]).unwrap();
        assert_eq!(nor.write_word(4, &[0; 4]), Err(NorError));
        assert_eq!((nor.steps, nor.is_off(), nor.torn()), (1, true, Some(FlashStep::Word)));
        nor.power_on();
        assert_eq!(nor.bytes[4..8], [0xFF; 4]);
        nor.write_word(4, &[0; 4]).unwrap();
    }

    #[test]
    #[should_panic = "a word is written once"]
    fn a_word_is_written_once() {
        let mut nor = Nor::<4, 64>::new(1);
        nor.write_word(0, &[0xF0; 4]).unwrap();
        let _ = nor.write_word(0, &[0x0F; 4]);
    }
}
