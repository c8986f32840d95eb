//! Memory-mapped registers.

/// One 32-bit register of a peripheral.
pub(crate) struct Register(usize);

impl Register {
    /// The register at `address`.
    ///
    /// # Safety
    ///
    /// `address` is that of a device register, which any 32-bit load and store leaves sound: it controls no access to
    /// memory (no DMA).
    pub(crate) const unsafe fn at(address: usize) -> Self {
        Self(address)
    }

    pub(crate) fn read(&self) -> u32 {
        // SAFETY: a device register, as promised to `at`.
        unsafe { (self.0 as *const u32).read_volatile() }
    }

    pub(crate) fn write(&self, value: u32) {
        // SAFETY: a device register, as promised to `at`.
        unsafe { (self.0 as *mut u32).write_volatile(value) }
    }

    /// Sets and clears bits. Not atomic: an interrupt handler that writes the same register has to be held off.
    pub(crate) fn modify(&self, clear: u32, set: u32) {
        self.write(self.read() & !clear | set);
    }
}
