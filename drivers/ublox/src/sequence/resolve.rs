//! The address of a name.

use wanlink_at::driver::{Found, Parts, flag, parse};
use wanlink_at::{Answer, Arg, Step, Verdict, fields, step, table};

use super::socket::NO_NAME;
use crate::{Error, Input, Operation, State};

/// One address, or several. LENA-R8 answers with the name of an unsolicited line at times. A quick ERROR says that it is
/// busy: once more, a second later.
const RESOLVE_STEPS: &[Step] =
    &[step("+UDNSRN=0,\"{a}\"", 1200).info().named("+UDNSRN|+UUDNSRN").note(1).retry(1, 10).at("INT 3")];
/// The rules are those of the model.
pub(crate) const RESOLVE: Operation =
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(table![RESOLVE_STEPS]) };

fn prepare<'a>(input: &Input<'a, 'a>, _: &mut State, parts: &mut Parts<'a>) -> Result<(), Error> {
    let &Input::Name(name) = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    Ok(())
}

pub(crate) fn take(found: &mut Found, answer: Answer<'_>) -> Verdict {
    match answer {
        Answer::Info(line) => {
            // The context has IPv4 only.
            let address =
                fields(line).find_map(|field| parse(field.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?));
            *found = address.map_or(Found::Error(NO_NAME), Found::Address);
            Verdict::Default
        }
        Answer::Error(_) if *found == Found::Nothing => {
            *found = Found::Some;
            Verdict::Again
        }
        Answer::Error(_) | Answer::Silence => {
            *found = Found::Error(NO_NAME);
            Verdict::Done
        }
        _ => Verdict::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

    #[test]
    fn lines_about_a_name() {
        let address = |last| Found::Address(Ipv4Addr::new(10, 0, 0, last));
        for (line, expected) in [
            (&b"+UDNSRN: \"10.0.0.1\""[..], address(1)),
            (b"+UDNSRN: \"10.0.0.2\", \"10.0.0.3\"", address(2)),
            (b"+UDNSRN: \"2001:db8::1\", \"10.0.0.3\"", address(3)),
            (b"+UUDNSRN: \"10.0.0.4\"", address(4)),
            (b"+UDNSRN:\"10.0.0.5\"", address(5)),
            (b"+UDNSRN: \"2001:db8::1\"", Found::Error(NO_NAME)),
        ] {
            let mut found = Found::Nothing;
            assert_eq!((take(&mut found, Answer::Info(line)), found), (Verdict::Default, expected));
        }
    }

    #[test]
    fn busy_is_asked_again_and_an_unknown_name_is_not() {
        let mut found = Found::Nothing;
        assert_eq!(take(&mut found, Answer::Error(b"")), Verdict::Again);
        assert_eq!((take(&mut found, Answer::Error(b"")), found), (Verdict::Done, Found::Error(NO_NAME)));
    }
}
