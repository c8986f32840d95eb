//! Moves of bytes that link no `memmove` and cannot panic.

use zeroize::Zeroize;

/// Moves `buffer[by..end]` to the front.
pub(crate) fn shift_down(buffer: &mut [u8], by: usize, end: usize) {
    let cells = core::cell::Cell::from_mut(buffer).as_slice_of_cells();
    if let Some(from) = cells.get(by..end) {
        cells.iter().zip(from).for_each(|(to, from)| to.set(from.get()));
    }
}

/// Overwrites what a secret was in, or may have been.
pub(crate) fn wipe(buffer: &mut [u8]) {
    buffer.zeroize();
}

/// Copies as much of `from` as fits and returns how much that was.
pub(crate) fn copy(to: &mut [u8], from: &[u8]) -> usize {
    let mut copied = 0;
    for (slot, &byte) in to.iter_mut().zip(from) {
        *slot = byte;
        copied += 1;
    }
    copied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_down_moves_overlapping_ranges() {
        let mut buffer = *b"abcdefgh";
        shift_down(&mut buffer, 2, 7);
        assert_eq!(&buffer, b"cdefgfgh");
        shift_down(&mut buffer, 9, 8);
        assert_eq!(&buffer, b"cdefgfgh");
    }
}
