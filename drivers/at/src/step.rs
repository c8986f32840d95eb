//! A whole operation as data: what to send, what counts as its answer, how long to wait.
//!
//! `const STEPS: &[Step]` is the readable form, with the manual's chapters.
//! [`table!`](crate::table) makes of it what is linked: 5 or 8 bytes and the text for each step. A chapter costs nothing on
//! the target: it is packed, too, where a program of the host wants to show it (the private feature `_tables`), and nowhere
//! else (`docs/sizes.md`).

pub(crate) mod shape {
    //! Bits of a step's shape.
    /// Sends nothing; the step is over when its note says so.
    pub(crate) const LISTEN: u8 = 1;
    /// A result line ends the step, together with the final one.
    pub(crate) const RESULT: u8 = 2;
    /// The prompt `>` comes first, then the job's body is sent.
    pub(crate) const PROMPT: u8 = 4;
    /// An information line must come before the final one.
    pub(crate) const INFO: u8 = 8;
    /// The information line has no name.
    pub(crate) const BARE: u8 = 16;
    /// The result line has a name of its own, packed behind the text.
    pub(crate) const NAMED: u8 = 32;
    /// A final line ends the step, together with the result line.
    pub(crate) const FINAL: u8 = 64;
    /// A missing result line is a success.
    pub(crate) const OPTIONAL: u8 = 128;
    /// Its data go through it as a stream; with [`INFO`], towards us.
    pub(crate) const STREAM: u8 = PROMPT | BARE;
}

pub(crate) mod prompt {
    //! What asks for data: a byte, or one of these.
    /// The dialect's byte.
    pub(crate) const OF_DIALECT: u8 = 0;
    /// The line `CONNECT` (Quectel: files and HTTP).
    pub(crate) const CONNECT: u8 = b'C';
    /// The line `DOWNLOAD` (SIMCom: `HTTPDATA`, `CFSWFILE`); the engine takes either for the other.
    pub(crate) const DOWNLOAD: u8 = b'D';
}

pub(crate) mod policy {
    //! Bits of what an error leads to.
    /// How many of the command's first fields the answer repeats.
    pub(crate) const NUMBERS: u8 = 3;
    /// An error or silence is no failure.
    pub(crate) const IGNORE: u8 = 4;
    /// May be sent though an earlier command is unanswered: it is itself a way to find the module again.
    pub(crate) const SYNC: u8 = 8;
}

/// One step of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub(crate) text: &'static str,
    pub(crate) bound_ds: u16,
    pub(crate) result_ds: u16,
    pub(crate) shape: u8,
    pub(crate) policy: u8,
    pub(crate) tries: u8,
    pub(crate) gap_ds: u8,
    pub(crate) when: u8,
    pub(crate) note: u8,
    pub(crate) prompt: u8,
    pub(crate) name: &'static str,
    pub(crate) chapter: &'static str,
}

/// A command: `text` is what follows `AT`, with `{a}` for the job's first argument, `{b}` for the second, and so on;
/// `bound_ds` is the longest wait for its final line or prompt, in tenths of a second.
#[must_use]
pub const fn step(text: &'static str, bound_ds: u16) -> Step {
    Step {
        text,
        bound_ds,
        result_ds: 0,
        shape: shape::FINAL,
        policy: 0,
        tries: 0,
        gap_ds: 0,
        when: 0,
        note: 0,
        prompt: prompt::OF_DIALECT,
        name: "",
        chapter: "",
    }
}

/// A step that sends nothing and waits until its note is content, at most `bound_ds` tenths of a second
/// ([`FOREVER`] for none but the one that [`Notes::until`](crate::Notes::until) names).
#[must_use]
pub const fn listen(note: u8, bound_ds: u16) -> Step {
    let step = step("", bound_ds).note(note);
    Step { shape: shape::LISTEN, ..step }
}

/// The bound of a step that has none.
pub const FOREVER: u16 = u16::MAX;

impl Step {
    /// The answer repeats the command's first `count` fields (at most 3); a line of the same name that does not is
    /// another matter.
    #[must_use]
    pub const fn same(self, count: u8) -> Self {
        assert!(count <= policy::NUMBERS);
        Self { policy: self.policy | count, ..self }
    }

    /// A result line of the command's name that repeats its first `count` fields must come, too, within `bound_ds`
    /// after the final line; either order is right.
    #[must_use]
    pub const fn result(self, count: u8, bound_ds: u16) -> Self {
        let step = self.same(count);
        Self { shape: step.shape | shape::RESULT, result_ds: bound_ds, ..step }
    }

    /// The result line, or without one the information line, starts with `name` instead of the command's name; with one
    /// of several, when they are parted by `|`.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { shape: self.shape | shape::NAMED, name, ..self }
    }

    /// There is no final line, only the result line.
    #[must_use]
    pub const fn no_final(self) -> Self {
        Self { shape: self.shape & !shape::FINAL, ..self }
    }

    /// A result line that does not come is no failure.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { shape: self.shape | shape::OPTIONAL, ..self }
    }

    /// The [dialect's prompt](crate::Dialect::prompt) must come, then the job's body is sent.
    #[must_use]
    pub const fn prompt(self) -> Self {
        Self { shape: self.shape | shape::PROMPT, ..self }
    }

    /// As [`prompt`](Self::prompt), and the prompt is this byte, such as the `@` of `AT+USOWR`. What is sent is no message,
    /// so that blanks in its place are no loss of one.
    #[must_use]
    pub const fn prompt_byte(self, byte: u8) -> Self {
        assert!(!byte.is_ascii_alphanumeric() && byte > b' ');
        Self { prompt: byte, ..self.prompt() }
    }

    /// As [`prompt`](Self::prompt), and the prompt is the line `CONNECT`.
    #[must_use]
    pub const fn connect(self) -> Self {
        Self { prompt: prompt::CONNECT, ..self.prompt() }
    }

    /// As [`prompt`](Self::prompt), and the prompt is the line `DOWNLOAD`.
    #[must_use]
    pub const fn download(self) -> Self {
        Self { prompt: prompt::DOWNLOAD, ..self.prompt() }
    }

    /// After its prompt the note is asked for its data, piece by piece ([`Answer::Due`](crate::Answer::Due)), as many
    /// bytes as the command's first number says.
    #[must_use]
    pub const fn sends(self) -> Self {
        Self { shape: self.shape | shape::STREAM, ..self }
    }

    /// What follows its prompt is no lines but data, which the note gets piece by piece
    /// ([`Answer::Data`](crate::Answer::Data)). Within the bound of the step its next byte must come.
    #[must_use]
    pub const fn takes(self) -> Self {
        Self { shape: self.shape | shape::STREAM | shape::INFO, ..self }
    }

    /// An information line must come; a final line without it belongs to somebody else.
    #[must_use]
    pub const fn info(self) -> Self {
        Self { shape: self.shape | shape::INFO, ..self }
    }

    /// The information line has no name, such as that of `AT+CGSN`.
    #[must_use]
    pub const fn bare(self) -> Self {
        Self { shape: self.shape | shape::INFO | shape::BARE, ..self }
    }

    /// The driver's note that gets the answer; a note is also the step's label for [`Verdict::To`](crate::Verdict::To).
    #[must_use]
    pub const fn note(self, note: u8) -> Self {
        Self { note, ..self }
    }

    /// Only done when the job has all these flags.
    #[must_use]
    pub const fn when(self, flags: u8) -> Self {
        Self { when: flags, ..self }
    }

    /// After an error or silence, and when a note says so, sent again up to `tries` times, `gap_ds` tenths of a second
    /// apart.
    #[must_use]
    pub const fn retry(self, tries: u8, gap_ds: u8) -> Self {
        Self { tries, gap_ds, ..self }
    }

    /// An error or silence is no failure.
    #[must_use]
    pub const fn ignore(self) -> Self {
        Self { policy: self.policy | policy::IGNORE, ..self }
    }

    /// May be sent though an earlier command is unanswered.
    #[must_use]
    pub const fn sync(self) -> Self {
        Self { policy: self.policy | policy::SYNC, ..self }
    }

    /// Where it is written.
    #[must_use]
    pub const fn at(self, chapter: &'static str) -> Self {
        Self { chapter, ..self }
    }

    /// The command's template.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Where it is written.
    #[must_use]
    pub const fn chapter(&self) -> &'static str {
        self.chapter
    }

    /// The longest wait for the final line or prompt, and then for the result line, in tenths of a second.
    #[must_use]
    pub const fn bounds_ds(&self) -> (u16, u16) {
        (self.bound_ds, self.result_ds)
    }

    const fn packed_len(&self) -> usize {
        let options = EXTENSION * self.is_extended() as usize
            + 2 * self.has_result() as usize
            + self.has_prompt() as usize
            + self.has_name() * (1 + self.name.len());
        HEADER + self.chapter_len() + options + self.text.len()
    }

    #[cfg(not(feature = "_tables"))]
    const fn chapter_len(&self) -> usize {
        0
    }

    #[cfg(feature = "_tables")]
    const fn chapter_len(&self) -> usize {
        1 + self.chapter.len()
    }

    const fn is_extended(&self) -> bool {
        self.gap_ds != 0 || self.when != 0 || self.bound_ds > 255
    }

    const fn has_prompt(&self) -> bool {
        self.shape & shape::PROMPT != 0
    }

    const fn has_result(&self) -> bool {
        self.shape & shape::RESULT != 0
    }

    const fn has_name(&self) -> usize {
        (self.shape & shape::NAMED != 0) as usize
    }
}

/// Shape, policy and tries, note, text length, bound.
pub(crate) const HEADER: usize = 5;

/// Behind the header of a step whose note has the bit [`EXTENDED`]: the bound's higher half, gap, flags.
pub(crate) const EXTENSION: usize = 3;
pub(crate) const EXTENDED: u8 = 0x80;

/// One list of steps out of several.
///
/// ```
/// # use wanlink_at::{Step, step, steps};
/// const BEGIN: &[Step] = &[step("E0", 3), step("+CMEE=1", 3)];
/// const START: &[Step] = steps![BEGIN, &[step("+CGSN", 3)]];
/// assert_eq!(START.len(), 3);
/// ```
#[macro_export]
macro_rules! steps {
    ($($steps:expr),+ $(,)?) => {{
        const __PARTS: &[&[$crate::Step]] = &[$($steps),+];
        const __STEPS: &[$crate::Step] = &$crate::joined::<{ $crate::joined_len(__PARTS) }>(__PARTS);
        __STEPS
    }};
}

/// The table of one operation: lists of steps, one behind the other and packed for linking, as a `&'static [u8]`.
///
/// Each place that it stands in links a table of its own.
///
/// ```
/// # use wanlink_at::{Step, step, table};
/// const BEGIN: &[Step] = &[step("E0", 3), step("+CMEE=1", 3)];
/// const START: &[u8] = table![BEGIN, &[step("+CGSN", 3)]];
/// ```
///
/// # Panics
/// At compile time, when a text is longer than 255 bytes or a note above 127.
#[macro_export]
macro_rules! table {
    ($($steps:expr),+ $(,)?) => {{
        const __ALL: &[$crate::Step] = $crate::steps![$($steps),+];
        static __TABLE: [u8; $crate::packed_len(__ALL)] = $crate::pack(__ALL);
        &__TABLE as &'static [u8]
    }};
}

/// For [`steps!`]: how many there are in all.
#[doc(hidden)]
#[must_use]
pub const fn joined_len(parts: &[&[Step]]) -> usize {
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        length += parts[part].len();
        part += 1;
    }
    length
}

/// For [`steps!`].
#[doc(hidden)]
#[must_use]
pub const fn joined<const N: usize>(parts: &[&[Step]]) -> [Step; N] {
    let mut all = [step("", 0); N];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[at] = parts[part][i];
            (at, i) = (at + 1, i + 1);
        }
        part += 1;
    }
    assert!(at == N);
    all
}

/// For [`table!`]: length of the packed form of `steps`.
#[doc(hidden)]
#[must_use]
pub const fn packed_len(steps: &[Step]) -> usize {
    let (mut length, mut i) = (0, 0);
    while i < steps.len() {
        length += steps[i].packed_len();
        i += 1;
    }
    length
}

/// For [`table!`].
#[doc(hidden)]
#[must_use]
pub const fn pack<const N: usize>(steps: &[Step]) -> [u8; N] {
    let mut out = [0; N];
    let (mut at, mut i) = (0, 0);
    while i < steps.len() {
        let step = &steps[i];
        assert!(step.text.len() < 256 && step.name.len() < 256 && step.tries < 16 && step.note < EXTENDED);
        let [low, high] = step.bound_ds.to_le_bytes();
        let note = if step.is_extended() { step.note | EXTENDED } else { step.note };
        let header = [step.shape, step.policy | step.tries << 4, note, step.text.len() as u8, low];
        at = append(&mut out, at, &header);
        #[cfg(feature = "_tables")]
        {
            assert!(step.chapter.len() < 256);
            at = append(&mut out, at, &[step.chapter.len() as u8]);
            at = append(&mut out, at, step.chapter.as_bytes());
        }
        if step.is_extended() {
            at = append(&mut out, at, &[high, step.gap_ds, step.when]);
        }
        if step.has_result() {
            at = append(&mut out, at, &step.result_ds.to_le_bytes());
        }
        if step.has_prompt() {
            at = append(&mut out, at, &[step.prompt]);
        }
        if step.has_name() == 1 {
            at = append(&mut out, at, &[step.name.len() as u8]);
            at = append(&mut out, at, step.name.as_bytes());
        }
        at = append(&mut out, at, step.text.as_bytes());
        i += 1;
    }
    assert!(at == N);
    out
}

const fn append(out: &mut [u8], mut at: usize, bytes: &[u8]) -> usize {
    let mut i = 0;
    while i < bytes.len() {
        out[at] = bytes[i];
        at += 1;
        i += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packed;

    const STEPS: &[Step] = &[
        step("E0", 3).retry(5, 10).at("2.7"),
        step("+CGSN", 3).bare().note(4).same(1),
        step("+QMTOPEN=0,\"{a}\",{b}", 150).result(1, 1250).when(2).note(5).at("3.3.2"),
        step("+UPSDA=0,3", 30).result(1, 1800).named("+UUPSDA"),
        step("+USOWR={a},{b}", 100).prompt_byte(b'@').info().when(1),
        step("+QFUPL=\"{a}\",{b},60", 700).connect().note(6),
        listen(9, FOREVER),
    ];
    const TABLE: &[u8] = table![STEPS];

    #[test]
    fn what_is_packed_is_what_is_read() {
        let mut at = 0;
        for step in STEPS {
            let packed = Packed::read(TABLE, at).unwrap();
            assert_eq!((packed.text(), packed.name()), (step.text.as_bytes(), step.name.as_bytes()));
            assert_eq!((packed.bound_ds(), packed.result_ds), step.bounds_ds());
            assert_eq!((packed.shape(), packed.policy(), packed.when()), (step.shape, step.policy, step.when));
            assert_eq!((packed.tries(), packed.gap_ds(), packed.note()), (step.tries, step.gap_ds, step.note));
            assert_eq!(packed.prompt, step.prompt);
            at = packed.next;
        }
        assert_eq!(at, TABLE.len());
        assert!(Packed::read(TABLE, at).is_none());
    }
}
