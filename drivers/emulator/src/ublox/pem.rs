//! PEM and DER (RFC 7468): what is stored of a certificate or key, and what TLS reads.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The first byte of a certificate or key in DER: a SEQUENCE.
const SEQUENCE: u8 = 0x30;

/// The DER in these bytes, which are DER or PEM. `with_lines`: PEM has to have its line ends.
pub(super) fn der(bytes: &[u8], with_lines: bool) -> Option<Vec<u8>> {
    if bytes.first() == Some(&SEQUENCE) {
        return Some(bytes.to_vec());
    }
    let text = std::str::from_utf8(bytes).ok()?;
    if with_lines && !text.trim_end().contains('\n') {
        return None;
    }
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (_, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    decode(body).filter(|der| der.first() == Some(&SEQUENCE))
}

/// The same as PEM. TLS here reads nothing else.
pub(super) fn certificate(der: &[u8]) -> Vec<u8> {
    text("CERTIFICATE", der)
}

/// A key; which of the three forms it has shows in its first fields.
pub(super) fn key(der: &[u8]) -> Vec<u8> {
    // RFC 5958: version 0, then an algorithm, which is a SEQUENCE; RFC 5915: version 1; RFC 8017: version 0, a number.
    let head = der.iter().position(|&byte| byte == 0x02).unwrap_or(0);
    let label = match (der.get(head + 2), der.get(head + 3)) {
        (Some(1), _) => "EC PRIVATE KEY",
        (_, Some(&SEQUENCE)) => "PRIVATE KEY",
        _ => "RSA PRIVATE KEY",
    };
    text(label, der)
}

fn text(label: &str, der: &[u8]) -> Vec<u8> {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        for triple in line.chunks(3) {
            let bits = triple.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - triple.len()));
            for place in 0..4 {
                let letter = LETTERS[(bits >> (18 - 6 * place) & 0x3f) as usize];
                text.push(if place <= triple.len() { char::from(letter) } else { '=' });
            }
        }
        text.push('\n');
    }
    text += &format!("-----END {label}-----\n");
    text.into_bytes()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let letters: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if letters.is_empty() || !letters.len().is_multiple_of(4) {
        return None;
    }
    let end = letters.len() - letters.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    let mut bytes = Vec::new();
    for group in letters[..end].chunks(4) {
        let mut bits = 0_u32;
        for place in 0..4 {
            let value = group.get(place).map(|letter| LETTERS.iter().position(|known| known == letter));
            bits = bits << 6 | value.unwrap_or(Some(0))? as u32;
        }
        bytes.extend(&bits.to_be_bytes()[1..group.len().max(1)]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ublox::certificates::digest;

    const PEM: &[u8] = include_bytes!("../../tests/certificates/amazon-root-ca-1.pem");

    /// The size of this certificate, and that PEM of its DER says the same.
    #[test]
    fn der_and_back() {
        let stored = der(PEM, true).unwrap();
        assert_eq!(stored.len(), 837);
        assert_eq!(digest(&stored), "43c6bfaeecfead2f18c6886830fcc8e6");
        let again = certificate(&stored);
        assert_eq!(der(&again, true), Some(stored.clone()));
        assert_eq!(der(&stored, true), Some(stored));
    }

    #[test]
    fn line_ends_matter_where_they_do() {
        let one_line: Vec<u8> = PEM.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        assert_eq!(der(&one_line, false), der(PEM, true));
        assert_eq!(der(&one_line, true), None);
    }

    #[test]
    fn what_is_neither() {
        for bad in [
            "",
            "x",
            "-----BEGIN A-----\nMIID\n",
            "-----BEGIN A-----\nMII\n-----END A-----\n",
            "-----BEGIN A-----\nM!ID\n-----END A-----\n",
        ] {
            assert_eq!(der(bad.as_bytes(), false), None, "{bad}");
        }
    }
}
