//! Text without `core::fmt`, which costs kilobytes of flash.

/// Room for the longest text of this crate.
pub(crate) type Text = heapless::String<48, u8>;

/// A reading: `{"seq":1,"value":-215}`.
pub(crate) fn reading(seq: u32, value: i32) -> Text {
    let mut text = Text::new();
    put(&mut text, "{\"seq\":");
    put_number(&mut text, seq);
    put(&mut text, ",\"value\":");
    if value < 0 {
        put(&mut text, "-");
    }
    put_number(&mut text, value.unsigned_abs());
    put(&mut text, "}");
    text
}

/// The answer to a changed interval.
pub(crate) fn interval(seconds: u32) -> Text {
    let mut text = Text::new();
    put(&mut text, "interval ");
    put_number(&mut text, seconds);
    text
}

/// The answer to a command that is none.
pub(crate) fn unknown() -> Text {
    let mut text = Text::new();
    put(&mut text, "unknown command");
    text
}

fn put(text: &mut Text, part: &str) {
    // The room is made for the longest text, as a test shows.
    let fits = text.push_str(part);
    debug_assert!(fits.is_ok());
}

fn put_number(text: &mut Text, value: u32) {
    let mut divisor = 1_000_000_000;
    while divisor > 0 {
        let digit = (value / divisor % 10) as u8;
        if value >= divisor || divisor == 1 {
            let fits = text.push(char::from(b'0' + digit));
            debug_assert!(fits.is_ok());
        }
        divisor /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings() {
        assert_eq!(reading(0, 0), "{\"seq\":0,\"value\":0}");
        assert_eq!(reading(10, -215), "{\"seq\":10,\"value\":-215}");
        assert_eq!(reading(u32::MAX, i32::MIN), "{\"seq\":4294967295,\"value\":-2147483648}");
        assert_eq!(interval(86_400), "interval 86400");
    }
}
