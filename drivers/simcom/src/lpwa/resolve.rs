//! The address of a name.

use wanlink_at::driver::{Found, Parts, flag, parse};
use wanlink_at::{Answer, Arg, Step, Verdict, field, int, step, table};

use super::socket::result::DNS;
use super::{Error, Input, Lpwa, Operation, State};

mod note {
    pub(super) const ASK: u8 = 1;
}

const RESOLVE_STEPS: &[Step] =
    &[step("+CDNSGIP=\"{a}\",1,15000", 10).result(0, 400).note(note::ASK).at("simcom-at 7.1")];

/// The rules are those of the model.
pub(super) const fn resolve<F: Lpwa>() -> Operation<F> {
    Operation { prepare, flags: flag::SOCKET, ..Operation::question(table![RESOLVE_STEPS]) }
}

fn prepare<'a, F: Lpwa>(input: &Input<'a, 'a, F>, _: &mut State<F>, parts: &mut Parts<'a>) -> Result<(), Error<F>> {
    let &Input::Name(name) = input else { return Ok(()) };
    parts.args[0] = Arg::Text(name.as_bytes());
    Ok(())
}

/// `+CDNSGIP: 1,"<name>","<address>"[,"<another>"]`, `+CDNSGIP: 0,<error>`
pub(super) fn take(found: &mut Found, _: u8, answer: Answer<'_>) -> Verdict {
    let Answer::Result(line) = answer else {
        *found = Found::Error(DNS as u16);
        return if matches!(answer, Answer::Silence) { Verdict::Done } else { Verdict::Default };
    };
    let addresses = || [2, 3].into_iter().filter_map(|index| field(line, index).and_then(parse));
    *found = match int(line, 0) {
        Some(1) => addresses().next().map_or(Found::Error(DNS as u16), Found::Address),
        _ => Found::Error(DNS as u16),
    };
    Verdict::Done
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

    #[test]
    fn lines_about_a_name() {
        let address = Found::Address(Ipv4Addr::new(10, 0, 0, 1));
        for (line, expected) in [
            (&b"+CDNSGIP: 1,\"a.b\",\"10.0.0.1\""[..], address),
            (b"+CDNSGIP: 1,\"a.b\",\"10.0.0.1\",\"10.0.0.2\"", address),
            (b"+CDNSGIP: 1,\"a.b\",\"2001:db8::1\",\"10.0.0.1\"", address),
            (b"+CDNSGIP: 1,\"a.b\",\"2001:db8::1\"", Found::Error(20)),
            (b"+CDNSGIP: 0,10", Found::Error(20)),
            (b"+CDNSGIP: 0", Found::Error(20)),
        ] {
            let mut found = Found::Nothing;
            assert_eq!(
                (take(&mut found, note::ASK, Answer::Result(line)), found),
                (Verdict::Done, expected),
                "{line:?}"
            );
        }
    }
}
