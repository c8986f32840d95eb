//! Putting strings together in fixed room.

use heapless::string::StringView;
use wanlink_core::{Argument, TooLong};

/// Text with room for `N` bytes, at most 255.
pub(crate) type Text<const N: usize> = heapless::String<N, u8>;

/// Appends all parts, or none when they do not fit.
#[inline(never)]
pub(crate) fn put_all(what: Argument, out: &mut StringView<u8>, parts: &[&str]) -> Result<(), TooLong> {
    let length = out.len() + parts.iter().fold(0, |sum, part| sum + part.len());
    let limit = out.capacity();
    if length > limit {
        return Err(TooLong::new(what, limit, length));
    }
    for part in parts {
        // Fits, as just seen; an error could only cut the text.
        let _ = out.push_str(part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_nothing() {
        let mut text = Text::<5>::new();
        assert_eq!(put_all(Argument::Topic, &mut text, &["ab", "", "cd"]), Ok(()));
        assert_eq!(put_all(Argument::Topic, &mut text, &["e", "f"]), Err(TooLong::new(Argument::Topic, 5, 6)));
        assert_eq!(text, "abcd");
    }
}
