//! What becomes of a name.

use core::net::Ipv4Addr;

use crate::number;

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// There are addresses.
    Some,
    /// The first of them.
    Address(Ipv4Addr),
    /// There is none, for this reason.
    Error(u16),
}

/// Reads an address in its usual form. The library's own reads more, and is ten times as large.
pub fn parse(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.iter().all(u8::is_ascii_digit))?;
        *octet = number(part)?.try_into().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_text() {
        assert_eq!(parse(b"192.0.2.1"), Some(Ipv4Addr::new(192, 0, 2, 1)));
        for text in
            [&b""[..], b"1.2.3", b"1.2.3.4.5", b"1.2.3.256", b"1.2..4", b"1.2.3.-4", b"1.2.3.4a", b"::1", b"a.b.c.d"]
        {
            assert_eq!(parse(text), None);
        }
    }
}
