//! Noise on a line, put on again when its secrets are hidden.

use super::REDACTED;

/// Which bytes of a line noise has changed, and into what.
#[derive(Clone, Debug, Default)]
pub(super) struct Noise(Vec<(usize, u8)>);

impl Noise {
    /// Bytes that stand in their line from `at` on: as they went over the wire, and as they were before.
    pub(super) fn add(&mut self, at: usize, noisy: &[u8], clean: &[u8]) {
        let pairs = noisy.iter().zip(clean).enumerate();
        self.0.extend(pairs.filter(|(_, (one, other))| one != other).map(|(index, (&byte, _))| (at + index, byte)));
    }

    /// Changes those bytes of the clean line that are still to be seen in `shown`. Where a secret ended is found by what
    /// stands behind it; if that is wrong, noise stands in the wrong place, and nothing more is shown.
    pub(super) fn put_on(&self, shown: &mut [u8], clean: &[u8]) {
        let hidden = REDACTED.as_bytes();
        let mut changes = self.0.iter().peekable();
        let (mut to, mut from) = (0, 0);
        while to < shown.len() && changes.peek().is_some() {
            if shown[to..].starts_with(hidden) && !clean[from..].starts_with(hidden) {
                to += hidden.len();
                let behind = &shown[to..];
                let length = position(behind, hidden).unwrap_or(behind.len());
                from = position(&clean[from..], &behind[..length]).map_or(clean.len(), |at| from + at);
                if length == 0 {
                    from = clean.len();
                }
                while changes.next_if(|change| change.0 < from).is_some() {}
                continue;
            }
            if let Some((_, byte)) = changes.next_if(|change| change.0 == from) {
                shown[to] = *byte;
            }
            (to, from) = (to + 1, from + 1);
        }
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len().max(1)).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, Recorder, secret_at};
    use super::*;

    fn redact(_: Direction, bytes: &[u8]) -> Vec<u8> {
        let (mut shown, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let hidden = secret_at(bytes, at);
            let range = hidden.clone().unwrap_or(at..at + 1);
            shown.extend_from_slice(&bytes[at..range.start]);
            shown.extend_from_slice(if hidden.is_some() { REDACTED.as_bytes() } else { &bytes[range.clone()] });
            at = range.end;
        }
        shown
    }

    #[test]
    fn noise_anywhere_shows_no_secret_and_is_shown_itself() {
        const SECRET: &str = "xyzwvqpj";
        let line = format!("\r\n+QMTRECV: 0,1,\"t\",\"{{\"deviceSecret\":\"{SECRET}\",\"id\":\"7\"}}\"\r\n");
        let clean = line.as_bytes();
        let begin = line.find(SECRET).expect("it is there");
        let secret = begin..begin + SECRET.len();
        for length in [1, 5, 30] {
            for at in 0..clean.len() {
                let mut noisy = clean.to_vec();
                noisy.iter_mut().skip(at).take(length).for_each(|byte| *byte ^= 0x80);
                let mut recorder = Recorder::default();
                // As a driver may see it: in two pieces.
                let half = clean.len() / 2;
                recorder.record_noisy(0, &noisy[..half], &clean[..half], &redact);
                recorder.record_noisy(0, &noisy[half..], &clean[half..], &redact);
                let shown: Vec<_> = recorder.trace(&redact).entries.into_iter().flat_map(|entry| entry.bytes).collect();
                let expected = [&noisy[..secret.start], REDACTED.as_bytes(), &noisy[secret.end..]].concat();
                assert_eq!(shown, expected, "{length} bytes of noise at {at}");
            }
        }
    }

    #[test]
    fn a_line_that_ends_in_a_secret_is_shown_up_to_it() {
        let (clean, noisy) = (b"sign=abc", b"tign=aXc");
        let mut recorder = Recorder::default();
        recorder.record_noisy(0, noisy, clean, &redact);
        assert_eq!(recorder.trace(&redact).entries[0].bytes, b"tign=***");
    }
}
