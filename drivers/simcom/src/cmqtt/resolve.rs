//! The address of a name.

use wanlink_at::driver::{Found, Parts, flag, parse};
use wanlink_at::{Answer, Arg, Step, Verdict, field, int, step, table};

use super::socket::NO_NAME;
use super::{Error, Input, Operation, State};

/// `+CDNSGIP: 1,"<name>","<address>"`, or a code and `ERROR`.
const RESOLVE_STEPS: &[Step] = &[step("+CDNSGIP=\"{a}\"", 100).info().note(1).at("simcom-at 7.1")];
/// The rules are those of the model.
pub(super) const RESOLVE: Operation =
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(table![RESOLVE_STEPS]) };

fn prepare<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Name(name) = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    Ok(())
}

pub(super) fn take(found: &mut Found, answer: Answer<'_>) -> Verdict {
    *found = match answer {
        Answer::Info(line) if int(line, 0) == Some(1) => {
            field(line, 2).and_then(parse).map_or(Found::Error(NO_NAME), Found::Address)
        }
        Answer::Error(_) => Found::Error(NO_NAME),
        _ => return Verdict::Default,
    };
    if matches!(answer, Answer::Error(_)) { Verdict::Done } else { Verdict::Default }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

    #[test]
    fn answers_about_a_name() {
        for (answer, verdict, after) in [
            (
                Answer::Info(b"+CDNSGIP: 1,\"h\",\"10.0.0.1\""),
                Verdict::Default,
                Found::Address(Ipv4Addr::new(10, 0, 0, 1)),
            ),
            // The context has IPv4 only.
            (Answer::Info(b"+CDNSGIP: 1,\"h\",\"2001:db8::1\""), Verdict::Default, Found::Error(NO_NAME)),
            (Answer::Info(b"+CDNSGIP: 0,10"), Verdict::Default, Found::Nothing),
            (Answer::Error(b""), Verdict::Done, Found::Error(NO_NAME)),
        ] {
            let mut found = Found::Nothing;
            assert_eq!((take(&mut found, answer), found), (verdict, after));
        }
    }
}
