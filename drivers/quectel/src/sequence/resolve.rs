//! The address of a name.

use wanlink_at::driver::{Family, Found, Parts, flag, parse};
use wanlink_at::{Answer, Arg, Step, Verdict, field, int, step, table};

use super::socket::TIMED_OUT;
use crate::{Error, Input, Operation, State};

mod note {
    pub(super) const ASK: u8 = 1;
    pub(super) const WHY: u8 = 2;
}

/// The first line tells how many addresses there are; one line for each follows.
const RESOLVE_STEPS: &[Step] = &[
    step("+QIDNSGIP=1,\"{a}\"", 50).result(0, 600).named("+QIURC: \"dnsgip\"").note(note::ASK).at("TCP 2.3.15"),
    step("+QIGETERROR", 10).info().note(note::WHY).at("TCP 2.3.17"),
];
/// The rules are those of the model.
pub(crate) const fn resolve<F: Family>() -> Operation<F> {
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(table![RESOLVE_STEPS]) }
}

fn prepare<'a, F: Family>(input: &Input<'a, 'a, F>, _: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    let &Input::Name(name) = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

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
