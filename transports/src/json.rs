//! A reader of JSON objects, as small as the platform's replies allow: no tree, no numbers but whole ones, no room.
//!
//! By hand, since crates that derive a reader for each reply cost more flash than all of this module, and none takes
//! what the platform is known to send (aliyun-iot, 3.1 and 4): a comma behind the last member, numbers as texts, names
//! in another case. In everything else it is strict (RFC 8259).
//!
//! ```
//! use wanlink_transports::json::Object;
//! let reply = Object::parse(br#"{"code":"200","data":{"deviceName":"meter-0042"},}"#)?;
//! assert_eq!(reply.get("code").and_then(|code| code.number()), Some(200));
//! let data = reply.get("Data").and_then(|data| data.object());
//! assert!(data.and_then(|data| data.get("deviceName")).is_some_and(|name| name.is("meter-0042")));
//! # Ok::<(), wanlink_transports::json::JsonError>(())
//! ```

mod scanner;

use self::scanner::Scanner;

/// Why a text is no JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct JsonError {
    /// Where, in bytes from its start.
    pub at: usize,
}

impl core::fmt::Display for JsonError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the text is no JSON object from byte {} on", self.at)
    }
}

impl core::error::Error for JsonError {}

/// A JSON object, wholly checked. Borrows the text.
#[derive(Clone, Copy)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Checks that a text is one object and nothing else.
    ///
    /// # Errors
    /// It is not, or is no UTF-8, or is nested more than 16 levels deep.
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        let text = core::str::from_utf8(text).map_err(|error| JsonError { at: error.valid_up_to() })?;
        let mut scanner = Scanner::new(text);
        match scanner.value()? {
            Value(Kind::Object(object)) => scanner.end().map(|()| object),
            _ => Err(JsonError { at: 0 }),
        }
    }

    /// The member of this name, whatever its case. Of several, the last, as most readers take it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        let mut scanner = Scanner::new(self.0);
        let mut found = None;
        // Nothing fails here, as the text was checked; if it did, the search would end.
        scanner.take(b'{');
        while let Ok(key) = scanner.string() {
            scanner.take(b':');
            let value = scanner.value().ok()?;
            if Text(key).matches(name, |a, b| a.eq_ignore_ascii_case(&b)) {
                found = Some(value);
            }
            scanner.take(b',');
        }
        found
    }
}

/// A value of a member.
#[derive(Clone, Copy)]
pub struct Value<'a>(Kind<'a>);

#[derive(Clone, Copy)]
enum Kind<'a> {
    Object(Object<'a>),
    Text(Text<'a>),
    Number(&'a str),
    Other,
}

impl<'a> Value<'a> {
    /// The object that it is.
    #[must_use]
    pub fn object(&self) -> Option<Object<'a>> {
        match self.0 {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        match self.0 {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number that it is, or that stands in the text that it is.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        let (Kind::Number(digits) | Kind::Text(Text(digits))) = self.0 else { return None };
        let digit = |sum: u64, byte: u8| match byte {
            b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
            _ => None,
        };
        if digits.is_empty() { None } else { digits.bytes().try_fold(0, digit) }
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.text().is_some_and(|own| own.matches(text, |a, b| a == b))
    }
}

/// A text between its quotation marks, in which escapes still stand.
#[derive(Clone, Copy)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// Its characters; `None` stands for an escape that is none, half of a surrogate pair.
    pub fn characters(&self) -> impl Iterator<Item = Option<char>> + use<'a> {
        let mut rest = self.0.chars();
        core::iter::from_fn(move || {
            let first = rest.next()?;
            Some(if first == '\\' { scanner::escape(&mut rest) } else { Some(first) })
        })
    }

    fn matches(&self, other: &str, same: impl Fn(char, char) -> bool) -> bool {
        let mut other = other.chars();
        let begins = self.characters().all(|own| own.zip(other.next()).is_some_and(|(a, b)| same(a, b)));
        begins && other.next().is_none()
    }
}

#[cfg(test)]
mod tests;
