//! The module's input: echo, command lines, and data entry after a prompt.

use super::output::{Kind, Output};

const CTRL_Z: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// How a data entry ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// After so many bytes.
    Fixed(usize),
    /// With Ctrl-Z, or Esc to break it off; at most so many bytes before it.
    CtrlZ(usize),
}

/// What the host's bytes came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A command line, without its CR.
    Line(Vec<u8>),
    /// A line or an entry that is longer than the module can hold.
    TooLong,
    /// All of a data entry.
    Data(Vec<u8>),
    /// Esc in an entry that ends with Ctrl-Z.
    Escape,
}

#[derive(Debug)]
struct Entry {
    size: Size,
    data: Vec<u8>,
    echo: bool,
    /// The module says `A` after each of so many bytes.
    acknowledge_every: Option<usize>,
}

/// One serial console.
#[derive(Debug)]
pub(crate) struct Console {
    line: Vec<u8>,
    longest_line: usize,
    too_long: bool,
    entry: Option<Entry>,
    /// Whether a line was typed while the module was deaf.
    missed_line: bool,
    missed_any: bool,
    pub(crate) echo: bool,
    pub(crate) output: Output,
}

impl Console {
    pub(crate) fn new(longest_line: usize, output: Output) -> Self {
        Self {
            line: Vec::new(),
            longest_line,
            too_long: false,
            entry: None,
            missed_line: false,
            missed_any: false,
            echo: true,
            output,
        }
    }

    /// Takes one byte from the host. `busy`: a command runs, and the module does not listen.
    pub(crate) fn accept(&mut self, now_us: u64, byte: u8, busy: bool) -> Option<Typed> {
        if self.entry.is_some() {
            return self.enter(now_us, byte);
        }
        if busy {
            self.missed_line |= byte == b'\r' && self.missed_any;
            self.missed_any = byte != b'\r';
            return None;
        }
        // LF after CR is tolerated and ignored (quectel-at 0).
        if byte == b'\n' && self.line.is_empty() {
            return None;
        }
        if self.echo {
            self.output.write(now_us, Kind::Echo, &[byte]);
        }
        if byte != b'\r' {
            self.too_long |= self.line.len() >= self.longest_line;
            if !self.too_long {
                self.line.push(byte);
            }
            return None;
        }
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.too_long) { Some(Typed::TooLong) } else { Some(Typed::Line(line)) }
    }

    fn enter(&mut self, now_us: u64, byte: u8) -> Option<Typed> {
        let Entry { size, data, echo, acknowledge_every } = self.entry.as_mut()?;
        if self.echo && *echo {
            self.output.write(now_us, Kind::Echo, &[byte]);
        }
        let typed = match *size {
            Size::Fixed(count) => {
                data.push(byte);
                if acknowledge_every.is_some_and(|every| data.len().is_multiple_of(every)) {
                    self.output.write(now_us, Kind::Echo, b"A");
                }
                if data.len() < count {
                    return None;
                }
                Typed::Data(std::mem::take(data))
            }
            Size::CtrlZ(most) if byte == CTRL_Z && data.len() > most => Typed::TooLong,
            Size::CtrlZ(_) if byte == CTRL_Z => Typed::Data(std::mem::take(data)),
            Size::CtrlZ(_) if byte == ESCAPE => Typed::Escape,
            Size::CtrlZ(_) => {
                data.push(byte);
                return None;
            }
        };
        self.entry = None;
        Some(typed)
    }

    /// From now on the host's bytes are data; `echo`: they are echoed too, when echo is on.
    pub(crate) fn open_entry(&mut self, size: Size, echo: bool, acknowledge_every: Option<usize>) {
        self.entry = Some(Entry { size, data: Vec::new(), echo, acknowledge_every });
    }

    /// Leaves data entry, with what was typed so far.
    pub(crate) fn take_entry(&mut self) -> Vec<u8> {
        self.entry.take().map(|entry| entry.data).unwrap_or_default()
    }

    pub(crate) const fn in_entry(&self) -> bool {
        self.entry.is_some()
    }

    /// Whether the host has typed a part of a line.
    pub(crate) const fn has_begun_line(&self) -> bool {
        !self.line.is_empty() || self.too_long
    }

    /// Whether a URC would tear the echo of a line that the host is typing.
    pub(crate) const fn is_typing(&self) -> bool {
        self.echo && !self.line.is_empty()
    }

    /// Whether a whole line was missed while the module did not listen; asked once per line.
    pub(crate) fn take_missed_line(&mut self) -> bool {
        self.missed_any = false;
        std::mem::take(&mut self.missed_line)
    }

    /// Forgets what was typed, as a restart does.
    pub(crate) fn clear(&mut self) {
        self.line.clear();
        self.too_long = false;
        self.entry = None;
        self.missed_line = false;
        self.missed_any = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_all(console: &mut Console, bytes: &[u8]) -> Vec<Typed> {
        bytes.iter().filter_map(|&byte| console.accept(0, byte, false)).collect()
    }

    fn console() -> Console {
        Console::new(8, Output::new(1))
    }

    #[test]
    fn lines_end_with_cr_and_are_echoed_verbatim() {
        let mut console = console();
        let typed = type_all(&mut console, b"AT\r\nATI\r");
        assert_eq!(typed, [Typed::Line(b"AT".to_vec()), Typed::Line(b"ATI".to_vec())]);
        assert_eq!(console.output.take(), b"AT\rATI\r");
    }

    #[test]
    fn a_line_too_long_is_one_event() {
        let typed = type_all(&mut console(), b"123456789\rAT\r");
        assert_eq!(typed, [Typed::TooLong, Typed::Line(b"AT".to_vec())]);
    }

    #[test]
    fn in_entry_every_byte_is_data() {
        let mut console = console();
        console.open_entry(Size::Fixed(4), false, None);
        let typed = type_all(&mut console, b"A\r\x1a\x1bX\r");
        assert_eq!(typed, [Typed::Data(b"A\r\x1a\x1b".to_vec()), Typed::Line(b"X".to_vec())]);
        console.open_entry(Size::CtrlZ(3), false, None);
        assert_eq!(type_all(&mut console, b"a\rb\x1a"), [Typed::Data(b"a\rb".to_vec())]);
        console.open_entry(Size::CtrlZ(3), false, None);
        assert_eq!(type_all(&mut console, b"a\x1b"), [Typed::Escape]);
        console.open_entry(Size::CtrlZ(3), false, None);
        assert_eq!(type_all(&mut console, b"abcd\x1a"), [Typed::TooLong]);
    }

    #[test]
    fn a_busy_module_misses_lines() {
        let mut console = console();
        for byte in *b"AT\r" {
            assert_eq!(console.accept(0, byte, true), None);
        }
        assert!(console.take_missed_line());
        assert!(!console.take_missed_line());
        assert_eq!(console.output.take(), b"");
    }
}
