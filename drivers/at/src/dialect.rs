//! What is special to a vendor's family of modules, as data.

use crate::block::Block;

/// The facts that the engine needs of a dialect.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// Unsolicited lines, packed by [`urcs!`](crate::urcs).
    pub urcs: &'static [u8],
    /// Lines that carry counted bytes.
    pub blocks: &'static [Block],
    /// The byte that asks for data, `>` with nearly all.
    pub prompt: u8,
    /// Pause between the last byte of the module and our next command that the manual demands, in milliseconds.
    pub command_gap_ms: u8,
    /// Pause between the prompt and the data that the manual demands, in milliseconds.
    pub prompt_gap_ms: u8,
}

/// Bit of an id: see [`Urc::twin`].
pub(crate) const TWIN: u8 = 0x80;

/// An unsolicited line.
#[derive(Debug, Clone, Copy)]
pub struct Urc {
    id: u8,
    text: &'static str,
}

impl Urc {
    /// The line that starts with `text`, or, when `text` does not end in a colon, is just `text`; `id` is below 128.
    #[must_use]
    pub const fn new(id: u8, text: &'static str) -> Self {
        assert!(id < TWIN);
        Self { id, text }
    }

    /// A registration line: the answer to the read command has the same name, and only its form tells them apart
    /// (3GPP TS 27.007, 10.1.22). Other lines of a pending read command's name are its answer.
    #[must_use]
    pub const fn twin(self) -> Self {
        Self { id: self.id | TWIN, ..self }
    }
}

/// A list of unsolicited lines, packed for linking, as a `&'static [u8]`: the `urcs` of a [`Dialect`].
///
/// ```
/// # use wanlink_at::{Urc, urcs};
/// const URCS: &[u8] = urcs![&[Urc::new(1, "RDY"), Urc::new(2, "+CEREG:").twin()]];
/// ```
#[macro_export]
macro_rules! urcs {
    ($urcs:expr) => {{
        const __URCS: &[$crate::Urc] = $urcs;
        static __PACKED: [u8; $crate::packed_urcs_len(__URCS)] = $crate::pack_urcs(__URCS);
        &__PACKED as &'static [u8]
    }};
}

/// For [`urcs!`]: length of the packed form of `urcs`.
#[doc(hidden)]
#[must_use]
pub const fn packed_urcs_len(urcs: &[Urc]) -> usize {
    let (mut length, mut i) = (0, 0);
    while i < urcs.len() {
        length += 2 + urcs[i].text.len();
        i += 1;
    }
    length
}

/// For [`urcs!`].
#[doc(hidden)]
#[must_use]
pub const fn pack_urcs<const N: usize>(urcs: &[Urc]) -> [u8; N] {
    let mut out = [0; N];
    let (mut at, mut i) = (0, 0);
    while i < urcs.len() {
        let text = urcs[i].text.as_bytes();
        out[at] = urcs[i].id;
        out[at + 1] = text.len() as u8;
        at += 2;
        let mut j = 0;
        while j < text.len() {
            out[at] = text[j];
            at += 1;
            j += 1;
        }
        i += 1;
    }
    out
}

/// The id of the unsolicited line that `line` is, if it is in the list, and whether it is a [twin](Urc::twin).
pub(crate) fn find_urc(packed: &[u8], line: &[u8]) -> Option<(u8, bool)> {
    let id = find(packed, |text| if text.last() == Some(&b':') { line.starts_with(text) } else { line == text })?;
    Some((id & !TWIN, id & TWIN != 0))
}

/// The id of the first text of a packed list that is right.
pub(crate) fn find(mut packed: &[u8], is_right: impl Fn(&[u8]) -> bool) -> Option<u8> {
    while let Some((&[id, length], rest)) = packed.split_first_chunk::<2>() {
        let (text, rest) = rest.split_at_checked(length.into())?;
        if is_right(text) {
            return Some(id);
        }
        packed = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_beginnings_and_bare_lines_as_a_whole() {
        const URCS: &[Urc] = &[Urc::new(1, "RDY"), Urc::new(2, "+CEREG:").twin(), Urc::new(3, "PSM POWER DOWN")];
        const PACKED: &[u8] = urcs![URCS];
        assert_eq!(find_urc(PACKED, b"RDY"), Some((1, false)));
        assert_eq!(find_urc(PACKED, b"RDYX"), None);
        assert_eq!(find_urc(PACKED, b"+CEREG: 0,1"), Some((2, true)));
        assert_eq!(find_urc(PACKED, b"PSM POWER DOWN"), Some((3, false)));
        assert_eq!(find_urc(PACKED, b""), None);
    }
}
