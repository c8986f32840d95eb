//! Faults by name, for programs: `NAME[=VALUE][@AT_MS[+FOR_MS]]`.

mod verbs;

use std::fmt;
use std::str::FromStr;

use crate::emulator::Emulator;
use crate::port::{Split, Wire};
use verbs::{Takes, VERBS, Verb};

/// A fault that is ordered by its name, as a command line has it. `Display` gives the text that `FromStr` reads.
///
/// | text | what happens |
/// |---|---|
/// | `reset` | the module restarts by itself |
/// | `hang` | the module is stuck until its reset line is pulled |
/// | `brown-out=MS` | the supply breaks down for so long (2000) |
/// | `enter-psm` | deepest sleep until the key is pressed |
/// | `sim-out`, `deny`, `lose-network` | no card; refused by the network; no network in reach |
/// | `lose-context`, `context-lies` | context 1 is taken away; dies without a word |
/// | `garble=BYTES` | the next bytes to the host are noise (50) |
/// | `drop-line=TEXT`, `duplicate-line=TEXT` | the next line with this text (`OK`) is lost; comes twice |
/// | `delay-prompt=MS`, `lose-prompt`, `lose-final` | the next prompt is later (5000), is lost; the next final |
/// | `urc-between=N` | a foreign line at every N-th line boundary (10) |
/// | `silence=MS` | the module is deaf and dumb for so long (10000) |
/// | `starve-block` | the next counted bytes stop in the middle |
/// | `split-reads=BYTES` | the host gets at most so many bytes at once (1) |
/// | `overrun=BYTES` | the next bytes to the host are lost (20) |
/// | `kill-tcp` | every open connection breaks |
/// | `kill-before-puback`, `drop-puback`, `duplicate-puback` | the next PUBACK: lost with all, alone; twice |
/// | `refuse[=N]`, `dns-failure[=N]`, `wrong-certificate[=N]` | so the next N opens end; without N all of them |
/// | `slow=MS` | everything from the internet takes so much longer (2000) |
///
/// ```
/// use wanlink_emulator::{Fault, TimedFault};
///
/// let fault: TimedFault = "lose-network@5000+20000".parse()?;
/// assert_eq!((fault.fault.name(), fault.at_ms, fault.for_ms), ("lose-network", 5_000, Some(20_000)));
/// assert_eq!("slow".parse::<Fault>()?.to_string(), "slow=2000");
/// # Ok::<(), wanlink_emulator::FaultError>(())
/// ```
#[derive(Clone)]
pub struct Fault {
    verb: &'static Verb,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Nothing,
    Number(u32),
    Text(String),
}

/// What carries the bytes between module and host, as far as it can be ordered to fail.
pub trait FaultyPort {
    /// From now on the host gets its bytes in pieces of at most this size; `None`: as they come.
    fn split(&mut self, most: Option<usize>);

    /// The next bytes to the host are lost.
    fn overrun(&mut self, bytes: usize);
}

impl FaultyPort for Wire {
    fn split(&mut self, most: Option<usize>) {
        Self::split(self, most.map_or(Split::Whole, Split::At));
    }

    fn overrun(&mut self, bytes: usize) {
        Self::overrun(self, bytes);
    }
}

impl Fault {
    /// Every name that there is.
    pub fn names() -> impl Iterator<Item = &'static str> {
        VERBS.iter().map(|verb| verb.name)
    }

    /// Its name, without its value.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.verb.name
    }

    /// Makes it happen.
    pub fn order(&self, module: &mut Emulator, port: &mut dyn FaultyPort) {
        (self.verb.order)(self, module, port);
    }

    /// Takes it back, where it is one that lasts; one that happens once is over by itself.
    pub fn end(&self, module: &mut Emulator, port: &mut dyn FaultyPort) {
        if let Some(end) = self.verb.end {
            end(module, port);
        }
    }

    const fn number(&self) -> Option<u32> {
        match &self.value {
            Value::Number(number) => Some(*number),
            Value::Nothing | Value::Text(_) => None,
        }
    }

    fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) => text,
            Value::Nothing | Value::Number(_) => "",
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        (self.name(), &self.value) == (other.name(), &other.value)
    }
}

impl Eq for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Nothing => f.write_str(self.name()),
            Value::Number(number) => write!(f, "{}={number}", self.name()),
            Value::Text(text) => write!(f, "{}={text}", self.name()),
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let verb = VERBS.iter().find(|verb| verb.name == name).ok_or_else(|| FaultError::name(name))?;
        let value = match (verb.takes, value) {
            (Takes::Nothing, Some(_)) => return Err(FaultError(format!("`{name}` takes no value"))),
            (Takes::Nothing | Takes::Count, None) => Value::Nothing,
            (Takes::Number(default), None) => Value::Number(default),
            (Takes::Number(_) | Takes::Count, Some(value)) => Value::Number(number(name, value, 1)?),
            (Takes::Text, None | Some("")) => Value::Text("OK".to_owned()),
            (Takes::Text, Some(value)) => Value::Text(value.to_owned()),
        };
        Ok(Self { verb, value })
    }
}

/// A fault, when it happens, and for how long: `NAME[=VALUE][@AT_MS[+FOR_MS]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedFault {
    /// What.
    pub fault: Fault,
    /// Milliseconds after the start.
    pub at_ms: u32,
    /// After so many milliseconds it is taken back; `None`: never.
    pub for_ms: Option<u32>,
}

impl fmt::Display for TimedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, at_ms, for_ms } = self;
        write!(f, "{fault}@{at_ms}")?;
        for_ms.map_or(Ok(()), |ms| write!(f, "+{ms}"))
    }
}

impl FromStr for TimedFault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (fault, time) = text.rsplit_once('@').unwrap_or((text, "0"));
        let (at, length) = match time.split_once('+') {
            Some((at, length)) => (at, Some(length)),
            None => (time, None),
        };
        let for_ms = length.map(|length| number("+", length, 1)).transpose()?;
        Ok(Self { fault: fault.parse()?, at_ms: number("@", at, 0)?, for_ms })
    }
}

fn number(of: &str, value: &str, least: u32) -> Result<u32, FaultError> {
    // More than a week, in milliseconds.
    const MOST: u32 = 1_000_000_000;
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && (least..=MOST).contains(number));
    number.ok_or_else(|| FaultError(format!("behind `{of}` stands a number from {least} to {MOST}, not `{value}`")))
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

impl FaultError {
    fn name(name: &str) -> Self {
        let names: Vec<_> = Fault::names().collect();
        Self(format!("there is no fault `{name}`, but {}", names.join(", ")))
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_alone_is_a_fault_and_reads_back() {
        for name in Fault::names() {
            let fault: Fault = name.parse().unwrap();
            assert_eq!(fault.to_string().parse(), Ok(fault.clone()));
            assert!(fault.to_string().starts_with(name));
            let timed = TimedFault { fault, at_ms: 1, for_ms: Some(2) };
            assert_eq!(timed.to_string().parse(), Ok(timed));
        }
    }

    #[test]
    fn values_and_times_are_read() {
        let timed: TimedFault = "drop-line=+QMTPUB: 0@1@7".parse().unwrap();
        assert_eq!((timed.fault.text(), timed.at_ms, timed.for_ms), ("+QMTPUB: 0@1", 7, None));
        let timed: TimedFault = "refuse=3".parse().unwrap();
        assert_eq!((timed.fault.number(), timed.at_ms), (Some(3), 0));
        assert_eq!("refuse".parse::<Fault>().unwrap().number(), None);
    }

    #[test]
    fn what_is_no_fault_is_told_why() {
        for (text, why) in [
            ("nosuch", "there is no fault `nosuch`, but reset, "),
            ("", "there is no fault ``"),
            ("reset=1", "`reset` takes no value"),
            ("slow=", "behind `slow` stands a number from 1 to 1000000000, not ``"),
            ("slow=+1", "behind `slow` stands a number"),
            ("slow=0", "behind `slow` stands a number"),
            ("slow=1@x", "behind `@` stands a number from 0"),
            ("slow=1@5+0", "behind `+` stands a number from 1"),
            ("slow@5+1000000001", "behind `+` stands a number from 1"),
        ] {
            let error = text.parse::<TimedFault>().unwrap_err().to_string();
            assert!(error.starts_with(why), "{text}: {error}");
        }
    }
}
