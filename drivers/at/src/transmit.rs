//! The transmit buffer: the command line, then a copy of the body when it fits, then lines kept for a foreign command.

use core::cell::Cell;

use crate::bytes::{copy, wipe};
use crate::forms::Forms;
use crate::mutants::{self, Mutant};

/// A value for a place in a template.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    /// A decimal number.
    Number(u32),
    /// Text or bytes, put in as they are.
    Text(&'a [u8]),
    /// Text that must not be seen in logs and traces; the buffer is wiped after the command.
    Secret(&'a [u8]),
    /// A decimal number that an earlier answer of the same operation brings.
    Later(&'a Cell<u8>),
}

impl core::fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({:?})", core::str::from_utf8(text)),
            Self::Secret(_) => f.write_str("Secret(***)"),
            Self::Number(number) => write!(f, "Number({number})"),
            Self::Later(number) => write!(f, "Later({})", number.get()),
        }
    }
}

#[repr(C)] // Flags first, see `Engine`.
pub(crate) struct Transmit<'b> {
    overflow: bool,
    pub(crate) secret: bool,
    buffer: &'b mut [u8],
    /// End of the command line.
    command: usize,
    /// End of the copied body.
    end: usize,
    /// End of what is kept of a foreign command's answer.
    kept: usize,
    sent: usize,
}

impl<'b> Transmit<'b> {
    pub(crate) fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, command: 0, end: 0, kept: 0, sent: 0, overflow: false, secret: false }
    }

    /// Starts a command line.
    pub(crate) fn begin(&mut self) {
        self.wipe();
        (self.command, self.end, self.kept, self.sent) = (0, 0, 0, 0);
        (self.overflow, self.secret) = (false, false);
    }

    /// Makes a whole command line of a template.
    pub(crate) fn compose<F: Forms>(&mut self, start: &[u8], template: &[u8], args: &[Arg<'_>]) {
        self.begin();
        self.push(start);
        self.push_template::<F>(template, args);
        self.push(b"\r");
        (self.end, self.kept) = (self.command, self.command);
    }

    /// Zeroes what a secret was in.
    pub(crate) fn wipe(&mut self) {
        if self.secret && !mutants::on(Mutant::SecretKept) {
            wipe(self.buffer);
            self.secret = false;
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = self.buffer.get_mut(self.command..).unwrap_or_default();
        let copied = copy(room, bytes);
        self.overflow |= copied < bytes.len();
        self.command += copied;
    }

    /// Fills a template in.
    pub(crate) fn push_template<F: Forms>(&mut self, template: &[u8], args: &[Arg<'_>]) {
        let complete = expand::<F>(template, args, |piece, secret| {
            self.secret |= secret;
            self.push(piece);
        });
        self.overflow |= !complete;
    }

    /// Copies the body behind the command; `false` when it does not fit and has to be sent from where it is.
    pub(crate) fn keep_body(&mut self, body: &[u8]) -> bool {
        let room = self.buffer.get_mut(self.command..).unwrap_or_default();
        let fits = body.len() <= room.len();
        if fits {
            self.end = self.command + copy(room, body);
        }
        fits
    }

    /// Forgets the copy of a body.
    pub(crate) fn drop_body(&mut self) {
        self.wipe_body();
        (self.end, self.kept) = (self.command, self.command);
    }

    /// Room for a piece of a body, of so many bytes at most.
    pub(crate) fn body_room(&mut self, most: usize) -> &mut [u8] {
        let room = self.buffer.get_mut(self.command..).unwrap_or_default();
        let length = room.len().min(most);
        room.get_mut(..length).unwrap_or_default()
    }

    /// A piece of this length stands there and is to be sent.
    pub(crate) fn begin_piece(&mut self, length: usize) {
        self.end = self.command + length;
        (self.kept, self.sent) = (self.end, self.command);
    }

    /// Zeroes the copy of a body that is out.
    pub(crate) fn wipe_body(&mut self) {
        wipe(self.buffer.get_mut(self.command..self.end).unwrap_or_default());
    }

    /// Whether something did not fit, or the template named an argument that is not there.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflow
    }

    pub(crate) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// The whole command line, as far as it fits.
    pub(crate) fn line(&self) -> &[u8] {
        self.buffer.get(..self.command).unwrap_or_default()
    }

    /// The command line without line ends around it.
    pub(crate) fn trimmed_line(&self) -> &[u8] {
        self.line().trim_ascii()
    }

    /// The command line without `AT`.
    pub(crate) fn command(&self) -> &[u8] {
        self.line().trim_ascii_start().get(2..).unwrap_or_default()
    }

    /// Bytes of the command line that were not sent.
    pub(crate) fn unsent_command(&self) -> &[u8] {
        self.buffer.get(self.sent..self.command).unwrap_or_default()
    }

    /// Bytes of the copied body that were not sent; the command line was.
    pub(crate) fn unsent_body(&self) -> &[u8] {
        self.buffer.get(self.sent..self.end).unwrap_or_default()
    }

    pub(crate) fn wrote(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.end);
    }

    pub(crate) fn is_untouched(&self) -> bool {
        self.sent == 0
    }

    /// Keeps a line of a foreign command's answer behind the command; `false` when there is no room.
    pub(crate) fn keep_line(&mut self, line: &[u8]) -> bool {
        let first = self.kept == self.end;
        let needed = line.len() + if first { 0 } else { 2 };
        let room = self.buffer.get_mut(self.kept..).unwrap_or_default();
        if room.len() < needed {
            return false;
        }
        let separator: &[u8] = if first { b"" } else { b"\r\n" };
        let at = copy(room, separator);
        copy(room.get_mut(at..).unwrap_or_default(), line);
        self.kept += needed;
        true
    }

    /// The lines kept so far.
    pub(crate) fn kept_lines(&self) -> &[u8] {
        self.buffer.get(self.end..self.kept).unwrap_or_default()
    }

    /// Lets somebody write a whole command line, carriage return included.
    pub(crate) fn fill(&mut self, write: impl FnOnce(&mut [u8]) -> usize) {
        self.begin();
        let length = write(self.buffer).min(self.buffer.len());
        (self.command, self.end, self.kept) = (length, length, length);
    }

    pub(crate) fn raw(&self) -> &[u8] {
        self.buffer
    }
}

/// Gives the pieces of a filled-in template to `sink`, each with the word whether it is secret; `false` when the
/// template names an argument that is not there.
pub(crate) fn expand<F: Forms>(template: &[u8], args: &[Arg<'_>], mut sink: impl FnMut(&[u8], bool)) -> bool {
    let mut rest = template;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let (b'{', [name, b'}', after @ ..]) = (byte, after) else {
            sink(&[byte], false);
            continue;
        };
        rest = after;
        match args.get(usize::from(name.wrapping_sub(b'a'))) {
            Some(Arg::Secret(text)) => sink(text, true),
            Some(Arg::Text(text)) => sink(text, false),
            Some(&Arg::Number(number)) => sink(decimal(number, &mut [0; 10]), false),
            Some(Arg::Later(number)) if F::LATER => sink(decimal(number.get().into(), &mut [0; 10]), false),
            _ => return false,
        }
    }
    true
}

/// The digits of a number.
fn decimal(mut number: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut start = digits.len();
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + (number % 10) as u8;
        number /= 10;
        start -= 1;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AllForms;

    #[test]
    fn templates_take_text_numbers_and_secrets() {
        let mut buffer = [0; 64];
        let mut transmit = Transmit::new(&mut buffer);
        let args = [Arg::Text(b"host"), Arg::Number(1883), Arg::Secret(b"s3cret"), Arg::Number(0)];
        transmit.push_template::<AllForms>(b"+Q=\"{a}\",{b},\"{c}\",{d},{x", &args);
        assert_eq!(transmit.line(), b"+Q=\"host\",1883,\"s3cret\",0,{x");
        assert!(transmit.secret && !transmit.overflowed());
        let later = Cell::new(0);
        transmit.begin();
        later.set(7);
        transmit.push_template::<AllForms>(b"+Q={a}", &[Arg::Later(&later)]);
        assert_eq!(transmit.line(), b"+Q=7");
        transmit.begin();
        transmit.push_template::<AllForms>(b"{a}", &[Arg::Secret(b"s3cret")]);
        transmit.begin();
        assert!(transmit.raw().iter().all(|&b| b == 0), "wiped");
        assert!(!transmit.secret);
        transmit.push_template::<AllForms>(b"{z}", &args);
        assert!(transmit.overflowed(), "an argument that is not there is an error, not an empty text");
    }

    #[test]
    fn a_body_that_is_out_leaves_nothing() {
        let mut buffer = [0; 16];
        let mut transmit = Transmit::new(&mut buffer);
        transmit.compose::<AllForms>(b"AT", b"+Q={a}", &[Arg::Number(6)]);
        assert!(transmit.keep_body(b"s3cret"));
        transmit.wipe_body();
        assert_eq!(transmit.raw(), b"AT+Q=6\r\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn a_line_that_does_not_fit_says_so() {
        let mut buffer = [0; 4];
        let mut transmit = Transmit::new(&mut buffer);
        transmit.push_template::<AllForms>(b"{a}", &[Arg::Number(u32::MAX)]);
        assert!(transmit.overflowed());
    }
}
