//! The module's output, line by line, and what can go wrong with it.

use crate::random::SplitMix64;

/// What a piece of output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Echo,
    /// An information line of an answer.
    Info,
    /// The line that ends an answer.
    Final,
    Prompt,
    /// An unsolicited line.
    Urc,
    /// A line with counted bytes inside, in an answer or unsolicited.
    Block,
    /// A block of its own that belongs to the one before: it starves with it.
    Part,
    /// More of the bytes of the block before.
    Rest,
}

#[derive(Clone, Debug)]
enum Which {
    Containing(Vec<u8>),
    /// So many lines from now, 1 is the next.
    Nth(u64),
}

impl Which {
    fn hits(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Containing(text) => bytes.windows(text.len().max(1)).any(|window| window == text.as_slice()),
            Self::Nth(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
        }
    }
}

/// Output bytes that wait to be taken, and the faults that are ordered for what comes next.
#[derive(Debug)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    /// The same bytes without noise, and those that were taken last.
    clean: Vec<u8>,
    clean_taken: Vec<u8>,
    total: u64,
    random: SplitMix64,
    silent_until: u64,
    garble_bytes: usize,
    garble_until: u64,
    drop: Vec<Which>,
    duplicate: Vec<Which>,
    lose_finals: u32,
    lose_prompts: u32,
    starve: u32,
    /// The block before starved, and so does what belongs to it.
    starved: bool,
    between: Option<(u64, Vec<u8>)>,
    boundaries: u64,
}

impl Output {
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            bytes: Vec::new(),
            clean: Vec::new(),
            clean_taken: Vec::new(),
            total: 0,
            random: SplitMix64::new(seed),
            silent_until: 0,
            garble_bytes: 0,
            garble_until: 0,
            drop: Vec::new(),
            duplicate: Vec::new(),
            lose_finals: 0,
            lose_prompts: 0,
            starve: 0,
            starved: false,
            between: None,
            boundaries: 0,
        }
    }

    /// Puts one piece out, as the faults leave it.
    pub(crate) fn write(&mut self, now_us: u64, kind: Kind, bytes: &[u8]) {
        if kind == Kind::Rest {
            return self.write_rest(now_us, bytes);
        }
        if kind == Kind::Part && self.starved {
            return;
        }
        self.starved = false;
        if !matches!(kind, Kind::Echo | Kind::Prompt) {
            self.boundary(now_us);
        }
        let lost = match kind {
            Kind::Echo => false,
            Kind::Prompt => take_one(&mut self.lose_prompts),
            Kind::Final if take_one(&mut self.lose_finals) => true,
            _ => take_hit(&mut self.drop, bytes),
        };
        if lost {
            return;
        }
        if matches!(kind, Kind::Block | Kind::Part) && take_one(&mut self.starve) {
            self.starved = true;
            // A last part of the counted bytes never comes, and no line end after them.
            let cut = bytes.len() - bytes.len() / 4 - 3;
            return self.put(now_us, &bytes[..cut.max(begin_of_body(bytes)).min(bytes.len() - 3)]);
        }
        self.put(now_us, bytes);
        if !matches!(kind, Kind::Echo | Kind::Prompt) && take_hit(&mut self.duplicate, bytes) {
            self.put(now_us, bytes);
        }
    }

    fn write_rest(&mut self, now_us: u64, bytes: &[u8]) {
        if bytes.is_empty() || self.starved {
            return;
        }
        self.starved = take_one(&mut self.starve);
        let count = if self.starved { bytes.len() / 2 } else { bytes.len() };
        self.put(now_us, &bytes[..count]);
    }

    /// No fault that still waits for its occasion happens any more.
    pub(crate) fn call_off(&mut self) {
        (self.garble_bytes, self.garble_until, self.silent_until) = (0, 0, 0);
        (self.lose_finals, self.lose_prompts, self.starve, self.between) = (0, 0, 0, None);
        self.drop.clear();
        self.duplicate.clear();
    }

    fn boundary(&mut self, now_us: u64) {
        self.boundaries += 1;
        if let Some((every, line)) = self.between.clone()
            && self.boundaries.is_multiple_of(every.max(1))
        {
            self.put(now_us, &[b"\r\n", line.as_slice(), b"\r\n"].concat());
        }
    }

    fn put(&mut self, now_us: u64, bytes: &[u8]) {
        if self.is_silent(now_us) {
            return;
        }
        for &byte in bytes {
            let garbled = self.garble_bytes > 0 || now_us < self.garble_until;
            self.garble_bytes = self.garble_bytes.saturating_sub(1);
            let noise = if garbled { 1 + self.random.below(255) as u8 } else { 0 };
            self.bytes.push(byte ^ noise);
            self.clean.push(byte);
        }
        self.total += bytes.len() as u64;
    }

    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.clean_taken = std::mem::take(&mut self.clean);
        std::mem::take(&mut self.bytes)
    }

    /// What was taken last, as it was before noise was put on it.
    pub(crate) fn clean(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.clean_taken)
    }

    /// Bytes written since the beginning.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) const fn is_silent(&self, now_us: u64) -> bool {
        now_us < self.silent_until
    }

    pub(crate) const fn silence_until(&mut self, at_us: u64) {
        self.silent_until = at_us;
    }

    pub(crate) const fn garble(&mut self, bytes: usize) {
        self.garble_bytes = bytes;
    }

    pub(crate) const fn garble_until(&mut self, at_us: u64) {
        self.garble_until = at_us;
    }

    pub(crate) fn drop_containing(&mut self, text: &str) {
        self.drop.push(Which::Containing(text.as_bytes().to_vec()));
    }

    pub(crate) fn drop_nth(&mut self, n: u64) {
        self.drop.push(Which::Nth(n.max(1)));
    }

    pub(crate) fn duplicate_containing(&mut self, text: &str) {
        self.duplicate.push(Which::Containing(text.as_bytes().to_vec()));
    }

    pub(crate) const fn lose_final(&mut self) {
        self.lose_finals += 1;
    }

    pub(crate) const fn lose_prompt(&mut self) {
        self.lose_prompts += 1;
    }

    pub(crate) const fn starve_block(&mut self) {
        self.starve += 1;
    }

    pub(crate) fn urc_between(&mut self, every: u64, line: &str) {
        self.between = (every > 0).then(|| (every, line.as_bytes().to_vec()));
    }
}

/// Where the counted bytes begin: behind a topic, both in quotes, right behind their count, or on a line of their own. 0
/// where none of it is seen.
fn begin_of_body(line: &[u8]) -> usize {
    const LINE_END: &[u8] = b"\r\n";
    let quoted = line.iter().enumerate().filter(|(_, byte)| **byte == b'"').nth(2).map(|(at, _)| at + 2);
    let head = if line.starts_with(LINE_END) { LINE_END.len() } else { 0 };
    let next_line = line[head..].windows(2).position(|pair| pair == LINE_END).map(|at| head + at + 2);
    behind_count(line).or_else(|| quoted.into_iter().chain(next_line).min()).unwrap_or(0)
}

/// Of `+CARECV: 5,hello`, where `hello` begins.
fn behind_count(line: &[u8]) -> Option<usize> {
    let count = line.windows(2).position(|pair| pair == b": ")? + 2;
    let digits = line[count..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let begin = count + digits + 1;
    let said: usize = std::str::from_utf8(&line[count..count + digits]).ok()?.parse().ok()?;
    (line.get(begin - 1) == Some(&b',') && line.len() == begin + said + 2).then_some(begin)
}

const fn take_one(count: &mut u32) -> bool {
    let hit = *count > 0;
    *count = count.saturating_sub(1);
    hit
}

fn take_hit(list: &mut Vec<Which>, bytes: &[u8]) -> bool {
    // Every counter counts every line, so look at all of them before one is taken out.
    let hits: Vec<bool> = list.iter_mut().map(|which| which.hits(bytes)).collect();
    let first = hits.iter().position(|&hit| hit);
    first.is_some_and(|index| {
        list.remove(index);
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(output: &mut Output) -> String {
        for (kind, line) in [(Kind::Info, "a"), (Kind::Final, "OK"), (Kind::Urc, "u"), (Kind::Block, "head,0123456789")]
        {
            output.write(0, kind, line.as_bytes());
            output.write(0, Kind::Echo, b"|");
        }
        String::from_utf8(output.take()).unwrap()
    }

    type Case = (fn(&mut Output), &'static str);

    #[test]
    fn each_fault_hits_what_it_names_and_once() {
        let whole = "a|OK|u|head,0123456789|";
        let cases: [Case; 8] = [
            (|_| {}, whole),
            (|output| output.lose_final(), "a||u|head,0123456789|"),
            (|output| output.drop_containing("u"), "a|OK||head,0123456789|"),
            (|output| output.drop_nth(4), "a|OK|u||"),
            (|output| output.duplicate_containing("OK"), "a|OKOK|u|head,0123456789|"),
            (|output| output.starve_block(), "a|OK|u|head,0123|"),
            (|output| output.lose_prompt(), whole),
            (|output| output.silence_until(1), ""),
        ];
        for (order, expected) in cases {
            let mut output = Output::new(1);
            order(&mut output);
            assert_eq!(lines(&mut output), expected);
            output.silence_until(0);
            assert_eq!(lines(&mut output), whole, "a fault is over after its hit");
        }
    }

    #[test]
    fn a_block_starves_behind_its_head() {
        for (block, left) in [
            ("\r\n+QIRD: 1\r\nx\r\n", "\r\n+QIRD: 1\r\n"),
            ("\r\n+QIURC: \"recv\",0,4\r\n\"\r\n\"\r\n", "\r\n+QIURC: \"recv\",0,4\r\n"),
            ("\r\n+QMTRECV: 0,0,\"t\",2,\"ab\"\r\n", "\r\n+QMTRECV: 0,0,\"t\",2,\"a"),
            ("\r\n+CARECV: 12,0123456789ab\r\n", "\r\n+CARECV: 12,0123"),
            ("\r\n+CARECV: 4,\r\nab\r\n", "\r\n+CARECV: 4,"),
        ] {
            let mut output = Output::new(1);
            output.starve_block();
            output.write(0, Kind::Block, block.as_bytes());
            assert_eq!(String::from_utf8(output.take()).unwrap(), left);
        }
    }

    #[test]
    fn what_belongs_to_a_starved_block_starves_with_it() {
        let mut output = Output::new(1);
        output.urc_between(1, "+X: 1");
        let mut said = |starved: &[bool]| {
            for (&starve, (kind, bytes)) in starved.iter().zip([(Kind::Block, "head\r\n"), (Kind::Rest, "abcd")]) {
                if starve {
                    output.starve_block();
                }
                output.write(0, kind, bytes.as_bytes());
            }
            output.write(0, Kind::Rest, b"ef");
            String::from_utf8(output.take()).unwrap().replace("\r\n+X: 1\r\n", "")
        };
        assert_eq!(said(&[false, false]), "head\r\nabcdef");
        assert_eq!(said(&[true, false]), "hea");
        assert_eq!(said(&[false, true]), "head\r\nab");
        for (starves, left) in [(false, "one!\r\ntwo!\r\nend"), (true, "oneend")] {
            let mut output = Output::new(1);
            if starves {
                output.starve_block();
            }
            for (kind, bytes) in [(Kind::Block, "one!\r\n"), (Kind::Part, "two!\r\n"), (Kind::Urc, "end")] {
                output.write(0, kind, bytes.as_bytes());
            }
            assert_eq!(String::from_utf8(output.take()).unwrap(), left);
        }
    }

    #[test]
    fn a_foreign_line_comes_at_every_nth_boundary() {
        let mut output = Output::new(1);
        output.urc_between(2, "+X: 1");
        assert_eq!(lines(&mut output), "a|\r\n+X: 1\r\nOK|u|\r\n+X: 1\r\nhead,0123456789|");
    }

    #[test]
    fn garbling_changes_exactly_the_bytes_it_was_told() {
        let mut output = Output::new(1);
        output.garble(3);
        output.write(0, Kind::Info, b"abcdef");
        let bytes = output.take();
        assert!(bytes[..3].iter().zip(b"abc").all(|(one, two)| one != two));
        assert_eq!(&bytes[3..], b"def");
        assert_eq!(output.clean(), b"abcdef", "what was meant is known");
        output.garble_until(10);
        output.write(9, Kind::Info, b"a");
        output.write(10, Kind::Info, b"b");
        let bytes = output.take();
        assert!(bytes[0] != b'a' && bytes[1] == b'b');
    }
}
