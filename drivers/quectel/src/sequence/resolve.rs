//! The address of a name.

use core::net::Ipv4Addr;

use wanlink_at::{Answer, Arg, Step, Verdict, field, int, number, pack, packed_len, step};

use crate::error::Error;
use crate::operation::{Input, Operation, Parts, flag};
use crate::sequence::socket::TIMED_OUT;
use crate::state::State;

mod note {
    pub(super) const ASK: u8 = 1;
    pub(super) const WHY: u8 = 2;
}

/// The first line tells how many addresses there are; one line for each follows.
const RESOLVE_STEPS: &[Step] = &[
    step("+QIDNSGIP=1,\"{a}\"", 50).result(0, 600).named("+QIURC: \"dnsgip\"").note(note::ASK).at("TCP 2.3.15"),
    step("+QIGETERROR", 10).info().note(note::WHY).at("TCP 2.3.17"),
];
/// The [rules](super::socket::rules) are those of the model.
pub(crate) const RESOLVE: Operation = {
    static TABLE: [u8; packed_len(RESOLVE_STEPS)] = pack(RESOLVE_STEPS);
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(&TABLE) }
};

fn prepare<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Name(name) = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    Ok(())
}

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// There are addresses.
    Some,
    /// The first of them.
    Address(Ipv4Addr),
    /// There is none, for this reason.
    Error(u16),
}

pub(crate) fn take(found: &mut Found, note: u8, answer: Answer<'_>) -> Verdict {
    match (note, answer) {
        (note::ASK, Answer::Result(line)) => match (int(line, 1), *found) {
            (Some(0), _) => *found = Found::Some,
            (Some(code), _) => *found = Found::Error(code.try_into().unwrap_or(0)),
            // An address before the count is that of a name asked for earlier.
            (None, Found::Some) => match field(line, 1).and_then(parse) {
                Some(address) => *found = Found::Address(address),
                // The context has IPv4 only.
                None => return Verdict::Wait,
            },
            (None, _) => return Verdict::Wait,
        },
        (note::ASK, Answer::Error(_)) => return Verdict::To(note::WHY),
        (note::ASK, Answer::Silence) => *found = Found::Error(TIMED_OUT),
        (note::WHY, Answer::Info(line)) => {
            *found = Found::Error(int(line, 0).and_then(|code| code.try_into().ok()).unwrap_or(0));
        }
        _ => return Verdict::Default,
    }
    if *found == Found::Some { Verdict::Wait } else { Verdict::Done }
}

/// Reads an address in its usual form. The library's own reads more, and is ten times as large.
pub(crate) fn parse(text: &[u8]) -> Option<Ipv4Addr> {
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

    #[test]
    fn lines_about_a_name() {
        let address = Found::Address(Ipv4Addr::new(10, 0, 0, 1));
        for (before, line, verdict, after) in [
            (Found::Nothing, &b"+QIURC: \"dnsgip\",0,2,600"[..], Verdict::Wait, Found::Some),
            (Found::Some, b"+QIURC: \"dnsgip\",\"10.0.0.1\"", Verdict::Done, address),
            (Found::Some, b"+QIURC: \"dnsgip\",\"2001:db8::1\"", Verdict::Wait, Found::Some),
            (Found::Nothing, b"+QIURC: \"dnsgip\",\"10.9.9.9\"", Verdict::Wait, Found::Nothing),
            (Found::Nothing, b"+QIURC: \"dnsgip\",565", Verdict::Done, Found::Error(565)),
            (Found::Nothing, b"+QIURC: \"dnsgip\",565,0,0", Verdict::Done, Found::Error(565)),
        ] {
            let mut found = before;
            assert_eq!((take(&mut found, note::ASK, Answer::Result(line)), found), (verdict, after), "{line:?}");
        }
    }
}
