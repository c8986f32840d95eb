//! Pages of flash that are either erased or not, whatever happened while they were being erased.
//!
//! The contents of a page whose erasure was cut are anything: all zeros, since many parts program a page before they
//! erase it, or bits that rose here and there. `sequential-storage` tells the states of a page by its first and its
//! last word, and could take such a page for a full one, and erase the good page next to it. So each page has a head of
//! three words, each of at least four bytes, that is not shown to it:
//!
//! | label | mark | label | what the page is |
//! |---|---|---|---|
//! | whole | erased | whole | live: what it holds counts |
//! | whole | anything else | whole | about to be erased: reads as erased |
//! | anything else | | | not ours, or its erasure was cut: reads as erased, and is erased before it is written |
//!
//! A page is labelled behind its erasure and marked before it. For a page in the middle of its erasure to pass for a
//! live one, the mark would have to be erased while both labels around it are still whole.
//!
//! The head also tells whose the flash is: what was written once always has a page with whole labels.

use core::ops::Range;

use embedded_storage_async::nor_flash::{ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash};

/// The longest word that flash is written in, in bytes, as `sequential-storage` has it.
pub(crate) const LONGEST_WORD: usize = 32;

/// What the pages are for, and the version of their layout: that of ours and that of `sequential-storage` below, 8.
pub(crate) type Label = [u8; 4];
const ERASED: u8 = 0xFF;

/// Why a range of flash cannot be a store or a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LayoutError {
    /// It does not begin and end with a page of this many bytes.
    Boundary(usize),
    /// It has fewer pages than two or more than 32.
    Pages(usize),
    /// It ends behind the end of the flash, or its pages are too small.
    Size,
    /// The room is smaller than this.
    Room(usize),
}

impl core::fmt::Display for LayoutError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Boundary(page) => write!(f, "the range does not begin and end with a page of {page} bytes"),
            Self::Pages(count) => write!(f, "the range has {count} pages, it takes 2 to 32"),
            Self::Size => f.write_str("the range ends behind the end of the flash, or its pages are too small"),
            Self::Room(least) => write!(f, "the room is smaller than {least} bytes"),
        }
    }
}

impl core::error::Error for LayoutError {}

/// What flash went through, counted around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Wear {
    /// Bytes that were written.
    pub written: u32,
    /// Pages that were erased.
    pub erased: u32,
}

/// The flash, as `sequential-storage` is to see it: without heads, from address 0 on.
pub(crate) struct Pages<F> {
    flash: F,
    label: Label,
    wear: Wear,
    start: u32,
    count: u32,
    /// A bit for each page: whether it is live. Found out anew before each use of the store.
    live: u32,
}

/// What is in the flash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// At least one page is ours.
    Ours,
    /// Nothing, but heads that were cut while they were written.
    Nothing,
    /// Pages of a newer program.
    Version(u8),
    /// Something else.
    Foreign,
}

/// What a head says.
enum Head {
    Live,
    Dead,
    Version(u8),
    None,
}

impl<F: NorFlash> Pages<F> {
    /// What is read and written at once.
    const WORD: usize = if F::WRITE_SIZE > F::READ_SIZE { F::WRITE_SIZE } else { F::READ_SIZE };
    /// A label, and the mark between two of them.
    const PART: usize = size_of::<Label>().next_multiple_of(Self::WORD);
    const HEAD: usize = 3 * Self::PART;

    pub(crate) fn new(flash: F, label: Label, range: Range<u32>) -> Result<Self, LayoutError> {
        let (page, start, end) = (F::ERASE_SIZE, range.start as usize, range.end as usize);
        if !start.is_multiple_of(page) || !end.is_multiple_of(page) {
            return Err(LayoutError::Boundary(page));
        }
        if Self::WORD > LONGEST_WORD || page < 2 * Self::HEAD || end > flash.capacity() {
            return Err(LayoutError::Size);
        }
        let count = end.saturating_sub(start) / page;
        if !(2..=32).contains(&count) {
            return Err(LayoutError::Pages(count));
        }
        let (wear, start, count) = (Wear::default(), range.start, count as u32);
        Ok(Self { flash, label, wear, start, count, live: 0 })
    }

    pub(crate) fn release(self) -> F {
        self.flash
    }

    /// What was written and erased since this value was made.
    pub(crate) fn wear(&self) -> Wear {
        self.wear
    }

    /// Bytes that can be seen.
    pub(crate) fn len(&self) -> u32 {
        self.count * Self::ERASE_SIZE as u32
    }

    fn address(&self, page: u32) -> u32 {
        self.start + page * F::ERASE_SIZE as u32
    }

    fn is_live(&self, page: u32) -> bool {
        self.live >> page & 1 == 1
    }

    /// The page of an address that can be seen, and the address behind its head.
    fn place(&self, offset: u32) -> (u32, u32) {
        let (page, within) = (offset / Self::ERASE_SIZE as u32, offset % Self::ERASE_SIZE as u32);
        (page, self.address(page) + Self::HEAD as u32 + within)
    }

    /// Looks at all heads, and at all bytes where no head is ours.
    pub(crate) async fn examine(&mut self) -> Result<Found, F::Error> {
        self.live = 0;
        let mut found = Found::Foreign;
        for page in 0..self.count {
            match self.head(page).await? {
                Head::Live => (self.live, found) = (self.live | 1 << page, Found::Ours),
                Head::Dead => found = Found::Ours,
                Head::Version(version) => return Ok(Found::Version(version)),
                Head::None => (),
            }
        }
        if found == Found::Foreign {
            for page in 0..self.count {
                if !self.is_erased(self.address(page) + Self::HEAD as u32..self.address(page + 1)).await? {
                    return Ok(found);
                }
            }
            found = Found::Nothing;
        }
        Ok(found)
    }

    async fn head(&mut self, page: u32) -> Result<Head, F::Error> {
        let [first, mark, second] = [0, 1, 2].map(|part| self.address(page) + part * Self::PART as u32);
        let version = self.label(first).await?;
        if version.is_none() || version != self.label(second).await? {
            return Ok(Head::None);
        }
        Ok(match version {
            Some(version) if version != self.label[3] => Head::Version(version),
            _ if self.is_erased(mark..second).await? => Head::Live,
            _ => Head::Dead,
        })
    }

    /// The version of a whole label.
    async fn label(&mut self, address: u32) -> Result<Option<u8>, F::Error> {
        let mut bytes = [0; LONGEST_WORD];
        let Some(part) = bytes.get_mut(..Self::PART) else { return Ok(None) };
        self.flash.read(address, part).await?;
        let Some(&version) = part.get(3) else { return Ok(None) };
        let own = self.repeated(version);
        Ok((part.iter().zip(own).all(|(byte, own)| *byte == own)).then_some(version))
    }

    async fn is_erased(&mut self, addresses: Range<u32>) -> Result<bool, F::Error> {
        let mut bytes = [0; LONGEST_WORD];
        for address in addresses.clone().step_by(LONGEST_WORD) {
            let left = (addresses.end - address) as usize;
            let piece = bytes.get_mut(..left.min(LONGEST_WORD)).unwrap_or_default();
            self.flash.read(address, piece).await?;
            if piece.iter().any(|byte| *byte != ERASED) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn put(&mut self, address: u32, bytes: &[u8]) -> Result<(), F::Error> {
        self.wear.written = self.wear.written.wrapping_add(bytes.len() as u32);
        self.flash.write(address, bytes).await
    }

    /// The label with this version, over and over.
    fn repeated(&self, version: u8) -> [u8; LONGEST_WORD] {
        core::array::from_fn(|at| if at % 4 == 3 { version } else { self.label[at % 4] })
    }

    /// Makes a page live: empty, and labelled.
    async fn open(&mut self, page: u32) -> Result<(), F::Error> {
        if !self.is_erased(self.address(page)..self.address(page + 1)).await? {
            self.close(page).await?;
        }
        self.put_label(page).await
    }

    async fn put_label(&mut self, page: u32) -> Result<(), F::Error> {
        let label = Aligned(self.repeated(self.label[3]));
        for part in [0, 2] {
            self.put(self.address(page) + part * Self::PART as u32, &label.0[..Self::PART]).await?;
        }
        self.live |= 1 << page;
        Ok(())
    }

    /// Ends a page: marks it when it is live, and then erases it.
    async fn close(&mut self, page: u32) -> Result<(), F::Error> {
        self.hold(page).await?;
        let (start, end) = (self.address(page), self.address(page + 1));
        if self.is_live(page) {
            self.live &= !(1 << page);
            let mark = Aligned([0; LONGEST_WORD]);
            self.put(start + Self::PART as u32, &mark.0[..Self::PART]).await?;
        }
        self.wear.erased = self.wear.erased.wrapping_add(1);
        self.flash.erase(start, end).await
    }

    /// Sees to it that another page tells whose the flash is while one is being erased.
    ///
    /// Not possible when nothing is live and all other heads were cut: on flash that was never written before, after as
    /// many losses of power in a row as there are pages, each within the first words.
    async fn hold(&mut self, page: u32) -> Result<(), F::Error> {
        for other in (0..self.count).filter(|other| *other != page) {
            if self.live & !(1 << page) != 0 {
                break;
            }
            if self.is_erased(self.address(other)..self.address(other + 1)).await? {
                self.put_label(other).await?;
            }
        }
        Ok(())
    }

    /// Erases all pages, whatever they hold, and labels them, so that the rest is ours when this is cut.
    pub(crate) async fn clear(&mut self) -> Result<(), F::Error> {
        self.examine().await?;
        for page in 0..self.count {
            self.close(page).await?;
            self.open(page).await?;
        }
        Ok(())
    }
}

/// Some flash is written from addresses of whole words only.
#[repr(align(4))]
struct Aligned([u8; LONGEST_WORD]);

impl<F: NorFlash> ErrorType for Pages<F> {
    type Error = F::Error;
}

impl<F: NorFlash> ReadNorFlash for Pages<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    /// Never asked for bytes of two pages.
    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), F::Error> {
        let (page, address) = self.place(offset);
        if self.is_live(page) {
            self.flash.read(address, bytes).await
        } else {
            bytes.fill(ERASED);
            Ok(())
        }
    }

    fn capacity(&self) -> usize {
        self.len() as usize
    }
}

impl<F: NorFlash> NorFlash for Pages<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE - Self::HEAD;

    /// Never asked for bytes of two pages.
    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), F::Error> {
        let (page, address) = self.place(offset);
        if !self.is_live(page) {
            self.open(page).await?;
        }
        self.put(address, bytes).await
    }

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
        for page in from / Self::ERASE_SIZE as u32..to / Self::ERASE_SIZE as u32 {
            self.close(page).await?;
        }
        Ok(())
    }
}

impl<F: MultiwriteNorFlash> MultiwriteNorFlash for Pages<F> {}
