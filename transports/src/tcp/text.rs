//! Which texts MQTT carries (3.1.1, chapters 1.5.3 and 4.7).

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Client identifier, user name.
    Other,
    /// Topic of a message.
    Name,
    /// Topic filter of a subscription.
    Filter,
}

/// Whether `text` is UTF-8 of at most 65,535 bytes without NUL, and a topic or filter if it is to be one.
///
/// Not by `str::from_utf8`, which is 364 bytes against the 200 of all this.
#[inline(never)]
pub(super) fn is_valid(text: &[u8], kind: Kind) -> bool {
    if text.len() > 0xFFFF || (text.is_empty() && kind != Kind::Other) {
        return false;
    }
    let mut rest = text.iter();
    // A wildcard stands alone on its level; `#` on the last one.
    let mut before = b'/';
    while let Some(&byte) = rest.next() {
        if before == b'#' || (before == b'+' && byte != b'/') {
            return false;
        }
        match byte {
            0 => return false,
            b'+' | b'#' if kind != Kind::Other => {
                if kind == Kind::Name || before != b'/' {
                    return false;
                }
                before = byte;
            }
            0x80.. if !is_sequence(byte, &mut rest) => return false,
            // Of an identifier no byte is a wildcard.
            _ => before = if byte == b'/' { b'/' } else { b' ' },
        }
    }
    true
}

/// Takes the rest of the sequence that `first` begins: the shortest that there is, and no surrogate.
fn is_sequence(first: u8, rest: &mut core::slice::Iter<'_, u8>) -> bool {
    let length = first.leading_ones();
    let least = match length {
        2 => 0x80,
        3 => 0x800,
        4 => 0x1_0000,
        _ => return false,
    };
    let mut point = u32::from(first & (0x7F >> length));
    for _ in 1..length {
        match rest.next() {
            Some(&next) if next & 0xC0 == 0x80 => point = point << 6 | u32::from(next & 0x3F),
            _ => return false,
        }
    }
    point >= least && point <= 0x10_FFFF && point >> 11 != 0x1B
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library_on_every_sequence_of_three_bytes_and_samples_of_four() {
        let mut texts = std::vec::Vec::new();
        for first in 0x80..=0xFF_u8 {
            for second in 0..=0xFF_u8 {
                for third in [0, 0x2F, 0x7F, 0x80, 0x8F, 0xBF, 0xC0, 0xFF] {
                    texts.push(std::vec![first, second, third]);
                    texts.push(std::vec![first, second, third, 0x80]);
                    texts.push(std::vec![first, second, third, 0xC0]);
                }
            }
        }
        for text in texts {
            let wanted = std::str::from_utf8(&text).is_ok_and(|text| !text.contains('\0'));
            assert_eq!(is_valid(&text, Kind::Other), wanted, "{text:x?}");
        }
    }

    #[test]
    fn wildcards_stand_alone_on_their_level() {
        for good in ["#", "+", "/", "a/#", "+/#", "a/+/b", "/+", "+/+", "a b", "\u{feff}"] {
            assert!(is_valid(good.as_bytes(), Kind::Filter), "{good}");
        }
        for bad in ["", "a#", "a/#/b", "#/", "##", "a+", "+a", "a/b+/c", "++", "+#", "a\0"] {
            assert!(!is_valid(bad.as_bytes(), Kind::Filter), "{bad}");
        }
        assert!(!is_valid(b"a/+", Kind::Name) && !is_valid(b"#", Kind::Name) && is_valid(b"a/b", Kind::Name));
        assert!(is_valid(b"a+b#c##", Kind::Other) && is_valid(b"", Kind::Other));
        assert!(is_valid(&[b'a'; 65_535], Kind::Name) && !is_valid(&[b'a'; 65_536], Kind::Name));
    }
}
